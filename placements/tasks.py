"""Celery: telling students, reminding those who keep silent, ending what nobody answers; all look in the database for what is due."""

from celery import shared_task

from placements.services import alerts, applications, deadlines, reminders, transitions
from stagematch import jobs


@shared_task
def tell_students() -> None:
    transitions.tell_due()


@shared_task
def remind_students() -> None:
    reminders.remind_due()


@shared_task
def tell_applicants() -> None:
    applications.tell_due()


@shared_task
def end_applications() -> None:
    deadlines.run_due()


@shared_task
def alert_searches() -> None:
    alerts.start_due()


jobs.handler(alerts.KIND)(alerts.run)
