"""App configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers the app, the hats that posts give, and the homes that need no other app."""

    name = "accounts"

    def ready(self) -> None:
        """Tell the hats which posts a user holds and how one is given; tell the homes what they show."""
        from accounts import hats, homes, tasks_at_home
        from accounts.posts import hats_of
        from accounts.services import accept_post
        from accounts.views.home import front

        hats.register(hats_of)
        for kind in hats.POST_HATS:
            hats.register_acceptor(kind, accept_post)
        homes.register_home("visitor", front)
        homes.register_tasks(hats.HatKind.ADMINISTRATOR, tasks_at_home.for_administrator)
        homes.register_tasks(hats.HatKind.SCOUT, tasks_at_home.for_scout)
