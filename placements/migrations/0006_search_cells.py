"""Smaller cells, so that fewer rows lie in the corners outside a circle; what is over is closed; words without their positions."""

from pathlib import Path

import django.db.models.expressions
from django.db import migrations, models

FUNCTIONS = (Path(__file__).parent / "search.sql").read_text(encoding="utf-8").partition("-- What a place teaches")[0]
# The file asks a column that recognitions have since migration 0008; what fills the rows here runs before.
FUNCTIONS = FUNCTIONS.replace("v.valid", "v.state = 'recognised'")
FILL = """
    SELECT placements_refresh_search(array_agg(id)), placements_refresh_words(array_agg(id)) FROM placements_place;
"""


class Migration(migrations.Migration):
    dependencies = [("placements", "0005_saved")]

    operations = [
        migrations.RemoveIndex(model_name="placesearchrow", name="open_rows_by_crebo_and_cell"),
        migrations.RemoveIndex(model_name="placesearchrow", name="open_places_by_cell"),
        migrations.RemoveField(model_name="placesearchrow", name="cell"),
        migrations.AddField(
            model_name="placesearchrow",
            name="cell",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.expressions.CombinedExpression(
                    django.db.models.expressions.CombinedExpression(
                        django.db.models.expressions.CombinedExpression(models.F("y"), "/", models.Value(2500)), "*", models.Value(1000)
                    ),
                    "+",
                    django.db.models.expressions.CombinedExpression(models.F("x"), "/", models.Value(2500)),
                ),
                output_field=models.IntegerField(),
            ),
        ),
        migrations.AlterField(
            model_name="placesearchrow",
            name="open",
            field=models.BooleanField(default=True, help_text="Offered, not full, not over, and the company is recognised for it."),
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
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
