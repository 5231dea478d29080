"""Celery: telling students, and reminding those who keep silent; both look in the database for what is due."""

from celery import shared_task

from placements.services import reminders, transitions


@shared_task
def tell_students() -> None:
    transitions.tell_due()


@shared_task
def remind_students() -> None:
    reminders.remind_due()
