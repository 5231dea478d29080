"""What a merge changed, written down so exactly that it can be put back: which rows moved, which fields changed, which rows were added."""

from collections import defaultdict
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Model

from companies.merging.relations import Relation

Written = dict[str, Any]


class Ledger:
    """Makes changes and writes them down; `undo` reads the same."""

    def __init__(self, written: Written | None = None) -> None:
        empty: Written = {"moved": {}, "stayed": {}, "changed": [], "added": {}}
        self.written: Written = empty | (written or {})

    def move(self, relation: Relation, *, kept: int, merged: int) -> None:
        """Let all rows of the merged company point at the kept one, except those that would double one there."""
        staying = relation.would_double(kept, merged)
        going = list(relation.rows(merged).exclude(pk__in=staying).order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
        if going:
            relation.model._base_manager.filter(pk__in=going).update(**{relation.column: kept})
            self.written["moved"][relation.key] = going
        if staying:
            self.written["stayed"][relation.key] = staying

    def change(self, row: Model, **values: Any) -> None:
        """Set fields of one row; what stands there already is no change."""
        fields = {name: row._meta.get_field(name) for name in values}
        old = {name: plain(getattr(row, field.attname)) for name, field in fields.items()}  # type: ignore[union-attr]
        for name, value in values.items():
            setattr(row, name, value)
        new = {name: plain(getattr(row, field.attname)) for name, field in fields.items()}  # type: ignore[union-attr]
        if old != new:
            row.save(update_fields=list(values))
            self.note(row, old, new)

    def note(self, row: Model, old: dict[str, Any], new: dict[str, Any]) -> None:
        """Write down a change that somebody else made: values as `plain` gives them."""
        self.written["changed"].append([row._meta.label, row.pk, old, new])

    def add(self, rows: list[Any]) -> None:
        """Make new rows of one model, which undoing takes away again."""
        for row in type(rows[0])._base_manager.bulk_create(rows) if rows else []:
            self.written["added"].setdefault(row._meta.label, []).append(row.pk)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows moved, by column."""
        return {key: len(rows) for key, rows in self.written["moved"].items()}


def plain(value: Any) -> Any:
    """A value of a field as JSON holds it without loss; the field's `to_python` reads it back."""
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def current(row: Model, names: Any) -> dict[str, Any]:
    """Fields of a row as a ledger writes them."""
    return {name: plain(getattr(row, row._meta.get_field(name).attname)) for name in names}  # type: ignore[union-attr]


def undo(ledger: Ledger, relations: dict[str, Relation], *, kept: int, merged: int) -> dict[str, list[int]]:
    """Put everything back where that is still possible; returns the keys of rows that stay as they are now, by column or table.

    A row that was deleted, moved on or changed since is left alone, and so is one that a unique constraint keeps where it is.
    What was made since was never moved, so it stays.
    """
    left: dict[str, list[int]] = defaultdict(list)
    for label, keys in ledger.written["added"].items():
        apps.get_model(label)._base_manager.filter(pk__in=keys).delete()
    for key, keys in ledger.written["moved"].items():
        if key not in relations:
            left[key] += keys
            continue
        left[key] += _back(relations[key], keys, kept=kept, merged=merged)
    for label, pk, old, new in reversed(ledger.written["changed"]):
        row = apps.get_model(label)._base_manager.select_for_update(of=("self",)).filter(pk=pk).first()
        if row is None or current(row, new) != new or not _tried(lambda row=row, old=old: _restore(row, old)):
            left[label].append(pk)
    return {key: keys for key, keys in left.items() if keys}


def _back(relation: Relation, keys: list[int], *, kept: int, merged: int) -> list[int]:
    """Move rows back that still point at the kept company; returns those that do not go."""
    rows = relation.model._base_manager.filter(pk__in=keys, **{relation.column: kept})
    going = list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))

    def back(pks: list[int]) -> bool:
        return _tried(lambda: relation.model._base_manager.filter(pk__in=pks).update(**{relation.column: merged}))

    stuck = [] if back(going) else [pk for pk in going if not back([pk])]
    return sorted({*keys} - {*going} | {*stuck})


def _restore(row: Model, old: dict[str, Any]) -> None:
    for name, value in old.items():
        field: Any = row._meta.get_field(name)
        setattr(row, field.attname, field.target_field.to_python(value) if field.is_relation else field.to_python(value))
    row.save(update_fields=list(old))


def _tried(change: Any) -> bool:
    """Whether the database let a change be made."""
    try:
        with transaction.atomic():
            change()
    except IntegrityError:
        return False
    return True
