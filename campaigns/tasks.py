"""Celery: what time does to leads and mailings, and the work of sending."""

from celery import shared_task

from campaigns.services import lead_forgetting, mailing_sending
from stagematch import jobs


@shared_task
def forget_leads() -> None:
    lead_forgetting.run_due()


@shared_task
def settle_mailings() -> None:
    mailing_sending.settle()


jobs.handler(mailing_sending.KIND)(mailing_sending.run)
