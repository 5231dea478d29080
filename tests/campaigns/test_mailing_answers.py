"""Mailings: what comes back under their links."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.mailings import selectors
from campaigns.mailings.workflow import MailingState, Reason, RecipientState
from campaigns.models import Mailing, MailingRecipient, Reply
from placements.models import Place, PlaceAnswer, PlaceState
from placements.services.places import MOST_BY_MAIL
from stagematch.models import OutboxMail
from tests.campaigns.mailing_steps import contact, counted, delivered, links, sent, states, written
from tests.factories import (
    PlaceFactory,
)

pytestmark = pytest.mark.django_db
M, R = MailingState, RecipientState


@pytest.fixture
def mailed(scout: Any) -> Any:
    """A contact with a place, the mailing, its link to answer and the one that stops."""
    membership = contact()
    place = PlaceFactory(company=membership.company, confirmed_at=timezone.now() - timedelta(weeks=30))
    mailing = sent(scout)
    answer, stop = links(OutboxMail.objects.get())
    delivered()
    return membership, place, mailing, answer, stop


def brought(mailing: Mailing) -> selectors.Outcome:
    return selectors.outcome(mailing, selectors.counts(mailing))


def test_a_mail_scanner_that_opens_every_link_changes_nothing(client: Client, mailed: Any) -> None:
    _membership, _place, mailing, answer, stop = mailed
    before = list(Place.objects.values()), list(MailingRecipient.objects.values())
    for path in (answer, stop):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    assert (list(Place.objects.values()), list(MailingRecipient.objects.values())) == before
    assert (brought(mailing).answered, brought(mailing).opted_out) == (0, 0)


@pytest.mark.parametrize(("act", "state"), [("yes", PlaceState.OPEN), ("full", PlaceState.PAUSED), ("stopped", PlaceState.STOPPED)])
def test_a_place_is_answered_about_under_the_link_and_counted(client: Client, mailed: Any, act: str, state: str) -> None:
    membership, place, mailing, answer, _stop = mailed
    page = client.post(answer, {"act": f"{act}:{place.public_id}"}, follow=True)
    assert membership.user.name in page.content.decode()
    said = PlaceAnswer.objects.get()
    assert (said.place, said.answer, said.by, said.by_mail) == (place, act, membership.user, True)
    place.refresh_from_db()
    assert place.state == state
    assert (brought(mailing).answered, brought(mailing).confirmed) == (1, int(act == "yes"))


def test_all_that_stood_on_the_page_is_confirmed_and_a_new_place_is_counted(client: Client, mailed: Any) -> None:
    membership, place, mailing, answer, _stop = mailed
    PlaceFactory(company=membership.company), PlaceFactory()
    client.post(answer, {"act": "all", "place": [str(place.public_id), "x"]})
    assert [said.place for said in PlaceAnswer.objects.all()] == [place]
    told = brought(mailing)
    assert (told.answered, told.confirmed, told.added) == (1, 1, 1)


@pytest.mark.parametrize("act", [Reply.OFFERS, Reply.NOTHING])
def test_one_more_or_none_is_an_answer_too(client: Client, mailed: Any, act: str) -> None:
    *_rest, mailing, answer, _stop = mailed
    for _click in range(2):
        assert client.post(answer, {"act": act}).status_code == 302
    assert brought(mailing).replies == [(str(Reply(act).label), 1)]


def test_a_link_that_is_altered_old_of_another_or_of_who_left_is_dead(client: Client, mailed: Any, settings: Any, monkeypatch: Any) -> None:
    membership, _place, _mailing, answer, stop = mailed
    head, token = answer.rsplit("/", 2)[:2]
    swapped = reverse("campaigns:mailing_answer", args=[stop.rsplit("/", 2)[1]])
    for path in (f"{head}/x{token}/", f"{head}/{token[:-2]}zz/", swapped):
        assert client.post(path, {"act": "nothing"}).status_code == 410
    strange = PlaceFactory()
    client.post(answer, {"act": f"stopped:{strange.public_id}"})
    client.post(answer, {"act": "stopped:x"}), client.post(answer, {"act": "offers:"}), client.post(answer, {})
    later = timezone.now().timestamp() + (settings.PLACE_LINK_DAYS + 1) * 86_400
    with monkeypatch.context() as patched:
        patched.setattr("django.core.signing.time.time", lambda: later)
        assert client.post(answer, {"act": "nothing"}).status_code == 410
        assert client.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200  # a mail may be read late
    type(membership).objects.filter(pk=membership.pk).update(ended_at=timezone.now())
    assert client.post(answer, {"act": "nothing"}).status_code == 410
    strange.refresh_from_db()
    assert strange.state == PlaceState.OPEN
    assert not PlaceAnswer.objects.exists()


def test_all_are_right_of_places_stopped_meanwhile_thanks_nobody_and_is_no_answer(client: Client, mailed: Any) -> None:
    _membership, place, mailing, answer, _stop = mailed
    Place.objects.update(state=PlaceState.STOPPED)
    page = client.post(answer, {"act": "all", "place": [str(place.public_id)]}, follow=True).content.decode()
    assert "Er is niets bevestigd" in page
    assert "Dank u wel" not in page
    assert (brought(mailing).answered, PlaceAnswer.objects.count()) == (0, 0)


def test_under_a_link_the_same_answer_is_written_once_and_many_are_refused(client: Client, mailed: Any) -> None:
    _membership, place, _mailing, answer, _stop = mailed
    for act in ("all", "all", f"yes:{place.public_id}", f"yes:{place.public_id}"):
        client.post(answer, {"act": act, "place": [str(place.public_id)]})
    assert PlaceAnswer.objects.count() == 1
    for number in range(MOST_BY_MAIL):
        page = client.post(answer, {"act": f"{('full', 'yes')[number % 2]}:{place.public_id}"}, follow=True)
    assert PlaceAnswer.objects.count() == MOST_BY_MAIL
    assert "Log in om" in page.content.decode()
    place.refresh_from_db()
    assert place.state == PlaceState.PAUSED  # as the last answer that was taken says


def test_one_click_in_the_mail_program_stops_mailings_and_is_counted(scout: Any) -> None:
    contact()
    mailing = sent(scout)
    headers = OutboxMail.objects.get().headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    delivered()
    path = re.search(r"https?://[^/]+(/[^>]+)>", headers["List-Unsubscribe"])[1]
    program = Client(enforce_csrf_checks=True)
    assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert brought(mailing).opted_out == 1
    MailingRecipient.objects.update(mailed_at=timezone.now() - timedelta(weeks=50))
    assert states(sent(scout)) == {}
    assert counted(written(scout)).left_out == {Reason.STOPPED: 1}
