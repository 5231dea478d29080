"""What a company's partial recognition keeps it from teaching counts nowhere: search rows follow the goals of recognitions."""

from pathlib import Path

from django.db import migrations

FUNCTIONS = (Path(__file__).parent / "search.sql").read_text(encoding="utf-8").partition("-- What a place teaches")[0]
TRIGGERS = """
    CREATE OR REPLACE FUNCTION placements_part_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM placements_refresh_search(array_agg(p.id)) FROM placements_place p WHERE p.company_id IN (
            SELECT r.company_id FROM companies_recognition r WHERE r.id IN (SELECT recognition_id FROM changed));
        RETURN NULL;
    END $$;
    CREATE TRIGGER search_rows_follow_part_made AFTER INSERT ON companies_recognition_goals
        REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION placements_part_changed();
    CREATE TRIGGER search_rows_follow_part_gone AFTER DELETE ON companies_recognition_goals
        REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION placements_part_changed();
"""
UNDO = """
    DROP TRIGGER search_rows_follow_part_made ON companies_recognition_goals;
    DROP TRIGGER search_rows_follow_part_gone ON companies_recognition_goals;
    DROP FUNCTION placements_part_changed;
"""


class Migration(migrations.Migration):
    dependencies = [("placements", "0009_places_up_to_date"), ("companies", "0005_merged_companies")]

    operations = [migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop), migrations.RunSQL(TRIGGERS, UNDO)]
