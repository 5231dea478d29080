"""What was tried at a company before somebody calls it once more."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from shortages.advice.words import words_of
from shortages.models import AdviceTask, ReportStep
from shortages.reports.workflow import ReportAct

TRIES = 5


@dataclass(frozen=True)
class Try:
    """What somebody did at a company before: when, who, for what, what came of it, and the words with it."""

    at: datetime
    who: str
    what: str
    outcome: str
    note: str = ""


def tried_at(company_id: int, *, but: AdviceTask | None = None) -> list[Try]:
    """The last tasks that ended at a company and calls for a report of a shortage, the latest first. Two queries.

    Words about a report stay with the report: they may be about somebody.
    """
    ended = AdviceTask.objects.filter(company=company_id, ended_at__isnull=False).exclude(pk=but.pk if but else 0)
    related = ended.select_related("advice__company", "advice__qualification", "advice__place", "advice__region", "post__user").order_by("-ended_at")
    found = [
        Try(task.ended_at, task.post.user.name, words_of(task.advice).what, task.get_outcome_display(), task.note)
        for task in related[:TRIES]
        if task.ended_at
    ]
    talks = ReportStep.objects.filter(act=ReportAct.LOG).filter(Q(company=company_id) | Q(company__merged_into=company_id))
    for step in talks.select_related("by", "report__qualification").order_by("-at")[:TRIES]:
        about = _("A shortage of %(course)s") % {"course": step.report.course}
        found.append(Try(step.at, step.by.name if step.by else "", about, step.get_code_display()))
    return sorted(found, key=lambda one: one.at, reverse=True)[:TRIES]
