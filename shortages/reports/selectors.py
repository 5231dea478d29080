"""Reads of reports that pages, the figures of every night, and homes share."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from accounts.actor import Actor
from shortages.models import ReportStep, ShortageReport
from shortages.reports.workflow import A, S
from stagematch.moments import midnight


class Counted(NamedTuple):
    """Reports of one cell: still open at the end of a day, and what came in and went out on that day, apart."""

    region: str
    qualification: int
    group: str
    open: int
    new: int
    solved: int


def counts(day: date) -> list[Counted]:
    """Reports by region, qualification and target group; joined ones count once, with the report they are joined with. One query."""
    start, end = midnight(day), midnight(day + timedelta(days=1))
    still = Q(closed_at=None) | Q(closed_at__gte=end)
    rows = (
        ShortageReport.objects.filter(opened_at__lt=end)
        .exclude(state=S.JOINED)
        .filter(still | Q(closed_at__gte=start) | Q(opened_at__gte=start))
        .order_by()
        .values_list("region_id", "qualification_id", "group")
        .annotate(
            open=Count("pk", filter=still),
            new=Count("pk", filter=Q(opened_at__gte=start)),
            solved=Count("pk", filter=Q(state=S.SOLVED, closed_at__gte=start, closed_at__lt=end)),
        )
    )
    return [Counted(*row) for row in rows]


def log_of(report: ShortageReport) -> list[ReportStep]:
    """The log, oldest first, with what its lines name."""
    steps = report.steps.select_related("by", "place__company", "company", "other", "from_region", "to_region").order_by("at", "pk")
    return list(steps)


def handed_over(actor: Actor, public_id: Any) -> ReportStep | None:
    """How a report last left the regions of somebody of SBB, who sees nothing else of it any more."""
    left = ReportStep.objects.filter(report__public_id=public_id, act=A.HAND_OVER, from_region__in=actor.regions)
    return left.select_related("report", "by", "from_region", "to_region").order_by("-at", "-pk").first()


def followed(report: ShortageReport) -> ShortageReport:
    """The report whose progress counts: the one it is joined with, else itself."""
    return report.joined_to if report.joined_to_id and report.joined_to else report


def same_person(report: ShortageReport, other: ShortageReport) -> bool:
    """Whether both were sent by one person, signed in or by the address."""
    return report.email.lower() == other.email.lower() or (report.user_id is not None and report.user_id == other.user_id)


# Of a report that somebody else's is joined with, one hears what is done for both; places and words for the other are the other's.
SHARED = (A.TAKE, A.LOG, A.HAND_OVER)


def told_of(report: ShortageReport) -> tuple[ShortageReport, list[ReportStep]]:
    """The report whose progress whoever sent this one follows, and what they read of its log."""
    shown = followed(report)
    log = log_of(shown)
    if shown == report or same_person(report, shown):
        return shown, log
    shown.state = S.IN_HAND if shown.state == S.PROPOSED else shown.state
    shared = [step for step in log if step.act in SHARED]
    for step in shared:
        step.text, step.company = "", None
    return shown, sorted([*log_of(report), *shared], key=lambda step: (step.at, step.pk))


def proposed_in(log: list[ReportStep], report: ShortageReport) -> ReportStep | None:
    """The last place that was proposed, while the report waits for an answer about it."""
    return next((step for step in reversed(log) if step.act == A.PROPOSE), None) if report.state == S.PROPOSED else None


def alike(report: ShortageReport) -> QuerySet[ShortageReport]:
    """Open reports of the same need by the same school or the same person: same course and region, weeks that overlap."""
    same = Q(email__iexact=report.email)
    if report.user_id:
        same |= Q(user=report.user_id)
    if report.school_id:
        same |= Q(school=report.school_id)
    found = ShortageReport.objects.open().filter(same, qualification=report.qualification_id, pathway=report.pathway, region=report.region_id)
    return found.filter(needed_from__lt=report.until, until__gt=report.needed_from).exclude(pk=report.pk).order_by("opened_at", "pk")
