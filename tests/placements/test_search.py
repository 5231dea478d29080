"""The fast search gives what a plain, slow query gives: the same places, the same numbers beside the filters, in the same order."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.search_plain import Plain
from companies.models import CompanyKind, RecognitionState
from placements.models import Adjustment, Period, Place, PlaceSearchRow, PlaceState, Requirement, Weekday
from placements.search import find
from placements.search.facets import narrow
from placements.search.map import frame_of
from placements.search.query import ALLOWANCES, SETS, Query
from placements.search.rows import DAYS, KINDS, OFFERS, PATHWAYS, REQUIREMENTS, unpack
from placements.search.words import understand
from reference.models import Pathway
from reference.projection import Point
from tests.factories import CompanyFactory, PeriodFactory, PlaceFactory, QualificationFactory, RecognitionFactory

X, Y = 187_500, 428_500
PLACES = 90
TITLES = ("Meekoken in de keuken", "Bewoners helpen", "Brood bakken", "Klanten helpen in de winkel")
TEXTS = ("keuken", "kok", "helpen", "winkel bakker", "Bedrijf", "brood", "onzin", "verzorgende")


@pytest.fixture(scope="module")
def country(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A few dozen places of every sort around Nijmegen; taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        seed()
        yield
        transaction.set_rollback(True)


def some(words: Any, number: int, step: int) -> list[str]:
    """A few of the words, others for each number."""
    return [str(word) for position, word in enumerate(words) if (number * 7 + position * step) % 3 == 0]


def seed() -> None:
    qualifications = [
        QualificationFactory(name=f"Kok {level}", level=level, dossier_code="23080", search_text=f"kok keuken horeca {level}") for level in (2, 3)
    ] + [QualificationFactory(name="Verzorgende", level=3, search_text="verzorgende zorg"), QualificationFactory(reserved=True, crebo=90_108)]
    periods = [PeriodFactory(name=f"Periode {n}", starts_on=timezone.localdate() + timedelta(days=90 * n - 100)) for n in range(3)]
    old = PeriodFactory(name="Voorbij", starts_on=timezone.localdate() - timedelta(days=200), ends_on=timezone.localdate())
    kinds = list(CompanyKind)
    companies = [CompanyFactory(kind=kinds[n % len(kinds)], x=X + 977 * n - 9000, y=Y + (n * n * 531) % 14_000 - 7000) for n in range(25)]
    for n in range(PLACES):
        place = PlaceFactory(
            company=companies[n * 7 % 25], title=TITLES[n % 4], period=old if n % 17 == 0 else periods[n % 3],
            qualifications=[qualifications[n % 4], *([qualifications[(n + 1) % 4]] if n % 3 == 0 else [])],
            goals=list(qualifications[n % 4].goals.all())[: n % 5], pathways=[[Pathway.BOL], [Pathway.BBL], list(Pathway)][n % 3],
            days=some(Weekday, n, 1) or ["mo"], requirements=some(Requirement, n, 2), offers=some(Adjustment, n, 4), support=n % 4,
            allowance=(0, 50, 150, 300, 460)[n % 5], expenses=50 * (n % 2), capacity=1 + n % 3, group_size=1 + (n % 9 == 0),
            state=PlaceState.PAUSED if n % 13 == 0 else PlaceState.OPEN, confirmed_at=timezone.now() - timedelta(days=4 * n),
            created_at=timezone.now() - timedelta(days=n % 11),
        )  # fmt: skip
        Place.objects.filter(pk=place.pk).update(
            taken=n % (2 + n % 3) if n % (2 + n % 3) <= 1 + n % 3 else 0, applying=n % 6, answer_penalty=n % 4 == 0
        )
    companies[3].recognitions.filter(qualification=qualifications[0]).update(state=RecognitionState.REFUSED)
    companies[5].recognitions.all().delete()


def several(words: Any) -> Any:
    return st.one_of(
        st.just(()), st.just(()), st.lists(st.sampled_from(list(words)), min_size=1, max_size=2, unique=True).map(lambda found: tuple(sorted(found)))
    )


QUERIES = st.fixed_dictionaries({
    "what": st.one_of(st.just(None), st.integers(0, 3), st.sampled_from(TEXTS)),
    "origin": st.one_of(st.just(None), st.tuples(st.integers(X - 9000, X + 9000), st.integers(Y - 9000, Y + 9000))),
    "km": st.integers(1, 25), "levels": several((1, 2, 3, 4)), "pathways": several(PATHWAYS), "periods": several(range(4)), "days": several(DAYS),
    "goals": several(range(4)), "kinds": several(KINDS), "offers": several(OFFERS), "without": several(REQUIREMENTS),
    "allowance": st.sampled_from((0, 0, *ALLOWANCES)), "support": st.integers(0, 3), "group": st.booleans(), "now": st.booleans(),
    "sort": st.sampled_from(("afstand", "nieuw")), "page": st.integers(1, 3),
})  # fmt: skip


def query_of(asked: dict[str, Any]) -> tuple[Query, find.What, Point | None]:
    """A query about what this database has; rarely set twice, the switches are mostly off."""
    crebos = sorted(set(PlaceSearchRow.objects.values_list("qualification_id", flat=True)))
    periods = list(Period.objects.order_by("pk").values_list("pk", flat=True))
    what, origin = asked["what"], Point(*asked["origin"]) if asked["origin"] else None
    fields = {name: asked[name] for name in (*SETS, "km", "allowance", "support", "sort", "page")}
    fields["periods"] = tuple(sorted(periods[n % len(periods)] for n in fields["periods"]))
    fields["crebo"] = crebos[what] if isinstance(what, int) else 0
    fields["goals"] = fields["goals"] if fields["crebo"] else ()
    query = Query(
        **fields, text=what if isinstance(what, str) else "", group=asked["group"] and asked["km"] % 4 == 0, now=asked["now"] and asked["km"] % 3 == 0
    )
    words = understand(query.text) if query.text else None
    return query if origin else query.but(sort="nieuw", page=query.page), find.What.of(query.crebo, words), origin


@pytest.mark.queries(most=10_000, repeats=10_000)
@settings(max_examples=500, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(asked=QUERIES)
def test_places_numbers_and_order_are_those_of_a_plain_query(country: None, django_db_blocker: Any, asked: dict[str, Any]) -> None:
    with django_db_blocker.unblock():
        query, what, origin = query_of(asked)
        if what.guessed:
            return  # what was guessed counts only where no text has the words: another test
        today = timezone.localdate()
        plain = Plain(what, origin, query, today)
        facets = narrow(find.find(what, origin, query.radius, today), query, today)
        page = find.page_of(facets.found, query.sort, query.page)
        assert set(facets.found.place.tolist()) == plain.keys()
        assert {name: {value: n for value, n in counts.items() if n} for name, counts in facets.counts.items()} == plain.counts()
        assert list(zip(page.place.tolist(), page.metres.tolist(), strict=True)) == [(key, metres if origin else 0) for key, metres in plain.page()]


def test_the_database_packs_in_the_words_that_we_read(country: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        for row in PlaceSearchRow.objects.filter(open=True).select_related("place__company")[:40]:
            rows, place = unpack(bytes(row.packed), None), row.place
            assert (rows.place[0], rows.x[0], rows.y[0], rows.crebo[0], rows.period[0]) == (
                place.pk,
                row.x,
                row.y,
                row.qualification_id,
                place.period_id,
            )
            assert [day for bit, day in enumerate(DAYS) if rows.days[0] >> bit & 1] == place.days
            assert [one for bit, one in enumerate(OFFERS) if rows.offers[0] >> bit & 1] == place.offers
            assert [one for bit, one in enumerate(REQUIREMENTS) if rows.requirements[0] >> bit & 1] == place.requirements
            assert (KINDS[rows.kind[0] - 1], rows.support[0], rows.allowance[0]) == (place.company.kind, place.support, place.allowance)
            assert (rows.free[0], rows.group[0], rows.expenses[0]) == (place.free, place.group_size > 1, place.expenses > 0)


@pytest.mark.django_db
def test_a_full_place_is_gone_from_the_search_at_once_and_back_when_it_is_free() -> None:
    place = PlaceFactory(qualifications=[QualificationFactory()])
    row = place.search_rows.get()

    def found() -> int:
        return len(find.find(find.What((row.qualification_id,)), Point(row.x, row.y), 1000, timezone.localdate()))

    assert found() == 1
    Place.objects.update(taken=1)
    assert found() == 0
    Place.objects.update(taken=0)
    assert found() == 1
    place.company.recognitions.update(state=RecognitionState.REFUSED)
    assert found() == 0


@pytest.mark.django_db
def test_a_place_that_nobody_confirms_is_hidden_at_last(settings: Any) -> None:
    settings.PLACE_HIDDEN_WEEKS = 10
    place = PlaceFactory(qualifications=[QualificationFactory()])
    row = place.search_rows.get()
    Place.objects.update(confirmed_at=timezone.now() - timedelta(weeks=9))
    assert len(find.find(find.What(), Point(row.x, row.y), 1000, timezone.localdate())) == 1
    Place.objects.update(confirmed_at=timezone.now() - timedelta(weeks=11))
    assert len(find.find(find.What(), Point(row.x, row.y), 1000, timezone.localdate())) == 0


@pytest.mark.django_db
def test_what_is_changed_about_a_place_or_its_company_is_found_at_once() -> None:
    place = PlaceFactory(qualifications=[QualificationFactory()], title="Deeg kneden")
    at, today = Point(place.company.x, place.company.y), timezone.localdate()

    def finds(text: str) -> bool:
        words = understand(text)
        return len(find.find(find.What((), words.stems), at, 1000, today)) == 1

    assert finds("kneden")
    assert not finds("Janssen")
    place.company.name = "Bakkerij Janssen"
    place.company.save()
    assert finds("Janssen")
    place.title = "Taarten versieren"
    place.save()
    assert finds("taart")
    RecognitionFactory(company=place.company)
    assert not finds("kneden")


@pytest.mark.django_db
def test_typing_errors_stems_and_synonyms_lead_to_the_course() -> None:
    cook = QualificationFactory(name="Kok", search_text="kok")
    nurse = QualificationFactory(name="Verpleegkundige", search_text="mbo verpleegkundige 25655 verpleegkundigen")
    assert understand("keuken").crebos == (cook.pk,)
    assert understand("Koken!").crebos == (cook.pk,)
    assert understand("verpleegkundigen").crebos == (nurse.pk,)
    misspelt = understand("verpleegkindige")
    assert (misspelt.crebos, misspelt.guessed) == ((nurse.pk,), True)
    assert understand("';--").crebos == ()


@pytest.mark.parametrize("text", ["", "--5,0,1,1", "1,2,3", "5,5,1,1", "a,b,c,d", "1," * 5000, "٣,0,4,1"])
def test_a_nonsense_frame_of_the_map_is_none(text: str) -> None:
    assert frame_of(text) is None
    assert frame_of("-5,0,100,200") == (-5, 0, 100, 200)
