"""App configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers the app and the hats that posts give."""

    name = "accounts"

    def ready(self) -> None:
        """Tell the hats which posts a user holds."""
        from accounts import hats
        from accounts.posts import hats_of

        hats.register(hats_of)
