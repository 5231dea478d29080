"""Asking by mail whether places are still right: who is asked when, and links that answer without login, once opened by anybody or anything."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from placements.models import Answer, Place, PlaceAnswer, PlaceReminder, PlaceState
from placements.services import place_reminders as reminders
from placements.services.places import MOST_BY_MAIL, TooManyAnswers, save_place
from placements.upkeep import links
from stagematch.models import Job, JobState, MailState, OutboxMail
from tests.factories import ContactFactory, PlaceFactory, PlacementFactory, TrainerFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


@pytest.fixture
def contact():  # type: ignore[no-untyped-def]
    return ContactFactory()


def silent(contact, weeks: int = 10, **facts: object) -> Place:  # type: ignore[no-untyped-def]
    return PlaceFactory(company=contact.company, confirmed_at=timezone.now() - weeks * WEEK, **facts)


def asked(now: datetime | None = None) -> int:
    """How many contacts the day's work asks."""
    now = now or timezone.now()
    return sum(reminders.ask(key=key, now=now) for key in reminders.due_contacts(now).values_list("pk", flat=True))


def paths(mail: OutboxMail) -> list[str]:
    """The addresses in a mail, without the site."""
    return re.findall(r"https?://[^/\s]+(/\S+)", mail.body)


# -- who is asked, and when


def test_a_contact_is_asked_after_silent_places_and_not_again_for_weeks(contact, settings) -> None:  # type: ignore[no-untyped-def]
    silent(contact, title="Brood"), silent(contact, title="Taart", weeks=20)
    PlaceFactory(company=contact.company, title="Vers")
    TrainerFactory(company=contact.company)
    now = timezone.now()
    assert (asked(now), asked(now)) == (1, 0)
    mail = OutboxMail.objects.get()
    assert mail.to == contact.user.email
    assert mail.body.index("Taart") < mail.body.index("Brood")
    assert "Vers" not in mail.body
    assert asked(now + settings.PLACE_REMIND_AGAIN_WEEKS * WEEK - DAY) == 0
    assert asked(now + settings.PLACE_REMIND_AGAIN_WEEKS * WEEK + DAY) == 1


@pytest.mark.parametrize(
    "quiet",
    [
        {"confirmed_at": timezone.now() - 5 * WEEK},
        {"state": PlaceState.PAUSED},
        {"state": PlaceState.STOPPED},
        {"starts_on": timezone.localdate() - 90 * DAY, "ends_on": timezone.localdate() - DAY},
        {"confirmed_at": timezone.now() - 60 * WEEK},
    ],
    ids=["fresh", "paused", "stopped", "over", "hidden for long"],
)
def test_nobody_is_asked_after_a_place_that_is(contact, quiet: dict[str, object]) -> None:  # type: ignore[no-untyped-def]
    Place.objects.filter(pk=silent(contact).pk).update(**quiet)
    assert asked() == 0


def test_one_more_mail_tells_that_students_no_longer_see_a_place(contact, settings) -> None:  # type: ignore[no-untyped-def]
    silent(contact, weeks=settings.PLACE_HIDDEN_WEEKS + 1)
    assert asked() == 1
    assert "Studenten zien deze plek niet meer" in OutboxMail.objects.get().body


def test_whoever_stopped_left_or_bounced_is_not_asked(contact) -> None:  # type: ignore[no-untyped-def]
    silent(contact)
    stopped, bounced = (ContactFactory(company=contact.company) for _n in range(2))
    ContactFactory(company=contact.company, ended_at=timezone.now()), ContactFactory(company=contact.company, user__is_active=False)
    reminders.stop(membership=stopped)
    facts = {"to": bounced.user.email, "language": "nl", "next_at": timezone.now(), "state": MailState.FAILED}
    OutboxMail.objects.create(key="k", message_id="<1@x>", **facts)
    assert asked() == 1
    assert [row.membership for row in PlaceReminder.objects.filter(stopped_at=None)] == [contact]
    reminders.resume(membership=stopped)
    assert asked() == 1


