"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacementsConfig(AppConfig):
    """Registers the app, its rules and the homes of students, parents and companies."""

    name = "placements"

    def ready(self) -> None:
        """Say which pages answer "what now?" for whom."""
        from accounts.hats import HatKind
        from accounts.homes import register_home, register_tasks
        from companies.hooks import companies_locked, company_moved, recognition_gained, recognition_lost, register_trained
        from companies.merging import relations
        from placements import readiness, replacements
        from placements import rules as _rules
        from placements.applications import home as application_tasks
        from placements.services import alerts, applications, place_reminders
        from placements.services.places import lock_places, move_places
        from placements.signals import placement_moved
        from placements.views import company, guardian, periods, student
        from schools.hooks import BulkAction, register_bulk_action, register_panel, register_readiness
        from stagematch import jobs

        del _rules  # importing it has registered the rules
        company_moved.connect(lambda sender, company, **_: move_places(company=company), weak=False, dispatch_uid="placements.move_places")
        companies_locked.connect(lock_places, dispatch_uid="placements.lock_places")
        relations.moves("placements.Place", "company", _("places, with all placements and applications there"))
        relations.moves("placements.PlaceImport", "company", _("files of places"))
        relations.moves("placements.PlaceAsk", "company", _("students who asked for a place"))
        placement_moved.connect(applications.placement_moved, dispatch_uid="placements.applications")
        recognition_lost.connect(replacements.ask, dispatch_uid="placements.replacements")
        recognition_gained.connect(replacements.over, dispatch_uid="placements.replacements_over")
        register_trained(replacements.trained_since)
        jobs.name_kinds({alerts.KIND: _("News of saved searches"), place_reminders.KIND: _("Asking whether places are still right")})
        register_home(HatKind.STUDENT, student.home)
        register_home(HatKind.GUARDIAN, guardian.home)
        register_home(HatKind.COMPANY_CONTACT, company.home)
        register_home(HatKind.TRAINER, company.home)
        register_tasks(HatKind.COORDINATOR, readiness.tasks)
        register_tasks(HatKind.COORDINATOR, application_tasks.tasks)
        register_tasks(HatKind.ADMINISTRATOR, periods.tasks)
        register_readiness(readiness.READINESS)
        register_panel(readiness.panel)
        register_bulk_action(BulkAction(_("Open requests"), "placements:open_requests", frozenset({HatKind.COORDINATOR})))
