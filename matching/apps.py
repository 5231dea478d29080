"""App configuration."""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as registry
from django.db.models.signals import post_migrate


class MatchingConfig(AppConfig):
    """Registers what the coordinator's home says about matching, and why a student was matched."""

    name = "matching"

    def ready(self) -> None:
        """Register with the floors below."""
        from accounts import homes
        from accounts.hats import HatKind
        from matching import explanations, fit, home, ranking, rules, words  # noqa: F401
        from placements import hooks, selectors
        from placements.search import fit as search_fit
        from stagematch import jobs

        jobs.name_kinds(words.JOBS)
        post_migrate.connect(publish_first_criteria, sender=self)
        homes.register_tasks(HatKind.COORDINATOR, home.tasks)
        homes.register_figures(HatKind.COORDINATOR, home.figures)
        hooks.register_fit(fit.fits_of)
        search_fit.register(ranking.rank)
        selectors.register_reasons(explanations.reasons)
        selectors.register_unplaced(explanations.unplaced_address)


def publish_first_criteria(*, using: str, apps: Any = registry, **_: Any) -> None:
    """No round can be opened without published criteria: version 1 (DESIGN.md, "Rules") is there from the first migration on.

    After each migrate rather than in a migration, so that it survives squashing and the emptying of a test's database.
    """
    try:
        criteria = apps.get_model("matching", "Criteria").objects.using(using)
    except LookupError:  # an earlier state of the app, without criteria
        return
    if not criteria.exists():
        criteria.create(version=1)
