"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShortagesConfig(AppConfig):
    """Reports of shortages, the figures of every night, and the acts that help most."""

    name = "shortages"

    def ready(self) -> None:
        """Say what homes and the account show, and where a search that finds little leads."""
        from accounts import homes
        from accounts import hooks as account_hooks
        from accounts.hats import HatKind
        from companies.merging import relations
        from placements import hooks
        from shortages import rules as _rules
        from shortages.advice import home as advice
        from shortages.board import home as board
        from shortages.night import words
        from shortages.reports import home as reports
        from shortages.views import account
        from stagematch import jobs

        del _rules  # importing it has registered the rules
        for kind in (HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS):
            homes.register_tasks(kind, reports.for_desk)
        for kind in (HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS, HatKind.SCOUT):
            homes.register_tasks(kind, advice.tasks)
            homes.register_figures(kind, board.figures)
        homes.register_tasks(HatKind.ADMINISTRATOR, advice.for_administrator)
        homes.register_tasks(HatKind.COORDINATOR, reports.for_coordinator)
        hooks.register_shortage(reports.from_search)
        account_hooks.register_panel(account.panel)
        jobs.name_kinds(words.JOBS)
        relations.moves("shortages.Advice", "company", _("acts of advice"))
        relations.moves("shortages.AdviceTask", "company", _("tasks from advice"))
        relations.stays("shortages.ReportStep", "company")
