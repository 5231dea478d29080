"""Celery: what time does to leads."""

from celery import shared_task

from campaigns.services import lead_forgetting


@shared_task
def forget_leads() -> None:
    lead_forgetting.run_due()
