"""Celery: what time does to recognitions, and what a merge has left behind."""

from celery import shared_task

from companies.services import deadlines, merges


@shared_task
def watch_recognitions() -> None:
    deadlines.run_due()
    merges.gather()
