"""Everything that could be done tomorrow, as places the engine can price: over all recognised companies, arrays and no object a row.

What a place that does not exist yet would be like follows from the company's other places (the one confirmed last), else from
docs/shortages.md, "Candidates".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection
from django.utils import timezone
from numpy.typing import NDArray

from companies.models import CompanyKind
from companies.workflow import ENDED_STATES
from matching.columnar import SET, Ints, numbers, sets_of
from matching.engine import Instance, Result
from matching.engine.again import copied, take, take_sets
from matching.engine.columns import PATHWAYS, Vocabularies, WordSets
from matching.engine.gain import joined
from matching.engine.instance import Places
from placements.models import Adjustment, Period, PlaceState, Requirement, Weekday
from placements.selectors import periods_to_choose
from reference.models import LabourMarketRegion, QualificationKind
from shortages.models.advice import ActKind

WORK_DAYS = 0b11111
# What a company without any place offers (docs/shortages.md): Monday to Friday, some guidance, no money, nothing asked.
DAYS, SUPPORT, ALLOWANCE = WORK_DAYS, 1, 0
GOALS = 8  # goals of a qualification that a new place is taken to teach: the first ones
SLICE = 400_000  # companies × qualifications in memory at once
KINDS = tuple(ActKind.values)
COLUMNS = ("kind", "company", "crebo", "place", "day", "slots", "region")


@dataclass(frozen=True)
class Candidates:
    """Acts, one row each; `places` are what would be offered, with ids 1…n and a slot each, in the codes of `words`.

    kind: number in KINDS; company, crebo: keys; place: key of a place that exists, 0 without; day: bit number, −1 without;
    slots: that the act adds; region: number in `regions`; level: of the qualification.
    """

    kind: Ints
    company: Ints
    crebo: Ints
    place: Ints
    day: Ints
    slots: Ints
    region: Ints
    places: Places
    words: Vocabularies
    regions: list[str]

    def __len__(self) -> int:
        return len(self.kind)

    def of(self, rows: Ints) -> Candidates:
        """These rows alone; ids stay as they are."""
        arrays = {name: getattr(self, name)[rows] for name in COLUMNS}
        return replace(self, places=take(self.places, rows), **arrays)


@dataclass(frozen=True)
class Facts:
    """Recognised companies by rising key, and their usual facts; sets as bits."""

    company: Ints
    x: Ints
    y: Ints
    kind: Ints
    region: Ints
    days: Ints
    support: Ints
    allowance: Ints
    offers: Ints
    demands: Ints


def standard_candidates(instance: Instance, *, today: date | None = None) -> Candidates:
    """A place at every recognised company × qualification that a student of the instance follows, whatever is there already."""
    words, regions = copied(instance.words), region_codes()
    return _new_places(ActKind.OPEN, _pairs(instance), instance, words, regions, today or timezone.localdate(), company_facts(regions))


def all_candidates(instance: Instance, result: Result, *, today: date | None = None) -> Iterator[Candidates]:
    """Every act of the four kinds, in slices that fit into memory; ids count within a slice. All share their words."""
    day = today or timezone.localdate()
    words, regions = copied(instance.words), region_codes()
    make = partial(_new_places, instance=instance, words=words, regions=regions, today=day, facts=company_facts(regions))
    waiting = np.unique(instance.students.qualification[result.place_id < 0])
    needed = [int(words.qualifications.words[code]) for code in waiting.tolist()]
    kin = numbers(KIN, [needed, list(ENDED_STATES)], 2).T
    yield hidden_places(words, regions, day)
    yield more_days(instance, result, words, regions)
    for kind, pairs in ((ActKind.OPEN, _pairs(instance, BUT_FREE_NOW)), (ActKind.RECOGNISE, kin)):
        for start in range(0, len(pairs), SLICE):
            yield make(kind, pairs[start : start + SLICE])


# Company × qualification for which the company may train: placements.models.place.may_train, for all at once.
RECOGNISED = """
    SELECT company_id, qualification_id FROM companies_recognition WHERE valid AND qualification_id = ANY(%s)
    UNION
    SELECT r.company_id, q.crebo FROM companies_recognition r
      JOIN reference_qualification own ON own.crebo = r.qualification_id
      JOIN reference_qualification q ON q.sector_chamber_id = own.sector_chamber_id
     WHERE r.valid AND q.kind <> %s AND q.crebo = ANY(%s)
"""
BUT_FREE_NOW = """
    EXCEPT SELECT p.company_id, s.qualification_id FROM placements_placesearchrow s JOIN placements_place p ON p.id = s.place_id WHERE s.open
