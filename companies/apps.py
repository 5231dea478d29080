"""App configuration."""

from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    """Registers the app, the hats it brings, and the home of advisors."""

    name = "companies"

    def ready(self) -> None:
        """Tell accounts which hats companies give, how one becomes a contact, and where advisors start."""
        from accounts import hats, homes
        from accounts.hats import HatKind
        from companies import rules  # noqa: F401  rules register themselves
        from companies.hats import hats_of
        from companies.services.company import accept_company_invitation
        from companies.views import recognitions

        hats.register(hats_of)
        for kind in hats.COMPANY_HATS:
            hats.register_acceptor(kind, accept_company_invitation)
        for kind in (HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS):
            homes.register_home(kind, recognitions.advisor_home)
