"""The outbox: written with its cause, in the reader's language, sent at most once whatever dies."""

import threading
import time
from collections import deque
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, send_mail
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now

from stagematch import outbox
from stagematch.models import ClaimedAhead, MailState, OutboxMail

pytestmark = pytest.mark.django_db
# Another connection, in a thread or a process, sees only what is committed.
committed = pytest.mark.django_db(transaction=True)

TEXT = """Subject: Place for {{ name }}

Hello {{ name }}, see {{ site_url }}/x?a=1&b=2
"""


@pytest.fixture(autouse=True)
def template(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "mail.txt").write_text(TEXT)
    (tmp_path / "headless.txt").write_text("Hello")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]


def queue(key: str = "one", **changes: Any) -> OutboxMail:
    fields = {"to": "anna@example.nl", "template": "mail.txt", "context": {"name": "Anna & Co"}, "language": "nl", **changes}
    return outbox.queue(key=key, **fields)


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in OutboxMail.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def make_due() -> None:
    OutboxMail.objects.filter(state=MailState.PENDING).update(next_at=Now() - timedelta(seconds=1))


def test_a_mail_is_rendered_as_text_with_its_subject() -> None:
    mail = queue()
    assert mail.subject == "Place for Anna & Co"
    assert "Anna & Co" in mail.body
    assert "x?a=1&b=2" in mail.body


def test_a_key_is_queued_once() -> None:
    assert queue() == queue(context={"name": "Somebody else"})
    assert OutboxMail.objects.count() == 1


def test_a_mail_disappears_with_the_transaction_that_caused_it() -> None:
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert not OutboxMail.objects.exists()


def test_a_name_cannot_add_a_header(mail_server: Any) -> None:
    inbox = mail_server.start()
    queue(context={"name": "Anna\nBcc: thief@example.nl\r\nX-Evil: 1"})
    outbox.send_due()
    assert inbox.recipients == ["anna@example.nl"]
    assert inbox.messages[0]["Bcc"] is None
    assert inbox.messages[0]["X-Evil"] is None


@pytest.mark.parametrize("address", ["", "anna", "anna@example.nl\nBcc: thief@example.nl", "anna@example.nl, thief@example.nl"])
def test_what_is_no_single_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        queue(to=address)


def test_a_template_without_subject_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match=r"headless\.txt"):
        queue(template="headless.txt")


def test_a_mail_arrives_with_a_message_id_that_was_fixed_beforehand(mail_server: Any) -> None:
    inbox = mail_server.start()
    mail = queue()
    assert outbox.send_due()["sent"] == 1
    mail.refresh_from_db()
    assert mail.state == MailState.SENT
    assert mail.body == ""
    assert inbox.messages[0]["Message-ID"] == mail.message_id
    assert inbox.messages[0]["Auto-Submitted"] == "auto-generated"


def test_mail_that_a_library_sends_goes_through_the_outbox(mail_server: Any) -> None:
    inbox = mail_server.start()
    assert send_mail("Subject", "Text", None, ["anna@example.nl", "Bob <bob@example.nl>"]) == 1
    assert inbox.messages == []
    outbox.send_due()
    assert sorted(inbox.recipients) == ["anna@example.nl", "bob@example.nl"]


def test_an_attachment_is_refused_instead_of_lost(mail_server: Any) -> None:
    message = EmailMessage("Subject", "Text", to=["anna@example.nl"])
    message.attach("a.txt", "text", "text/plain")
    with pytest.raises(ValueError, match="link to a page"):
        message.send()


def test_a_refusal_for_now_is_tried_again_later(mail_server: Any) -> None:
    inbox = mail_server.start()
    inbox.answers["anna@example.nl"] = "451 greylisted"
    mail = queue()
    queue("two", to="bob@example.nl")
    outbox.send_due()
    assert inbox.recipients == ["bob@example.nl"]
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (MailState.PENDING, 1)
    assert not outbox._due().exists()
    inbox.answers.clear()
    make_due()
    outbox.send_due()
    assert states() == {"sent": 2}


def test_a_refusal_for_good_is_not_tried_again(mail_server: Any) -> None:
    inbox = mail_server.start()
    inbox.answers["anna@example.nl"] = "550 no such mailbox"
    mail = queue()
    queue("two", to="bob@example.nl")
    outbox.send_due()
    mail.refresh_from_db()
    assert mail.state == MailState.FAILED
    assert mail.last_error.startswith("550")
    assert inbox.recipients == ["bob@example.nl"]


