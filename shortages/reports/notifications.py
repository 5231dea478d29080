"""Who is told what about a report: mails in the outbox, one for each step and person. None of them names a student."""

from typing import Any

from django.conf import settings

from accounts.models import User
from schools.models import SchoolMembership, SchoolRole
from shortages.models import ReportStep, ShortageReport
from shortages.reports import links
from shortages.reports.selectors import SHARED, same_person
from shortages.reports.workflow import A, Who
from stagematch.links import address
from stagematch.outbox import queue

# What has a mail with words of its own; every other step has the common one.
TEMPLATES = {
    A.SEND: "report_received",
    A.JOIN: "report_joined",
    A.PROPOSE: "report_proposed",
    A.SOLVE: "report_solved",
    A.START_LATER: "report_starts_later",
    A.WITHDRAW: "report_withdrawn",
    A.GIVE_UP: "report_not_solved",
}


def confirm(report: ShortageReport) -> None:
    """Whoever reported without an account confirms the address first; until then nobody else sees the report."""
    context = {"report": report, "link": address("shortages:report_confirm", links.confirm_token(report)), "days": settings.REPORT_CONFIRM_DAYS}
    _queue(report.email, "report_confirm", context, report.language, f"report-{report.pk}-confirm")


def stepped(report: ShortageReport, step: ReportStep) -> None:
    """Whoever reported hears of a step, and others joined with it, of what is about them; the school of a proposed place; the advisor of answers.

    Who sent several of them gets one mail.
    """
    _to_reporter(report, step)
    told = [report]
    for one in ShortageReport.objects.filter(joined_to=report).select_related("user", "qualification", "region").order_by("pk"):
        if step.act in SHARED and not any(same_person(one, other) for other in told):
            _to_reporter(one, step, words=False)
            told.append(one)
    if step.act == A.PROPOSE:
        for user in coordinators(report):
            if user.pk != report.user_id:
                context = {"name": user.name, "report": report, "step": step, "place": step.place, "link": page_of(report)}
                _queue(user.email, "report_proposed_school", context, user.language, f"report-step-{step.pk}")
    if step.who == Who.REPORTER and report.post_id and report.post and not report.post.is_vacant and step.act != A.SEND:
        user = report.post.user
        context = {"name": user.name, "report": report, "step": step, "link": address("shortages:desk_report", report.public_id)}
        _queue(user.email, "report_answered", context, user.language, f"report-step-{step.pk}")


def _to_reporter(report: ShortageReport, step: ReportStep, *, words: bool = True) -> None:
    """`words`: whether the text of the step is meant for them."""
    template = TEMPLATES.get(A(step.act), "report_news")
    context: dict[str, Any] = {"report": report, "step": step, "words": words, "place": step.place, "link": follow_address(report)}
    if step.place:
        context["place_link"] = address("placements:place_page", step.place.public_id)
    language = report.user.language if report.user_id and report.user else report.language
    _queue(report.user.email if report.user_id and report.user else report.email, template, context, language, f"report-step-{step.pk}-{report.pk}")


def follow_address(report: ShortageReport) -> str:
    """Where whoever sent a report follows it: their own page, or the signed link."""
    return page_of(report) if report.user_id else address("shortages:report_follow", links.follow_token(report))


def page_of(report: ShortageReport) -> str:
    """The page of a report for people who sign in."""
    return address("shortages:my_report", report.public_id)


def coordinators(report: ShortageReport) -> list[User]:
    """Coordinators of the report's programme at its school."""
    if not report.school_id:
        return []
    members = SchoolMembership.objects.filter(
        school=report.school_id, role=SchoolRole.COORDINATOR, ended_at=None,
        programmes__qualification=report.qualification_id, programmes__pathway=report.pathway,
    )  # fmt: skip
    return list({member.user_id: member.user for member in members.select_related("user").order_by("pk")}.values())


def _queue(to: str, template: str, context: dict[str, Any], language: str, key: str) -> None:
    queue(to=to, template=f"shortages/mail/{template}.txt", context=context, language=language, key=f"{key}-{template}-{to.lower()}"[:200])
