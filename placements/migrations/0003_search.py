"""Search: what a row holds in 48 bytes, the functions and triggers that keep it true, and the indexes that answer from it alone."""

from pathlib import Path

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

SQL = (Path(__file__).parent / "search.sql").read_text(encoding="utf-8")
UNDO = """
    DROP INDEX reference_qualification_words, reference_qualification_trigrams, companies_company_trigrams;
    DROP TRIGGER search_rows_follow_goals_made ON placements_place_goals;
    DROP TRIGGER search_rows_follow_goals_gone ON placements_place_goals;
    DROP TRIGGER search_rows_follow_company ON companies_company;
    DROP TRIGGER search_rows_follow_recognition ON companies_recognition;
    DROP FUNCTION placements_goals_made, placements_goals_gone, placements_company_changed, placements_recognition_changed,
        placements_refresh_search, placements_refresh_words, placements_day, placements_bits;
"""
FILL = """
    SELECT placements_refresh_search(array_agg(id)), placements_refresh_words(array_agg(id)) FROM placements_place;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0001_initial"),
        ("placements", "0002_initial"),
        ("reference", "0001_initial"),
    ]

    operations = [
        TrigramExtension(),
        pgtrigger.migrations.RemoveTrigger(
            model_name="place",
            name="search_rows_follow",
        ),
        migrations.AddField(
            model_name="place",
            name="answer_penalty",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="place",
            name="applying",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="placesearchrow",
            name="cell",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.expressions.CombinedExpression(
                    django.db.models.expressions.CombinedExpression(
                        django.db.models.expressions.CombinedExpression(models.F("y"), "/", models.Value(5000)), "*", models.Value(1000)
                    ),
                    "+",
                    django.db.models.expressions.CombinedExpression(models.F("x"), "/", models.Value(5000)),
                ),
                output_field=models.IntegerField(),
            ),
        ),
        migrations.AddField(
            model_name="placesearchrow",
            name="main",
            field=models.BooleanField(default=False, help_text="One row of each place: the first that is open."),
        ),
        migrations.AddField(
            model_name="placesearchrow",
            name="packed",
            field=models.BinaryField(default=b"", help_text="All facts of the place in 48 bytes (placements.search.rows)."),
        ),
        migrations.AddField(
            model_name="placesearchrow",
            name="words",
            field=django.contrib.postgres.search.SearchVectorField(null=True),
        ),
        migrations.AlterField(
            model_name="placesearchrow",
            name="open",
            field=models.BooleanField(default=True, help_text="Offered, not full, and the company is recognised for the qualification."),
        ),
        migrations.AddIndex(
            model_name="placesearchrow",
            index=models.Index(
                condition=models.Q(("open", True)), fields=["qualification", "cell"], include=("packed",), name="open_rows_by_crebo_and_cell"
            ),
        ),
        migrations.AddIndex(
            model_name="placesearchrow",
            index=models.Index(condition=models.Q(("main", True), ("open", True)), fields=["cell"], include=("packed",), name="open_places_by_cell"),
        ),
        migrations.AddIndex(
            model_name="placesearchrow",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("main", True), ("open", True)), fields=["words"], name="open_places_by_words"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="place",
            trigger=pgtrigger.compiler.Trigger(
                name="search_rows_follow",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.taken IS DISTINCT FROM NEW.taken OR OLD.capacity IS DISTINCT FROM NEW.capacity OR OLD.applying IS DISTINCT FROM NEW.applying OR OLD.answer_penalty IS DISTINCT FROM NEW.answer_penalty OR OLD.period_id IS DISTINCT FROM NEW.period_id OR OLD.starts_on IS DISTINCT FROM NEW.starts_on OR OLD.ends_on IS DISTINCT FROM NEW.ends_on OR OLD.pathways IS DISTINCT FROM NEW.pathways OR OLD.days IS DISTINCT FROM NEW.days OR OLD.requirements IS DISTINCT FROM NEW.requirements OR OLD.offers IS DISTINCT FROM NEW.offers OR OLD.support IS DISTINCT FROM NEW.support OR OLD.allowance IS DISTINCT FROM NEW.allowance OR OLD.expenses IS DISTINCT FROM NEW.expenses OR OLD.group_size IS DISTINCT FROM NEW.group_size OR OLD.confirmed_at IS DISTINCT FROM NEW.confirmed_at)",
                    func="PERFORM placements_refresh_search(ARRAY[NEW.id]); RETURN NULL;",
                    hash="24c7d0bd0cb5a676515fa4f68ae1be24eb8b5321",
                    operation='UPDATE OF "state", "taken", "capacity", "applying", "answer_penalty", "period_id", "starts_on", "ends_on", "pathways", "days", "requirements", "offers", "support", "allowance", "expenses", "group_size", "confirmed_at"',
                    pgid="pgtrigger_search_rows_follow_28c90",
                    table="placements_place",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="place",
            trigger=pgtrigger.compiler.Trigger(
                name="search_words_follow",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM placements_refresh_words(ARRAY[NEW.id]); RETURN NULL;",
                    hash="5ce749b9872615ab9a2ac823955455487a9923db",
                    operation='UPDATE OF "title", "tasks"',
                    pgid="pgtrigger_search_words_follow_416cd",
                    table="placements_place",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="placesearchrow",
            trigger=pgtrigger.compiler.Trigger(
                name="fill_new_rows",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE wanted bigint[];",
                    func="\n                    SELECT array_agg(DISTINCT place_id) INTO wanted FROM made;\n                    PERFORM placements_refresh_search(wanted), placements_refresh_words(wanted);\n                    RETURN NULL;\n                ",
                    hash="e1c5193051c5441eba6faab35696bc2ea1249183",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_fill_new_rows_c7eea",
                    referencing="REFERENCING NEW TABLE AS made ",
                    table="placements_placesearchrow",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="placesearchrow",
            trigger=pgtrigger.compiler.Trigger(
                name="refresh_after_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM placements_refresh_search(array_agg(DISTINCT place_id)) FROM gone; RETURN NULL;",
                    hash="72b3e9f6a9b6d87f9d155d82dc4e45e805608780",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_refresh_after_delete_7dcf8",
                    referencing="REFERENCING OLD TABLE AS gone ",
                    table="placements_placesearchrow",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="placesearchrow",
            trigger=pgtrigger.compiler.Trigger(
                name="refresh_after_change",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM placements_refresh_search(ARRAY[NEW.place_id]); RETURN NULL;",
                    hash="bdcb9137981c2d213fb4658fade457944e3ad5d9",
                    operation='UPDATE OF "x", "y", "qualification_id"',
                    pgid="pgtrigger_refresh_after_change_edb49",
                    table="placements_placesearchrow",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(SQL, UNDO),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
