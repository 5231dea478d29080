"""The pages of a report: for visitors, students, parents and schools; bad input loses nothing and gets a clear answer."""

from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.hats import HatKind
from placements.models import PlaceSearchRow
from shortages.models import Cause, ReporterKind, ShortageReport
from shortages.reports.links import follow_token
from shortages.reports.workflow import A, C, S
from shortages.services import report_desk
from stagematch.models import OutboxMail
from tests.factories import (
    CoordinatorFactory,
    GuardianFactory,
    PlaceFactory,
    PostcodeAreaFactory,
    PostFactory,
    ProgrammeFactory,
    QualificationFactory,
    RequestFactory,
    ShortageReportFactory,
    StudentFactory,
    SupervisorFactory,
    login_as,
)
from tests.shortages.test_reports import doer_in

pytestmark = pytest.mark.django_db
START, LOOK, SEND = "shortages:report", "shortages:report_look", "shortages:report_send"


@pytest.fixture(autouse=True)
def _place(settings):
    PostcodeAreaFactory()
    cache.clear()


@pytest.fixture
def course():
    return QualificationFactory(name="Kok", search_text="kok keuken")


def day(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def answers(course, **changes):
    return {"wie": "parent", "opleiding": course.pk, "leerweg": "BOL", "waar": "6511 ab", "van": day(30), "tot": day(150), **changes}


def story(**changes):
    return {"tried": ["asked", "school"], "cause": "full", "note": "", "email": "ouder@example.org", "website": "", "once": str(uuid4()), **changes}


def send(client, course, *, need=None, **changes):
    return client.post(f"{reverse(SEND)}?{query(client, course, **(need or {}))}", story(**changes))


def query(client, course, **changes):
    answer = client.post(reverse(START), answers(course, **changes))
    return urlsplit(answer.url).query


def test_a_visitor_is_shown_what_is_free_nearby_before_anything_is_sent(client, course):
    near = PlaceFactory(qualifications=[course], title="Broodjes bakken", period__starts_on=timezone.localdate() + timedelta(days=40))
    sibling = QualificationFactory(name="Gastheer", dossier_code="23000")
    course.dossier_code = "23000"
    course.save()
    PlaceFactory.create_batch(2, qualifications=[sibling])
    far = PlaceFactory(qualifications=[course])
    PlaceSearchRow.objects.filter(place=far).update(x=near.company.x + 25_000)
    page = client.get(f"{reverse(LOOK)}?{query(client, course)}").content.decode().replace("\xa0", " ")
    assert "Broodjes bakken" in page
    assert "1 plek binnen 20 km" in page
    assert "dit is nu vrij" in page
    assert "binnen 40 km" in page
    assert "Gastheer (niveau 2)" in page
    assert "Ik heb iets gevonden" in page
    assert "Er is niets verstuurd" in client.get(reverse("shortages:report_found")).content.decode()
    assert not ShortageReport.objects.exists()
    near.search_rows.all().delete()
    page = client.get(f"{reverse(LOOK)}?{query(client, course)}").content.decode()
    assert "dit niet, wel iets dat erop lijkt" in page
    assert "dit is nu vrij" not in page


def test_a_parent_without_an_account_reports_and_gets_a_mail(client, course):
    page = send(client, course).content.decode()
    report = ShortageReport.objects.get()
    assert "Kijk in je mail" in page
    assert (report.kind, report.state, report.region_id, report.group, report.how_many) == ("parent", S.UNCONFIRMED, "AM15", "mbo2bol", 1)
    assert OutboxMail.objects.get().to == "ouder@example.org"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tot": day(20)}, "De laatste dag komt na de eerste"),
        ({"van": "32-13-2026"}, "Vul een datum in, zoals"),
        ({"tot": day(-3), "van": day(-30)}, "Deze dag is voorbij"),
        ({"tot": day(2000)}, "hoogstens twee jaar"),
        ({"van": "9999-01-01", "tot": "9999-02-02"}, "meer dan twee jaar vooruit"),
        ({"waar": "0000"}, "Deze postcode kennen we niet"),
        ({"waar": "9" * 10}, "Deze postcode kennen we niet"),
        ({"opleiding": "zzqx"}, "opleiding"),
        ({"leerweg": "XYZ"}, "leerweg"),
        ({"wie": "school", "aantal": "1000"}, "hoogstens 500"),
        ({"wie": "school", "aantal": "0"}, "minstens 1"),
    ],
)
def test_a_wrong_answer_is_named_beside_its_field_and_the_others_stay(client, course, changes, words):
    page = client.post(reverse(START), answers(course, **changes))
    assert page.status_code == 200
    html = page.content.decode()
    assert "klopt nog niet" in html or "kloppen nog niet" in html
    assert words in html
    assert 'value="6511 ab"' in html or "waar" in changes
    for step in (LOOK, SEND):
        page = client.get(reverse(step), answers(course, **changes))
        assert page.status_code == 200
        assert words in page.content.decode(), "an address that was typed is checked as the form is"


