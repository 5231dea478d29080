"""The five steps of the preparation: saved one by one, changeable until there is a match."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from placements.errors import PlacementError
from placements.models import PlacementRequest, PreparationStep
from placements.models.request import at_the_start
from placements.selectors import periods_to_choose, reach_of
from placements.services import requests as services
from placements.workflow import PlacementState
from tests.factories import (
    CompanyFactory,
    ContactFactory,
    CoordinatorFactory,
    PeriodFactory,
    PlaceFactory,
    PlacementFactory,
    PostcodeAreaFactory,
    QualificationFactory,
    RequestFactory,
    StudentFactory,
    actor_for,
    login_as,
)

pytestmark = pytest.mark.django_db


def test_ages_are_reached_on_a_birthday_that_most_years_do_not_have() -> None:
    leap_day = date(2028, 2, 29)
    assert at_the_start([], leap_day, date(2026, 2, 28)) == []
    assert at_the_start(["vehicle"], leap_day, date(2026, 3, 1)) == ["vehicle", "age16"]
    assert at_the_start([], leap_day, date(2028, 2, 29)) == ["age16", "age18"]


@pytest.fixture
def asked(client):
    PostcodeAreaFactory()
    request = RequestFactory()
    login_as(client, request.student)
    return request


def post(client, slug, **data):
    return client.post(reverse("placements:preparation_step", args=[slug]), data)


def test_a_student_walks_through_five_steps_and_is_ready(client, asked):
    goals = asked.student.programme.qualification.goals.all()
    assert post(client, "doelen", goals=[goals[0].pk, goals[1].pk]).url == reverse("placements:preparation_step", args=["reizen"])
    assert post(client, "reizen", travel_mode="bike", max_minutes="30").url.endswith("dagen/")
    assert post(client, "dagen", days=["tu", "mo"], days_needed="2").url.endswith("soort-bedrijf/")
    assert post(client, "soort-bedrijf", kind1="care", kind2="").url.endswith("wat-je-nodig-hebt/")
    assert post(client, "wat-je-nodig-hebt", needs=["quiet"], has=["vog"], support="2", allowance="100").url == reverse("placements:preparation")
    client.post(reverse("placements:finish_preparation"))
    asked.refresh_from_db()
    assert asked.ready_at is not None
    assert asked.missing_steps == []
    assert (asked.days, asked.days_needed, asked.needs, asked.support) == (["mo", "tu"], 2, ["quiet"], 2)
    assert set(asked.goals.all()) == set(goals[:2])


def test_each_step_is_saved_on_its_own(client, asked):
    post(client, "dagen", days=["mo"], days_needed="1")
    asked.refresh_from_db()
    assert asked.steps_done == ["days"]
    assert asked.ready_at is None
    page = client.get(reverse("placements:preparation"))
    assert page.context["steps"][2].done
    assert not page.context["steps"][0].done


def test_a_student_with_open_steps_cannot_be_ready(asked):
    with pytest.raises(PlacementError):
        services.finish_preparation(request=asked, actor=actor_for(asked.student))


@pytest.mark.parametrize(
    ("slug", "data", "field"),
    [
        ("doelen", {"goals": []}, "goals"),
        ("reizen", {"travel_mode": "rocket", "max_minutes": 30}, "travel_mode"),
        ("reizen", {"travel_mode": "bike", "max_minutes": 3000}, "max_minutes"),
        ("dagen", {"days": ["mo"], "days_needed": "3"}, "days_needed"),
        ("soort-bedrijf", {"kind1": "", "kind2": "care"}, "kind1"),
        ("soort-bedrijf", {"kind1": "care", "kind2": "care"}, "kind2"),
        ("wat-je-nodig-hebt", {"support": "9", "allowance": "0"}, "support"),
    ],
)
def test_a_wrong_answer_is_explained_at_its_field_and_not_saved(client, asked, slug, data, field):
    page = post(client, slug, **data)
    assert page.status_code == 200
    assert field in page.context["form"].errors
    asked.refresh_from_db()
    assert asked.steps_done == []


@pytest.mark.parametrize("slug", ["doelen", "reizen", "dagen", "soort-bedrijf", "wat-je-nodig-hebt"])
def test_every_step_shows_what_was_answered_before(client, slug):
    PostcodeAreaFactory()
    request = RequestFactory(ready=True, needs=["quiet"], allowance=150)
    request.goals.set(request.student.programme.qualification.goals.all()[:2])
    login_as(client, request.student)
    page = client.get(reverse("placements:preparation_step", args=[slug]))
    assert page.status_code == 200
    form = page.context["form"]
    for name in form.fields:
        assert form[name].value() not in ((None,) if name == "kind2" else (None, "")), name


def test_an_unknown_step_is_not_there(client, asked):
    assert client.get(reverse("placements:preparation_step", args=["diagnose"])).status_code == 404


def test_a_student_without_a_request_starts_with_a_coming_period(client):
    student = StudentFactory()
    period = PeriodFactory()
    login_as(client, student)
    assert period.name in client.get(reverse("placements:preparation")).content.decode()
    for _ in range(2):
        assert client.post(reverse("placements:start_preparation"), {"period": period.pk}).url.endswith("doelen/")
    assert PlacementRequest.objects.get(student=student).period == period


def test_without_a_period_the_page_says_what_happens_next(client):
    login_as(client, StudentFactory())
    assert "sm-empty" in client.get(reverse("placements:preparation")).content.decode()


def test_a_student_in_a_match_cannot_change_the_answers(client):
    PostcodeAreaFactory()
    placement = PlacementFactory(told=True)
    login_as(client, placement.request.student)
    post(client, "dagen", days=["mo"], days_needed="1")
    placement.request.refresh_from_db()
    assert placement.request.days_needed == 3
    assert client.get(reverse("placements:preparation")).context["fixed"]


def test_a_proposal_that_is_not_told_does_not_show_in_the_preparation(client):
    PostcodeAreaFactory()
    placement = PlacementFactory()
    login_as(client, placement.request.student)
    assert not client.get(reverse("placements:preparation")).context["fixed"]
    post(client, "dagen", days=["mo", "tu"], days_needed="2")
    placement.request.refresh_from_db()
    assert placement.request.days_needed == 2


def test_nobody_else_fills_in_a_preparation(client, asked):
    for person in (CoordinatorFactory(school=asked.student.school, programmes=[asked.student.programme]), ContactFactory()):
        login_as(client, person)
        assert client.get(reverse("placements:preparation")).status_code == 404
        assert post(client, "dagen", days=["mo"], days_needed="1").status_code == 404


# -- what lies within reach


def test_reach_counts_open_places_for_the_own_qualification_within_the_minutes(asked):
    own = asked.student.programme.qualification
    near = PlaceFactory(period=asked.period, qualifications=[own], capacity=3)
    far = CompanyFactory(x=near.company.x + 40_000)
    PlaceFactory(period=asked.period, qualifications=[own], company=far)
    PlaceFactory(period=asked.period, qualifications=[QualificationFactory()])
    PlaceFactory(period=asked.period, qualifications=[own], state="paused")
    PlaceFactory(period=asked.period, qualifications=[own], ends_on=asked.period.starts_on + timedelta(weeks=2))
    PlaceFactory(period=asked.period, qualifications=[own], pathways=["BBL"])
    found = reach_of(asked, "bike", 30)
    assert (found.places, found.slots) == (1, 3)


def test_reach_is_shown_while_filling_in(client, asked):
    page = client.get(reverse("placements:preparation_reach"), {"travel_mode": "walk", "max_minutes": "60"})
    assert "5,0" in page.content.decode()
    assert client.get(reverse("placements:preparation_reach"), {"travel_mode": "walk", "max_minutes": ""}).status_code == 200


def test_an_unknown_postcode_has_no_reach():
    assert reach_of(RequestFactory(student__postcode="9999ZZ"), "bike", 30) is None


# -- when, how old, how often


def test_a_period_that_has_yet_to_begin_stands_first():
    runs, comes = PeriodFactory(name="Nu", starts_on=timezone.localdate() - timedelta(days=30)), PeriodFactory(name="Straks")
    PeriodFactory(name="Voorbij", starts_on=timezone.localdate() - timedelta(days=300))
    assert periods_to_choose() == [comes, runs]


@pytest.mark.parametrize(("months", "reached"), [(1, {"age16", "age18"}), (12, {"age16"}), (40, set())])
def test_ages_follow_from_what_the_school_knows(client, asked, months, reached):
    asked.student.adult_on = asked.starts_on + timedelta(days=30 * months - 45)
    asked.student.save()
    page = client.get(reverse("placements:preparation_step", args=["wat-je-nodig-hebt"]))
    assert not {"age16", "age18"} & {value for value, _label in page.context["form"].fields["has"].choices}
    post(client, "wat-je-nodig-hebt", has=["vog"], support="1", allowance="0")
    asked.refresh_from_db()
    assert set(asked.meets) == {"vog"} | reached


def test_nobody_works_six_days_a_week(client, asked):
    page = post(client, "dagen", days=["mo", "tu", "we", "th", "fr", "sa"], days_needed="6")
    assert "days_needed" in page.context["form"].errors


# -- the order of turn


@pytest.mark.parametrize(
    ("qualification", "exit_phase", "tier"),
    [
        ({"reserved": True}, True, 0),
        ({"reserved": True}, False, 2),
        ({"level": 1}, False, 0),
        ({"level": 3}, True, 1),
        ({"level": 3}, False, 2),
    ],
)
def test_the_order_of_turn_follows_the_published_rule(qualification, exit_phase, tier):
    student = StudentFactory(programme__qualification=QualificationFactory(**qualification), exit_phase=exit_phase)
    assert services.open_request(student=student, period=PeriodFactory()).tier == tier


def test_who_lost_a_place_through_no_fault_comes_first():
    placement = PlacementFactory(confirmed=True)
    type(placement).objects.filter(pk=placement.pk).update(state=PlacementState.REFUSED)
    services.refresh_tier(placement.request)
    assert placement.request.tier == 0


def test_a_coordinator_changes_the_turn_with_a_reason_that_is_kept(asked):
    coordinator = actor_for(CoordinatorFactory(school=asked.student.school, programmes=[asked.student.programme]))
    with pytest.raises(PlacementError):
        services.change_tier(request=asked, tier=0, reason=" ", actor=coordinator)
    changed = services.change_tier(request=asked, tier=0, reason="Moet voor mei klaar zijn.", actor=coordinator)
    services.refresh_tier(changed)
    assert (changed.tier, changed.tier_reason) == (0, "Moet voor mei klaar zijn.")
    with pytest.raises(PlacementError):
        services.change_tier(request=asked, tier=0, reason="Ik wil eerst.", actor=actor_for(asked.student))


def test_requests_are_opened_once_for_a_whole_programme():
    period = PeriodFactory()
    students = [StudentFactory(), StudentFactory()]
    assert services.open_requests(students=students, period=period) == 2
    assert services.open_requests(students=students, period=period) == 0


def test_steps_have_fields_of_their_own():
    fields = [name for names in services.STEP_FIELDS.values() for name in names]
    assert len(fields) == len(set(fields))
    assert set(services.STEP_FIELDS) == set(PreparationStep)
