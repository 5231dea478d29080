"""App configuration."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """Registers what the coordinator's home says about matching, and why a student was matched."""

    name = "matching"

    def ready(self) -> None:
        """Register with the floors below."""
        from accounts import homes
        from accounts.hats import HatKind
        from matching import explanations, home, rules  # noqa: F401
        from placements import selectors

        homes.register_tasks(HatKind.COORDINATOR, home.tasks)
        homes.register_figures(HatKind.COORDINATOR, home.figures)
        selectors.register_reasons(explanations.reasons)