"""
# Kin of the same qualification file for which the company has no recognition and has asked none.
KIN = """
    SELECT DISTINCT r.company_id, q.crebo FROM companies_recognition r
      JOIN reference_qualification own ON own.crebo = r.qualification_id AND own.dossier_code <> ''
      JOIN reference_qualification q ON q.dossier_code = own.dossier_code AND q.crebo <> own.crebo AND q.current
     WHERE r.valid AND q.crebo = ANY(%s)
       AND NOT EXISTS (SELECT FROM companies_recognition has
                        WHERE has.company_id = r.company_id AND has.qualification_id = q.crebo AND has.state <> ALL(%s))
     ORDER BY 1, 2
"""


def _pairs(instance: Instance, but: str = "") -> Ints:
    """Company and crebo wherever a student of the instance could be trained, by rising keys; `but`: what is taken off."""
    wanted = [int(code) for code in instance.words.qualifications.words]
    return numbers(f"{RECOGNISED} {but} ORDER BY 1, 2", [wanted, QualificationKind.MBO, wanted], 2).T


def region_codes() -> list[str]:
    """Regions in the order of their numbers here."""
    return list(LabourMarketRegion.objects.order_by("code").values_list("code", flat=True))


def company_facts(regions: list[str]) -> Facts:
    """Companies with a valid recognition that lie in a region. One query."""
    query = f"""
        SELECT c.id, c.x, c.y, array_position(%s::text[], c.kind::text) - 1, array_position(%s::text[], m.region_id::text) - 1,
               COALESCE(u.days, %s), COALESCE(u.support, %s), COALESCE(u.allowance, %s), COALESCE(u.offers, 0), COALESCE(u.demands, 0)
          FROM companies_company c JOIN reference_municipality m ON m.code = c.municipality_id
          LEFT JOIN (
            SELECT p.company_id, {SET.format("p.days")} AS days, p.support, p.allowance,
                   {SET.format("p.offers")} AS offers, {SET.format("p.requirements")} AS demands
              FROM (SELECT DISTINCT ON (company_id) * FROM placements_place ORDER BY company_id, confirmed_at DESC, id DESC) p
          ) u ON u.company_id = c.id
         WHERE EXISTS (SELECT FROM companies_recognition r WHERE r.company_id = c.id AND r.valid)
         ORDER BY c.id
    """  # noqa: S608 columns of ours
    lists = [Weekday.values, Adjustment.values, Requirement.values]
    params = [CompanyKind.values, regions, DAYS, SUPPORT, ALLOWANCE, *lists]
    return Facts(*numbers(query, params, 10))


def _new_places(kind: ActKind, pairs: Ints, instance: Instance, words: Vocabularies, regions: list[str], today: date, facts: Facts) -> Candidates:
    """A place of one slot in the coming period for each (company, crebo) and pathway that somebody follows, as the company usually offers them."""
    row = np.searchsorted(facts.company, pairs[:, 0])
    known = np.take(facts.company, row, mode="clip") == pairs[:, 0] if len(facts.company) else np.zeros(len(pairs), bool)
    pairs, row = pairs[known], row[known]
    start, until = _coming(today)
    crebos, which = np.unique(pairs[:, 1], return_inverse=True)
    levels, pathways, goals = _qualifications(crebos, words)
    codes = [words.qualifications.code(str(crebo)) for crebo in crebos.tolist()]
    # A job (BBL) and an internship (BOL) are two different things to ask of a company.
    followed = _followed(instance, len(words.qualifications.words))[codes] & pathways
    at, bit = np.nonzero(followed[which.reshape(-1)][:, None] >> np.arange(len(PATHWAYS)) & 1)
    pairs, row, m = pairs[at], row[at], which.reshape(-1)[at]
    n = len(pairs)
    places = Places(
        id=1 + np.arange(n),
        company=pairs[:, 0],
        x=facts.x[row],
        y=facts.y[row],
        qualifications=_one_each(codes, m),
        levels=levels[m],
        pathways=1 << bit,
        start=np.full(n, start),
        until=np.full(n, until),
        capacity=np.ones(n, np.int64),
        offers=sets_of(facts.offers[row], Adjustment.values, words.tags),
        demands=sets_of(facts.demands[row], Requirement.values, words.tags),
        days=facts.days[row],
        goals=_rows_of(goals, m),
        kind=_kinds(words)[facts.kind[row]],
        support=facts.support[row],
        allowance=facts.allowance[row],
    )
    return _acts(kind, places, crebo=pairs[:, 1], region=facts.region[row], words=words, regions=regions)


def hidden_places(words: Vocabularies, regions: list[str], today: date) -> Candidates:
    """Places with free slots that nobody is shown, because the company has not said for long that they are right. Three queries."""
    before = today - timedelta(weeks=settings.PLACE_HIDDEN_WEEKS)
    period_days = "p.starts_on - DATE '0001-01-01' + 1, p.ends_on - DATE '0001-01-01' + 2"
    hidden = """
          FROM placements_place p JOIN companies_company c ON c.id = p.company_id JOIN reference_municipality m ON m.code = c.municipality_id
         WHERE p.state = %s AND p.taken < p.capacity AND p.ends_on > %s AND p.confirmed_at < %s
           AND EXISTS (SELECT FROM placements_placesearchrow s WHERE s.place_id = p.id AND s.open)
    """
    query = f"""
        SELECT p.id, p.company_id, c.x, c.y, array_position(%s::text[], c.kind::text) - 1, array_position(%s::text[], m.region_id::text) - 1,
               {period_days}, p.capacity - p.taken, p.support, p.allowance,
               {SET.format("p.pathways")}, {SET.format("p.days")}, {SET.format("p.offers")}, {SET.format("p.requirements")} {hidden} ORDER BY p.id
    """
    which = [PlaceState.OPEN, today, before]
    lists = [PATHWAYS, Weekday.values, Adjustment.values, Requirement.values]
    table = numbers(query, [CompanyKind.values, regions, *map(list, lists), *which], 15)
    place, company, x, y, kind, region, start, until, free, support, allowance, pathways, days, offers, demands = table
    of_place = f"place_id IN (SELECT p.id {hidden})"
    query = f"SELECT place_id, qualification_id FROM placements_placesearchrow WHERE open AND {of_place} ORDER BY 1, 2"  # noqa: S608 texts of ours
    rows = numbers(query, which, 2).T
    links = "placements_place_goals l JOIN reference_learninggoal g ON g.id = l.learninggoal_id"
    own = "companies_withheldgoal w JOIN placements_place o ON o.company_id = w.company_id"
    withheld = f"SELECT FROM {own} WHERE o.id = l.place_id AND w.goal_id = g.id"
    query = f"SELECT l.place_id, g.code FROM {links} WHERE {of_place} AND NOT EXISTS ({withheld})"  # noqa: S608 texts of ours
    goal_rows, goals = _codes(query, which)
    crebos, at = np.unique(rows[:, 1], return_inverse=True)
    codes = np.array([words.qualifications.code(str(crebo)) for crebo in crebos.tolist()], np.int32)
    levels, _pathways, _goals = _qualifications(crebos, words)
    owner = np.searchsorted(place, rows[:, 0])
    bits = np.zeros(len(place), np.int64)
    np.bitwise_or.at(bits, owner, levels[at.reshape(-1)])
    places = Places(
        id=1 + np.arange(len(place)),
        company=company,
        x=x,
        y=y,
        qualifications=WordSets(np.searchsorted(owner, np.arange(len(place) + 1)), codes[at.reshape(-1)]),
        levels=bits,
        pathways=pathways,
        start=start,
        until=until,
        capacity=np.ones(len(place), np.int64),
        offers=sets_of(offers, Adjustment.values, words.tags),
        demands=sets_of(demands, Requirement.values, words.tags),
        days=days,
        goals=_grouped(np.searchsorted(place, goal_rows), np.array([words.goals.code(code) for code in goals], np.int32), len(place)),
        kind=_kinds(words)[kind],
        support=support,
        allowance=allowance,
    )
    first = rows[np.searchsorted(owner, np.arange(len(place))), 1] if len(place) else np.zeros(0, np.int64)
    return _acts(ActKind.CONFIRM, places, crebo=first, region=region, words=words, regions=regions, place=place, slots=free)


def more_days(instance: Instance, result: Result, words: Vocabularies, regions: list[str]) -> Candidates:
    """A slot that nobody took, at the same place with one weekday more than it has."""
    where = numbers(
        """
        SELECT c.id, array_position(%s::text[], m.region_id::text) - 1
          FROM companies_company c JOIN reference_municipality m ON m.code = c.municipality_id WHERE c.id = ANY(%s) ORDER BY 1
        """,
        [regions, np.unique(instance.places.company).tolist()],
        2,
    ).T
    free = np.flatnonzero(_left(instance, result) > 0)
    missing = ~instance.places.days[free] & WORK_DAYS
    row, day = np.nonzero(missing[:, None] >> np.arange(5) & 1)
    row = free[row]
    at = np.searchsorted(where[:, 0], instance.places.company[row])
    known = np.take(where[:, 0], at, mode="clip") == instance.places.company[row] if len(where) else np.zeros(len(row), bool)
    row, day, at = row[known], day[known], at[known]
    places = take(instance.places, row)
    places = replace(places, id=1 + np.arange(len(row)), days=places.days | (1 << day), capacity=np.ones(len(row), np.int64))
    main = places.qualifications.word[places.qualifications.start[:-1]]
    crebo = np.array([int(code) for code in words.qualifications.words], np.int64)[main] if len(row) else np.zeros(0, np.int64)
    return _acts(
        ActKind.DAY, places, crebo=crebo, region=where[at, 1], words=words, regions=regions, place=instance.places.id[row], day=day
    )  # fmt: skip


def _left(instance: Instance, result: Result) -> Ints:
    """Slots of each place that the result leaves unused."""
    order = np.argsort(instance.places.id)
    placed = result.place_id[result.place_id >= 0]
    row = order[np.searchsorted(instance.places.id[order], placed)] if len(order) else placed
    return instance.places.capacity - np.bincount(row, minlength=len(instance.places))


def _acts(
    kind: ActKind,
    places: Places,
    *,
    crebo: Ints,
    region: Ints,
    words: Vocabularies,
    regions: list[str],
    place: Ints | None = None,
    day: Ints | None = None,
    slots: Ints | None = None,
) -> Candidates:
    n = len(places)
    return Candidates(
        kind=np.full(n, KINDS.index(kind)),
        company=places.company,
        crebo=crebo,
        place=np.zeros(n, np.int64) if place is None else place,
        day=np.full(n, -1) if day is None else day,
        slots=np.ones(n, np.int64) if slots is None else slots,
        region=region,
        places=places,
        words=words,
        regions=regions,
    )


def together(parts: list[Candidates]) -> Candidates:
    """Candidates of several slices as one, with ids 1…n."""
    whole = parts[0]
    for part in parts[1:]:
        arrays: dict[str, Any] = {name: np.concatenate([getattr(whole, name), getattr(part, name)]) for name in COLUMNS}
        whole = replace(whole, places=joined(whole.places, part.places), **arrays)
    ones = np.ones(len(whole), np.int64)
    return replace(whole, places=replace(whole.places, id=1 + np.arange(len(whole)), capacity=ones))


def _coming(today: date) -> tuple[int, int]:
    """First day, and the day after the last, of the period that comes next, as the engine counts days."""
    found: list[Period] = periods_to_choose()
    if not found:
        return today.toordinal(), (today + timedelta(weeks=26)).toordinal()
    return found[0].starts_on.toordinal(), found[0].ends_on.toordinal() + 1


def _qualifications(crebos: Ints, words: Vocabularies) -> tuple[Ints, Ints, WordSets]:
    """Levels and pathways as bits, and the goals a new place is taken to teach, of each of these. Two queries."""
    wanted = crebos.tolist()
    query = f"SELECT crebo, level, {SET.format('pathways')} FROM reference_qualification WHERE crebo = ANY(%s) ORDER BY 1"  # noqa: S608 a column of ours
    table = numbers(query, [list(PATHWAYS), wanted], 3).T
    rows, codes = _codes(
        "SELECT l.qualification_id, g.code FROM reference_qualificationgoal l JOIN reference_learninggoal g ON g.id = l.goal_id"
        " WHERE l.qualification_id = ANY(%s) AND l.position < %s",
        [wanted, GOALS + 1],
    )
    goals = _grouped(np.searchsorted(crebos, rows), np.array([words.goals.code(code) for code in codes], np.int32), len(wanted))
    return 1 << (table[:, 1] - 1), table[:, 2], goals


def _codes(query: str, params: list[Any]) -> tuple[Ints, list[str]]:
    """Rows of (number, word)."""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        rows = cursor.fetchall()
    return np.array([number for number, _ in rows], np.int64), [word for _, word in rows]


def _grouped(owner: Ints, word: NDArray[np.int32], count: int) -> WordSets:
    """A word each of these owners, as sets in the order of owners and words."""
    order = np.lexsort((word, owner))
    return WordSets(np.searchsorted(owner[order], np.arange(count + 1)), word[order])


def _followed(instance: Instance, count: int) -> Ints:
    """The pathways, as bits, on which anybody follows each qualification (by code)."""
    out = np.zeros(count, np.int64)
    np.bitwise_or.at(out, instance.students.qualification, 1 << instance.students.pathway)
    return out


def _one_each(codes: list[int], which: Ints) -> WordSets:
    return WordSets(np.arange(len(which) + 1), np.array(codes, np.int32)[which] if len(which) else np.zeros(0, np.int32))


def _rows_of(sets: WordSets, rows: Ints) -> WordSets:
    return take_sets(sets, rows)


def _kinds(words: Vocabularies) -> Ints:
    """The engine's code of each kind of company."""
    return np.array([words.kinds.code(kind) for kind in CompanyKind.values], np.int64)
