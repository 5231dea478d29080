"""Which records may be one company, and what is at each of two: reads for the pages on which people decide."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, Count, F, IntegerField, Value, When
from django.utils.functional import Promise

from accounts.actor import Actor
from companies.merging import relations
from companies.merging.conflicts import Both, both, refusal
from companies.models import Company, CompanyMembership, CompanyMerge, MergeState, Recognition

# How alike two names at one postcode must be (pg_trgm, 0 to 1): "Bakkerij Jansen" and "Bakker Jansen BV" are 0.58 alike.
ALIKE = 0.45

# Only records at the same postcode are compared, by its index. Departments of one branch are no doubles: they were registered as two.
PAIRS = """
    SELECT a.id, b.id, a.kvk = b.kvk, similarity(lower(a.name), lower(b.name)) AS alike, count(*) OVER ()
      FROM companies_company a JOIN companies_company b ON b.postcode = a.postcode AND b.id > a.id
     WHERE a.id IN ({seen}) AND b.id IN ({seen})
       AND (a.kvk, a.branch) IS DISTINCT FROM (b.kvk, b.branch)
       AND (a.kvk = b.kvk OR similarity(lower(a.name), lower(b.name)) >= %s)
       AND NOT EXISTS (SELECT FROM companies_companymerge m WHERE m.state <> ALL (%s)
                       AND m.kept_id IN (a.id, b.id) AND m.merged_id IN (a.id, b.id))
     ORDER BY a.kvk = b.kvk DESC, alike DESC, a.id, b.id
     LIMIT %s OFFSET %s
"""


@dataclass(frozen=True)
class Pair:
    """Two records that may be one company, the older first, and why: the same KvK number, or names alike, at one postcode."""

    kept: Company
    merged: Company
    same_kvk: bool


def pairs(actor: Actor, *, start: int, most: int) -> tuple[list[Pair], int]:
    """Pairs among the records that somebody sees, the likeliest first, and how many there are. Two queries.

    Pairs about which somebody asked, or said that they are two companies, are left out; after an undone merge they come back.
    """
    seen, params = Company.objects.visible_to(actor).order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(PAIRS.format(seen=seen), [*params, *params, ALIKE, [MergeState.UNDONE.value], most, start])
        rows = cursor.fetchall()
    companies = Company.objects.in_bulk([key for row in rows for key in row[:2]])
    found = []
    for a, b, same_kvk, _alike, _all in rows:
        kept, merged = sorted((companies[a], companies[b]), key=lambda company: (company.created_at, company.pk))
        found.append(Pair(kept, merged, same_kvk))
    return found, rows[0][4] if rows else 0


class Line(NamedTuple):
    """How many rows of one kind each record has, in words."""

    words: Promise | str
    kept: int
    merged: int


@dataclass
class Side:
    """One of two records: its people and its recognitions."""

    company: Company
    people: list[CompanyMembership] = field(default_factory=list)
    recognitions: list[Recognition] = field(default_factory=list)


@dataclass(frozen=True)
class Comparison:
    """Two records side by side, and what merging them does. `refused`: why it cannot be done now."""

    kept: Side
    merged: Side
    lines: list[Line]
    both: list[Both]
    refused: str

    @property
    def sides(self) -> tuple[Side, Side]:
        """The one that goes on, then the other."""
        return self.kept, self.merged

    @property
    def nothing_alike(self) -> bool:
        """Whether neither KvK number nor name nor address is the same: rarely one company."""
        one, other = self.kept.company, self.merged.company
        return one.kvk != other.kvk and one.name.lower() != other.name.lower() and (one.postcode, one.street) != (other.postcode, other.street)


def compare(kept: Company, merged: Company) -> Comparison:
    """What is at each of two records, and what both have. Five queries."""
    sides = {company.pk: Side(company) for company in (kept, merged)}
    for person in CompanyMembership.objects.filter(company__in=sides, ended_at=None).select_related("user").order_by("role", "user__name", "pk"):
        sides[person.company_id].people.append(person)
    held = Recognition.objects.filter(company__in=sides).select_related("qualification").order_by("qualification__name", "pk")
    for recognition in held:
        sides[recognition.company_id].recognitions.append(recognition)
    pairs_ = both(kept, merged)
    return Comparison(sides[kept.pk], sides[merged.pk], counts(kept.pk, merged.pk), pairs_, refusal(pairs_))


def counts(kept: int, merged: int) -> list[Line]:
    """How many rows of every kind point at each record, kinds that neither has left out. One query."""
    moving = relations.moving()
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for number, company, rows in _counted(moving, (kept, merged)):
        found[number][company] = rows
    return [
        Line(moving[number].words or moving[number].model._meta.verbose_name_plural or "", found[number].get(kept, 0), found[number].get(merged, 0))
        for number in sorted(found)
    ]


def _counted(moving: list[relations.Relation], companies: tuple[int, int]) -> Any:
    """Number of the column, company, and rows of each; one query for all columns."""
    each = []
    for number, relation in enumerate(moving):
        rows = relation.model._base_manager.filter(relation.among, **{f"{relation.column}__in": companies}).order_by()
        grouped = rows.annotate(which=Value(number, IntegerField()), company_key=F(relation.column)).values("which", "company_key")
        each.append(grouped.annotate(rows=Count("pk")).values_list("which", "company_key", "rows"))
    return each[0].union(*each[1:], all=True)


def moved(merge: CompanyMerge) -> list[tuple[Promise | str, int]]:
    """What a merge moved, in words and numbers."""
    return _in_words({key: len(rows) for key, rows in merge.moved.get("moved", {}).items()})


def left(merge: CompanyMerge) -> list[tuple[Promise | str, int]]:
    """What could not be put back when it was undone, in words and numbers."""
    return _in_words({key: len(rows) for key, rows in merge.left.items()})


def _in_words(numbers: dict[str, int]) -> list[tuple[Promise | str, int]]:
    words = {relation.key: relation.words for relation in relations.moving()}
    words |= {relation.model._meta.label: relation.words for relation in reversed(relations.moving())}
    return [(words.get(key) or key, number) for key, number in numbers.items()]


def waiting_first() -> Case:
    """Order of merges on the list: what waits, then what can still be undone, then the rest."""
    return Case(When(state=MergeState.ASKED, then=Value(0)), When(state=MergeState.MERGED, then=Value(1)), default=Value(2))
