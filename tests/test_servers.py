"""The servers that tests start are real: a worker takes tasks and can be killed, a mail crosses SMTP."""

import pytest
from django.core.cache import cache
from django.core.mail import send_mail

from stagematch import health
from tests.servers import Inbox, WorkerProcess, until


@pytest.mark.slow
def test_a_worker_takes_tasks_and_is_there_again_after_kill_9(celery_worker_process: WorkerProcess) -> None:
    def alive() -> bool:
        cache.delete(health.WORKER_KEY)
        return until(lambda: cache.get(health.WORKER_KEY), 5)

    assert alive()
    celery_worker_process.kill()
    assert not alive()
    celery_worker_process.start()
    assert alive()


@pytest.mark.slow
def test_mail_from_anywhere_leaves_through_the_outbox(celery_worker_process: WorkerProcess, smtp_server: Inbox) -> None:
    send_mail("Subject", "Body", None, ["someone@school.example"])
    [mail] = smtp_server.wait_for("someone@school.example")
    assert mail["Subject"] == "Subject"
