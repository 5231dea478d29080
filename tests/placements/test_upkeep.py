"""Places up to date: one tap for each, closed for a time, last year's once more, who takes over, what a place brings, tip cards."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.hats import HatKind
from companies.models import CompanyRole
from companies.services.company import end_membership
from placements.applications.workflow import A
from placements.models import Answer, ApplicationTransition, Moment, Pause, Place, PlaceAnswer, PlaceLooks, PlaceState, TakeOver, TipCard
from placements.services import upkeep as services
from placements.upkeep import earns, looks, tips
from placements.upkeep.selectors import question, vacancy
from tests.factories import (
    ApplicationFactory,
    CompanyFactory,
    LearningGoalFactory,
    PeriodFactory,
    PlaceFactory,
    PlacementFactory,
    PostFactory,
    TrainerFactory,
    login_as,
)

pytestmark = pytest.mark.django_db


def weeks_old(place: Place, weeks: int) -> Place:
    Place.objects.filter(pk=place.pk).update(confirmed_at=timezone.now() - timedelta(weeks=weeks))
    place.refresh_from_db()
    return place


def offered(contact, **facts: object) -> Place:  # type: ignore[no-untyped-def]
    return PlaceFactory(company=contact.company, qualifications=[contact.company.recognitions.get().qualification], **facts)


# -- one tap


def test_home_asks_after_what_nobody_confirmed_lately_the_longest_silence_first(client: Client, contact, settings) -> None:  # type: ignore[no-untyped-def]
    old, older, fresh = (offered(contact, title=title) for title in ("Oud", "Ouder", "Vers"))
    weeks_old(old, settings.PLACE_STALE_WEEKS + 1)
    weeks_old(older, settings.PLACE_HIDDEN_WEEKS + 1)
    login_as(client, contact)
    page = client.get("/")
    asked = page.context["question"]
    assert ([place.title for place in asked.asked], asked.right) == (["Ouder", "Oud"], 1)
    assert "Studenten zien deze plek niet meer" in page.content.decode()
    assert fresh.title not in page.content.decode()


@pytest.mark.parametrize(
    ("act", "state", "because"),
    [
        ("klopt", PlaceState.OPEN, ""),
        ("vol", PlaceState.PAUSED, Pause.FULL),
        ("stoppen", PlaceState.STOPPED, ""),
        ("pauzeren", PlaceState.PAUSED, ""),
    ],
)
def test_one_tap_answers_says_who_did_and_another_takes_it_back(client: Client, contact, act: str, state: str, because: str) -> None:  # type: ignore[no-untyped-def]
    place = weeks_old(offered(contact), 50)
    login_as(client, contact)
    page = client.post(reverse("placements:set_place_state", args=[place.public_id, act]), {"home": "1"}, follow=True)
    place.refresh_from_db()
    assert (place.state, place.paused_because) == (state, because)
    assert place.confirmed_at > timezone.now() - timedelta(minutes=1)
    assert place.answers.get().by == contact.user
    back = reverse("placements:set_place_state", args=[place.public_id, "openen"])
    assert (back in page.content.decode()) is (state != PlaceState.OPEN)
    client.post(back)
    place.refresh_from_db()
    assert (place.state, place.paused_because, place.search_rows.get().open) == (PlaceState.OPEN, "", True)
    assert contact.user.name in client.get(reverse("placements:places")).content.decode()


def test_a_double_click_is_one_answer(contact) -> None:  # type: ignore[no-untyped-def]
    place = offered(contact)
    for _click in range(2):
        services.answer_place(place=place, answer=Answer.FULL, by=contact.user)
    assert PlaceAnswer.objects.count() == 1


def test_a_place_that_students_no_longer_see_is_back_with_one_tap(client: Client, contact, settings) -> None:  # type: ignore[no-untyped-def]
    place = weeks_old(offered(contact), settings.PLACE_HIDDEN_WEEKS + 1)
    found = reverse("placements:place_page", args=[place.public_id])
    assert client.get(found).context["found"].hidden
    login_as(client, contact)
    client.post(reverse("placements:confirm_places"), {"place": str(place.public_id), "home": "1"})
    assert not client.get(found).context["found"].hidden
    assert Place.objects.count() == 1


def test_only_a_paused_place_says_why_and_until_when(contact) -> None:  # type: ignore[no-untyped-def]
    place = offered(contact)
    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.filter(pk=place.pk).update(paused_until=date(2030, 1, 1))


# -- closed for a time


def test_closed_for_a_holiday_everything_opens_by_itself_on_its_day(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    place, full = offered(contact), services.answer_place(place=offered(contact), answer=Answer.FULL)
    other, until = PlaceFactory(), timezone.localdate() + timedelta(days=20)
    login_as(client, contact)
    assert "until" in client.post(reverse("placements:pause_places"), {"until": timezone.localdate().isoformat()}).context["form"].errors
    client.post(reverse("placements:pause_places"), {"until": until.isoformat()})
    place.refresh_from_db()
    assert (place.state, place.paused_because, place.paused_until) == (PlaceState.PAUSED, Pause.HOLIDAY, until)
    assert not place.search_rows.get().open
    assert question(contact.company_id).closed_until == until
    assert services.open_due(today=until - timedelta(days=1)) == 0
    assert services.open_due(today=until) == 1
    assert set(Place.objects.filter(state=PlaceState.OPEN)) == {place, other}
    full.refresh_from_db()
    assert full.paused_because == Pause.FULL


def test_a_place_of_a_past_period_is_left_alone_and_stands_below(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    past = PeriodFactory(name="Vorig jaar", starts_on=timezone.localdate() - timedelta(days=300), ends_on=timezone.localdate() - timedelta(days=200))
    over, place = offered(contact, period=past), offered(contact)
    assert services.pause_places(company=contact.company, because=Pause.HOLIDAY, until=timezone.localdate() + timedelta(days=9)) == 1
    over.refresh_from_db()
    assert over.state == PlaceState.OPEN
    login_as(client, contact)
    page = client.get(reverse("placements:places"))
    assert (page.context["running"], page.context["past"]) == ([place], [over])
    assert reverse("placements:set_place_state", args=[over.public_id, "klopt"]) not in page.content.decode()
    assert "U biedt nu geen stageplekken aan" not in client.get("/").content.decode()  # closed, which it says


def test_a_company_that_opens_earlier_offers_again_what_it_closed(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    place = offered(contact)
    services.pause_places(company=contact.company, because=Pause.HOLIDAY, until=timezone.localdate() + timedelta(days=9))
    login_as(client, contact)
    assert client.get(reverse("placements:pause_places")).context["closed"] == place
    client.post(reverse("placements:pause_places"), {"open": "1"})
    place.refresh_from_db()
    assert (place.state, place.paused_until) == (PlaceState.OPEN, None)


# -- last year's once more


def test_last_years_places_are_offered_once_more_in_another_period_and_only_once(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    today = timezone.localdate()
    last = PeriodFactory(name="Vorig jaar", starts_on=today - timedelta(days=300), ends_on=today - timedelta(days=200))
    bread = offered(contact, title="Brood", period=last, goals=[LearningGoalFactory()], capacity=3)
    cake, foreign = offered(contact, title="Taart", period=last), PlaceFactory(period=last)
    lost = PlaceFactory(company=contact.company, title="Kwijt", period=last)
    contact.company.recognitions.filter(qualification__in=lost.qualifications.all()).delete()
    PlacementFactory(place=bread, request__period=last)
    login_as(client, contact)
    assert client.get(reverse("placements:copy_places")).context["source"] == last
    data = {"period": PeriodFactory().pk, "places": [str(place.public_id) for place in (bread, cake, lost)]}
    for _click in range(2):
        assert client.post(reverse("placements:copy_places"), data).status_code == 302
    twins = Place.objects.filter(period=PeriodFactory())
    assert sorted(twin.title for twin in twins) == ["Brood", "Taart"]
    twin = twins.get(title="Brood")
    assert (twin.capacity, twin.taken, twin.goals.count(), twin.starts_on, twin.search_rows.get().open) == (3, 0, 1, PeriodFactory().starts_on, True)
    refused = client.post(reverse("placements:copy_places"), {**data, "places": [str(foreign.public_id)]})
    assert "places" in refused.context["form"].errors


# -- a trainer who leaves


def test_a_trainer_who_leaves_raises_the_question_who_takes_over(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    offered(contact)
    trainer, colleague = TrainerFactory(company=contact.company), TrainerFactory(company=contact.company)
    assert vacancy(contact.company_id) is None
    end_membership(membership=trainer)
    login_as(client, contact)
    page = client.get("/")
    assert [member.pk for member in page.context["vacancy"].candidates] == [colleague.pk, contact.pk]
    address = reverse("placements:take_over", args=[trainer.pk])
    client.post(address, {"who": str(TrainerFactory().pk)})
    assert not TakeOver.objects.exists()
    client.post(address, {"who": str(contact.pk)})
    assert contact.user.company_memberships.filter(role=CompanyRole.TRAINER, ended_at=None).exists()
    assert client.get("/").context["vacancy"] is None


def test_without_a_successor_the_places_are_paused(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    place, trainer = offered(contact), TrainerFactory(company=contact.company)
    end_membership(membership=trainer)
    login_as(client, contact)
    client.post(reverse("placements:take_over", args=[trainer.pk]), {"who": "nobody"})
    place.refresh_from_db()
    assert (place.state, place.paused_because) == (PlaceState.PAUSED, Pause.NO_TRAINER)
    assert vacancy(contact.company_id) is None


def test_a_company_that_offers_nothing_is_not_asked_who_takes_over(contact) -> None:  # type: ignore[no-untyped-def]
    end_membership(membership=TrainerFactory(company=contact.company))
    assert vacancy(contact.company_id) is None


# -- what a place brings


@pytest.mark.usefixtures("empty_cache")
def test_looks_are_counted_once_a_visitor_without_who_and_not_the_companys_own(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    place = offered(contact)
    address = reverse("placements:place_page", args=[place.public_id])
    for visitor in (client, client, Client()):
        visitor.get(address)
    own = Client()
    login_as(own, contact)
    own.get(address)
    assert not PlaceLooks.objects.exists()
    for _beat in range(2):
        looks.write()
    assert PlaceLooks.objects.get().count == 2
    Client().get(address)
    looks.write()
    assert PlaceLooks.objects.get().count == 3
    assert {field.name for field in PlaceLooks._meta.fields} == {"id", "place", "day", "count"}


@pytest.mark.usefixtures("empty_cache")
def test_looks_at_a_place_that_is_gone_are_left_out(contact) -> None:  # type: ignore[no-untyped-def]
    place = offered(contact)
    for key in (place.pk, place.pk + 1000):
        looks.count(key)
    looks.write()
    assert [row.place_id for row in PlaceLooks.objects.all()] == [place.pk]


@pytest.mark.usefixtures("empty_cache")
def test_a_company_reads_what_its_places_brought_in_counts(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    place = offered(contact, capacity=3)
    PlaceLooks.objects.create(place=place, day=timezone.localdate(), count=7)
    PlaceLooks.objects.create(place=place, day=timezone.localdate() - timedelta(days=400), count=9)
    application = ApplicationFactory(place=place)
    placement = PlacementFactory(place=place, confirmed=True)
    PlacementFactory(place=place, told=True)
    found = earns.of(contact.company)
    assert (found.looks, found.applications, found.matches, found.students, found.hours) == (7, 1, 1, 2, None)
    said = {"from_state": A.SENT, "to_state": A.DECLINED, "hat": f"{HatKind.COMPANY_CONTACT}:{contact.pk}"}
    ApplicationTransition.objects.create(application=application, at=application.sent_at + timedelta(hours=5), **said)
    assert earns.of(contact.company).hours == pytest.approx(5)
    login_as(client, contact)
    page = client.get(reverse("placements:earned")).content.decode()
    assert placement.request.student.last_name not in page


# -- tip cards


def test_administrators_write_tip_cards_and_companies_read_them_at_their_moment(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    admin, address = Client(), reverse("placements:tip_card", args=[Moment.OFFERING])
    login_as(admin, PostFactory(kind=HatKind.ADMINISTRATOR))
    standard = tips.at(Moment.OFFERING)[0]
    words = {"shown": "on", "title_nl": "Eigen kop", "text_nl": "Eigen tekst", "title_en": "Own head", "text_en": "Own text"}
    assert "title_en" in admin.post(address, {**words, "title_en": ""}).context["form"].errors
    admin.post(address, words)
    login_as(client, contact)
    page = client.get(reverse("placements:add_place")).content.decode()
    assert "Eigen kop" in page
    assert str(tips.at(Moment.ALLOWANCE)[0].title) in page
    admin.post(address, {**words, "shown": ""})
    assert tips.at(Moment.OFFERING) == []
    admin.post(reverse("placements:reset_tip_card", args=[Moment.OFFERING]))
    assert not TipCard.objects.exists()
    assert tips.at(Moment.OFFERING) == [standard]


def test_another_companys_place_cannot_be_answered_about(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    place = PlaceFactory(company=CompanyFactory())
    login_as(client, contact)
    assert client.post(reverse("placements:set_place_state", args=[place.public_id, "vol"])).status_code == 404
    assert client.post(reverse("placements:set_place_state", args=[offered(contact).public_id, "weg"])).status_code == 404
