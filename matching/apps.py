"""App configuration."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """Registers the app."""

    name = "matching"
