"""How often places are looked at: counted in the cache while pages are read, written to the database in batches, without who.

The count of a day grows in one hash of the cache. Writing it copies totals, so it may break off or run twice without counting
anything double; a cache that is emptied within the day loses what it had not written, and counts on below that.
"""

from datetime import date, timedelta

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

# A day is written for the last time on the day after.
KEEP = 3 * 24 * 3600
CHUNK = 10_000
_WRITE = """
    INSERT INTO placements_placelooks AS known (place_id, day, count)
    SELECT p.id, %s, seen.count FROM unnest(%s::bigint[], %s::int[]) AS seen (place, count) JOIN placements_place p ON p.id = seen.place
    ON CONFLICT (place_id, day) DO UPDATE SET count = EXCLUDED.count WHERE known.count < EXCLUDED.count
"""


def _name(day: date) -> str:
    return f"looks-{day.isoformat()}"


def count(place: int) -> None:
    """One more look at a place today. A fraction of a millisecond, and nothing without a cache."""
    cache.tally(_name(timezone.localdate()), place, KEEP)  # type: ignore[attr-defined]


def write() -> int:
    """Write the counts of today and yesterday into the database; returns how many were new or larger."""
    written, today = 0, timezone.localdate()
    for day in (today - timedelta(days=1), today):
        found = list(cache.tallies(_name(day)).items())  # type: ignore[attr-defined]
        for start in range(0, len(found), CHUNK):
            places, counts = zip(*found[start : start + CHUNK], strict=True)
            with connection.cursor() as cursor:
                cursor.execute(_WRITE, [day, list(places), list(counts)])
                written += cursor.rowcount
    return written
