"""Celery: telling, reminding, ending what nobody answers, keeping places up to date; all look in the database for what is due."""

from celery import shared_task

from placements.services import alerts, applications, deadlines, place_reminders, reminders, transitions, upkeep
from placements.upkeep import looks
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


@shared_task
def remind_of_places() -> None:
    place_reminders.start_due()


@shared_task
def open_places() -> None:
    upkeep.open_due()


@shared_task
def write_looks() -> None:
    looks.write()


jobs.handler(alerts.KIND)(alerts.run)
jobs.handler(place_reminders.KIND)(place_reminders.run)
