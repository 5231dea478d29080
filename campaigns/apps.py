"""App configuration."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Call rounds, mailings, and the work of scouts."""

    name = "campaigns"
