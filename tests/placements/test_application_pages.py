"""What the pages of applying say, to whom, and what the tables in the docs are drawn from."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from matching.errors import RoundError
from matching.services import rounds
from placements import selectors
from placements.applications.offer import offer_for
from placements.management.commands import application_workflow as command
from placements.models import Place
from placements.services import applications as services
from reference.models import Pathway
from schools.models import ProgrammeYear, WayToPlace, school_year
from tests.factories import (
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
    assert "niet op deze stageplek solliciteren" in page.content.decode()


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