def test_a_server_that_breaks_off_after_the_text_leaves_the_mail_in_doubt(mail_server: Any, settings: Any) -> None:
    inbox = mail_server.start()
    settings.EMAIL_TIMEOUT = 1
    queue()
    inbox.before_answer = lambda: time.sleep(3)
    outbox.send_due()
    assert states() == {"in_doubt": 1}
    make_due()
    outbox.send_due()
    assert len(inbox.messages) == 1


@committed
def test_200_mails_that_fall_due_while_the_server_is_down_all_arrive_once(mail_server: Any) -> None:
    for number in range(200):
        queue(f"mail-{number}", to=f"student-{number}@example.nl")
    assert outbox.send_due().get("sent") is None
    assert states() == {"pending": 200}

    inbox = mail_server.start()
    senders = [threading.Thread(target=_send_and_close) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert states() == {"sent": 200}
    assert sorted(inbox.recipients) == sorted(f"student-{number}@example.nl" for number in range(200))
    assert len({message["Message-ID"] for message in inbox.messages}) == 200


def _send_and_close() -> None:
    try:
        outbox.send_due(seconds=60)
    finally:
        connection.close()


def test_a_server_that_goes_down_halfway_loses_nothing_and_doubles_nothing(mail_server: Any) -> None:
    inbox = mail_server.start()
    for number in range(20):
        queue(f"mail-{number}", to=f"student-{number}@example.nl")
    inbox.answers["student-10@example.nl"] = "421 shutting down"
    outbox.send_due()
    assert states() == {"sent": 10, "pending": 10}
    inbox.answers.clear()
    make_due()
    outbox.send_due()
    assert states() == {"sent": 20}
    assert len(set(inbox.recipients)) == len(inbox.recipients) == 20


def killed_at_the_thirtieth(inbox: Any, mail_server: Any, killable: Any) -> None:
    """A sender of its own gets kill -9 while it waits for the answer to the thirtieth mail."""
    halfway = threading.Event()

    def pause() -> None:
        if len(inbox.messages) == 30:
            halfway.set()
            time.sleep(2)

    inbox.before_answer = pause
    process = killable("mails", EMAIL_PORT=str(mail_server.port))
    assert halfway.wait(60)
    process.kill()
    process.wait()


@committed
def test_a_sender_killed_in_the_middle_sends_none_twice_and_leaves_at_most_one_in_doubt(mail_server: Any, killable: Any) -> None:
    inbox = mail_server.start()
    for number in range(60):
        queue(f"mail-{number}", to=f"student-{number}@example.nl")
    killed_at_the_thirtieth(inbox, mail_server, killable)
    assert states() == {"sent": 29, "sending": 1, "pending": 30}

    OutboxMail.objects.filter(state=MailState.SENDING).update(lease_until=Now() - timedelta(seconds=1))
    outbox.send_due()
    assert states() == {"sent": 59, "in_doubt": 1}
    assert len(set(inbox.recipients)) == len(inbox.recipients) == 60


@committed
def test_a_slow_sender_settles_its_own_mail_after_its_lease_ran_out(mail_server: Any) -> None:
    inbox = mail_server.start()
    mail = queue()

    def expire() -> None:
        thread = threading.Thread(target=_expire_and_give_up)
        thread.start()
        thread.join()

    inbox.before_answer = expire
    outbox.send_due()
    mail.refresh_from_db()
    assert mail.state == MailState.SENT


def _expire_and_give_up() -> None:
    try:
        OutboxMail.objects.filter(state=MailState.SENDING).update(lease_until=Now() - timedelta(seconds=1))
        assert outbox._give_up_expired() == 1
    finally:
        connection.close()


def test_no_address_stands_in_what_a_mail_is_called_in_logs() -> None:
    assert "anna" not in str(queue())


def test_the_list_for_the_operator_names_mails_in_doubt_and_no_address(mail_server: Any, capsys: Any) -> None:
    inbox = mail_server.start()
    inbox.answers["anna@example.nl"] = "550 no such mailbox"
    mail = queue()
    queue("two", to="bob@example.nl")
    outbox.send_due()
    call_command("outbox")
    listed = capsys.readouterr().out
    assert f"one {mail.message_id} 550" in listed
    assert "sent      1" in listed
    assert "anna@example.nl" not in listed


# -- mail of a mailing: claimed many at a time


def claim() -> deque[OutboxMail]:
    claimed: deque[OutboxMail] = deque()
    outbox._claim(claimed)
    return claimed


def letters(count: int, bulk: bool = True) -> None:
    outbox.queue_all(
        outbox.letter(
            to=f"company-{number}@example.nl", template="mail.txt", context={"name": "B"}, language="nl", key=f"bulk-{number}-{bulk}", bulk=bulk
        )
        for number in range(count)
    )


def test_mail_of_a_mailing_goes_after_all_other_mail(mail_server: Any) -> None:
    inbox = mail_server.start()
    letters(3)
    inbox.before_answer = lambda: None
    queue("two", to="anna@example.nl")
    outbox.send_due()
    assert inbox.recipients[0] == "anna@example.nl"
    assert len(inbox.messages) == 4


@committed
def test_somebody_who_waits_is_not_kept_waiting_by_a_mailing(mail_server: Any) -> None:
    inbox = mail_server.start()
    letters(2 * outbox.AHEAD)

    def meanwhile() -> None:
        if len(inbox.messages) == 10:
            thread = threading.Thread(target=_queue_and_close)
            thread.start()
            thread.join()

    inbox.before_answer = meanwhile
    outbox.send_due(seconds=60)
    assert inbox.recipients.index("anna@example.nl") <= outbox.AHEAD
    assert states() == {"sent": 2 * outbox.AHEAD + 1}


def _queue_and_close() -> None:
    try:
        queue("urgent")
    finally:
        connection.close()


@committed
def test_a_sender_of_a_mailing_killed_in_the_middle_leaves_one_in_doubt_and_the_claimed_wait_again(mail_server: Any, killable: Any) -> None:
    inbox = mail_server.start()
    letters(60)
    killed_at_the_thirtieth(inbox, mail_server, killable)
    assert states() == {"sent": 29, "sending": 21, "pending": 10}
    assert ClaimedAhead.objects.count() == 20

    OutboxMail.objects.filter(state=MailState.SENDING).update(lease_until=Now() - timedelta(seconds=1))
    outbox.send_due()
    assert states() == {"sent": 59, "in_doubt": 1}
    assert len(set(inbox.recipients)) == len(inbox.recipients) == 60
    assert not ClaimedAhead.objects.exists()


@committed
def test_a_sender_that_outlives_a_crash_of_the_database_gives_back_what_it_has_not_begun_with(mail_server: Any, monkeypatch: Any) -> None:
    inbox = mail_server.start()
    letters(9)
    settle = outbox._settle

    def crashed(*args: Any, **fields: Any) -> MailState:
        if len(inbox.messages) == 4:
            ClaimedAhead.objects.all().delete()  # as PostgreSQL does
            outbox._say("SELECT pg_terminate_backend(pg_backend_pid())")
        return settle(*args, **fields)

    monkeypatch.setattr(outbox, "_settle", crashed)
    with pytest.raises(OperationalError):
        outbox.send_due()
    assert states() == {"sent": 3, "sending": 1, "pending": 5}
    outbox.send_due()
    assert states() == {"sent": 8, "sending": 1}
    assert len(set(inbox.recipients)) == 9


def test_a_crash_of_the_whole_machine_leaves_in_doubt_what_was_claimed() -> None:
    letters(5)
    assert len(claim()) == 5
    ClaimedAhead.objects.all().delete()  # PostgreSQL empties an unlogged table when it has crashed
    OutboxMail.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert outbox._give_up_expired() == 5
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'stagematch_claimedahead'")
        assert cursor.fetchone()[0] == "u"


def test_who_comes_too_late_to_begin_leaves_the_mail_to_others(mail_server: Any) -> None:
    mail_server.start()
    letters(2)
    first, second = claim()
    assert outbox._begin(first)
    OutboxMail.objects.filter(pk=second.pk).update(lease_until=Now() - timedelta(seconds=1))
    assert outbox._give_up_expired() == 0
    assert not outbox._begin(second)
    outbox.send_due()
    assert states() == {"sending": 1, "sent": 1}


def test_what_no_sender_has_begun_with_can_be_taken_back_and_queued_again() -> None:
    letters(2)
    claimed = claim()
    keys = set(OutboxMail.objects.values_list("pk", flat=True))
    assert outbox.take_back(keys) == set()
    outbox._give_back(claimed)
    assert outbox.take_back(keys) == keys
    letters(2)


def test_one_sender_at_a_time_under_a_name() -> None:
    with outbox.alone("worker one") as free:
        answers: list[bool] = []
        thread = threading.Thread(target=_try_alone, args=[answers])
        thread.start()
        thread.join()
        assert free
        assert answers == [False, True]


def _try_alone(answers: list[bool]) -> None:
    try:
        for name in ("worker one", "worker two"):
            with outbox.alone(name) as free:
                answers.append(free)
    finally:
        connection.close()
