"""What companies and advisors are told by mail about registrations, visits and recognitions."""

from datetime import date

from accounts.hats import HatKind
from accounts.models import Post, User
from companies.letters import objection_until
from companies.models import Claim, Company, CompanyMerge, CompanyRole, Recognition, RecognitionTransition, Visit
from companies.workflow import VALID_STATES, R
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


def recognition_decided(*, recognition: Recognition, step: RecognitionTransition) -> None:
    """Tell the contacts what was decided, and what they can do now; with the letter where the law asks one."""
    letter = address("companies:letter", recognition.public_id, step.pk) if step.to_state in (R.SUSPENDED, R.WITHDRAWN) else ""
    # Lifting a suspension decides nothing about the part: all know it, and the term to object to it began then.
    decided = step.to_state == R.RECOGNISED and step.from_state != R.SUSPENDED
    part = list(recognition.goals.order_by("code", "text")) if decided else []
    for user in contacts_of(recognition.company):
        outbox.queue(
            to=user.email,
            template="companies/mail/recognition_decided.txt",
            context={
                "user": user,
                "recognition": recognition,
                "step": step,
                "valid": step.to_state in VALID_STATES,
                "code": step.get_reason_code_display() if step.reason_code else "",
                "letter": letter,
                "part": part,
                "object_before": objection_until(step) if step.to_state == R.REFUSED or part else None,  # else the letter says it
                "url": address("companies:detail"),
            },
            language=user.language,
            key=f"recognition-step:{step.pk}:{user.pk}",
        )
    if part and recognition.shared_with:
        _rest_is_learned_with(recognition.shared_with, recognition, step)


def _rest_is_learned_with(partner: Company, recognition: Recognition, step: RecognitionTransition) -> None:
    for user in contacts_of(partner):
        outbox.queue(
            to=user.email,
            template="companies/mail/rest_learned_here.txt",
            context={"user": user, "partner": partner, "recognition": recognition, "advisor": step.by, "url": address("companies:detail")},
            language=user.language,
            key=f"recognition-shared:{step.pk}:{user.pk}",
        )


def visit_planned(*, visit: Visit) -> None:
    """Tell the contacts when the advisor comes, and for what; again when the day changes."""
    _about_visit(visit, "companies/mail/visit_planned.txt", f"visit:{visit.pk}:{visit.starts_at:%Y%m%d%H%M}:{visit.advisor_id}")


def visit_cancelled(*, visit: Visit) -> None:
    """Tell the contacts that the advisor does not come."""
    _about_visit(visit, "companies/mail/visit_cancelled.txt", f"visit-cancelled:{visit.pk}")


def _about_visit(visit: Visit, template: str, key: str) -> None:
    about = [str(recognition.qualification) for recognition in visit.recognitions.select_related("qualification").order_by("pk")]
    for user in contacts_of(visit.company):
        context = {"user": user, "visit": visit, "about": about, "url": address("companies:detail")}
        outbox.queue(to=user.email, template=template, context=context, language=user.language, key=f"{key}:{user.pk}")


def second_needed(*, recognition: Recognition, assessor: User | None) -> None:
    """Ask the other advisors of the region to look: without a visit one of them has to approve."""
    municipality = recognition.company.municipality
    region = municipality.region_id if municipality else None
    posts = (
        Post.objects.filter(kind=HatKind.ADVISOR_PRACTICE, ended_at=None).exclude(user=assessor).select_related("user").prefetch_related("regions")
    )
    for post in posts.order_by("pk"):
        regions = {found.pk for found in post.regions.all()}
        if regions and region not in regions:
            continue
        outbox.queue(
            to=post.user.email,
            template="companies/mail/second_needed.txt",
            context={
                "user": post.user,
                "recognition": recognition,
                "assessor": assessor,
                "url": address("companies:recognition", recognition.public_id),
            },
            language=post.user.language,
            key=f"second-needed:{recognition.pk}:{recognition.assessments.count()}:{post.user_id}",
        )


def decisions_due(*, user: User, recognitions: list[Recognition], today: date) -> None:
    """Tell an advisor what must be decided soon; one mail a day."""
    outbox.queue(
        to=user.email,
        template="companies/mail/decisions_due.txt",
        context={"user": user, "recognitions": recognitions, "today": today, "url": address("companies:recognitions")},
        language=user.language,
        key=f"decisions-due:{user.pk}:{today}",
    )


def claim_waits(*, claim: Claim) -> None:
    """Tell somebody that SBB checks first whether they act for the company they registered."""
    context, key = {"claim": claim}, f"claim-waits:{claim.pk}"
    outbox.queue(to=claim.email, template="companies/mail/claim_waits.txt", context=context, language=claim.language, key=key)


def claim_refused(*, claim: Claim) -> None:
    """Tell somebody that SBB could not establish that they act for a company, and what they can do."""
    context = {"claim": claim, "url": address("companies:register")}
    outbox.queue(to=claim.email, template="companies/mail/claim_refused.txt", context=context, language=claim.language, key=f"claim:{claim.pk}")


def companies_merged(*, merge: CompanyMerge) -> None:
    """Tell the contacts of both that they now act for one record, and until when that can be undone."""
    _about_merge(merge, contacts_of(merge.kept), "companies/mail/merged.txt")


def companies_parted(*, merge: CompanyMerge) -> None:
    """Tell the contacts of both that the records are two again."""
    people = {user.pk: user for company in (merge.kept, merge.merged) for user in contacts_of(company)}
    _about_merge(merge, list(people.values()), "companies/mail/parted.txt")


def _about_merge(merge: CompanyMerge, people: list[User], template: str) -> None:
    for user in people:
        context = {"user": user, "merge": merge, "url": address("companies:detail")}
        outbox.queue(to=user.email, template=template, context=context, language=user.language, key=f"merge:{merge.pk}:{merge.state}:{user.pk}")
