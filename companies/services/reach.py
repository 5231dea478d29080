"""What a company says about being called: no more calls, and another number."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from companies.models import Company, CompanyReach


@transaction.atomic
def stop_calls(*, company: Company, by: User | None) -> bool:
    """Call this company no more; returns whether that is new."""
    reach, _made = CompanyReach.objects.select_for_update(of=("self",)).get_or_create(company=company)
    if reach.no_calls_at:
        return False
    reach.no_calls_at, reach.no_calls_by = timezone.now(), by
    reach.save(update_fields=["no_calls_at", "no_calls_by"])
    return True


@transaction.atomic
def allow_calls(*, company: Company) -> None:
    """It may be called again."""
    CompanyReach.objects.filter(company=company).update(no_calls_at=None, no_calls_by=None)


@transaction.atomic
def mark_number(*, company: Company, wrong: str) -> str:
    """Write down which number is wrong (empty: none is); returns what stood there."""
    reach, _made = CompanyReach.objects.select_for_update(of=("self",)).get_or_create(company=company)
    before, reach.wrong_phone = reach.wrong_phone, wrong
    reach.save(update_fields=["wrong_phone"])
    return before


@transaction.atomic
def set_number(*, company: Company, phone: str) -> None:
    """The right number of a company, as a caller heard it."""
    locked = Company.objects.select_for_update(of=("self",), no_key=True).get(pk=company.pk)
    locked.phone = phone
    locked.save(update_fields=["phone"])
    CompanyReach.objects.filter(company=company).update(wrong_phone="")
