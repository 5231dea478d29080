"""Celery: what time does to leads, mailings and call rounds, and the work of sending, filling rounds and weighing companies."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from campaigns import prospects
from campaigns.services import calling, calls, lead_forgetting, mailing_sending
from stagematch import jobs


@shared_task
def forget_leads() -> None:
    lead_forgetting.run_due()


@shared_task
def settle_mailings() -> None:
    mailing_sending.settle()


@shared_task
def refresh_prospects() -> None:
    """Weigh what a call is worth, once a night that is done (and once a day without)."""
    prospects.start_due()


@shared_task
def release_calls() -> int:
    """Let go of companies that a caller holds and forgot."""
    with transaction.atomic():
        return calling.release(timezone.now())


@shared_task
def end_call_rounds() -> None:
    """End rounds whose last day has passed."""
    calls.end_overdue()


jobs.handler(calls.KIND)(calls.fill)
jobs.handler(prospects.KIND)(prospects.run)
jobs.handler(mailing_sending.KIND)(mailing_sending.run)
