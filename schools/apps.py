"""App configuration."""

from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    """Registers the app and the hats it brings."""

    name = "schools"

    def ready(self) -> None:
        """Tell accounts which hats schools give."""
        from accounts import hats
        from schools.hats import hats_of

        hats.register(hats_of)