def test_never_in_august_and_once_a_day(settings, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    today = timezone.localdate()
    monkeypatch.setattr(timezone, "localdate", lambda: today.replace(month=8, day=20))
    reminders.start_due()
    assert not Job.objects.exists()
    monkeypatch.setattr(timezone, "localdate", lambda: today.replace(month=9, day=1))
    reminders.start_due()
    Job.objects.update(state=JobState.DONE, finished_at=timezone.now())
    reminders.start_due()
    assert Job.objects.count() == 1


# -- links in the mail


@pytest.fixture
def mailed(contact):  # type: ignore[no-untyped-def]
    """The place asked after, and its link, that for all, and that which stops the mails."""
    place, _other = silent(contact, weeks=12, capacity=2), silent(contact)
    asked()
    everything, one, _second, stop = paths(OutboxMail.objects.get())
    return place, one, everything, stop


def test_a_mail_scanner_that_opens_every_link_changes_nothing(client: Client, contact, mailed) -> None:  # type: ignore[no-untyped-def]
    before = list(Place.objects.order_by("pk").values())
    for path in paths(OutboxMail.objects.get()):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    assert list(Place.objects.order_by("pk").values()) == before
    assert not PlaceAnswer.objects.exists()
    assert PlaceReminder.objects.get().stopped_at is None


@pytest.mark.parametrize(("act", "state"), [(Answer.YES, PlaceState.OPEN), (Answer.FULL, PlaceState.PAUSED), (Answer.STOPPED, PlaceState.STOPPED)])
def test_a_link_answers_about_its_place_in_the_name_of_who_got_it(client: Client, contact, mailed, act: str, state: str) -> None:  # type: ignore[no-untyped-def]
    place, one, _everything, _stop = mailed
    page = client.post(one, {"act": act}, follow=True)
    assert contact.user.name in page.content.decode()
    said = PlaceAnswer.objects.get()
    assert (said.place, said.answer, said.by, said.by_mail) == (place, act, contact.user, True)
    place.refresh_from_db()
    assert place.state == state
    assert "sessionid" not in client.cookies or not client.session.get("_auth_user_id")
    client.post(one, {"act": Answer.YES})
    place.refresh_from_db()
    assert place.state == PlaceState.OPEN


def test_what_changed_can_be_said_under_the_link_too(client: Client, mailed) -> None:  # type: ignore[no-untyped-def]
    place, one, _everything, _stop = mailed
    PlacementFactory(place=place, request__period=place.period)
    wrong = client.post(one, {"act": "changed", "capacity": "0", "days": ["mo"]})
    assert "capacity" in wrong.context["form"].errors
    client.post(one, {"act": "changed", "capacity": "4", "days": ["mo", "tu"], "title": "Iets anders"})
    place.refresh_from_db()
    assert (place.capacity, place.days, place.title != "Iets anders", place.starts_on) == (4, ["mo", "tu"], True, place.period.starts_on)
    assert place.answers.get().by_mail


def test_one_link_confirms_what_stood_on_its_page_and_nothing_else(client: Client, contact, mailed) -> None:  # type: ignore[no-untyped-def]
    place, _one, everything, _stop = mailed
    other = PlaceFactory(confirmed_at=timezone.now() - 20 * WEEK)
    shown = re.findall(r'name="place" value="([^"]+)"', client.get(everything).content.decode())
    assert len(shown) == 2
    page = client.post(everything, {"place": [*shown[:1], str(other.public_id)]}, follow=True)
    assert PlaceAnswer.objects.get().place == place
    client.post(everything, {"place": shown})
    client.post(everything, {"place": shown})
    assert PlaceAnswer.objects.filter(by=contact.user, by_mail=True).count() == 2
    assert not client.get(everything).context["asked"]
    assert page.status_code == 200


def test_a_link_that_is_altered_too_old_or_of_somebody_who_left_is_dead(client: Client, contact, mailed, settings, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    _place, one, everything, stop = mailed
    head, token = one.rsplit("/", 2)[0], one.rsplit("/", 2)[1]
    other = silent(ContactFactory())
    strange = links.about_one(other, contact)  # well signed, but of somebody who does not act for that company
    swapped = [reverse("placements:answer_place_by_mail", args=[everything.rsplit("/", 2)[1]]), f"{head}/{strange}/"]
    altered = [f"{head}/{token[:-3]}{'abc' if token[-3:] != 'abc' else 'abd'}/", f"{head}/x{token}/"]
    for path in (*swapped, *altered, stop.rsplit("/", 2)[0] + "/x/"):
        assert client.post(path, {"act": Answer.STOPPED}).status_code == 410
    later = timezone.now().timestamp() + (settings.PLACE_LINK_DAYS + 1) * 86_400
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    for path in (one, everything):
        assert client.get(path).status_code == 410
        assert client.post(path, {"act": Answer.STOPPED}).status_code == 410
    monkeypatch.undo()
    type(contact).objects.filter(pk=contact.pk).update(ended_at=timezone.now())
    assert client.post(one, {"act": Answer.STOPPED}).status_code == 410
    assert not PlaceAnswer.objects.exists()


def test_a_colleagues_link_is_another_one_and_names_the_colleague(client: Client, contact, mailed) -> None:  # type: ignore[no-untyped-def]
    place, one, _everything, _stop = mailed
    colleague = ContactFactory(company=contact.company, user=UserFactory(name="Collega Kok"))
    theirs = reverse("placements:answer_place_by_mail", args=[links.about_one(place, colleague)])
    assert theirs != one
    client.post(theirs, {"act": Answer.FULL})
    assert "Collega Kok" in client.get(one).content.decode()


def test_one_click_in_the_mail_program_stops_these_mails(contact, mailed) -> None:  # type: ignore[no-untyped-def]
    *_links, stop = mailed
    assert OutboxMail.objects.get().headers["List-Unsubscribe"].endswith(f"{stop}>")
    program = Client(enforce_csrf_checks=True)
    assert program.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert PlaceReminder.objects.get().stopped_at is not None
    assert asked(timezone.now() + 10 * WEEK) == 0


def test_a_place_that_is_over_is_not_answered_about(client: Client, mailed) -> None:  # type: ignore[no-untyped-def]
    place, one, _everything, _stop = mailed
    Place.objects.filter(pk=place.pk).update(starts_on=timezone.localdate() - 90 * DAY, ends_on=timezone.localdate())
    assert client.get(one).context["over"]
    client.post(one, {"act": Answer.FULL})
    assert not PlaceAnswer.objects.exists()


def test_places_of_one_title_are_told_apart_in_the_mail_and_under_its_links(client: Client, contact, mailed) -> None:  # type: ignore[no-untyped-def]
    place, one, everything, _stop = mailed
    name = place.qualifications.get().name
    assert f"{place.title}, {name} (" in OutboxMail.objects.get().body
    for path in (one, everything):
        assert name in client.get(path).content.decode()


def test_all_are_right_says_so_when_everything_was_answered_meanwhile(client: Client, contact, mailed) -> None:  # type: ignore[no-untyped-def]
    place, _one, everything, _stop = mailed
    Place.objects.update(state=PlaceState.STOPPED)
    page = client.post(everything, {"place": [str(place.public_id)]}, follow=True).content.decode()
    assert "Er is niets bevestigd" in page
    assert not PlaceAnswer.objects.exists()


def test_a_change_under_a_link_is_refused_after_many(client: Client, contact, mailed) -> None:  # type: ignore[no-untyped-def]
    place, _one, _everything, _stop = mailed
    for _n in range(MOST_BY_MAIL):
        PlaceAnswer.objects.create(place=place, answer=Answer.CHANGED, by=contact.user, by_mail=True)
    with pytest.raises(TooManyAnswers):
        save_place(place=place, qualifications=place.qualifications.all(), goals=[], by=contact.user, by_mail=True)


def test_a_page_from_a_mail_has_no_visitors_menu_over_its_buttons(client: Client, contact, mailed) -> None:  # type: ignore[no-untyped-def]
    for path in paths(OutboxMail.objects.get()):
        assert "sm-bar" not in client.get(path).content.decode()
    assert "sm-bar" in client.get("/").content.decode()
