"""App configuration."""

from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CompaniesConfig(AppConfig):
    """Registers the app, the hats it brings, and the home of advisors."""

    name = "companies"

    def ready(self) -> None:
        """Tell accounts which hats companies give, how one becomes a contact, and where advisors start."""
        from accounts import hats, homes
        from accounts.hats import HatKind
        from companies import rules  # noqa: F401  rules register themselves
        from companies.hats import hats_of
        from companies.merging import relations
        from companies.services.company import accept_company_invitation
        from companies.tasks_at_home import waiting
        from companies.views import recognitions

        hats.register(hats_of)
        for kind in hats.COMPANY_HATS:
            hats.register_acceptor(kind, accept_company_invitation)
        for kind in (HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS):
            homes.register_home(kind, recognitions.advisor_home)
        for kind in (HatKind.ADVISOR_PRACTICE, HatKind.ADMINISTRATOR):
            homes.register_tasks(kind, waiting)
        relations.moves("companies.CompanyMembership", "company", _("roles of people"))
        relations.moves("companies.Recognition", "company", _("recognitions and requests"))
        relations.moves("companies.Recognition", "shared_with", _("recognitions of others that share with it"))
        relations.moves("companies.Visit", "company", _("visits"))
        relations.moves("companies.Claim", "company", _("claims of people who say to act for it"))
        relations.moves("companies.CompanyReach", "company", _("what it said about calls"))
        relations.moves("companies.Company", "merged_into", _("records merged into it before"))
        relations.moves("accounts.Invitation", "organisation_id", _("invitations"), among=Q(kind__in=sorted(hats.COMPANY_HATS)))
