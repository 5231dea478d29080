"""App configuration."""

from django.apps import AppConfig


class PlacementsConfig(AppConfig):
    """Registers the app."""

    name = "placements"
