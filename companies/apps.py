"""App configuration."""

from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    """Registers the app and the hats it brings."""

    name = "companies"

    def ready(self) -> None:
        """Tell accounts which hats companies give."""
        from accounts import hats
        from companies.hats import hats_of

        hats.register(hats_of)
