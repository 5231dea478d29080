"""How a company may be reached by telephone: what it said about calls, kept in one place."""

from typing import Self

import pghistory
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from companies.models.company import Company
from stagematch.retention import Retention


class CompanyReachQuerySet(models.QuerySet["CompanyReach"]):
    """What companies said about calls."""

    def no_calls(self) -> Self:
        """Of companies that want no calls."""
        return self.filter(no_calls_at__isnull=False)


@pghistory.track()
class CompanyReach(models.Model):
    """A company that wants no calls, or of which a caller found the number wrong; without a row it may be called."""

    retention = Retention.COMPANY

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="reach")
    no_calls_at = models.DateTimeField(null=True, blank=True, help_text="Since when it wants no calls to ask for places.")
    no_calls_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Who wrote that down.")
    wrong_phone = models.CharField(max_length=16, blank=True, default="", db_default="", help_text="The number that was found wrong.")

    objects = CompanyReachQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.company_id}: {self.no_calls_at or 'may be called'}"


def may_be_called(company: str = "pk") -> Q:
    """Rows whose company has not said that it wants no calls; company: the field that names it."""
    return ~Q(Exists(CompanyReach.objects.no_calls().filter(company=OuterRef(company))))
