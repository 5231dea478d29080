"""What companies are told by mail about themselves."""

from accounts.models import User
from companies.models import Company, CompanyRole, Recognition
from stagematch import outbox
from stagematch.links import address


def contacts_of(company: Company) -> list[User]:
    """People who act for a company as its contact, oldest first."""
    return list(
        User.objects.filter(company_memberships__company=company, company_memberships__role=CompanyRole.CONTACT, company_memberships__ended_at=None)
        .distinct()
        .order_by("pk")
    )


def somebody_wants_in(*, company: Company, contacts: list[User], name: str, email: str) -> None:
    """Tell a company's own people that somebody tried to register it again."""
    for user in contacts:
        outbox.queue(
            to=user.email,
            template="companies/mail/wants_in.txt",
            context={"user": user, "company": company, "name": name, "email": email, "url": address("companies:detail")},
            language=user.language,
            key=f"company-wants-in:{company.pk}:{user.pk}:{email.lower()}",
        )


def recognition_decided(*, recognition: Recognition) -> None:
    """Tell the contacts what was decided, and what they can do now."""
    for user in contacts_of(recognition.company):
        outbox.queue(
            to=user.email,
            template="companies/mail/recognition_decided.txt",
            context={"user": user, "recognition": recognition, "url": address("companies:detail")},
            language=user.language,
            key=f"recognition:{recognition.pk}:{recognition.state}:{user.pk}",
        )
