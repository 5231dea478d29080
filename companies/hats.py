"""The hats that companies give: contact and trainer."""

from typing import Any

from django.db.models import QuerySet

from accounts import hats
from accounts.hats import HatKind
from accounts.models import User
from companies.models import CompanyMembership, CompanyRole

KINDS = {CompanyRole.CONTACT.value: HatKind.COMPANY_CONTACT, CompanyRole.TRAINER.value: HatKind.TRAINER}


def hats_of(user: User) -> QuerySet[Any]:
    """Running roles at companies."""
    return hats.rows(CompanyMembership.objects.filter(user=user, ended_at=None), kind=KINDS, organisation="company_id", label="company__name")
