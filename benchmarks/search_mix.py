"""The mix of searches that the benchmark replays, drawn from the country that is in the database (docs/search.md)."""

from __future__ import annotations

import json
import random
from typing import Any
from urllib.parse import urlencode

from benchmarks.search import FILTERED, KIND_SHARES, KINDS, PAGE_SHARES, PAGES, RADII, RADIUS_SHARES, TYPO
from reference.travel import ROAD_TENTHS

# What people type: work, places of work, courses, and parts of names of companies and tasks.
TEXTS = (
    "kok", "keuken", "kapper", "bakker", "zorg", "verpleegkundige", "kinderopvang", "winkel", "verkoper", "ict", "software", "monteur",
    "automonteur", "elektricien", "timmerman", "logistiek", "magazijn", "hovenier", "dieren", "horeca", "receptie", "administratie",
    "boekhouding", "beveiliging", "sport", "schoonheidsspecialist", "laborant", "evenementen", "lasser", "schilder", "doktersassistent",
    "apotheek", "tandartsassistent", "onderwijsassistent", "juf", "chauffeur", "vrachtwagen", "webdesign", "media", "mode", "groothandel",
    "supermarkt", "garage", "loodgieter", "installatie", "bouw", "makelaar", "drukkerij", "theater", "museum", "hotel", "lunchroom", "huisarts",
    "thuiszorg", "zorgboerderij", "kwekerij", "notariaat",
)  # fmt: skip
FILTERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("leerweg", ("BOL", "BBL")),
    ("dag", ("mo", "fr", "sa")),
    ("vergoeding", ("1", "150", "300")),
    ("begeleiding", ("1", "2")),
    ("kan", ("step_free", "quiet", "short_days")),
    ("zonder", ("vog", "driving_b")),
    ("niveau", ("2", "3", "4")),
)


def facts() -> None:
    """Print what the mix is drawn from: postcodes by inhabitants, courses by students, where the country is."""
    from django.db.models import Count

    from placements.models import Period, PlaceSearchRow
    from reference.models import PostcodeArea
    from schools.models import Student

    x, y = (set(PlaceSearchRow.objects.values_list(axis, flat=True).distinct()) for axis in ("x", "y"))
    areas = [
        (pc4, people) for pc4, people, a, b in PostcodeArea.objects.order_by("pc4").values_list("pc4", "inhabitants", "x", "y") if a in x and b in y
    ]
    courses = Student.objects.values("programme__qualification").annotate(n=Count("pk")).order_by("programme__qualification")
    print(json.dumps({
        "areas": areas, "courses": [(row["programme__qualification"], row["n"]) for row in courses],
        "periods": list(Period.objects.filter(places__isnull=False).distinct().order_by("pk").values_list("pk", flat=True)),
    }))  # fmt: skip


def addresses(facts: dict[str, Any], number: int, draw: random.Random) -> list[str]:
    """So many addresses of the search page."""
    areas, people = zip(*facts["areas"], strict=True)
    courses, students = zip(*facts["courses"], strict=True)
    found = []
    for _number in range(number):
        pairs = [
            ("waar", draw.choices(areas, people)[0]),
            ("km", -(-draw.choices(RADII, RADIUS_SHARES)[0] * ROAD_TENTHS // 10)),
            ("pagina", draw.choices(PAGES, PAGE_SHARES)[0]),
        ]
        kind = draw.choices(KINDS, KIND_SHARES)[0]
        if kind == "course":
            pairs.append(("opleiding", draw.choices(courses, students)[0]))
        elif kind == "text":
            pairs.append(("wat", mistyped(draw.choice(TEXTS), draw)))
        if draw.random() < FILTERED:
            for name, values in draw.sample(FILTERS, draw.randint(1, 2)):
                pairs.append((name, draw.choice(values)))
            if draw.random() < 0.5:
                pairs.append(("periode", draw.choice(facts["periods"])))
        # What goes without saying is left out, as the site itself does.
        found.append(f"/plaatsen/?{urlencode([pair for pair in pairs if pair not in (('km', 20), ('pagina', 1))])}")
    return found


def mistyped(word: str, draw: random.Random) -> str:
    """One in ten words has a letter too few."""
    if len(word) < 6 or draw.random() > TYPO:
        return word
    at = draw.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1 :]


def some_places(number: int) -> None:
    """Print addresses of places' own pages."""
    from django.urls import reverse

    from placements.models import Place

    keys = list(Place.objects.open().order_by("public_id").values_list("public_id", flat=True)[:number])
    print(json.dumps([f"{reverse('placements:place_page', args=[key])}?waar=6511" for key in keys]))


def plans() -> None:
    """Print how the database answers the main queries."""
    from django.db import connection
    from django.utils import timezone

    from placements.search import find
    from placements.search.words import understand
    from reference.projection import Point

    amsterdam, today = Point(121_700, 487_500), timezone.localdate()
    cases = {
        "one course, 10 km": (find.What((25180,)), 10_000),
        "text, 20 km": (find.What.of(0, understand("keuken")), 20_000),
        "everything, 20 km": (find.What(), 20_000),
        "everything, 40 km": (find.What(), 40_000),
    }
    for title, (what, radius) in cases.items():
        with connection.execute_wrapper(Explain()) as _none:
            print(f"-- {title}")
            find.find(what, amsterdam, radius, today)


class Explain:
    """Prints the plan of each query and then runs it."""

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        from django.db import connection

        with connection.connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {sql}", params)
            print("\n".join(line for (line,) in cursor.fetchall()))
        return execute(sql, params, many, context)
