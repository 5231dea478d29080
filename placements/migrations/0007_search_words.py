"""Stems of places are marked with the square in which the place lies: words are looked up around a point, not in the country."""

from pathlib import Path

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

FUNCTIONS = (Path(__file__).parent / "search.sql").read_text(encoding="utf-8").partition("-- What a place teaches")[0]
FILL = "SELECT placements_refresh_words(array_agg(id)) FROM placements_place"


class Migration(migrations.Migration):
    dependencies = [("placements", "0006_search_cells")]

    operations = [
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        pgtrigger.migrations.RemoveTrigger(
            model_name="placesearchrow",
            name="refresh_after_change",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="placesearchrow",
            trigger=pgtrigger.compiler.Trigger(
                name="refresh_after_change",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM placements_refresh_search(ARRAY[NEW.place_id]), placements_refresh_words(ARRAY[NEW.place_id]); RETURN NULL;",
                    hash="13f9bdb905e3560f527929a16305780eb5aeae1d",
                    operation='UPDATE OF "x", "y", "qualification_id"',
                    pgid="pgtrigger_refresh_after_change_edb49",
                    table="placements_placesearchrow",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
