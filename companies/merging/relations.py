"""What becomes of every row that points at a company when its record is merged into another.

Foreign keys are found by introspection, so that none is forgotten: one that nobody has decided about moves, and a test fails until somebody
decides. Plain ids are named here by whoever has them. Rows that move but would break a unique constraint stay where they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pghistory.models
from django.apps import apps
from django.db.models import Model, Q, UniqueConstraint
from django.utils.functional import Promise

from companies.models import Company, CompanyMerge


@dataclass(frozen=True)
class Relation:
    """One column that names a company. words: what its rows are, for people; among: only these rows of the table."""

    model: type[Model]
    name: str
    words: Promise | str = ""
    among: Q = field(default_factory=Q)

    @property
    def key(self) -> str:
        """Its name in what a merge wrote down."""
        return f"{self.model._meta.label}.{self.name}"

    @property
    def column(self) -> str:
        """The attribute that holds the company's key."""
        return str(self.model._meta.get_field(self.name).attname)  # type: ignore[union-attr]

    def rows(self, company: int) -> Any:
        """The rows that point at a company."""
        return self.model._base_manager.filter(self.among, **{self.column: company})

    def would_double(self, kept: int, merged: int) -> list[int]:
        """Keys of rows of the merged company that a unique constraint would not let stand at the kept one, beside what is there."""
        found: set[int] = set()
        for fields, condition in self._unique():
            others = [one for one in fields if one != self.name]
            there = set(self.rows(kept).filter(condition).values_list(*others)) if others else {()} if self.rows(kept).exists() else set()
            here = self.rows(merged).filter(condition).values_list("pk", *others)
            found |= {pk for pk, *values in here if tuple(values) in there}
        return sorted(found)

    def _unique(self) -> Iterator[tuple[tuple[str, ...], Q]]:
        """Fields and condition of the unique constraints in which the column takes part."""
        if self.model._meta.get_field(self.name).unique:  # type: ignore[union-attr]
            yield (self.name,), Q()
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, UniqueConstraint) and self.name in constraint.fields:
                yield tuple(constraint.fields), constraint.condition or Q()


_moves: dict[str, Relation] = {}
_stays: set[str] = set()


def moves(model: str, field: str, words: Promise | str, among: Q | None = None) -> None:
    """Say that rows of a model (`placements.Place`) go along to the kept company; words: what they are, in the plural."""
    relation = Relation(apps.get_model(model), field, words, among or Q())
    _moves[relation.key] = relation


def stays(model: str, field: str) -> None:
    """Say that rows keep the company under which they were written: logs that may not be rewritten."""
    _stays.add(Relation(apps.get_model(model), field).key)


def found() -> dict[str, Relation]:
    """Every foreign key to a company in all apps, hidden ones too. Not views, and not the merges themselves."""
    columns: dict[str, Relation] = {}
    for link in Company._meta.get_fields(include_hidden=True):
        if not (link.auto_created and not link.concrete) or link.related_model is None:
            continue
        model: Any = link.related_model
        if model._meta.managed and not issubclass(model, CompanyMerge):
            relation = Relation(model, link.field.name)  # type: ignore[union-attr]
            columns[relation.key] = relation
    return columns


def is_history(relation: Relation) -> bool:
    """Whether its rows are the database's own history: each says what was so then."""
    return issubclass(relation.model, pghistory.models.Event)


def undecided() -> list[str]:
    """Foreign keys to a company of which nobody has said what becomes of them."""
    return sorted(key for key, relation in found().items() if key not in _moves and key not in _stays and not is_history(relation))


def moving() -> list[Relation]:
    """All columns whose rows go along, those that nobody has decided about too; always in the same order, in which they are locked."""
    columns = {key: relation for key, relation in found().items() if key not in _stays and not is_history(relation)}
    return [relation for _key, relation in sorted((columns | _moves).items())]
