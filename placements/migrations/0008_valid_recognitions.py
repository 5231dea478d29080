"""A place can be found while its company's recognition is valid, whatever its state is called."""

from pathlib import Path

from django.db import migrations

FUNCTIONS = (Path(__file__).parent / "search.sql").read_text(encoding="utf-8").partition("-- What a place teaches")[0]


class Migration(migrations.Migration):
    dependencies = [("placements", "0007_search_words"), ("companies", "0003_recognition_workflow")]

    operations = [migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop)]
