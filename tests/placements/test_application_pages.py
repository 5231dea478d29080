"""What the pages of applying say, to whom, and what the tables in the docs are drawn from."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from matching.errors import RoundError
from matching.services import rounds
from placements import selectors
from placements.applications.offer import offer_for
from placements.applications.selectors import waiting_for_company
from placements.management.commands import application_workflow as command
from placements.models import Place, Placement
from placements.services import applications as services
from placements.services import questions, transitions
from reference.models import Pathway
from schools.models import ProgrammeYear, WayToPlace, school_year
from stagematch.models import OutboxMail
from tests.factories import (
    NIJMEGEN_X,
    ApplicationFactory,
    CompanyFactory,
    ContactFactory,
    CoordinatorFactory,
    MunicipalityFactory,
    PlaceFactory,
    PlacementFactory,
    PostcodeAreaFactory,
    RegionFactory,
    RequestFactory,
    StudentFactory,
    actor_for,
    login_as,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nijmegen():
    PostcodeAreaFactory()


def test_the_documentation_says_what_the_code_says(monkeypatch, tmp_path):
    call_command("application_workflow", "--check")
    monkeypatch.setattr(command, "PATH", tmp_path / "applications.md")
    command.PATH.write_text(f"Kop\n{command.BEGIN}\noud\n{command.END}\nstaart")
    with pytest.raises(CommandError):
        call_command("application_workflow", "--check")
    call_command("application_workflow")
    call_command("application_workflow", "--check")


# -- chance of a place


def test_the_chance_is_free_slots_per_student_who_seeks_one_in_the_region():
    mine = RequestFactory(ready=True)
    programme = mine.student.programme
    others = [RequestFactory(ready=True, student__programme=programme) for _ in range(7)]
    PlacementFactory(request=others[0], told=True)
    elsewhere = MunicipalityFactory(code="GM0363", name="Amsterdam", region=RegionFactory(code="AM21", name="Groot Amsterdam"))
    RequestFactory(ready=True, student=StudentFactory(programme=programme, postcode="1012AB"))
    PlaceFactory(qualifications=[programme.qualification], capacity=3)
    PlaceFactory(qualifications=[programme.qualification], capacity=9, pathways=[Pathway.BBL])
    PlaceFactory(qualifications=[programme.qualification], capacity=9, company=CompanyFactory(municipality=elsewhere))
    found = selectors.chance_for(mine)
    assert (found.free, found.seeking, found.percent, found.few) == (3, 7, 42, False)


def test_no_number_of_students_below_five_is_shown(client):
    mine = RequestFactory(ready=True)
    login_as(client, mine.student)
    page = client.get(reverse("placements:applications")).content.decode()
    assert "Minder dan 5 studenten" in page


def test_where_nothing_is_free_the_chance_is_nought_and_more_places_than_students_is_a_hundred():
    mine = RequestFactory(ready=True)
    assert selectors.chance_for(mine).percent == 0
    PlaceFactory(qualifications=[mine.student.programme.qualification], capacity=3)
    assert selectors.chance_for(mine).percent == 100


# -- the way of a programme


def test_a_way_holds_until_another_is_chosen_for_a_later_year():
    programme = RequestFactory().student.programme
    assert programme.way_in(2026) == WayToPlace.BOTH
    ProgrammeYear.objects.create(programme=programme, year=2026, way=WayToPlace.MATCHED)
    assert [programme.way_in(year) for year in (2025, 2026, 2027)] == [WayToPlace.BOTH, WayToPlace.MATCHED, WayToPlace.MATCHED]


def test_a_round_takes_no_programme_whose_students_only_apply():
    asked = RequestFactory()
    programme = asked.student.programme
    coordinator = actor_for(CoordinatorFactory(school=programme.school, programmes=[programme]))
    ProgrammeYear.objects.create(programme=programme, year=school_year(asked.period.starts_on), way=WayToPlace.APPLY)
    with pytest.raises(RoundError, match=programme.name):
        rounds.open_round(name="Ronde", programmes=[programme], period=asked.period, deadline=timezone.localdate(), actor=coordinator)


def test_the_coordinator_chooses_and_the_place_no_longer_offers_to_apply(client):
    asked = RequestFactory(ready=True)
    programme = asked.student.programme
    place = PlaceFactory(period=asked.period, qualifications=[programme.qualification])
    assert offer_for(actor_for(asked.student), place).url == reverse("placements:apply", args=[place.public_id])
    login_as(client, CoordinatorFactory(school=programme.school, programmes=[programme]))
    year = school_year(asked.starts_on)
    url = reverse("schools:programme_way", args=[programme.public_id])
    assert client.post(url, {f"way_{n}": WayToPlace.MATCHED for n in (year - 1, year, year + 1)}).status_code == 302
    offer = offer_for(actor_for(asked.student), place)
    assert (offer.url, "matching" in offer.why_not) == ("", True)
    assert "stageplek en solliciteer" not in client.get("/").content.decode()


# -- pages


def test_a_place_offers_nothing_to_who_is_no_student():
    assert offer_for(actor_for(ContactFactory()), PlaceFactory()) is None


def test_who_cannot_have_a_place_reads_why_on_its_page(client):
    asked = RequestFactory(ready=True)
    place = PlaceFactory(period=asked.period, qualifications=[asked.student.programme.qualification], requirements=["vog"])
    login_as(client, asked.student)
    goals = [goal.pk for goal in asked.student.programme.qualification.goals.all()[:1]]
    data = {"goals": goals, "days": asked.days, "days_needed": "3"}
    page = client.post(reverse("placements:apply", args=[place.public_id]), data, follow=True)
    assert page.redirect_chain[-1][0] == reverse("placements:place_page", args=[place.public_id])
    text = page.content.decode()
    assert text.count("Deze plek vraagt: verklaring omtrent het gedrag (VOG).") == 2  # as the answer, and instead of the button
    assert reverse("placements:preparation_step", args=["wat-je-nodig-hebt"]) in text
    assert reverse("placements:apply", args=[place.public_id]) not in text


@pytest.mark.queries(most=15)  # three fill caches of the process
def test_too_far_away_forbids_nothing_but_what_else_is_missing_does(client):
    asked = RequestFactory(ready=True, max_minutes=5)
    course, far = [asked.student.programme.qualification], CompanyFactory(x=NIJMEGEN_X + 30_000)
    free = PlaceFactory(period=asked.period, qualifications=course, company=far)
    other = PlaceFactory(period=asked.period, qualifications=course, company=far, days=["sa", "su"])
    login_as(client, asked.student)
    page = client.get(reverse("placements:place_page", args=[free.public_id])).content.decode()
    assert "verder dan je wilde reizen" in page
    assert reverse("placements:apply", args=[free.public_id]) in page
    page = client.get(reverse("placements:place_page", args=[other.public_id])).content.decode()
    assert "te weinig van de dagen" in page
    assert reverse("placements:apply", args=[other.public_id]) not in page
    ApplicationFactory(request=asked, place=other)
    assert "je hebt gesolliciteerd" in client.get(reverse("placements:place_page", args=[free.public_id])).content.decode()


def test_days_that_do_not_fit_are_said_at_the_field_and_nothing_is_lost(client):
    asked = RequestFactory(ready=True, days=["mo", "tu", "we", "th", "fr"], days_needed=3)
    place = PlaceFactory(period=asked.period, qualifications=[asked.student.programme.qualification], days=["mo", "tu", "we"])
    login_as(client, asked.student)
    goals = [goal.pk for goal in asked.student.programme.qualification.goals.all()[:1]]
    page = client.post(reverse("placements:apply", args=[place.public_id]), {"goals": goals, "days": ["mo", "th", "fr"], "days_needed": "3"})
    assert set(page.context["form"].errors) == {"days"}


def test_a_full_place_asks_no_preparation(client):
    asked = RequestFactory()
    place = PlaceFactory(period=asked.period, qualifications=[asked.student.programme.qualification], capacity=1)
    PlacementFactory(place=place)
    place.refresh_from_db()
    offer = offer_for(actor_for(asked.student), place)
    assert (offer.url, "vol" in offer.why_not) == ("", True)


def test_what_waits_for_whom_is_counted_and_a_question_comes_first(client):
    application = ApplicationFactory()
    place, student = application.place, application.request.student
    contact = ContactFactory(company=place.company)
    questions.ask(application=application, code="canteen", actor=actor_for(student))
    questions.ask(application=application, code="shift_days", actor=actor_for(contact))
    PlacementFactory(request=ApplicationFactory(place=place).request)  # is being given another place: no answer needed
    assert waiting_for_company(actor_for(contact)) == {"count": 1, "first": application.sent_at, "due": application.due_at, "questions": 1}
    login_as(client, contact)
    assert "1 student vraagt u iets" in client.get("/").content.decode()
    assert "de student vraagt u iets" in client.get(reverse("placements:applicants")).content.decode()
    login_as(client, student)
    address = reverse("placements:application", args=[application.public_id])
    for page in ("/", reverse("placements:applications")):
        text = client.get(page).content.decode()
        assert (f"{place.company} vraagt je iets" in text, address in text) == (True, True)


def test_who_has_a_place_is_not_sent_searching(client):
    application = ApplicationFactory()
    student = application.request.student
    services.accept(application=application, actor=actor_for(ContactFactory(company=application.place.company)))
    coordinator = actor_for(CoordinatorFactory(school=student.school, programmes=[student.programme]))
    placement = Placement.objects.get()
    transitions.approve(placement=placement, actor=coordinator)
    transitions.tell_due(now=timezone.now() + timedelta(hours=1))
    assert OutboxMail.objects.filter(to=student.email, subject__contains="zei ja op je sollicitatie").count() == 1
    login_as(client, student)
    url = reverse("placements:applications")
    for said in (f"{application.place.company} zei ja op je sollicitatie", f"Je gaat naar {application.place.company}"):
        text = client.get(url).content.decode()
        assert (said in text, "Er loopt geen sollicitatie" in text, "Voorbij" in text) == (True, False, False)
        transitions.agree(placement=placement, actor=actor_for(student))
    assert "Mijn match" not in client.get(reverse("placements:match", args=[placement.public_id])).content.decode()


def test_the_preparation_says_how_many_places_fit():
    asked = RequestFactory(ready=True, days=["mo", "tu"], days_needed=2)
    course = [asked.student.programme.qualification]
    for facts in ({}, {"requirements": ["vog"]}, {"days": ["mo", "we"]}):
        PlaceFactory(period=asked.period, qualifications=course, **facts)
    found = selectors.reach_of(asked, asked.travel_mode, asked.max_minutes)
    assert (found.places, found.fitting) == (3, 1)


def test_a_wrong_form_keeps_what_was_filled_in(client):
    asked = RequestFactory(ready=True)
    place = PlaceFactory(period=asked.period, qualifications=[asked.student.programme.qualification])
    login_as(client, asked.student)
    answer = client.post(reverse("placements:apply", args=[place.public_id]), {"days": ["mo"], "days_needed": "3"})
    assert answer.status_code == 200
    assert {"goals", "days_needed"} == set(answer.context["form"].errors)
    assert answer.context["form"]["days"].value() == ["mo"]


def test_a_second_application_begins_with_the_skills_of_the_first(client):
    asked = RequestFactory(ready=True)
    goals = list(asked.student.programme.qualification.goals.all())
    places = [PlaceFactory(period=asked.period, qualifications=[asked.student.programme.qualification]) for _ in range(2)]
    actor = actor_for(asked.student)
    services.send(request=asked, place=places[0], goals=goals[:1], skills=goals[1:3], days=asked.days, days_needed=3, actor=actor)
    login_as(client, asked.student)
    form = client.get(reverse("placements:apply", args=[places[1].public_id])).context["form"]
    assert set(form["skills"].value()) == {goal.pk for goal in goals[1:3]}


def test_the_list_of_a_company_has_the_one_that_waits_longest_on_top(client):
    place = PlaceFactory(capacity=9)
    first, second = ApplicationFactory(place=place), ApplicationFactory(place=place)
    company = actor_for(ContactFactory(company=place.company))
    services.decline(application=first, ground="safety", actor=company)
    third = ApplicationFactory(place=place)
    login_as(client, place.company.memberships.get())
    rows = client.get(reverse("placements:applicants")).context["rows"]
    assert [row[0].pk for row in rows] == [second.pk, third.pk, first.pk]


def test_a_company_reads_no_profile_of_an_application_that_is_over(client):
    application = ApplicationFactory()
    contact = ContactFactory(company=application.place.company)
    login_as(client, contact)
    url = reverse("placements:applicant", args=[application.public_id])
    assert client.get(url).context["profile"] is not None
    services.withdraw(application=application, actor=actor_for(application.request.student))
    assert client.get(url).context["profile"] is None


def test_the_home_of_a_student_says_what_comes_next(client):
    asked = RequestFactory(ready=True)
    login_as(client, asked.student)
    assert "stageplek en solliciteer" in client.get("/").content.decode()
    application = ApplicationFactory(request=asked)
    assert "Je wacht op antwoord van 1 bedrijf" in client.get("/").content.decode()
    services.accept(application=application, actor=actor_for(ContactFactory(company=application.place.company)))
    assert f"{application.place.company} zegt ja" in client.get("/").content.decode()


def test_the_coordinator_approves_one_by_one_and_may_decline(client):
    application = ApplicationFactory()
    student = application.request.student
    services.accept(application=application, actor=actor_for(ContactFactory(company=application.place.company)))
    login_as(client, CoordinatorFactory(school=student.school, programmes=[student.programme]))
    assert "1 bedrijf zei ja" in client.get("/").content.decode()
    client.post(reverse("placements:approve_application", args=[application.public_id]))
    application.refresh_from_db()
    assert application.placement.state == "approved"
    answer = client.post(reverse("placements:decline_application", args=[application.public_id]), {"reason_code": "too_far"}, follow=True)
    assert "Hierover is al besloten" in answer.content.decode()
    assert Place.objects.get(pk=application.place_id).taken == 1
