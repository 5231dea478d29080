"""Celery: thin tasks that look in the database for what is due; losing one loses nothing."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutdown

from stagematch import health, jobs, outbox


@shared_task
def run_job(job_id: int) -> None:
    jobs.run(job_id)


@shared_task
def sweep_jobs() -> None:
    # Beat's message reached a worker, so both are alive: the sign that /health/ready asks for.
    health.mark_worker_alive()
    jobs.sweep()


@shared_task(bind=True)
def send_mails(self: Any) -> None:
    with outbox.alone(self.request.hostname) as free:
        if free:
            outbox.send_due()


@worker_ready.connect
def announce(**_: object) -> None:
    """A fresh worker is ready at once, not only at beat's first message."""
    health.mark_worker_alive()


@worker_shutdown.connect
def say_goodbye(**_: object) -> None:
    """A worker that was asked to stop is gone at once, not only when its last sign has grown old."""
    health.forget_worker()
