"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SchoolsConfig(AppConfig):
    """Registers the app, the hats it brings, how they are given, and what their homes show."""

    name = "schools"

    def ready(self) -> None:
        """Tell accounts which hats schools give and what accepting an invitation makes."""
        from accounts import hats, homes
        from accounts.hats import HatKind
        from schools import acceptors, rules, tasks_at_home  # noqa: F401  rules register themselves
        from schools import hats as own
        from stagematch import jobs

        jobs.name_kinds({"schools.invite": _("Inviting students")})
        for provider in (own.staff_hats, own.student_hats, own.guardian_hats):
            hats.register(provider)
        for kind in own.ROLES:
            hats.register_acceptor(kind, acceptors.accept_staff)
            homes.register_tasks(kind, tasks_at_home.for_staff)
        hats.register_acceptor(HatKind.STUDENT, acceptors.accept_student)
        hats.register_acceptor(HatKind.GUARDIAN, acceptors.accept_guardian)
        homes.register_tasks(HatKind.SCHOOL_ADMIN, tasks_at_home.for_school_admin)
        homes.register_tasks(HatKind.ADMINISTRATOR, tasks_at_home.for_administrator)
        # A coordinator's figures are those of the rounds (matching).
        for kind in (HatKind.SUPERVISOR, HatKind.SCHOOL_ADMIN):
            homes.register_figures(kind, tasks_at_home.figures)