def test_a_text_of_ten_megabytes_a_bsn_and_nothing_said_get_clear_errors_and_the_rest_is_kept(client, course):
    long = send(client, course, note="tekst " * 1_750_000)
    assert long.status_code == 200
    assert "10.500.000 tekens. Gebruik er hoogstens 500. De eerste 5000 hebben we bewaard" in long.content.decode()
    assert len(long.content) < 100_000
    assert "ouder@example.org" in long.content.decode()
    bsn = send(client, course, note="Mijn BSN is 111222333.").content.decode()
    assert "burgerservicenummer" in bsn
    assert "111222333" in bsn
    assert "Leg in een paar woorden uit" in send(client, course, cause=Cause.OTHER).content.decode()
    assert "Welke van de twee" in send(client, course, tried=["nothing", "asked"]).content.decode()
    assert not ShortageReport.objects.exists()


def test_a_program_that_fills_in_every_field_reads_the_same_and_sends_nothing(client, course):
    assert "Kijk in je mail" in send(client, course, website="http://spam.example").content.decode()
    assert not ShortageReport.objects.exists()
    assert not OutboxMail.objects.exists()


def test_too_many_reports_from_a_network_or_for_an_address_are_told_when_to_try_again(client, course, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "report": "3/h/ip", "report_address": "2/d/key"}
    for turn in range(2):
        assert "Kijk in je mail" in send(client, course, note=f"Keer {turn}").content.decode()
    full = send(client, course, note="Dit blijft staan.").content.decode()
    assert "Probeer het morgen opnieuw" in full
    assert "Dit blijft staan." in full
    assert "over een uur" in send(client, course, email="een.ander@example.org", note="Ook dit.").content.decode()
    assert ShortageReport.objects.count() == 2
    login_as(client, RequestFactory().student)
    need = {"waar": "6511", "van": day(30), "tot": day(150)}
    sent = client.post(f"{reverse(SEND)}?{urlencode(need)}", story())
    assert sent.status_code == 302, "who signed in does not pay for others in the network"


def test_a_double_click_is_one_report(client, course):
    once = str(uuid4())
    for _ in range(2):
        assert "Kijk in je mail" in send(client, course, once=once).content.decode()
    assert (ShortageReport.objects.count(), OutboxMail.objects.count()) == (1, 1)


def test_a_student_fills_in_what_is_not_known_and_follows_the_report(client):
    request = RequestFactory()
    login_as(client, request.student)
    start = client.get(reverse(START)).content.decode()
    assert request.student.programme.name in start
    assert 'value="6511"' in start
    assert request.starts_on.isoformat() in start
    need = urlsplit(client.post(reverse(START), {"waar": "6511", "van": day(30), "tot": day(150)}).url).query
    answer = client.post(f"{reverse(SEND)}?{need}", story())
    report = ShortageReport.objects.get()
    assert (report.kind, report.state, report.user, report.school) == ("student", S.NEW, request.student.user, request.student.school)
    assert report.student is None
    assert report.number in client.get(answer.url).content.decode()
    withdraw = reverse("shortages:my_report_withdraw", args=[report.public_id])
    assert "Waarom" in client.get(withdraw).content.decode()
    client.post(withdraw, {"code": "found"})
    report.refresh_from_db()
    assert (report.state, report.close_reason) == (S.WITHDRAWN, "found")
    client.post(reverse("shortages:my_report_answer", args=[report.public_id, "heropenen"]))
    report.refresh_from_db()
    assert report.state == S.NEW


def test_a_parent_who_is_signed_in_reports_for_the_child(client):
    guardian = GuardianFactory()
    login_as(client, guardian)
    need = urlsplit(client.post(reverse(START), {"waar": "6511", "van": day(30), "tot": day(150)}).url).query
    client.post(f"{reverse(SEND)}?{need}", story())
    report = ShortageReport.objects.get()
    assert (report.kind, report.qualification, report.user) == (ReporterKind.PARENT, guardian.student.programme.qualification, guardian.user)


