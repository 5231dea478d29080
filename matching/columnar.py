"""The whole country for the engine: the rows of matching.instances, read as whole columns of numbers.

Half a million requests as dictionaries cost a minute and gigabytes; as columns they cost seconds. What is read is named in
`instances` (REQUEST_COLUMNS, PLACE_COLUMNS, recognised_rows), how it counts is asked of the same functions (`at_the_start`,
`max_metres`), once for each different value. A test holds both against each other by the digest of the input.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import QuerySet
from numpy.typing import NDArray

from companies.models import CompanyKind
from matching.engine import Criteria, Instance
from matching.engine.columns import ALL_DAYS, DAYS, MAX_GOALS, PATHWAYS, Vocabularies, Vocabulary, WordSets
from matching.engine.instance import Places, Students
from matching.instances import PLACE_COLUMNS, REQUEST_COLUMNS, recognised_rows
from placements.models import Adjustment, Place, PlacementRequest, Requirement
from placements.models.place import counted_goals
from placements.models.request import at_the_start
from reference.models import LearningGoal, PostcodeArea
from reference.travel import TravelMode, max_metres

Ints = NDArray[np.int64]
MODES = tuple(TravelMode.values)
KINDS = tuple(CompanyKind.values)
NEEDS, HAS = tuple(Adjustment.values), tuple(Requirement.values)
TAGS = (*NEEDS, *HAS)

# SQL by which a column becomes whole numbers, the words it may hold being its parameter where it has any.
_DAY = "COALESCE({0} - DATE '0001-01-01' + 1, 0)"  # as date.toordinal counts; 0 for none
_WORD = "COALESCE(array_position(%s::text[], {0}::text), 0)"  # from 1; 0 for none
# Bit k for the k-th of the parameter, a list of all words.
SET = "(SELECT COALESCE(sum(1::bigint << (array_position(%s::text[], word::text) - 1)), 0)::bigint FROM unnest({0}) AS word)"
_NUMBER = "COALESCE({0}, 0)"
_READ: dict[str, tuple[str, Sequence[str] | None]] = {
    "student__postcode": ("left({0}, 4)::integer", None),
    "student__adult_on": (_DAY, None),
    "travel_mode": (_WORD, MODES),
    "student__programme__pathway": (_WORD, PATHWAYS),
    "pathways": (SET, PATHWAYS),
    "starts_on": (_DAY, None),
    "ends_on": (_DAY, None),
    "needs": (SET, NEEDS),
    "offers": (SET, NEEDS),
    "has": (SET, HAS),
    "requirements": (SET, HAS),
    "days": (SET, DAYS),
    **dict.fromkeys(("kind1", "kind2", "company__kind"), (_WORD, KINDS)),
}


def numbers(query: str, params: Sequence[Any], width: int) -> Ints:
    """The rows of a query of `width` columns of whole numbers, none of them null: int64 [width, rows]."""
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT", params) as pipe:
        text = b"".join(bytes(chunk) for chunk in pipe)
    return np.ascontiguousarray(np.fromstring(text.decode("ascii"), dtype=np.int64, sep=" ").reshape(-1, width).T)


def read(requests: QuerySet[PlacementRequest], offered: QuerySet[Place], criteria: Criteria) -> Instance:
    """These requests and places as one instance; a request from a postcode without an area lies nowhere and is left out."""
    goals = dict(LearningGoal.objects.values_list("pk", "code"))
    words = Vocabularies(Vocabulary(), Vocabulary(TAGS), Vocabulary(list(goals.values())), Vocabulary(KINDS))
    number_of = np.zeros(max(goals, default=0) + 1, np.int64)
    number_of[list(goals)] = np.arange(len(goals))
    return Instance(_students(requests, words, number_of), _places(offered, words, number_of), criteria, words)


def _columns(found: QuerySet[Any], names: Sequence[str]) -> dict[str, Ints]:
    """These columns of a queryset by key, each as numbers."""
    sql, params = found.order_by("pk").values_list(*names).query.sql_with_params()
    out, lists = [], []
    for at, name in enumerate(names):
        how, vocabulary = _READ.get(name, (_NUMBER, None))
        out.append(how.format(f"c{at}"))
        lists += [] if vocabulary is None else [list(vocabulary)]
    query = f"SELECT {', '.join(out)} FROM ({sql}) AS t({', '.join(f'c{at}' for at in range(len(names)))})"  # noqa: S608 - all of it ours
    return dict(zip(names, numbers(query, [*lists, *params], len(names)), strict=True))


def _students(requests: QuerySet[PlacementRequest], words: Vocabularies, number_of: Ints) -> Students:
    got = _columns(requests, REQUEST_COLUMNS)
    areas = np.array(list(PostcodeArea.objects.order_by("pc4").values_list("pc4", "x", "y")), np.int64).reshape(-1, 3)
    at = np.searchsorted(areas[:, 0], got["student__postcode"])
    known = at < len(areas)
    known[known] = areas[at[known], 0] == got["student__postcode"][known]
    got, at = {name: column[known] for name, column in got.items()}, at[known]
    reach = _each(lambda mode, minutes: max_metres(minutes, MODES[mode - 1]) if mode else 0, got["travel_mode"], got["max_minutes"])
    goals = _links(PlacementRequest.goals.through.objects.filter(placementrequest__in=requests), "placementrequest_id")
    return Students(
        id=got["pk"],
        x=areas[at, 1],
        y=areas[at, 2],
        qualification=_qualifications(got["student__programme__qualification_id"], words),
        level=got["student__programme__qualification__level"],
        pathway=got["student__programme__pathway"] - 1,
        start=got["starts_on"],
        until=got["ends_on"] + 1,
        weeks=got["weeks"],
        max_distance=reach,
        needs=sets_of(got["needs"], NEEDS, words.tags),
        has=sets_of(_each(_at_the_start, got["has"], got["student__adult_on"], got["starts_on"]), HAS, words.tags),
        days=np.where(got["days"] == 0, ALL_DAYS, got["days"]),
        days_needed=got["days_needed"],
        goals=_grouped(got["pk"], goals[0], number_of[goals[1]], MAX_GOALS),
        kind1=got["kind1"] - 1,
        kind2=got["kind2"] - 1,
        support=got["support"],
        allowance=got["allowance"],
        tier=got["tier"],
    )


def _places(offered: QuerySet[Place], words: Vocabularies, number_of: Ints) -> Places:
    """Places for those of their qualifications for which the company is recognised; without any, a place is left out."""
    got = _columns(offered, PLACE_COLUMNS)
    rows = recognised_rows().filter(place__in=offered)
    place, crebo, level = _plain(rows, "place_id", "qualification_id", "qualification__level")
    kept = np.isin(got["pk"], place)
    got = {name: column[kept] for name, column in got.items()}
    levels = np.zeros(len(got["pk"]), np.int64)
    np.bitwise_or.at(levels, np.searchsorted(got["pk"], place), 1 << (level - 1))
    goals = _links(counted_goals().filter(place__in=offered), "place_id")
    return Places(
        id=got["pk"],
        company=got["company_id"],
        x=got["company__x"],
        y=got["company__y"],
        qualifications=_grouped(got["pk"], place, _qualifications(crebo, words)),
        levels=levels,
        pathways=got["pathways"],
        start=got["starts_on"],
        until=got["ends_on"] + 1,
        capacity=got["capacity"] - got["taken"],
        offers=sets_of(got["offers"], NEEDS, words.tags),
        demands=sets_of(got["requirements"], HAS, words.tags),
        days=np.where(got["days"] == 0, ALL_DAYS, got["days"]),
        goals=_grouped(got["pk"], goals[0], number_of[goals[1]]),
        kind=got["company__kind"] - 1,
        support=got["support"],
        allowance=got["allowance"],
    )


def _plain(found: QuerySet[Any], *names: str) -> Ints:
    sql, params = found.order_by().values_list(*names).query.sql_with_params()
    return numbers(sql, params, len(names))


def _links(found: QuerySet[Any], owner: str) -> Ints:
    """Owners and keys of goals, a column each."""
    return _plain(found, owner, "learninggoal_id")


def _qualifications(crebos: Ints, words: Vocabularies) -> Ints:
    """The engine's code of each crebo."""
    different, at = np.unique(crebos, return_inverse=True)
    return np.array([words.qualifications.code(str(crebo)) for crebo in different.tolist()], np.int64)[at.reshape(-1)]


