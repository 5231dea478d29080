"""Offering places and keeping them up to date."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from placements.models import Answer, Place, PlaceState
from placements.services import places as services
from placements.services.upkeep import answer_place
from tests.factories import (
    ContactFactory,
    LearningGoalFactory,
    PeriodFactory,
    PlaceFactory,
    PlacementFactory,
    QualificationFactory,
    login_as,
)

pytestmark = pytest.mark.django_db


def data(contact, **changes: object) -> dict[str, object]:  # type: ignore[no-untyped-def]
    qualification = contact.company.recognitions.get().qualification
    return {
        "title": "Brood bakken",
        "tasks": "Deeg maken",
        "qualifications": [qualification.pk],
        "pathways": ["BOL"],
        "period": PeriodFactory().pk,
        "days": ["mo", "tu"],
        "capacity": 2,
        "goals": [goal.pk for goal in qualification.goals.all()[:2]],
        "support": 1,
        "allowance": 300,
        "expenses": 0,
        "group_size": 1,
        **changes,
    }


def test_a_recognised_company_offers_a_place_with_a_search_row_per_qualification(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    login_as(client, contact)
    assert client.post(reverse("placements:add_place"), data(contact)).status_code == 302
    place = Place.objects.get()
    assert (place.starts_on, place.goals.count()) == (place.period.starts_on, 2)
    row = place.search_rows.get()
    assert (row.x, row.open) == (contact.company.x, True)


def test_a_company_without_recognition_is_told_what_to_do_first(client: Client) -> None:
    login_as(client, ContactFactory())
    page = client.get(reverse("placements:add_place"))
    assert reverse("companies:request_recognition").encode() in page.content


def test_a_qualification_without_recognition_cannot_be_offered(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    login_as(client, contact)
    page = client.post(reverse("placements:add_place"), data(contact, qualifications=[QualificationFactory().pk]))
    assert "qualifications" in page.context["form"].errors
    assert not Place.objects.exists()


def test_a_wrong_form_keeps_what_was_typed(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    login_as(client, contact)
    page = client.post(reverse("placements:add_place"), data(contact, capacity=0, ends_on="2020-01-01"))
    assert {"capacity", "ends_on"} <= set(page.context["form"].errors)
    assert b"Brood bakken" in page.content


def test_a_place_cannot_become_smaller_than_the_students_who_hold_it(client: Client) -> None:
    placement = PlacementFactory(confirmed=True)
    place = placement.place
    place.refresh_from_db()
    assert place.taken == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.filter(pk=place.pk).update(capacity=0)
    place.capacity = 0
    with pytest.raises(services.TooFewSlots):
        services.save_place(place=place, qualifications=[], goals=[])


def test_a_form_that_was_open_while_a_colleague_stopped_the_place_does_not_offer_it_again() -> None:
    place = PlaceFactory()
    opened = Place.objects.get(pk=place.pk)
    answer_place(place=place, answer=Answer.STOPPED)
    opened.title = "Taart bakken"
    services.save_place(place=opened, qualifications=place.qualifications.all(), goals=[])
    place.refresh_from_db()
    assert (place.title, place.state) == ("Taart bakken", PlaceState.STOPPED)


def test_amounts_and_groups_that_cannot_be_are_named(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    login_as(client, contact)
    page = client.post(reverse("placements:add_place"), data(contact, allowance=2_000_000, group_size=0))
    assert {"allowance", "group_size"} <= set(page.context["form"].errors)


def test_a_full_paused_or_stopped_place_is_out_of_the_search_rows_at_once() -> None:
    place = PlaceFactory(capacity=1)
    for answer, open_ in ((Answer.PAUSED, False), (Answer.YES, True), (Answer.STOPPED, False), (Answer.FULL, False), (Answer.YES, True)):
        answer_place(place=place, answer=answer)
        assert place.search_rows.get().open is open_
    PlacementFactory(place=place, request__period=place.period)
    assert place.search_rows.get().open is False


def test_a_copy_is_paused_and_has_no_students() -> None:
    place = PlaceFactory(goals=[LearningGoalFactory()], capacity=2)
    PlacementFactory(place=place, request__period=place.period)
    twin = services.copy_place(place=place)
    assert (twin.state, twin.taken, twin.goals.count(), twin.search_rows.count()) == (PlaceState.PAUSED, 0, 1, 1)
    assert twin.public_id != place.public_id


def test_another_companys_place_is_not_found(client: Client) -> None:
    login_as(client, ContactFactory())
    place = PlaceFactory()
    assert client.get(reverse("placements:edit_place", args=[place.public_id])).status_code == 404
    assert client.post(reverse("placements:set_place_state", args=[place.public_id, "stoppen"])).status_code == 404
    client.post(reverse("placements:confirm_places"), {"place": str(place.public_id)})
    before = place.confirmed_at
    place.refresh_from_db()
    assert place.confirmed_at == before


def test_one_tap_says_that_all_places_are_still_right(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    login_as(client, contact)
    place = PlaceFactory(company=contact.company)
    client.post(reverse("placements:confirm_places"))
    before = place.confirmed_at
    place.refresh_from_db()
    assert place.confirmed_at > before


def test_the_same_click_twice_offers_or_copies_one_place(client: Client, contact) -> None:  # type: ignore[no-untyped-def]
    login_as(client, contact)
    form = data(contact)
    for _ in range(2):
        client.post(reverse("placements:add_place"), form)
    place = Place.objects.get()
    for _ in range(2):
        client.post(reverse("placements:copy_place", args=[place.public_id]))
    assert Place.objects.exclude(pk=place.pk).get().state == PlaceState.PAUSED
    Place.objects.update(created_at=timezone.now() - services.SAME_CLICK)
    client.post(reverse("placements:copy_place", args=[place.public_id]))
    assert Place.objects.count() == 3


def test_stopping_a_place_says_who_keeps_it_and_offers_the_way_back(client: Client) -> None:
    place = PlacementFactory(confirmed=True).place
    login_as(client, ContactFactory(company=place.company))
    page = client.post(reverse("placements:set_place_state", args=[place.public_id, "stoppen"]), follow=True)
    assert page.context["stopped"] == place
    assert "houdt hem" in str(next(iter(page.context["messages"])))
    assert reverse("placements:set_place_state", args=[place.public_id, "openen"]) in page.content.decode()
    assert client.get(reverse("placements:places"), {"gestopt": "x"}).context["stopped"] is None
