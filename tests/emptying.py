"""Emptying the database after a test that committed: only the tables that hold rows, and not what every migration writes anew.

Django truncates all tables and makes all content types and permissions again, a second each time.
"""

from typing import Any

from django.db.backends.postgresql.operations import DatabaseOperations

KEPT = {"django_content_type", "auth_permission"}
truncated = DatabaseOperations.sql_flush


def sql_flush(self: Any, style: Any, tables: list[str], **options: Any) -> list[str]:
    """Statements that leave the tables without rows. Without triggers and foreign keys, which only a superuser may pass over."""
    with self.connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser')")
        if cursor.fetchone()[0] != "on":
            return truncated(self, style, tables, **options)
        asked = [f"SELECT '{table}' WHERE EXISTS (SELECT FROM {self.quote_name(table)})" for table in tables if table not in KEPT]
        cursor.execute(" UNION ALL ".join(asked))
        held = [row[0] for row in cursor.fetchall()]
    return ["SET LOCAL session_replication_role = replica", *(f"DELETE FROM {self.quote_name(table)}" for table in held)] if held else []


def install() -> None:
    DatabaseOperations.sql_flush = sql_flush
