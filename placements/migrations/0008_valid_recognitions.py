"""A place can be found while its company's recognition is valid, whatever its state is called."""

from pathlib import Path

from django.db import migrations

FUNCTIONS = (Path(__file__).parent / "search.sql").read_text(encoding="utf-8").partition("-- What a place teaches")[0]

# companies.0003 dropped it, to change the column that it names.
FOLLOWS = """
    CREATE OR REPLACE TRIGGER search_rows_follow_recognition AFTER INSERT OR DELETE OR UPDATE OF state, company_id, qualification_id
    ON companies_recognition FOR EACH ROW EXECUTE FUNCTION placements_recognition_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("placements", "0007_search_words"), ("companies", "0003_recognition_workflow")]

    operations = [migrations.RunSQL(FUNCTIONS + FOLLOWS, migrations.RunSQL.noop)]
