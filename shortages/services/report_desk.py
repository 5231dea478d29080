"""What is done with a report: one gate that applies the table of `shortages.reports.workflow`, and a function for each act that needs more."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.models import Company
from placements.models import Place
from reference.models import LabourMarketRegion
from shortages.models import ReporterKind, ReportStep, ShortageReport
from shortages.reports import notifications
from shortages.reports.doing import SYSTEM, Doer
from shortages.reports.errors import CodeMissing, NotJoinable, NotYours, PlaceGone, ReportMoved
from shortages.reports.selectors import same_person
from shortages.reports.workflow import CLOSED_STATES, OPEN_STATES, TRANSITIONS, A, C, Move, S, Who

# A second click on what was done a moment ago; the same words a day later are another call.
DOUBLE_CLICK = timedelta(minutes=2)
Change = Callable[[ShortageReport], None]


@transaction.atomic
def do(
    *, report: ShortageReport, act: A, doer: Doer | None, code: str = "", text: str = "", change: Change | None = None, **line: Any
) -> ShortageReport:
    """Do what the table allows, write it in the log and tell whoever reported; doing it twice is once.

    change: sets more fields of the locked report; line: more of the log (place, company, told, …).
    Raises NotYours, ReportMoved or CodeMissing.
    """
    report = lock(report)
    if _twice(report, act, doer, code, text, line):
        return report
    doer = _allowed(report, act, doer, code, text)
    if change:
        change(report)
    step = write(report, act, doer, code=code, text=text, **line)
    notifications.stepped(report, step)
    if report.state in CLOSED_STATES:
        _others_go_on(report)
    return report


def _others_go_on(report: ShortageReport) -> None:
    """What others reported does not end with this one: the first of them becomes a report of its own, and the rest is joined with that."""
    others = [one for one in ShortageReport.objects.filter(joined_to=report).order_by("opened_at", "pk") if not same_person(one, report)]
    if others:
        first = lock(others[0])
        first.adds, first.post_id = 0, report.post_id
        notifications.stepped(first, write(first, A.SPLIT, SYSTEM, other=report))
        ShortageReport.objects.filter(pk__in=[one.pk for one in others[1:]]).update(joined_to=first)


def propose(*, report: ShortageReport, place: Place, doer: Doer | None, text: str = "") -> ShortageReport:
    """Propose a place that is free now; whoever reported it and the school get a link. Raises PlaceGone as well."""
    if not Place.objects.open().filter(pk=place.pk).exists():
        raise PlaceGone(_("This place is full, paused or over. Choose another one."))
    return do(report=report, act=A.PROPOSE, doer=doer, text=text, told=bool(text), place=place, company=place.company)


def log(*, report: ShortageReport, doer: Doer | None, code: str, text: str, told: bool = False, company: Company | None = None) -> ShortageReport:
    """Write down what was done; `told`: whoever reported it reads the text."""
    return do(report=report, act=A.LOG, doer=doer, code=code, text=text, told=told and bool(text), company=company)


def start_later(*, report: ShortageReport, doer: Doer | None, later_on: date, text: str = "") -> ShortageReport:
    """The placement starts later: a shortage is not the end of a study."""

    def change(locked: ShortageReport) -> None:
        locked.later_on = later_on

    return do(report=report, act=A.START_LATER, doer=doer, text=text, told=bool(text), change=change)


def hand_over(*, report: ShortageReport, region: LabourMarketRegion, doer: Doer | None, text: str) -> ShortageReport:
    """Give it to another region, where it is new; the log says from which to which, and why."""
    if report.region_id == region.pk:
        raise CodeMissing(_("It is in this region already. Choose another one."))

    def change(locked: ShortageReport) -> None:
        locked.region, locked.post_id = region, None

    return do(report=report, act=A.HAND_OVER, doer=doer, text=text, change=change, from_region=report.region, to_region=region)


def withdraw(*, report: ShortageReport, doer: Doer | None, code: str, text: str = "") -> ShortageReport:
    """It is not needed any more."""
    return do(report=report, act=A.WITHDRAW, doer=doer, code=code, text=text)


@transaction.atomic
def join(*, report: ShortageReport, other: ShortageReport, doer: Doer | None) -> ShortageReport:
    """Make a report part of another one that is open; what was joined with it comes along. Raises NotJoinable."""
    # Always in the order of their keys, so that two advisors who join crosswise do not wait for each other.
    locked = {one.pk: lock(one) for one in sorted((report, other), key=lambda one: one.pk)}
    other = locked[other.pk]
    if other.pk == report.pk or other.state not in OPEN_STATES:
        raise NotJoinable(_("Choose another report that is open."))

    def change(locked: ShortageReport) -> None:
        locked.joined_to, locked.adds = other, students_added(locked, other)
        ShortageReport.objects.filter(joined_to=locked.pk).update(joined_to=other)

    return do(report=report, act=A.JOIN, doer=doer, change=change, other=other)


def students_added(report: ShortageReport, running: ShortageReport) -> int:
    """How many students a joined report adds: none when the same person reports the same student once more."""
    return 0 if same_person(report, running) and report.kind != ReporterKind.SCHOOL else report.how_many


def split(*, report: ShortageReport, doer: Doer | None) -> ShortageReport:
    """Make a joined report one of its own again."""

    def change(locked: ShortageReport) -> None:
        locked.adds = 0

    return do(report=report, act=A.SPLIT, doer=doer, change=change, other=report.joined_to)


def lock(report: ShortageReport) -> ShortageReport:
    """The report as it is now, locked; a caller's stale copy decides nothing."""
    found = ShortageReport.objects.select_related("user", "qualification", "region", "post__user", "school")
    locked: ShortageReport = found.select_for_update(of=("self",), no_key=True).get(pk=report.pk)
    return locked


