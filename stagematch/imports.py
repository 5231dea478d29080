"""One importer for every table that people upload: preview, apply, undo.

An app says in a subclass of `Importer` what its columns are and how good rows are saved; the rest happens here:

    class StudentImporter(Importer):
        model = StudentImport
        columns = COLUMNS

        def __init__(self, school: School) -> None:
            self.school = school

        def scope(self) -> dict[str, Model]:           # whose import this is: fields of the import model
            return {"school": self.school}

        def natural_key(self, row: Row) -> Hashable:   # what makes two rows the same student
            return row.values["number"]

        def check(self, rows: Sequence[Row]) -> None:  # rules that need the database, for all rows in a few queries
            ...; row.wrong(self.column("programme"), _("Your school has no such programme."))

        def save(self, rows: Sequence[Row]) -> list[Saved]:
            existing = {student.number: student for student in self.school.students.all()}
            return upsert(Student, rows={row.number: (row.values["number"], {...fields...}) for row in rows},
                          existing=existing, on_create={"school_id": self.school.pk})

        def undo(self, saved: Sequence[Saved]) -> list[Kept]:
            return revert(Student.objects.filter(school=self.school), saved, in_use=students_in_use)

    batch = preview(importer=StudentImporter(school), file=upload, by=user)    # TableRefused → error under the file field
    batch = apply(importer=StudentImporter(school), batch=batch)
    batch = undo(importer=StudentImporter(school), batch=batch)

A page shows `batch.rows` (`number, cells, outcome, errors: [{column, value, reason, expects}]`), `batch.rows_created` and the
other counts, `batch.kept` after an undo, and offers `wrong_rows_csv` for mending. All three functions are safe to call twice.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import IO, Any, ClassVar

from django.db import models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from stagematch.columns import Column, Row, parse_row
from stagematch.models import ImportState, TableImport
from stagematch.tabular import MAX_ROWS, read_limited, read_table, write_csv
from stagematch.upsert import Kept, Outcome, Saved


class AlreadyUndone(Exception):
    """The import was undone; upload the file again to import it after all."""


class Importer(ABC):
    """What an app knows about its table; made anew for every call, so it may keep look-ups."""

    model: ClassVar[type[TableImport]]
    columns: ClassVar[Sequence[Column]]
    max_rows: ClassVar[int] = MAX_ROWS

    @abstractmethod
    def scope(self) -> dict[str, models.Model]:
        """The import's own fields, which say whose it is; their rows are locked while an import runs."""

    def forbid(self, heading: str, values: Sequence[str]) -> str | None:
        """Why a column with these values may not be uploaded at all, or None."""
        del heading, values
        return None

    def natural_key(self, row: Row) -> Hashable | None:
        """What makes two rows of one file the same thing, so that the second is wrong; None if nothing does."""
        del row
        return None

    def check(self, rows: Sequence[Row]) -> None:  # noqa: B027  optional
        """Add errors (`row.wrong`) to rows whose cells are right one by one but not together or not in the database."""

    @abstractmethod
    def save(self, rows: Sequence[Row]) -> list[Saved]:
        """Save good rows in a few queries; runs in a transaction, also to preview (and is then rolled back)."""

    @abstractmethod
    def undo(self, saved: Sequence[Saved]) -> list[Kept]:
        """Take back what `save` created or updated, and return what could not be."""

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def preview(*, importer: Importer, file: IO[bytes], by: Any) -> TableImport:
    """Read a file and store what importing it would do; nothing else changes.

    The same file again by the same person returns the import that was applied, if it is in force and no row of it was wrong;
    by somebody else it is read anew, because who may see or bring what differs between colleagues.
    Raises TableRefused when the file as a whole cannot be used.
    """
    sha256 = hashlib.sha256(read_limited(file)).hexdigest()
    same = importer.model._default_manager.filter(**importer.scope(), sha256=sha256, uploaded_by=by)
    applied = same.filter(state=ImportState.APPLIED, rows_wrong=0).first()
    if applied is not None:
        return applied
    table = read_table(file, columns=importer.columns, max_rows=importer.max_rows, forbid=importer.forbid)
    with transaction.atomic():
        _lock(importer)
        standing = same.filter(state=ImportState.PREVIEW).order_by("pk").first()
        with transaction.atomic():
            saved = _save(importer, table.rows)
            transaction.set_rollback(True)
        # A second click, or the file once more: the preview that is open in another tab is the one that is read anew.
        batch = standing or importer.model(**importer.scope(), sha256=sha256, uploaded_by=by)
        batch.file_name, batch.unknown_columns = (getattr(file, "name", "") or "")[-200:], table.unknown
        _count(batch, table.rows, saved)
        batch.rows = [_as_json(row, saved) for row in table.rows]
        batch.save()
    return batch


