"""Writing the proposals of a run: thousands of rows at once."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.db import connection

from matching.engine import CRITERIA, Result
from matching.models import Proposal, Run

COLUMNS = ("public_id", "run_id", "request_id", "place_id", "score", "distance", *(f"points_{name}" for name in CRITERIA), "reason")
# What a row has in the columns that the result says nothing about.
UNTOUCHED = {"left_out": False, "obstacle": ""}


def copy_proposals(run: Run, result: Result) -> None:
    """A row per request by COPY, which takes a third of the time of INSERT; constraints and triggers hold as ever."""
    columns = ", ".join(f'"{name}"' for name in (*COLUMNS, *UNTOUCHED))
    with connection.cursor() as cursor, cursor.copy(f'COPY "{Proposal._meta.db_table}" ({columns}) FROM STDIN') as copy:
        for row in rows(run, result):
            copy.write_row((*row, *UNTOUCHED.values()))


def proposals(run: Run, result: Result) -> list[Proposal]:
    """The same rows as objects."""
    return [Proposal(**dict(zip(COLUMNS, row, strict=True))) for row in rows(run, result)]


def rows(run: Run, result: Result) -> Iterator[tuple[Any, ...]]:
    """Values of COLUMNS for each request: a place with its points, or the reason why there is none."""
    table = zip(
        result.student_id.tolist(), result.place_id.tolist(), result.score.tolist(), result.distance.tolist(), result.points.tolist(),
        result.reason, strict=True,
    )  # fmt: skip
    nothing = (None,) * (len(CRITERIA) + 3)
    for request, place, score, distance, points, reason in table:
        known = (place, score, distance, *points, "") if place >= 0 else (*nothing, reason)
        yield (uuid.uuid4(), run.pk, request, *known)
