"""Celery: what time does to recognitions."""

from celery import shared_task

from companies.services import deadlines


@shared_task
def watch_recognitions() -> None:
    deadlines.run_due()
