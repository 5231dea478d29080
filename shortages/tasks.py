"""Celery tasks of shortages: thin, repeatable."""

from celery import shared_task

from shortages.services.reports import forget_unconfirmed


@shared_task
def forget_reports() -> int:
    """Delete reports whose address nobody confirmed in time."""
    return forget_unconfirmed()