@transaction.atomic
def apply(*, importer: Importer, batch: TableImport) -> TableImport:
    """Import the good rows; the wrong ones stay listed. Cells are read again, because the world may have changed.

    Safe to call twice. Raises AlreadyUndone.
    """
    _lock(importer)
    batch = _locked(importer, batch)
    if batch.state == ImportState.APPLIED:
        return batch
    if batch.state == ImportState.UNDONE:
        raise AlreadyUndone
    rows = [_again(importer, row) for row in batch.rows]
    saved = _save(importer, rows)
    _count(batch, rows, saved)
    # What went in is in its own table now: a second copy of somebody's data would only have to be forgotten too.
    batch.rows = [_as_json(row, saved) for row in rows if row.errors]
    batch.saved = [asdict(entry) for entry in saved.values() if entry.outcome in (Outcome.CREATED, Outcome.UPDATED)]
    batch.state, batch.applied_at = ImportState.APPLIED, Now()
    batch.save()
    batch.refresh_from_db()
    return batch


@transaction.atomic
def undo(*, importer: Importer, batch: TableImport) -> TableImport:
    """Take an applied import back; what is in use or was changed since stays, and is listed in `batch.kept`.

    Safe to call twice; an import that was only previewed is not touched.
    """
    _lock(importer)
    batch = _locked(importer, batch)
    if batch.state != ImportState.APPLIED:
        return batch
    saved = [Saved(**entry) for entry in batch.saved]
    batch.kept = [asdict(kept) for kept in importer.undo(saved)]
    batch.rows, batch.saved = [], []
    batch.state, batch.undone_at = ImportState.UNDONE, Now()
    batch.save()
    batch.refresh_from_db()
    return batch


@dataclass(frozen=True)
class GoodRows:
    """The rows that can go in, as a page shows them: columns that are filled, cells in their order, and how many more there are."""

    columns: list[Column]
    rows: list[dict[str, Any]]
    more: int


def good_rows(columns: Sequence[Column], batch: TableImport, most: int = 200) -> GoodRows:
    """The first `most` good rows of a preview; once it is applied there are none, for they stand in their own table."""
    good = [row for row in batch.rows if not row["errors"]]
    filled = [column for column in columns if any(row["cells"].get(column.name) for row in good[:most])]
    shown = [{**row, "shown": [row["cells"].get(column.name, "") for column in filled]} for row in good[:most]]
    return GoodRows(filled, shown, max(0, len(good) - most))


def wrong_rows_csv(importer: Importer, batch: TableImport) -> bytes:
    """The wrong rows as a file to mend and upload again, each with what is wrong."""
    lines = [
        [
            *(row["cells"].get(column.name, "") for column in importer.columns),
            row["number"],
            " ".join(f"{error['column']}: {error['reason']} {error['expects']}".strip(": ") for error in row["errors"]),
        ]
        for row in batch.wrong_rows()
    ]
    return write_csv([*(column.label for column in importer.columns), _("Row in your file"), _("What is wrong")], lines)


def _lock(importer: Importer) -> None:
    """One import at a time for each school or company: two at once would both create the same rows."""
    for owner in importer.scope().values():
        type(owner)._base_manager.select_for_update(of=("self",)).get(pk=owner.pk)


def _locked(importer: Importer, batch: TableImport) -> TableImport:
    return importer.model._default_manager.select_for_update(of=("self",)).get(pk=batch.pk, **importer.scope())


def _again(importer: Importer, stored: dict[str, Any]) -> Row:
    return parse_row(importer.columns, stored["number"], stored["cells"], stored["broken"])


def _save(importer: Importer, rows: Sequence[Row]) -> dict[int, Saved]:
    _refuse_doubles(importer, rows)
    importer.check([row for row in rows if not row.errors])
    return {saved.number: saved for saved in importer.save([row for row in rows if not row.errors])}


def _refuse_doubles(importer: Importer, rows: Sequence[Row]) -> None:
    first: dict[Hashable, int] = {}
    for row in rows:
        key = None if row.errors else importer.natural_key(row)
        if key is None:
            continue
        if key in first:
            row.wrong(None, _("This row is about the same as row %(row)d. Keep one of the two.") % {"row": first[key]})
        first.setdefault(key, row.number)


def _count(batch: TableImport, rows: Sequence[Row], saved: Mapping[int, Saved]) -> None:
    outcomes = [saved[row.number].outcome if not row.errors else Outcome.WRONG for row in rows]
    batch.rows_total = len(rows)
    batch.rows_wrong = outcomes.count(Outcome.WRONG)
    batch.rows_created = outcomes.count(Outcome.CREATED)
    batch.rows_updated = outcomes.count(Outcome.UPDATED)
    batch.rows_unchanged = outcomes.count(Outcome.UNCHANGED)


def _as_json(row: Row, saved: Mapping[int, Saved]) -> dict[str, Any]:
    return {
        "number": row.number,
        "cells": row.cells,
        "broken": row.broken,
        "errors": [asdict(error) for error in row.errors],
        "outcome": Outcome.WRONG if row.errors else saved[row.number].outcome,
    }
