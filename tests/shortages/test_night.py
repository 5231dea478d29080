"""The cells of a night: each count as a slow recount has it, what stops students, how far, what one more place is worth."""

from datetime import timedelta

import pytest
from django.db.models import Exists, OuterRef
from django.utils import timezone

from matching import columnar, instances
from matching.engine import solve
from matching.models import Criteria
from placements.models import Place, PlacementRequest
from placements.selectors import chance_percent
from shortages.models import COUNTS, Night, PublicFigure, RegionFigure, Stop
from shortages.night import engine
from shortages.night.cells import Axes
from shortages.services import night_here, nights
from tests.shortages.making import Country, crowded
from tests.shortages.recount import recount

pytestmark = [pytest.mark.django_db, pytest.mark.queries(most=1000, repeats=1000)]
RECOUNTED = [name for name in COUNTS if not name.startswith(("stop_", "reports_"))]


@pytest.fixture(autouse=True)
def _no_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its connection does not see what these tests never commit."""
    monkeypatch.setattr("stagematch.jobs.WRITE_EVERY", 60)
    monkeypatch.setattr("stagematch.jobs._wake", lambda job: None)
    monkeypatch.setattr("shortages.services.nights.ADVICE", "tests.nothing")


def night() -> Night:
    return night_here.work(nights.start_night(day=timezone.localdate()), threads=1)


def cell(crebo: int, group: str, region: str = "AM15") -> RegionFigure:
    return RegionFigure.objects.get(qualification=crebo, group=group, region=region)


@pytest.mark.parametrize("seed", [1])
def test_every_count_is_that_of_a_slow_recount(seed: int) -> None:
    country = crowded(seed)
    assert night().state == "done"
    found = {
        (row.region_id, row.qualification_id, row.group): {name: getattr(row, name) for name in RECOUNTED if getattr(row, name)}
        for row in RegionFigure.objects.all()
    }
    assert {key: counts for key, counts in found.items() if counts} == {key: dict(counts) for key, counts in recount(country.today).items()}
    assert {name for counts in found.values() for name in counts} == set(RECOUNTED), "every count occurs"


def test_what_the_engine_stops_is_those_who_are_ready_and_not_placed() -> None:
    crowded(3)
    night()
    instance, result = engine.load(Night.objects.get())
    stopped = sum(getattr(row, f"stop_{stop.value}") for row in RegionFigure.objects.all() for stop in Stop)
    assert stopped == int((result.place_id < 0).sum()) > 0
    assert (Night.objects.get().input_digest, Night.objects.get().result_digest) == (instance.input_digest, result.summary["result_digest"])


def test_the_country_as_columns_is_the_country_as_rows() -> None:
    country = crowded(4)
    asked = PlacementRequest.objects.seeking().filter(ends_on__gt=country.today).exclude(student__postcode="9999ZZ")
    minor = asked.order_by("pk")[0].student
    type(minor).objects.filter(pk=minor.pk).update(adult_on=country.today + timedelta(days=300))
    asked.filter(student=minor).update(has=["age18", "vog"], needs=["quiet", "step_free"], kind1="care", kind2="ict", days=[])
    for request in asked[:5]:
        request.goals.set(country.cook.goals.all())
    offered = engine.offered(country.today)
    recognised = offered.filter(Exists(instances.recognised_rows().filter(place=OuterRef("pk"))))
    criteria = Criteria.latest().as_engine()
    rows = instances.Instance.from_rows(instances.request_rows(asked), instances.offer_rows(recognised), criteria)
    assert columnar.read(asked, offered, criteria).input_digest == rows.input_digest
    assert columnar.read(PlacementRequest.objects.filter(pk=0), Place.objects.filter(pk=0), criteria).students.id.size == 0


def test_each_reason_of_the_engine_is_one_of_the_six_stops() -> None:
    country = Country()
    near = {"days": ["mo", "tu", "we", "th", "fr"], "pathways": ["BOL"], "capacity": 1}
    country.place(country.cook, **near)
    stops = {}

    def stopped(name: str, *, area: object = None, **fields: object) -> None:
        request = country.request(country.cook, area=area, **fields)
        stops[request.pk] = name

    country.request(country.cook, tier=0)  # takes the place
    stopped("capacity")
    stopped("recognition", pathway="BBL")
    stopped("period", weeks=40)
    stopped("days", days=["sa"], days_needed=1)
    stopped("requirement", needs=["quiet"])
    stopped("recognition", area=country.south)  # nothing within 40 kilometres
    country.place(country.baker, area=country.south)
    request = country.request(country.baker, area=country.north, max_minutes=5)
    stops[request.pk] = "recognition"
    axes = Axes.read()
    instance, _region = engine.read(axes, country.today, None)
    result = solve(instance, seed=1)
    found = dict(zip(instance.students.id.tolist(), engine.stops_of(instance, result).tolist(), strict=True))
    assert {key: value for key, value in found.items() if value} == stops


def test_a_place_too_far_to_travel_is_distance_and_one_further_than_forty_kilometres_is_recognition() -> None:
    country = Country()
    x, y = country.north.x, country.north.y
    for metres in (39_000, 41_000):
        far = country.company(country.cook, area=country.north)
        type(far).objects.filter(pk=far.pk).update(x=x + metres)
        country.place(country.cook if metres < 40_000 else country.baker, company=far)
    country.request(country.cook)
    country.request(country.baker)
    night()
    assert (cell(country.cook.pk, "mbo2bol").stop_distance, cell(country.baker.pk, "mbo3bol").stop_recognition) == (1, 1)
    assert y == country.north.y


def test_a_place_that_nobody_confirmed_for_long_is_counted_and_not_matched() -> None:
    country = Country()
    country.place(country.cook, confirmed_at=timezone.now() - timedelta(weeks=50))
    country.request(country.cook)
    night()
    figure = cell(country.cook.pk, "mbo2bol")
    assert (figure.offered, figure.stale, figure.stop_recognition, figure.median_km) == (1, 1, 1, None)


def test_the_chance_and_the_median_are_those_of_the_formulas_that_pages_show() -> None:
    country = Country()
    country.place(country.cook, capacity=5)
    for _student in range(8):  # five or more are published whatever the lot
        country.request(country.cook)
    night()
    figure = cell(country.cook.pk, "mbo2bol")
    assert (figure.ready, figure.unused, figure.chance, figure.median_km, figure.stop_capacity) == (8, 5, 62, 0.0, 3)
    assert [chance_percent(0, 0), chance_percent(1, 0), chance_percent(9, 4), chance_percent(1, 3)] == [0, 100, 100, 33]
    public = PublicFigure.objects.get()
    assert public.chance == (min(100, 100 * public.unused // public.ready) if public.ready else None), "from what is published, and nothing else"


def test_one_more_place_is_worth_the_share_of_companies_where_it_places_a_student() -> None:
    country = Country()
    for _student in range(2):
        country.request(country.cook, max_minutes=30)
    country.company(country.cook)
    away = country.company(country.cook)
    type(away).objects.filter(pk=away.pk).update(x=away.x + 30_000)
    country.place(country.cook, pathways=["BBL"])  # its company, too, could open one for BOL
    night()
    assert cell(country.cook.pk, "mbo2bol").worth == pytest.approx(2 / 3, abs=1e-3)
    assert cell(country.cook.pk, "mbo2bbl").worth is None, "nobody follows it this way"


def test_cells_in_which_there_is_nothing_are_not_kept_and_figures_are_never_rewritten() -> None:
    country = Country()
    country.company(country.cook)
    night()
    assert not RegionFigure.objects.exists()
    assert not PublicFigure.objects.exists()
