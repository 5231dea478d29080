"""Favourites, saved searches with their mails and feed, and asking a company for a place."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from placements import tasks
from placements.models import Alerts, Favourite, Place, PlaceAsk, PlaceState, SavedSearch
from placements.search import watching
from placements.search.query import parse
from placements.search.where import towns
from placements.services import alerts
from placements.services import saved as services
from stagematch import jobs
from stagematch.mail_server import _message
from stagematch.models import Job, JobState, OutboxMail
from tests.factories import (
    CompanyFactory,
    ContactFactory,
    CoordinatorFactory,
    PlaceFactory,
    PostcodeAreaFactory,
    QualificationFactory,
    RecognitionFactory,
    RequestFactory,
    StudentFactory,
    TrainerFactory,
    actor_for,
    login_as,
)

pytestmark = pytest.mark.django_db
SEARCH, SAVED = "/plaatsen/", "/bewaard/"


@pytest.fixture(autouse=True)
def nijmegen():  # type: ignore[no-untyped-def]
    towns.cache_clear()
    yield PostcodeAreaFactory()
    towns.cache_clear()


def text_of(client: Client, address: str, status: int = 200) -> str:
    page = client.get(address, follow=True)
    assert page.status_code == status
    return unescape(page.content.decode()).replace("\xa0", " ")


def search_of(person: Any, text: str, how_often: str = Alerts.DAILY, days_ago: int = 1) -> SavedSearch:
    """A saved search whose owner was last told so many days ago."""
    saved = services.save_search(query=parse(QueryDict(text))[0], actor=actor_for(person))
    saved = services.set_alerts(saved=saved, alerts=Alerts(how_often))
    SavedSearch.objects.filter(pk=saved.pk).update(looked_on=timezone.localdate() - timedelta(days=days_ago))
    return saved


def night() -> None:
    """What beat starts, done as a worker does it."""
    tasks.alert_searches()
    for job in Job.objects.filter(kind=alerts.KIND, state=JobState.QUEUED):
        jobs.run(job.pk)


# -- favourites


def test_a_student_keeps_a_place_and_lets_go_of_it_without_javascript(client: Client) -> None:
    student = StudentFactory()
    place = PlaceFactory(qualifications=[student.programme.qualification], title="Vlakbij")
    login_as(client, student)
    page = text_of(client, SEARCH)
    address = reverse("placements:keep_place", args=[place.public_id])
    assert f'formaction="{address}" name="bewaar" value="1"' in page
    for _twice in range(2):
        answer = client.post(address, {"bewaar": "1", "next": SEARCH})
        assert (answer.status_code, answer["Location"]) == (302, SEARCH)
    assert Favourite.objects.get().student == student
    assert "Vlakbij" in text_of(client, SAVED)
    assert f'formaction="{address}" name="bewaar" value="0"' in text_of(client, reverse("placements:place_page", args=[place.public_id]))
    client.post(address, {"bewaar": "0", "next": "https://elders.example/"})
    assert not Favourite.objects.exists()


def test_htmx_gets_the_other_button(client: Client) -> None:
    place = PlaceFactory()
    login_as(client, StudentFactory())
    answer = client.post(reverse("placements:keep_place", args=[place.public_id]), {"bewaar": "1"}, headers={"HX-Request": "true"})
    assert b'value="0"' in answer.content
    assert b"<html" not in answer.content


def test_a_favourite_that_is_full_or_stopped_says_so_and_can_be_let_go(client: Client) -> None:
    student = StudentFactory()
    for title, change in (("Vol", {"taken": 1}), ("Weg", {"state": PlaceState.STOPPED}), ("Even niet", {"state": PlaceState.PAUSED}), ("Vrij", {})):
        place = PlaceFactory(title=title)
        services.keep(student=student, place=place, keep=True)
        Place.objects.filter(pk=place.pk).update(**change)
    login_as(client, student)
    page = text_of(client, SAVED)
    for word in ("nu vol", "niet meer aangeboden", "nu niet aangeboden", "1 vrij"):
        assert word in page
    gone = Place.objects.get(title="Weg")
    assert client.post(reverse("placements:keep_place", args=[gone.public_id]), {"bewaar": "0"}).status_code == 302
    assert client.post(reverse("placements:keep_place", args=[gone.public_id]), {"bewaar": "1"}).status_code == 404


def test_who_saved_nothing_reads_what_to_do(client: Client) -> None:
    login_as(client, StudentFactory())
    page = text_of(client, SAVED)
    assert "Je bewaart nog geen stageplekken" in page
    assert "Bewaar deze zoekopdracht" in page


# -- saved searches


def test_a_search_is_saved_once_in_its_short_form_under_a_name_made_from_it(client: Client) -> None:
    cook = QualificationFactory(name="Kok", level=2)
    login_as(client, StudentFactory())
    for order in ("volgorde=nieuw&pagina=3&", ""):
        client.post(reverse("placements:save_search"), {"zoek": f"{order}waar=Nijmegen&opleiding={cook.pk}&dag=mo&kaart=1"})
    saved = SavedSearch.objects.get()
    assert saved.query == f"opleiding={cook.pk}&waar=Nijmegen&dag=mo"
    assert saved.name == "Kok, niveau 2, 20 km rond Nijmegen, 1 filter"
    assert saved.alerts == Alerts.OFF
    assert f"?{saved.query}" in text_of(client, SAVED)


@pytest.mark.parametrize("text", ["", "km=5", "niveau=2", "x" * 5000, "wat=" + "%F0%9F%98%80" * 100 + "&waar=" + "%F0%9F%98%80" * 100])
def test_what_asks_nothing_or_is_nonsense_is_not_saved(client: Client, text: str) -> None:
    login_as(client, CoordinatorFactory())
    assert client.post(reverse("placements:save_search"), {"zoek": text}).status_code == 302
    assert all(len(saved.query) <= watching.LONGEST for saved in SavedSearch.objects.all())


def test_nobody_saves_more_than_twenty(client: Client, settings: Any) -> None:
    settings.SAVED_SEARCHES_MOST = 2
    login_as(client, StudentFactory())
    for n in range(4):
        client.post(reverse("placements:save_search"), {"zoek": f"wat=kok{n}"})
    assert SavedSearch.objects.count() == 2


def test_a_removed_search_can_be_put_back(client: Client) -> None:
    student = StudentFactory()
    saved = search_of(student, "wat=kok")
    login_as(client, student)
    page = unescape(client.post(reverse("placements:remove_search", args=[saved.public_id]), follow=True).content.decode())
    assert not SavedSearch.objects.exists()
    assert 'name="zoek" value="wat=kok"' in page
    for name in ("remove_search", "renew_feed", "set_alerts"):
        answer = client.post(reverse(f"placements:{name}", args=[saved.public_id]), {"alerts": "daily"}, follow=True)
        assert (answer.status_code, "al weggehaald" in answer.content.decode()) == (200, True)


def test_a_search_that_another_tab_removes_at_the_same_moment_is_gone() -> None:
    saved = search_of(StudentFactory(), "wat=kok")
    SavedSearch.objects.all().delete()
    with pytest.raises(services.Gone):
        services.renew_feed(saved=saved)
    with pytest.raises(services.Gone):
        services.set_alerts(saved=saved, alerts=Alerts.DAILY)
    services.remove_search(saved=saved)


# -- mails


def test_only_what_is_new_since_the_last_mail_is_mailed_and_once() -> None:
    student = StudentFactory(postcode="6511AB")
    own = student.programme.qualification
    PlaceFactory(qualifications=[own], title="Stond er al")
    saved = search_of(student, f"opleiding={own.pk}&bij=huis")
    night()
    assert not OutboxMail.objects.exists()
    for n in range(12):
        PlaceFactory(qualifications=[own], title=f"Nieuw {n}.")
    PlaceFactory(title="Andere opleiding")
    for _again in range(2):
        SavedSearch.objects.update(looked_on=timezone.localdate() - timedelta(days=3))  # nights that were missed
        Job.objects.all().delete()
        night()
    mail = OutboxMail.objects.get()
    assert mail.to == student.user.email
    assert mail.subject == "12 nieuwe stageplekken in je zoekopdracht"
    assert len(re.findall(r"Nieuw \d+\.", mail.body)) == 10
    assert "En nog 2" in mail.body
    assert "Stond er al" not in mail.body
    assert "Andere opleiding" not in mail.body
    assert f"/plaatsen/?{saved.query}&volgorde=nieuw" in mail.body


def test_the_night_is_done_once_a_day_and_made_up_when_missed() -> None:
    night()
    night()
    assert Job.objects.filter(kind=alerts.KIND).count() == 1
    assert Job.objects.get().state == JobState.DONE


def test_a_weekly_search_waits_a_week_and_one_without_mails_for_ever() -> None:
    student = StudentFactory()
    own = student.programme.qualification
    weekly = search_of(student, f"opleiding={own.pk}&waar=6511", Alerts.WEEKLY, days_ago=6)
    search_of(student, f"opleiding={own.pk}&waar=Nijmegen", Alerts.OFF, days_ago=100)
    PlaceFactory(qualifications=[own])
    assert not alerts.due_searches(timezone.localdate()).exists()
    assert list(alerts.due_searches(timezone.localdate() + timedelta(days=1))) == [weekly]


def test_one_search_that_fails_does_not_keep_the_news_from_others(monkeypatch: pytest.MonkeyPatch) -> None:
    own = QualificationFactory()
    bad, good = (search_of(StudentFactory(), f"opleiding={own.pk}&waar=6511") for _n in range(2))
    PlaceFactory(qualifications=[own])
    real = watching.found_by
    monkeypatch.setattr(watching, "found_by", lambda saved, today: 1 / 0 if saved.pk == bad.pk else real(saved, today))
    night()
    assert [mail.to for mail in OutboxMail.objects.all()] == [good.user.email]
    assert Job.objects.get().result["failed"] == 1


def test_who_has_left_gets_no_mail_and_no_feed(client: Client) -> None:
    student = StudentFactory()
    own = student.programme.qualification
    saved = search_of(student, f"opleiding={own.pk}&bij=huis")
    PlaceFactory(qualifications=[own], title="Na het vertrek")
    type(student).objects.update(left_at=timezone.now())
    night()
    assert not OutboxMail.objects.exists()
    assert "Na het vertrek" not in client.get(reverse("placements:feed", args=[saved.token])).content.decode()


def test_one_click_in_the_mail_program_stops_the_mails(client: Client) -> None:
    student = StudentFactory()
    own = student.programme.qualification
    saved = search_of(student, f"opleiding={own.pk}&waar=6511")
    PlaceFactory(qualifications=[own])
    night()
    sent = _message(OutboxMail.objects.get()).decode()
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in sent
    found = re.search(r"List-Unsubscribe: <(\S+)>", re.sub(r"\r\n ", "", sent))
    assert found
    address = found[1].removeprefix("http://").partition("/")[2]
    scanner = Client(enforce_csrf_checks=True)
    assert "Geen mail meer" in text_of(scanner, f"/{address}")
    assert SavedSearch.objects.get().alerts == Alerts.DAILY  # opening it changes nothing
    for _twice in range(2):
        assert scanner.post(f"/{address}", {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert SavedSearch.objects.get().alerts == Alerts.OFF
    saved.delete()
    assert scanner.get(f"/{address}").status_code == 200
    assert scanner.post(f"/{address[:-3]}xx/", {}).status_code == 410


# -- the feed


def test_a_feed_needs_no_session_and_says_nothing_of_its_owner(client: Client) -> None:
    PostcodeAreaFactory(pc4=9979)
    student = StudentFactory(postcode="9979XG", first_name="Zebrafijn", email="kenmerk@example.org")
    own = student.programme.qualification
    saved = search_of(student, f"opleiding={own.pk}&bij=huis")
    PlaceFactory(qualifications=[own], title="Een & ander")
    address = reverse("placements:feed", args=[saved.token])
    answer = client.get(address)
    said = answer.content.decode()
    assert answer["Content-Type"].startswith("application/rss+xml")
    assert "<title>Een &amp; ander, " in said
    assert not answer.cookies
    for mark in ("9979", "Zebrafijn", "kenmerk", "huis", "home", str(student.public_id), saved.query):
        assert mark not in said
    again = client.get(address, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert client.get(address, headers={"If-Modified-Since": answer["Last-Modified"]}).status_code == 304
    PlaceFactory(qualifications=[own], title="Nieuwer")
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 200


def test_a_new_address_ends_the_old_one(client: Client) -> None:
    student = StudentFactory()
    saved = search_of(student, "wat=kok")
    old = reverse("placements:feed", args=[saved.token])
    assert client.get(old).status_code == 200
    login_as(client, student)
    client.post(reverse("placements:renew_feed", args=[saved.public_id]))
    assert Client().get(old).status_code == 404
    assert Client().get(reverse("placements:feed", args=[SavedSearch.objects.get().token])).status_code == 200


# -- asking for a place


def askable(**facts: Any) -> Any:
    """A company with a contact that is recognised for a qualification and offers nothing."""
    qualification = facts.pop("qualification")
    company = CompanyFactory(**facts)
    RecognitionFactory(company=company, qualification=qualification)
    return ContactFactory(company=company).company


def asking_student(qualification: Any = None, **facts: Any) -> Any:
    more = {"programme__qualification": qualification} if qualification else {}
    return RequestFactory(student=StudentFactory(**more, **facts), ready=True).student


def ask_address(company: Any, student: Any) -> str:
    return f"{reverse('placements:ask_company', args=[company.public_id])}?opleiding={student.programme.qualification_id}"


def test_too_few_places_lead_to_companies_that_can_be_asked(client: Client) -> None:
    student = asking_student()
    own = student.programme.qualification
    company = askable(qualification=own, name="Bakkerij Leeg")
    askable(qualification=own, name="Wil niet", wants_no_asks=True)
    askable(qualification=own, name="Te ver", x=187_800 + 60_000)
    askable(qualification=QualificationFactory(), name="Iets anders")
    PlaceFactory(qualifications=[own], company=askable(qualification=own, name="Heeft een plek"))
    RecognitionFactory(qualification=own, company=CompanyFactory(name="Zonder contact"))
    login_as(client, student)
    address = f"/plaatsen/vragen/?opleiding={own.pk}&bij=huis"
    assert address in text_of(client, f"{SEARCH}?opleiding={own.pk}&bij=huis")
    page = text_of(client, address)
    assert "Bakkerij Leeg" in page
    for name in ("Wil niet", "Te ver", "Iets anders", "Heeft een plek", "Zonder contact"):
        assert name not in page
    client.post(ask_address(company, student))
    assert "Je vroeg het op" in text_of(client, address)
    assert "Bakkerij Leeg" in text_of(client, SAVED)
    visitor = text_of(Client(), f"/plaatsen/vragen/?opleiding={own.pk}&waar=6511")
    assert "Bakkerij Leeg" in visitor
    assert "/plaatsen/vragen/" + str(company.public_id) not in visitor


def test_a_company_is_asked_once_a_period_by_a_student_and_three_times_a_week(client: Client) -> None:
    own = QualificationFactory()
    company = askable(qualification=own)
    for n in range(5):
        login_as(client, student := asking_student(own, first_name=f"S{n}"))
        for _twice in range(2):
            client.post(ask_address(company, student))
    assert PlaceAsk.objects.count() == 3
    assert OutboxMail.objects.count() == 3
    assert company.name not in text_of(client, f"/plaatsen/vragen/?opleiding={own.pk}&waar=6511")
    PlaceAsk.objects.update(created_at=timezone.now() - timedelta(days=8))
    client.post(ask_address(company, student))
    assert PlaceAsk.objects.count() == 4


def test_one_student_does_not_use_up_what_all_companies_may_be_asked(client: Client, settings: Any) -> None:
    settings.ASKS_A_STUDENT_A_WEEK = 2
    own = QualificationFactory()
    login_as(client, student := asking_student(own))
    for n in range(4):
        client.post(ask_address(askable(qualification=own, name=f"Bakkerij {n}"), student))
    assert PlaceAsk.objects.count() == OutboxMail.objects.count() == 2


@pytest.mark.parametrize("change", ["opted out", "offers", "nonsense"])
def test_who_cannot_be_asked_is_not(client: Client, change: str) -> None:
    student = asking_student()
    company = askable(qualification=student.programme.qualification)
    address = ask_address(company, student)
    if change == "opted out":
        type(company).objects.update(wants_no_asks=True)
    elif change == "offers":
        PlaceFactory(company=company, qualifications=[student.programme.qualification])
    else:
        address += "'; DROP--&periode=99999999"
    login_as(client, student)
    assert client.post(address).status_code == 302
    assert client.post(address, headers={"HX-Request": "true"}).status_code == 200
    assert not PlaceAsk.objects.exists()


def test_the_company_reads_nothing_of_who_asks_and_can_offer_at_once(client: Client) -> None:
    student = asking_student(first_name="Zebrafijn", last_name="Kwastelaar", number="KENMERK1", email="kenmerk@example.org")
    company = askable(qualification=student.programme.qualification)
    trainer = TrainerFactory(company=company)
    login_as(client, student)
    client.post(ask_address(company, student))
    mail = OutboxMail.objects.get()
    assert mail.to != trainer.user.email
    everything = "\n".join([mail.subject, mail.body, mail.key, str(mail.headers)])
    marks = ["Zebrafijn", "Kwastelaar", "KENMERK1", "kenmerk", student.postcode, student.school.name, str(student.public_id)]
    assert [mark for mark in marks if mark in everything] == []
    assert student.programme.qualification.name in mail.body
    offer = re.search(r"/bedrijf/plaatsen/nieuw/\S+", mail.body)
    assert offer
    contact = Client()
    login_as(contact, company.memberships.get(role="contact"))
    form = text_of(contact, offer[0])
    assert re.search(rf'value="{student.programme.qualification_id}"[^>]* checked', form)


def test_the_student_hears_once_that_the_company_offers_a_place(client: Client) -> None:
    student = asking_student()
    own = student.programme.qualification
    company = askable(qualification=own, name="Bakkerij Leeg")
    login_as(client, student)
    client.post(ask_address(company, student))
    OutboxMail.objects.all().delete()
    PlaceFactory(company=company, qualifications=[QualificationFactory()])
    night()
    assert not OutboxMail.objects.exists()
    place = PlaceFactory(company=company, qualifications=[own])
    for _again in range(2):
        Job.objects.all().delete()
        night()
    mail = OutboxMail.objects.get()
    assert mail.to == student.email
    assert str(place.public_id) in mail.body
    assert "biedt een stageplek aan" in text_of(client, SAVED)


def test_a_company_switches_such_mails_off_with_its_details(client: Client) -> None:
    member = ContactFactory()
    login_as(client, member)
    page = client.get(reverse("companies:edit"))
    data = {name: value for name, value in page.context["form"].initial.items() if value}
    client.post(reverse("companies:edit"), {**data, "wants_no_asks": "on"})
    member.company.refresh_from_db()
    assert member.company.wants_no_asks


@pytest.mark.queries(most=11)
def test_favourites_of_a_whole_page_are_one_query(client: Client) -> None:
    student = StudentFactory()
    for _n in range(6):
        services.keep(student=student, place=PlaceFactory(qualifications=[student.programme.qualification]), keep=True)
    login_as(client, student)
    assert text_of(client, SEARCH).count('name="bewaar" value="0"') == 6
