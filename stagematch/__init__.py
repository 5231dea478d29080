"""StageMatch, the project: settings, jobs, outbox and what every app stands on."""

from stagematch.celery import app as celery_app

__all__ = ["celery_app"]
