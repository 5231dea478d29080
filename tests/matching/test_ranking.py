"""Best fit in the search is the engine's own score, and equal fits are ordered by the shortest line."""

from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from matching import fit, ranking
from placements.models import Adjustment, Place, Requirement
from placements.search import find
from placements.search.where import towns
from reference.projection import Point
from tests.factories import NIJMEGEN_X, NIJMEGEN_Y, CompanyFactory, PlaceFactory, PostcodeAreaFactory, RequestFactory, login_as

# Four of the queries fill caches of the process (names, goals, towns), which a test finds empty.
pytestmark = [pytest.mark.django_db, pytest.mark.queries(most=16)]
KINDS = ("care", "shop", "ict", "hospitality")


@pytest.fixture
def request_():  # type: ignore[no-untyped-def]
    ranking.goal_codes.cache_clear()
    towns.cache_clear()
    PostcodeAreaFactory()
    made = RequestFactory(ready=True, kind2="shop", allowance=200, support=2, needs=[Adjustment.QUIET], has=[Requirement.VOG])
    made.goals.set(made.student.programme.qualification.goals.all()[:3])
    return made


def places_for(request_, count: int) -> None:  # type: ignore[no-untyped-def]
    course = request_.student.programme.qualification
    goals = list(course.goals.all())
    for n in range(count):
        PlaceFactory(
            qualifications=[course], company=CompanyFactory(kind=KINDS[n % 4], x=NIJMEGEN_X + 900 * n, y=NIJMEGEN_Y - 400 * n), goals=goals[: n % 5],
            offers=[Adjustment.QUIET] if n % 5 else [], requirements=[Requirement.VOG] if n % 3 else [Requirement.DRIVING_B] if n % 2 else [],
            days=["mo", "tu", "we", "th"][: 2 + n % 3], allowance=100 * (n % 4), support=n % 4, pathways=["BOL"] if n % 7 else ["BBL"],
        )  # fmt: skip


def test_the_score_in_the_search_is_the_engines(request_) -> None:  # type: ignore[no-untyped-def]
    places_for(request_, 24)
    course, today = request_.student.programme.qualification_id, timezone.localdate()
    rows = find.find(find.What((course,)), Point(NIJMEGEN_X, NIJMEGEN_Y), 50_000, today)
    ranked = ranking.rank(request_.student, rows, today)
    assert ranked is not None
    slow = fit.fits_of(request_, list(Place.objects.values_list("pk", flat=True)))
    fast = dict(zip(rows.place.tolist(), ranked.scores.tolist(), strict=True))
    assert fast == {key: -1 if one.rule or one.far else one.total for key, one in slow.items()}
    assert len({score for score in fast.values() if score >= 0}) > 2


def test_equal_fits_are_ordered_by_fewest_applications_for_each_free_slot(client: Client, request_) -> None:  # type: ignore[no-untyped-def]
    course = request_.student.programme.qualification
    for title, applying, capacity in (("Druk", 4, 1), ("Ruim", 4, 8), ("Stil", 0, 1)):
        place = PlaceFactory(qualifications=[course], title=title, capacity=capacity, offers=[Adjustment.QUIET])
        Place.objects.filter(pk=place.pk).update(applying=applying)
    login_as(client, request_.student)
    page = unescape(client.get("/plaatsen/?volgorde=passend").content.decode())
    assert page.index("Stil") < page.index("Ruim") < page.index("Druk")
    assert "punten" in page


def test_a_place_that_cannot_be_says_why_and_comes_last(client: Client, request_) -> None:  # type: ignore[no-untyped-def]
    course = request_.student.programme.qualification
    PlaceFactory(qualifications=[course], title="Zonder rust", offers=[])
    fitting = PlaceFactory(qualifications=[course], title="Met rust", offers=[Adjustment.QUIET], company=CompanyFactory(x=NIJMEGEN_X + 6000))
    login_as(client, request_.student)
    page = unescape(client.get("/plaatsen/?volgorde=passend").content.decode())
    assert page.index("Met rust") < page.index("Zonder rust")
    assert "biedt niet alles wat je nodig hebt" in page or "does not offer all you need" in page
    assert "Hoe goed het bij je past" in unescape(client.get(f"/plaatsen/{fitting.public_id}/").content.decode())