def test_a_coordinator_reports_for_a_programme_sees_others_reports_of_it_and_searches_along(client):
    programme = ProgrammeFactory()
    coordinator = CoordinatorFactory(school=programme.school, programmes=[programme])
    RequestFactory(student=StudentFactory(programme=programme))
    others = ShortageReportFactory(school=programme.school, qualification=programme.qualification)
    strange = ShortageReportFactory(school=ProgrammeFactory().school, qualification=programme.qualification)
    login_as(client, coordinator)
    assert "1 student zonder stageplek" in client.get(reverse(START)).content.decode()
    assert "Meld een tekort" in client.get(reverse("home")).content.decode()
    need = urlsplit(
        client.post(reverse(START), {"programma": programme.public_id, "waar": "6511", "aantal": 4, "van": day(201), "tot": day(300)}).url
    ).query
    assert parse_qs(need)["aantal"] == ["4"]
    client.post(f"{reverse(SEND)}?{need}", story())
    report = ShortageReport.objects.get(user=coordinator.user)
    assert (report.how_many, report.school, report.state) == (4, programme.school, S.NEW)
    mine = client.get(reverse("shortages:my_reports")).content.decode()
    assert others.number in mine
    assert strange.number not in mine
    page = client.get(reverse("shortages:my_report", args=[others.public_id])).content.decode()
    assert "Erkende leerbedrijven in de buurt" in page
    assert "Trek de melding in" not in page
    assert client.post(reverse("shortages:my_report_withdraw", args=[others.public_id]), {"code": "found"}).status_code == 404
    supervisor = Client()
    login_as(supervisor, SupervisorFactory(school=programme.school, programmes=[programme]))
    assert supervisor.get(reverse("shortages:my_report", args=[others.public_id])).status_code == 404


def test_whoever_has_the_link_answers_about_a_proposed_place(client):
    report, post = ShortageReportFactory(), PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    place = PlaceFactory(qualifications=[report.qualification])
    report_desk.propose(report=report, place=place, doer=doer_in("advisor", post))
    address = reverse("shortages:report_follow", args=[follow_token(report)])
    assert place.title in client.get(address).content.decode()
    client.post(f"{address}antwoord/past-niet/")
    report.refresh_from_db()
    assert report.state == S.IN_HAND
    assert OutboxMail.objects.filter(to=post.user.email).count() == 1
    report_desk.propose(report=report, place=place, doer=doer_in("advisor", post))
    client.post(f"{address}antwoord/past/")
    report.refresh_from_db()
    assert report.state == S.SOLVED
    assert client.post(f"{address}antwoord/onzin/").status_code == 404


def test_a_search_that_finds_little_leads_here_with_its_answers(client, course):
    page = client.get(reverse("placements:search"), {"opleiding": course.pk, "waar": "6511", "leerweg": "BOL"}).content.decode()
    assert f"/tekorten/melden/?opleiding={course.pk}&amp;waar=6511&amp;leerweg=BOL" in page
    filled = client.get(f"/tekorten/melden/?opleiding={course.pk}&waar=6511&leerweg=BOL").content.decode()
    assert 'value="Kok"' in filled
    assert 'value="6511"' in filled


def test_an_advisor_works_a_report_and_what_is_missing_is_asked(client):
    report, post = ShortageReportFactory(), PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    login_as(client, post)

    def act(name, **data):
        return client.post(reverse("shortages:desk_act", args=[report.public_id, name]), data)

    act("oppakken")
    assert "Leg het in een paar woorden uit" in act("vastleggen", code=C.OTHER).content.decode()
    act("vastleggen", code=C.CALLED_COMPANY, text="Belt terug.", told="on")
    assert "burgerservicenummer" in act("sluiten", code=C.ALL_FULL, text="BSN 111222333").content.decode()
    act("sluiten", code=C.ALL_FULL, text="Begin na de zomer opnieuw.")
    assert "Er is niets veranderd" in act("opgelost").content.decode()
    report.refresh_from_db()
    assert (report.state, [step.act for step in report.steps.all()]) == (S.NOT_SOLVED, [A.TAKE, A.LOG, A.GIVE_UP])
    assert act("onzin").status_code == 404
    scout = Client()
    login_as(scout, PostFactory(kind=HatKind.SCOUT))
    assert "Wat doet u?" not in scout.get(reverse("shortages:desk_report", args=[report.public_id])).content.decode()
    assert scout.post(reverse("shortages:desk_act", args=[report.public_id, "heropenen"])).status_code == 404
