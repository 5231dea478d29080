"""Where somebody looks from: a postcode, a town, or the own school."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import lru_cache

from reference.folding import fold
from reference.formats import show_postcode
from reference.models import PostcodeArea
from reference.projection import Point
from reference.selectors import postcode_point

# Towns so unlike what was typed are no suggestion.
ALIKE = 0.75


@dataclass(frozen=True)
class Origin:
    """A point, RD New metres, and how people call it; `meant` when it was typed otherwise; `people`: inhabitants of a town."""

    point: Point
    name: str
    meant: bool = False
    people: int = 0


def find_origin(where: str) -> Origin | None:
    """The point of a postcode (`6511`, `6511 AB`) or of a town, typing errors forgiven; None when nothing is like it."""
    code = "".join(where.split()).upper()
    if code[:4].isdigit() and code[:4].isascii() and len(code) in (4, 6):
        point = postcode_point(code) if code[4:].isalpha() or len(code) == 4 else None
        return Origin(point, show_postcode(code)) if point else None
    asked = fold(where)
    known = towns()
    if asked in known:
        return known[asked]
    near = difflib.get_close_matches(asked, known, n=1, cutoff=ALIKE) if len(asked) > 2 else []
    return Origin(known[near[0]].point, known[near[0]].name, meant=True) if near else None


@lru_cache(maxsize=1)
def towns() -> dict[str, Origin]:
    """Every town and municipality by its folded name, at the middle of its inhabitants. One query in the life of a process.

    Of several with one name (Hengelo, Bergen) it is the one with most inhabitants; the others have a postcode.
    """
    sums: dict[tuple[str, str], list[float]] = {}
    names: dict[str, str] = {}
    areas = PostcodeArea.objects.values_list("place", "municipality_id", "municipality__name", "x", "y", "inhabitants").order_by("pc4")
    for town, code, municipality, x, y, people in areas:
        for name in {town, municipality}:
            key, weight = fold(name), people + 1.0
            names.setdefault(key, name)
            total = sums.setdefault((key, code), [0.0, 0.0, 0.0])
            total[0] += x * weight
            total[1] += y * weight
            total[2] += weight
    largest = {key: total for (key, _code), total in sorted(sums.items(), key=lambda item: item[1][2])}
    return {key: Origin(Point(round(x / weight), round(y / weight)), names[key], people=round(weight)) for key, (x, y, weight) in largest.items()}


@lru_cache(maxsize=1)
def by_size() -> tuple[Origin, ...]:
    """Every town once, the largest first."""
    return tuple(sorted({town.point: town for town in towns().values()}.values(), key=lambda town: -town.people))
