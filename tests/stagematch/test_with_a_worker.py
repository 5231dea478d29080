"""The bottom floor with a real Celery worker, beat, broker, database and mail server."""

import time
from typing import Any

import pytest

from stagematch import outbox
from stagematch.models import MailState, OutboxMail
from tests.servers import until

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_makes_the_site_ready_and_sends_the_mail_that_is_due(celery_worker_process: Any, smtp_server: Any, client: Any) -> None:
    assert until(lambda: client.get("/health/ready").json()["worker"] == "ok", 20)
    for number in range(20):
        outbox._write(outbox._letter(to=f"student-{number}@example.nl", subject="Subject", body="Text", language="nl", key=f"mail-{number}"))
    assert until(lambda: OutboxMail.objects.filter(state=MailState.SENT).count() == 20, 20)
    assert len(smtp_server.messages) == len(set(smtp_server.recipients)) == 20


def test_mail_survives_a_worker_that_is_killed_and_none_goes_out_twice(celery_worker_process: Any, smtp_server: Any) -> None:
    smtp_server.before_answer = lambda: time.sleep(0.05)
    for number in range(100):
        outbox._write(outbox._letter(to=f"student-{number}@example.nl", subject="Subject", body="Text", language="nl", key=f"mail-{number}"))
    assert until(lambda: len(smtp_server.messages) >= 20, 20)
    celery_worker_process.kill()
    OutboxMail.objects.filter(state=MailState.SENDING).update(lease_until="2020-01-01T00:00Z")
    celery_worker_process.start()
    open_states = [MailState.PENDING, MailState.SENDING]
    assert until(lambda: not OutboxMail.objects.filter(state__in=open_states).exists(), 60)
    # One for each process that was sending when the power went.
    assert OutboxMail.objects.filter(state=MailState.IN_DOUBT).count() <= 2
    assert len(set(smtp_server.recipients)) == len(smtp_server.recipients)
    assert len(smtp_server.messages) >= 98
