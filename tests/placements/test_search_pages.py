"""The search page and a place's page, as a browser asks for them."""

import random
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.models import RecognitionState
from placements.models import Period, Place, PlaceState
from placements.search.query import BY_NAME, Query, parse
from placements.search.where import towns
from tests.factories import (
    CompanyFactory,
    PeriodFactory,
    PlaceFactory,
    PostcodeAreaFactory,
    QualificationFactory,
    StudentFactory,
    TrainerFactory,
    login_as,
)

pytestmark = pytest.mark.django_db
SEARCH = "/plaatsen/"


@pytest.fixture(autouse=True)
def nijmegen():  # type: ignore[no-untyped-def]
    towns.cache_clear()
    yield PostcodeAreaFactory()
    towns.cache_clear()


def text_of(client: Client, address: str, status: int = 200) -> str:
    page = client.get(address, follow=True)
    assert page.status_code == status
    return unescape(page.content.decode()).replace("\xa0", " ")


def test_a_visitor_finds_a_place_by_work_and_town(client: Client) -> None:
    cook = QualificationFactory(name="Kok", search_text="kok")
    place = PlaceFactory(qualifications=[cook], title="Meekoken")
    page = text_of(client, f"{SEARCH}?wat=keuken&waar=Nijmegen")
    assert "1 stageplek binnen 20 km van Nijmegen" in page
    assert reverse("placements:place_page", args=[place.public_id]) in page
    assert "Meekoken" in text_of(client, f"{SEARCH}?opleiding={cook.pk}&waar=6511")
    assert "Meekoken" not in text_of(client, f"{SEARCH}?wat=keuken&waar=6511&dag=su")


def test_an_address_that_says_more_than_it_means_becomes_the_short_one(client: Client) -> None:
    answer = client.get(f"{SEARCH}?wat=kok&waar=&minuten=&km=20&volgorde=afstand")
    assert (answer.status_code, answer["Location"]) == (302, f"{SEARCH}?wat=kok")


def test_htmx_gets_the_part_and_the_short_address(client: Client) -> None:
    answer = client.get(f"{SEARCH}?wat=kok&waar=&km=20", headers={"HX-Request": "true", "HX-Target": "search"})
    assert answer["HX-Push-Url"] == f"{SEARCH}?wat=kok"
    assert b"<html" not in answer.content


def test_the_address_holds_the_whole_query() -> None:
    asked = Query(
        text="kok & bakker", where="6511 AB", km=40, levels=(2, 3), pathways=("BBL",), periods=(4,), days=("mo", "su"), kinds=("care",),
        offers=("quiet",), without=("vog",), allowance=150, support=2, group=True, now=True, sort="nieuw", page=3, map=True,
    )  # fmt: skip
    assert parse(QueryDict(asked.url)) == (asked, [])


def test_a_student_who_asks_nothing_gets_the_own_course_near_home(client: Client) -> None:
    student = StudentFactory()
    PlaceFactory(qualifications=[student.programme.qualification], title="Vlakbij huis")
    PlaceFactory(title="Andere opleiding")
    login_as(client, student)
    page = text_of(client, SEARCH)
    assert "Vlakbij huis" in page
    assert "Andere opleiding" not in page
    assert student.postcode not in page


def test_little_found_leads_on_with_the_number_of_each_way(client: Client) -> None:
    cook = QualificationFactory(name="Kok", level=2, dossier_code="23080")
    baker = QualificationFactory(name="Bakker", level=3, dossier_code="23080")
    later = PeriodFactory(name="Najaar", starts_on=timezone.localdate() + timedelta(days=200))
    far = CompanyFactory(x=187_800 + 30_000)
    PlaceFactory(qualifications=[cook], company=far)
    PlaceFactory(qualifications=[baker])
    PlaceFactory(qualifications=[cook], period=later)
    soon = Period.objects.exclude(pk=later.pk).get()
    page = text_of(client, f"{SEARCH}?opleiding={cook.pk}&waar=6511&km=20&periode={soon.pk}")
    assert "Dit laat meer zien" in page
    assert "Bakker (niveau 3)" in page
    assert "binnen 40 km" in page
    assert "in elke periode" in page


def test_what_is_only_far_away_is_offered_in_the_whole_country(client: Client) -> None:
    cook = QualificationFactory(name="Kok", search_text="kok")
    PlaceFactory(qualifications=[cook], company=CompanyFactory(x=30_000, y=380_000))
    page = text_of(client, f"{SEARCH}?wat=kok&waar=Nijmegen")
    assert "in het hele land" in page
    assert "Er is ook verder weg niets" not in page
    assert "1 stageplek in het hele land" in text_of(client, f"{SEARCH}?wat=kok")


