"""Sending a report: without an account the address is confirmed first; one for a need that is reported already is joined with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from reference.models import LabourMarketRegion, PostcodeArea, Qualification
from schools.models import School, Student
from shortages.groups import group_of
from shortages.models import ReporterKind, ShortageReport
from shortages.reports import notifications
from shortages.reports.doing import BY_LINK, SYSTEM, Doer
from shortages.reports.selectors import alike
from shortages.reports.workflow import CLOSED_STATES, A, S, Who
from shortages.services.report_desk import lock, students_added, write


@dataclass(frozen=True)
class Need:
    """What is missing: for which course, where, how many and when."""

    qualification: Qualification
    pathway: str
    area: PostcodeArea
    how_many: int
    needed_from: date
    until: date


@dataclass(frozen=True)
class Reporter:
    """Who reports; `student` only of those who let the advisor know the name."""

    kind: ReporterKind
    email: str
    language: str
    user: User | None = None
    school: School | None = None
    school_name: str = ""
    student: Student | None = None
    hat: str = ""


@dataclass(frozen=True)
class Story:
    """What was tried, and why it did not work."""

    tried: Sequence[str] = field(default_factory=tuple)
    cause: str = ""
    note: str = ""


# What somebody fills in: the same answers once more are a double click, other ones a correction.
ANSWERS = (
    "kind", "email", "user", "school_name", "qualification", "pathway", "area", "how_many", "needed_from", "until", "tried", "cause", "note"
)  # fmt: skip


# So long another form with the same answers is the same report, opened twice.
SECOND_TAB = timedelta(minutes=10)


@transaction.atomic
def submit(*, need: Need, reporter: Reporter, story: Story, once: UUID) -> ShortageReport:
    """Send a report; `once` names the form, so that a double click is one report. Without an account it waits for the link in a mail.

    Whoever goes back and changes an answer, or the address, corrects what nobody confirmed yet; what was sent already stays, and this is another one.
    """
    now = timezone.now()
    fields = {
        "kind": reporter.kind, "email": reporter.email.lower(), "language": reporter.language, "user": reporter.user, "school": reporter.school,
        "school_name": reporter.school_name, "student": reporter.student, "consent_at": now if reporter.student else None,
        "qualification": need.qualification, "pathway": need.pathway, "area": need.area, "region": need.area.municipality.region,
        "group": group_of(need.qualification.kind, need.qualification.level, need.pathway),
        "how_many": need.how_many if reporter.kind == ReporterKind.SCHOOL else 1, "needed_from": need.needed_from, "until": need.until,
        "tried": list(story.tried), "cause": story.cause, "note": story.note, "created_at": now,
        "due_on": timezone.localdate() + timedelta(days=settings.REPORT_DUE_DAYS[S.NEW]),
    }  # fmt: skip
    sent = _just_sent(need.area, once, fields)
    if sent is not None:
        return sent
    report, made = ShortageReport.objects.get_or_create(once=once, defaults=fields)
    if not made:
        report = lock(report)
        if all(getattr(report, name) == fields[name] for name in ANSWERS):
            return report
        if report.state != S.UNCONFIRMED:
            said = "|".join(str(fields[name]) for name in ANSWERS)
            return submit(need=need, reporter=reporter, story=story, once=uuid5(once, said))
        # The link that went to another address opens nothing any more.
        for name, value in {**fields, "public_id": uuid4()}.items():
            setattr(report, name, value)
        report.save()
    if reporter.user is None:
        notifications.confirm(report)
        return report
    return _open(report, Doer(Who.REPORTER, reporter.hat, reporter.user))


def _just_sent(area: PostcodeArea, once: UUID, fields: Mapping[str, Any]) -> ShortageReport | None:
    """The same answers from the same address a moment ago under another key: a second tab, whose mail is on its way already.

    The postcode is locked, so that two tabs at once cannot both be the first.
    """
    PostcodeArea.objects.select_for_update(of=("self",), no_key=True).get(pk=area.pk)
    same = ShortageReport.objects.filter(created_at__gt=fields["created_at"] - SECOND_TAB, **{name: fields[name] for name in ANSWERS})
    return same.exclude(once=once).exclude(state__in=CLOSED_STATES).order_by("pk").first()


@transaction.atomic
def confirm(*, report: ShortageReport) -> ShortageReport:
    """Whoever has the mail says that the report is theirs; twice is once."""
    report = lock(report)
    return _open(report, BY_LINK) if report.state == S.UNCONFIRMED else report


def _open(report: ShortageReport, doer: Doer) -> ShortageReport:
    """Let the advisors see it, or join it with the running one of the same need.

    The region is locked, so that two reports of one need at the same moment cannot both be the first.
    """
    LabourMarketRegion.objects.select_for_update(of=("self",), no_key=True).get(pk=report.region_id)
    running = alike(report).select_for_update(of=("self",), no_key=True).first()
    if running is None:
        step = write(report, A.SEND, doer)
    else:
        report.joined_to, report.adds = running, students_added(report, running)
        step = write(report, A.JOIN, SYSTEM, other=running)
    notifications.stepped(report, step)
    return report


@transaction.atomic
def set_name(*, report: ShortageReport, student: Student | None) -> ShortageReport:
    """The student who sent it lets the advisor know the name, or no longer; safe to call twice."""
    report = lock(report)
    report.student, report.consent_at = student, timezone.now() if student else None
    report.save(update_fields=["student", "consent_at"])
    return report


def forget_unconfirmed(*, now: datetime | None = None) -> int:
    """Delete reports whose address nobody confirmed in time; returns how many. Repeatable."""
    before = (now or timezone.now()) - timedelta(days=settings.REPORT_CONFIRM_DAYS)
    old = ShortageReport.objects.filter(state=S.UNCONFIRMED, created_at__lt=before)
    deleted, _by_model = old.delete()
    return deleted
