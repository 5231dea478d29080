"""App configuration."""

from django.apps import AppConfig


class ShortagesConfig(AppConfig):
    """Reports of shortages, the figures of every night, and the acts that help most."""

    name = "shortages"
