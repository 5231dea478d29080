"""Mailings: who gets one and who does not, what stands in it, sending and pausing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.hats import HatKind
from campaigns.audience import Audience, Kind
from campaigns.mailings import pages, selectors, texts
from campaigns.mailings.forms import BEGINNING, MailingForm
from campaigns.mailings.workflow import MailingState, Reason, RecipientState, allowed
from campaigns.models import Mailing, MailingRecipient
from campaigns.services import mailing_sending as sending
from campaigns.services import mailings as services
from placements.services import place_reminders
from stagematch import jobs, outbox
from stagematch.models import Job, MailState, OutboxMail
from tests.campaigns.mailing_steps import contact, counted, delivered, links, sent, standing, states, work, written
from tests.factories import (
    CompanyFactory,
    ContactFactory,
    MunicipalityFactory,
    PostFactory,
    RecognitionFactory,
    RegionFactory,
    TrainerFactory,
    login_as,
)

pytestmark = pytest.mark.django_db
M, R = MailingState, RecipientState


# -- what stands in it


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Beste {naam}", "{naam}"),
        ("Beste {name.password} {0} {company!r}", "{0}, {company!r}, {name.password}"),
        ("Beste {name", "{"),
        ("Beste name}", "}"),
        ("{{name}}", "{"),
    ],
)
def test_a_placeholder_that_cannot_be_filled_in_is_named_at_its_field(text: str, said: str) -> None:
    form = MailingForm(BEGINNING | {"name": "Najaar", "text_nl": text}, instance=Mailing())
    assert list(form.errors) == ["text_nl"]
    assert said in form.errors["text_nl"][0]
    assert "{company}" in form.errors["text_nl"][0]


@pytest.mark.parametrize("subject", ["Plek?\nBcc: dief@example.nl", "Plek?\r\nX: 1", "Plek?\x00", "Plek?\u2028X", "Plek?\tX", "{subject}"])
def test_a_subject_is_one_line_with_known_placeholders(subject: str) -> None:
    with pytest.raises(ValidationError):
        texts.check_subject(subject)
    assert MailingForm(BEGINNING | {"name": "Najaar", "subject_en": subject}, instance=Mailing()).errors.keys() == {"subject_en"}


def test_what_a_placeholder_is_filled_with_is_text_and_nothing_else(scout: Any, smtp_server: Any) -> None:
    membership = contact(company=CompanyFactory(name="{sender} {{ site_url }} {% now 'Y' %}\nBcc: dief@example.nl"), user__language="nl")
    sent(scout, subject_nl="Voor {company}", text_nl="Dag {name}, {company}.")
    outbox.send_due()
    (message,) = smtp_server.messages
    assert message["Subject"] == "Voor {sender} {{ site_url }} {% now 'Y' %} Bcc: dief@example.nl"
    assert message["Bcc"] is None
    assert "{sender} {{ site_url }} {% now 'Y' %}" in message.get_content()
    assert smtp_server.recipients == [membership.user.email]


def test_the_language_of_the_contact_decides(scout: Any) -> None:
    dutch, english = contact(user__language="nl"), contact(user__language="en")
    sent(scout)
    told = {mail.to: mail for mail in OutboxMail.objects.all()}
    assert told[dutch.user.email].body.startswith(f"Beste {dutch.user.name},")
    assert "erkend leerbedrijf" in told[dutch.user.email].body
    assert told[english.user.email].body.startswith(f"Dear {english.user.name},")
    assert "Rather no such mails?" in told[english.user.email].body
    assert scout.user.name in told[english.user.email].body


# -- who gets it


def test_who_gets_it_and_who_does_not_is_counted_before_and_true_after(scout: Any) -> None:
    fine = contact()
    second = ContactFactory(user=fine.user)
    RecognitionFactory(company=second.company)
    stopped, bounced, recent = contact(), contact(), contact()
    place_reminders.stop(membership=ContactFactory(user=stopped.user))  # for another company: a person stops, not a company
    facts = {"language": "nl", "next_at": timezone.now(), "state": MailState.FAILED}
    OutboxMail.objects.create(to=bounced.user.email, key="k", message_id="<1@x>", **facts)
    earlier = written(scout)
    MailingRecipient.objects.create(
        mailing=earlier, membership=recent, address=recent.user.email, language="nl", state=R.SENT, mailed_at=timezone.now() - timedelta(weeks=5)
    )
    contact(ended_at=timezone.now()), contact(user__is_active=False), RecognitionFactory(), TrainerFactory(company=fine.company), ContactFactory()
    mailing = written(scout)
    told = counted(mailing)
    assert (told.companies, told.silent, told.mailed, told.shared) == (8, 3, 1, 1)
    assert told.left_out == {Reason.STOPPED: 1, Reason.BOUNCED: 1, Reason.RECENT: 1}
    services.send(mailing=mailing, by=scout.user)
    work(mailing)
    assert states(mailing) == {fine.user.email: R.QUEUED}
    assert OutboxMail.objects.filter(state=MailState.PENDING).count() == 1


def test_after_some_weeks_an_address_may_be_mailed_again(scout: Any, settings: Any) -> None:
    membership = contact()
    first = sent(scout)
    assert states(sent(scout)) == {}
    long_ago = timezone.now() - timedelta(weeks=settings.MAILING_AGAIN_WEEKS, days=1)
    MailingRecipient.objects.filter(mailing=first).update(mailed_at=long_ago)
    assert states(sent(scout)) == {membership.user.email: R.QUEUED}


def test_two_mailings_that_were_listed_at_once_mail_an_address_once(scout: Any) -> None:
    membership = contact()
    both = [services.send(mailing=written(scout), by=scout.user) for _number in range(2)]
    for mailing in both:
        sending.list_recipients(key=mailing.pk)
    for mailing in both:
        work(mailing)
    assert [states(mailing) for mailing in both] == [{membership.user.email: R.QUEUED}, {membership.user.email: Reason.RECENT}]


def test_who_stops_bounces_or_leaves_while_it_waits_is_left_out(scout: Any) -> None:
    fine, stopped, gone, unrecognised = contact(), contact(), contact(), contact()
    mailing = services.send(mailing=written(scout), by=scout.user)
    sending.list_recipients(key=mailing.pk)
    place_reminders.stop(membership=stopped)
    type(gone).objects.filter(pk=gone.pk).update(ended_at=timezone.now())
    unrecognised.company.recognitions.update(state="withdrawn")
    work(mailing)
    told = {stopped: Reason.STOPPED, gone: Reason.GONE, unrecognised: Reason.GONE, fine: R.QUEUED}
    assert states(mailing) == {membership.user.email: why for membership, why in told.items()}


def test_only_companies_in_the_regions_of_the_hat_are_mailed(scout: Any) -> None:
    here, there = (RegionFactory(code=code) for code in ("XA01", "XA02"))
    near = contact(company__municipality=MunicipalityFactory(code="GM9001", region=here))
    contact(company__municipality=MunicipalityFactory(code="GM9002", region=there))
    scout.regions.add(here)
    assert states(sent(scout)) == {near.user.email: R.QUEUED}
    type(scout).objects.update(ended_at=timezone.now())
    later = Mailing.objects.create(name="x", post=scout, created_by=scout.user, state=M.SENDING, started_at=timezone.now(), **BEGINNING)
    with pytest.raises(jobs.JobFailed):
        sending.list_recipients(key=later.pk)
    assert pages.standing(later, mine=True)["stuck"]


# -- sending


def test_a_double_click_on_send_sends_once(scout: Any, client: Client) -> None:
    contact()
    mailing = written(scout)
    login_as(client, scout)
    address = reverse("campaigns:mailing_send", args=[mailing.public_id])
    assert client.get(address).status_code == 200
    for _click in range(2):
        assert client.post(address).status_code == 302
    assert Job.objects.count() == 1
    for _job in range(2):  # and a job that is handed out twice
        work(mailing)
    assert OutboxMail.objects.count() == 1


def test_a_pause_takes_back_what_nobody_has_begun_with_and_going_on_sends_it_once(scout: Any) -> None:
    memberships = [contact(user__email=f"c{number}@example.nl") for number in range(4)]
    mailing = sent(scout)
    begun = OutboxMail.objects.order_by("pk").first()
    OutboxMail.objects.filter(pk=begun.pk).update(state=MailState.SENDING, lease_until=timezone.now())
    for _click in range(2):
        services.pause(mailing=mailing)
    assert sorted(states(mailing).values()) == [R.QUEUED, R.WAITING, R.WAITING, R.WAITING]
    assert OutboxMail.objects.get() == begun
    work(mailing)
    assert OutboxMail.objects.count() == 1
    OutboxMail.objects.update(state=MailState.PENDING, lease_until=None)
    services.go_on(mailing=mailing, by=scout.user)
    work(mailing)
    delivered(c1=MailState.FAILED, c2=MailState.IN_DOUBT)
    assert sorted(OutboxMail.objects.values_list("to", flat=True)) == sorted(member.user.email for member in memberships)
    assert sorted(states(mailing).values()) == [R.FAILED, R.IN_DOUBT, R.SENT, R.SENT]
    assert standing(mailing) == M.DONE
    assert [recipient.address for recipient in selectors.in_doubt(mailing)] == ["c2@example.nl"]


def test_a_mailing_that_was_stopped_stays_stopped(scout: Any) -> None:
    contact()
    mailing = sent(scout)
    services.stop(mailing=mailing)
    for act in (services.pause, lambda mailing: services.go_on(mailing=mailing, by=scout.user)):
        with pytest.raises(services.MailingMoved):
            act(mailing=mailing)
    work(mailing)
    delivered()
    assert not OutboxMail.objects.exists()
    assert standing(mailing) == M.STOPPED
    with pytest.raises(services.MailingMoved):
        services.throw_away(mailing=mailing)


def test_somebody_who_stops_such_mails_gets_none_that_still_waits(scout: Any) -> None:
    membership = contact()
    mailing = sent(scout)
    place_reminders.stop(membership=membership)
    assert not OutboxMail.objects.exists()
    work(mailing)
    assert states(mailing) == {membership.user.email: Reason.STOPPED}
    sending.settle()
    assert standing(mailing) == M.DONE


def test_every_move_of_the_table_and_no_other_is_made(scout: Any) -> None:
    acts: dict[M, Callable[[Mailing], Any]] = {
        M.SENDING: lambda mailing: services.go_on(mailing=mailing, by=scout.user),
        M.PAUSED: lambda mailing: services.pause(mailing=mailing),
        M.STOPPED: lambda mailing: services.stop(mailing=mailing),
    }
    for before in M:
        for after, act in acts.items():
            mailing = written(scout)
            began, ended = before != M.DRAFT, before in (M.DONE, M.STOPPED)
            times = {"started_at": timezone.now() if began else None, "ended_at": timezone.now() if ended else None}
            Mailing.objects.filter(pk=mailing.pk).update(state=before, **times)
            # A draft is sent by `send`, which a second click passes by.
            if before == after or (began and after in allowed(before)):
                act(mailing)
                assert standing(mailing) == after
            else:
                with pytest.raises(services.MailingMoved):
                    act(mailing)


# -- pages


def test_a_test_goes_to_oneself_in_both_languages_with_links_that_answer_for_nobody(client: Client, scout: Any) -> None:
    membership = contact()
    mailing = written(scout)
    login_as(client, scout)
    client.post(reverse("campaigns:mailing_try", args=[mailing.public_id]))
    mails = OutboxMail.objects.order_by("pk")
    assert [mail.to for mail in mails] == [scout.user.email] * 2
    assert all(membership.company.name in mail.subject for mail in mails)
    assert {path for mail in mails for path in links(mail)} == {reverse("campaigns:mailing", args=[mailing.public_id])}
    assert not mailing.recipients.exists()


def test_a_mailing_of_another_region_does_not_exist_and_that_of_a_colleague_is_only_read(client: Client, scout: Any) -> None:
    here, there = (RegionFactory(code=code) for code in ("XA01", "XA02"))
    scout.regions.add(here)
    colleague, stranger = PostFactory(kind=HatKind.SCOUT), PostFactory(kind=HatKind.SCOUT)
    colleague.regions.add(here, there), stranger.regions.add(there)
    contact(company__municipality=MunicipalityFactory(code="GM9001", region=here), user__email="geheim@example.nl")
    mailing = sent(scout)
    delivered(geheim=MailState.IN_DOUBT)
    page = reverse("campaigns:mailing", args=[mailing.public_id])
    acts = [reverse(f"campaigns:mailing_{act}", args=[mailing.public_id]) for act in ("send", "pause", "go_on", "stop", "throw_away", "try")]
    told = {}
    for who in (scout, colleague, stranger, PostFactory(kind=HatKind.ADMINISTRATOR)):
        login_as(client, who)
        answer = client.get(page)
        told[who] = (answer.status_code, b"geheim@" in answer.content, client.post(acts[0]).status_code)
        assert {client.post(act).status_code for act in acts} == {302 if told[who][2] == 302 else 404}
    assert list(told.values()) == [(200, True, 302), (200, False, 404), (404, False, 404), (200, False, 404)]
    type(scout).objects.filter(pk=scout.pk).update(ended_at=timezone.now())  # then a colleague goes on with it
    login_as(client, colleague)
    assert (b"geheim@" in client.get(page).content, client.post(acts[0]).status_code) == (True, 302)


def test_a_wrong_form_says_so_at_the_field_and_keeps_what_was_written(client: Client, scout: Any) -> None:
    login_as(client, scout)
    data = BEGINNING | {"name": "Najaar", "text_en": "Dear {nobody}", "audience-kind": "inactive"}
    page = client.post(reverse("campaigns:mailing_new"), data)
    assert page.context["form"].errors.keys() == {"text_en"}
    assert page.context["audience"].errors.keys() == {"since"}
    assert "Dear {nobody}" in page.content.decode()
    assert not Mailing.objects.exists()
    saved = client.post(reverse("campaigns:mailing_new"), data | {"text_en": "Dear {name}", "audience-since": "2026-01-31"})
    mailing = Mailing.objects.get()
    assert saved["Location"] == reverse("campaigns:mailing", args=[mailing.public_id])
    assert mailing.asks.since is not None
    course = contact().company.recognitions.get().qualification  # a preview with every filter asks the database twelve times at most
    Mailing.objects.update(audience=Audience(regions=(RegionFactory().pk,), qualification=course.pk, kind=Kind.NO_PLACES).as_json())
    assert b"Persoon" in client.get(saved["Location"]).content
    Mailing.objects.update(audience=mailing.audience)
    edit = client.get(reverse("campaigns:mailing_edit", args=[mailing.public_id])).content.decode()
    assert "2026-01-31" in edit


def test_a_home_asks_after_a_mailing_that_stands_still(client: Client, scout: Any) -> None:
    contact()
    mailing = services.pause(mailing=sent(scout))
    login_as(client, scout)
    assert str(mailing.public_id) in client.get(reverse("home")).content.decode()
    services.stop(mailing=mailing)
    assert str(mailing.public_id) not in client.get(reverse("home")).content.decode()


def test_progress_says_how_many_are_done_and_how_long_it_takes(client: Client, scout: Any) -> None:
    for _number in range(4):
        contact()
    mailing = sent(scout)
    done = OutboxMail.objects.order_by("pk").first()
    OutboxMail.objects.filter(pk=done.pk).update(state=MailState.SENT, body="", headers={}, sent_at=timezone.now())
    Mailing.objects.update(started_at=timezone.now() - timedelta(seconds=10))
    mailing.refresh_from_db()
    now = selectors.progress(mailing, selectors.counts(mailing))
    assert now.percent == 25
    assert 30 <= (now.seconds_left or 0) <= 60
    login_as(client, scout)
    assert "25 %" in client.get(reverse("campaigns:mailing_progress", args=[mailing.public_id])).content.decode()