def _each(ask: Callable[..., int], *columns: Ints) -> Ints:
    """The answer for each row, asked once for each different row."""
    different, at = np.unique(np.stack(columns), axis=1, return_inverse=True)
    return np.array([ask(*row) for row in different.T.tolist()], np.int64)[at.reshape(-1)]


def _at_the_start(has: int, adult_on: int, starts_on: int) -> int:
    """The rule of `at_the_start` on bits of HAS and numbers of days; 0 for no day."""
    words = [word for bit, word in enumerate(HAS) if has >> bit & 1]
    met = at_the_start(words, date.fromordinal(adult_on) if adult_on else None, date.fromordinal(starts_on))
    return sum({1 << HAS.index(word) for word in met})


def sets_of(bits: Ints, words: Sequence[str], vocabulary: Vocabulary) -> WordSets:
    """Sets of these words, a bit each (`SET`), as the engine holds them."""
    codes = np.array([vocabulary.code(word) for word in words], np.int32)
    row, bit = np.nonzero(bits[:, None] >> np.arange(len(words)) & 1)
    return WordSets(np.searchsorted(row, np.arange(len(bits) + 1)), codes[bit])


def _grouped(keys: Ints, owner: Ints, word: Ints, most: int | None = None) -> WordSets:
    """Words by owner as sets in the order of `keys`, which rise; owners that are not among them, and words beyond `most`, are left out."""
    row = np.searchsorted(keys, owner)
    known = row < len(keys)
    known[known] = keys[row[known]] == owner[known]
    row, word = row[known], word[known]
    order = np.lexsort((word, row))
    row, word = row[order], word[order]
    if most is not None and len(row):
        kept = np.arange(len(row)) - np.searchsorted(row, row) < most
        row, word = row[kept], word[kept]
    return WordSets(np.searchsorted(row, np.arange(len(keys) + 1)), word.astype(np.int32))
