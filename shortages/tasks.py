"""Celery tasks of shortages: thin, repeatable; and the worker's side of the nights."""

from celery import shared_task

from shortages.services import advice, digests, night_parts, nights
from shortages.services.reports import forget_unconfirmed
from stagematch import jobs


@shared_task
def forget_reports() -> int:
    """Delete reports whose address nobody confirmed in time."""
    return forget_unconfirmed()


@shared_task
def nightly() -> None:
    """Start tonight's figures unless they are there or under way: at half past one, and every half hour until noon."""
    nights.make_up()


@shared_task
def send_digests() -> None:
    """Start today's digests unless they are made: at four, and every hour until noon, once the night is done."""
    digests.start_due()


jobs.handler(nights.KIND)(night_parts.night)
jobs.handler(night_parts.ENGINE)(night_parts.run_engine)
jobs.handler(night_parts.FIGURES)(night_parts.write_region)
jobs.handler(night_parts.AFTER)(night_parts.after)
jobs.handler(advice.KIND)(advice.advise)
jobs.handler(advice.PART)(advice.advise_region)
jobs.handler(digests.KIND)(digests.run)