def test_how_far_without_from_where_is_named_and_letters_that_changed_places_are_put_right(client: Client) -> None:
    cook = QualificationFactory(name="Kok", search_text="kok keuken")
    PlaceFactory(qualifications=[cook], title="Meekoken")
    page = text_of(client, f"{SEARCH}?wat=keuken&minuten=20")
    assert "minuten=20: vul een postcode of plaats in" in " ".join(page.replace("<strong>", "").replace("</strong>", "").split())
    assert "dichtstbij eerst" not in page
    assert "Meekoken" in text_of(client, f"{SEARCH}?wat=keuekn&waar=Nijmegen")
    assert "Bedoelde je Nijmegen?" in text_of(client, f"{SEARCH}?wat=keuken&waar=Nijmegn")


def test_a_full_place_says_so_and_stays_while_one_taken_back_is_gone(client: Client) -> None:
    place = PlaceFactory(title="Deeg kneden")
    address = reverse("placements:place_page", args=[place.public_id])
    assert "Deeg kneden" in text_of(client, address)
    Place.objects.update(taken=1)
    assert "bezet" in text_of(client, address)
    Place.objects.update(taken=0, state=PlaceState.PAUSED)
    assert "Deeg kneden" not in text_of(client, address, status=404)


def test_the_page_of_a_place_names_nobody_of_the_company(client: Client) -> None:
    place = PlaceFactory()
    trainer = TrainerFactory(company=place.company, user__name="Wilhelmina van Eijk")
    page = text_of(client, reverse("placements:place_page", args=[place.public_id]))
    assert "Er is 1 praktijkopleider" in page
    assert "Eijk" not in page
    assert trainer.user.email not in page
    assert 'itemtype="https://schema.org/JobPosting"' in page


def test_places_looked_at_come_back_from_the_own_cookie(client: Client) -> None:
    place = PlaceFactory(title="Deeg kneden")
    client.get(reverse("placements:place_page", args=[place.public_id]))
    assert "Laatst bekeken" in text_of(client, f"{SEARCH}?waar=6511")
    client.cookies["gezien"] = "x.y.z" * 900
    assert "Laatst bekeken" not in text_of(client, f"{SEARCH}?waar=6511")


def test_a_company_no_longer_recognised_is_not_found(client: Client) -> None:
    place = PlaceFactory(title="Deeg kneden")
    assert "Deeg kneden" in text_of(client, f"{SEARCH}?waar=6511")
    place.company.recognitions.update(state=RecognitionState.REFUSED)
    assert "Deeg kneden" not in text_of(client, f"{SEARCH}?waar=6511")


NASTY = (
    "", " ", "0", "-1", "1e9", "99999999999999999999", "NaN", "null", "true", "[]", "{}", "a" * 10_000, "' OR 1=1 --", "'; DROP TABLE x; --",
    "%00", "\x00", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "١٢٣", "²", "<script>alert(1)</script>", "../../etc/passwd",
    "mo,tu", "\u202e\u200f", "(((", "&|!<->:*", "\\", "\n\r\t", "25180", "6511 AB", "NIJMEGEN", "é́", "%", "_", "1;2", "0x10", "+5", "５",
)  # fmt: skip


def test_no_address_ever_fails_and_what_is_not_used_is_named(client: Client) -> None:
    PlaceFactory()
    draw = random.Random(4)
    names = [*BY_NAME, "onbekend", "wat[]", "", "é", "__proto__"]
    for number, name in enumerate(names):
        for value in NASTY[number % 4 :: 4]:
            assert client.get(SEARCH, {name: value}).status_code in (200, 302), (name, value)
    for _round in range(50):
        pairs = [(draw.choice(names), draw.choice(NASTY)) for _n in range(draw.randint(1, 12))]
        assert client.get(f"{SEARCH}?{urlencode(pairs)}").status_code in (200, 302), pairs
        assert client.get(f"{SEARCH}kaart.json?{urlencode(pairs)}").status_code == 200, pairs
    assert client.get(SEARCH + "?" + "&".join(f"dag={n}" for n in range(900))).status_code == 200
    assert client.get(SEARCH + "?wat=%ff%fe&km=%c3%28").status_code in (200, 302)
    page = text_of(client, f"{SEARCH}?km=ver&kleur=rood&waar=Xyzzyplugh&dag=mo&dag=zondag")
    for ignored in ("km=ver", "kleur=rood", "waar=Xyzzyplugh", "dag=zondag"):
        assert ignored in page
    assert "<script>alert" not in client.get(SEARCH, {"wat": "<script>alert(1)</script>"}).content.decode()
