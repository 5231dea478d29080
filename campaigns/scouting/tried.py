"""What was tried at companies: calls, tasks, visits, proposals for reports, answers about places, leads; and what follows from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.calls.workflow import Outcome
from placements.models.upkeep import Answer
from shortages.models import TaskOutcome
from shortages.reports.workflow import ReportCode
from stagematch.moments import midnight


class Sort(StrEnum):
    """What was done."""

    CALL = "call"
    TASK = "task"
    VISIT = "visit"
    PROPOSAL = "proposal"
    REPORT = "report"
    ANSWER = "answer"


SORTS: dict[Sort, Promise] = {
    Sort.CALL: _("call"),
    Sort.TASK: _("task"),
    Sort.VISIT: _("visit"),
    Sort.PROPOSAL: _("a place was proposed for a report"),
    Sort.REPORT: _("in touch about a report"),
    Sort.ANSWER: _("“still right?” about a place"),
}
CODES: dict[Sort, Any] = {Sort.CALL: Outcome, Sort.TASK: TaskOutcome, Sort.REPORT: ReportCode, Sort.ANSWER: Answer}


@dataclass(frozen=True)
class Tried:
    """One thing that was done at a company: when, with which outcome (empty: not ended), by which post, and the day it leads to, if any."""

    sort: Sort
    at: datetime
    code: str
    post: int | None
    who: str
    until: date | None

    @property
    def words(self) -> Promise:
        """What was done."""
        return SORTS[self.sort]

    @property
    def outcome(self) -> str | Promise:
        """How it ended, in words; empty while it has not."""
        known = CODES.get(self.sort)
        return known(self.code).label if known and self.code in known.values else ""


# Everything about the companies asked for, of each the last ones: one statement, whatever their number.
_SQL = """
WITH done AS (
    SELECT company_id, 'call' AS sort, at, outcome::text AS code, post_id, call_at AS until FROM campaigns_callresult
     WHERE company_id = ANY(%(companies)s) AND undone_at IS NULL
    UNION ALL
    SELECT company_id, 'task', COALESCE(ended_at, taken_at), outcome, post_id, due_on::timestamptz FROM shortages_advicetask
     WHERE company_id = ANY(%(companies)s)
    UNION ALL
    SELECT company_id, 'visit', COALESCE(held_at, starts_at), CASE WHEN held_at IS NULL THEN '' ELSE 'held' END, NULL, starts_at FROM companies_visit
     WHERE company_id = ANY(%(companies)s) AND cancelled_at IS NULL
    UNION ALL
    SELECT p.company_id, 'proposal', s.at, '', NULL, NULL FROM placements_place p JOIN shortages_reportstep s ON s.place_id = p.id
     WHERE p.company_id = ANY(%(companies)s) AND s.act = 'propose'
    UNION ALL
    SELECT company_id, 'report', at, code, NULL, NULL FROM shortages_reportstep WHERE company_id = ANY(%(companies)s) AND act = 'log'
    UNION ALL
    SELECT p.company_id, 'answer', a.at, a.answer, NULL, NULL FROM placements_place p JOIN placements_placeanswer a ON a.place_id = p.id
     WHERE p.company_id = ANY(%(companies)s)
)
SELECT d.company_id, d.sort, d.at, d.code, d.post_id, COALESCE(u.name, ''), d.until
  FROM (SELECT *, row_number() OVER (PARTITION BY company_id ORDER BY at DESC) AS n FROM done) d
  LEFT JOIN accounts_post o ON o.id = d.post_id LEFT JOIN accounts_user u ON u.id = o.user_id
 WHERE d.n <= %(most)s ORDER BY d.company_id, d.at DESC
"""


def tried_at(companies: Iterable[int], *, most: int) -> dict[int, list[Tried]]:
    """The last things done at each of these companies, newest first; at most `most` of each. One query."""
    keys, found = list(companies), defaultdict(list)
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(_SQL, {"companies": keys, "most": most})
            for company, sort, at, code, post, who, until in cursor.fetchall():
                found[company].append(Tried(Sort(sort), at, code, post, who, timezone.localdate(until) if until else None))
    return found


class Do(StrEnum):
    """What to do next at a company."""

    CALL = "call"
    TASK = "task"
    WAIT = "wait"
    VISIT = "visit"
    RECOGNISE = "recognise"
    LEAVE = "leave"


@dataclass(frozen=True)
class NextStep:
    """What to do next, until when to wait if so, and why, as a sentence with the day in it."""

    do: Do
    words: Promise
    day: date | None = None
    who: str = ""

    @property
    def text(self) -> str:
        """The sentence, as it is read."""
        return str(self.words) % {"day": date_format(self.day, "j F") if self.day else "", "who": self.who}


# After a no a company is left alone for so long.
REST = timedelta(days=60)
SPOKEN_LATELY = timedelta(days=14)
NO = {(Sort.CALL, Outcome.NO.value), (Sort.TASK, TaskOutcome.NO.value)}
UNREACHED = {(Sort.CALL, Outcome.NOBODY.value), (Sort.TASK, TaskOutcome.UNREACHED.value), (Sort.CALL, Outcome.WRONG_NUMBER.value)}


def next_step(tried: list[Tried], *, post: int | None, wants_no_calls: bool, recognise: bool, today: date) -> NextStep:
    """What follows from what was tried, newest first: the first rule that holds (docs/campaigns.md has them in this order)."""
    open_task = next((one for one in tried if one.sort == Sort.TASK and not one.code), None)
    if open_task:
        if open_task.post == post:
            return NextStep(Do.TASK, _("Your task: call before %(day)s."), open_task.until)
        return NextStep(Do.WAIT, _("%(who)s is on it, until %(day)s."), open_task.until, open_task.who)
    visit = next((one for one in tried if one.sort == Sort.VISIT and not one.code and one.until and one.until >= today), None)
    if visit:
        return NextStep(Do.WAIT, _("Wait: an advisor visits on %(day)s, and asks for places."), visit.until)
    last = next((one for one in tried if one.sort in (Sort.CALL, Sort.TASK)), None)
    if last and last.sort == Sort.CALL and last.code == Outcome.LATER and last.until and last.until > today:
        return NextStep(Do.WAIT, _("Wait: they asked to be called back on %(day)s."), last.until)
    if last and (last.sort, last.code) in NO and last.at >= midnight(today - REST):
        return NextStep(Do.WAIT, _("Wait until %(day)s: they said no."), timezone.localdate(last.at) + REST)
    if wants_no_calls:
        return NextStep(Do.VISIT, _("Do not call: they asked us not to. Ask for places at a visit."))
    if recognise:
        return NextStep(Do.RECOGNISE, _("Ask whether they want to be recognised for this as well."))
    failed = [one for one in tried[:3] if (one.sort, one.code) in UNREACHED]
    if len(failed) >= 2:
        return NextStep(Do.VISIT, _("Drop by: nobody could be reached by telephone."))
    if last and last.code == Outcome.PLACES and last.at >= midnight(today - SPOKEN_LATELY):
        return NextStep(Do.LEAVE, _("Nothing now: they have just offered places."))
    return NextStep(Do.CALL, _("Call."))