def write(report: ShortageReport, act: A, doer: Doer, **line: Any) -> ReportStep:
    """Apply an allowed act to a locked report and write its line of the log."""
    now, start = timezone.now(), report.state
    move = TRANSITIONS[S(start), act]
    report.state = move.to
    report.opened_at = report.opened_at or now
    report.closed_at = now if move.to in CLOSED_STATES else None
    report.close_reason = line.get("code", "") if move.to in CLOSED_STATES else ""
    if move.to != S.JOINED:
        report.joined_to = None
    if move.to != S.STARTS_LATER:
        report.later_on = None
    if move.to in OPEN_STATES:
        report.due_on = timezone.localdate() + timedelta(days=settings.REPORT_DUE_DAYS[move.to])
    if doer.who == Who.ADVISOR and act not in (A.HAND_OVER, A.JOIN, A.SPLIT):
        report.post_id = doer.post_id
    report.save()
    return ReportStep.objects.create(
        report=report, act=act, from_state=start, to_state=report.state, who=doer.who, by=doer.user, hat=doer.hat, at=now, **line
    )


def _allowed(report: ShortageReport, act: A, doer: Doer | None, code: str, text: str) -> Doer:
    """Who does it, if the table says so. Raises NotYours, ReportMoved or CodeMissing."""
    if doer is None:
        raise NotYours(_("Somebody else has to do this."))
    move: Move | None = TRANSITIONS.get((S(report.state), act))
    if move is None:
        raise ReportMoved(report.get_state_display())
    if doer.who not in move.who:
        raise NotYours(_("Somebody else has to do this."))
    if move.codes and code not in move.codes:
        raise CodeMissing(_("Choose one of the list."))
    if (move.text or code == C.OTHER) and not text.strip():
        raise CodeMissing(_("Explain it in a few words."))
    return doer


def _twice(report: ShortageReport, act: A, doer: Doer | None, code: str, text: str, line: dict[str, Any]) -> bool:
    """Whether the same person did this very thing a moment ago: a double click, a second tab."""
    last = report.steps.order_by("-at", "-pk").first()
    if last is None or doer is None or (last.act, last.by_id, last.hat) != (act, doer.user.pk if doer.user else None, doer.hat):
        return False
    asked = [one.pk if one else None for one in (line.get("place"), line.get("company"))]
    same = (last.code, last.text, last.place_id, last.company_id) == (code, text, *asked)
    return last.to_state == report.state and same and last.at > timezone.now() - DOUBLE_CLICK
