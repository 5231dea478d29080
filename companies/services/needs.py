"""What must be there before a recognition may move: one look for each `Need` of the table."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from accounts.actor import Actor
from companies.models import Assessment, Recognition
from companies.workflow import Need, R

# What is looked at: the recognition as it stands, locked; who acts; the text that goes with the move.
Look = Callable[[Recognition, Actor, str], bool]


def assessment_of(recognition: Recognition) -> Assessment | None:
    """The findings that count now: the latest ones."""
    return recognition.assessments.select_related("visit", "by").prefetch_related("findings").order_by("-at", "-pk").first()


def _visit(recognition: Recognition, _actor: Actor, _text: str) -> bool:
    return recognition.visits.filter(held_at=None, cancelled_at=None).exists()


def _findings(recognition: Recognition, _actor: Actor, _text: str) -> bool:
    """Newer than the state it stands in; without a visit only where an exception was asked, with its reason and date."""
    found, last = assessment_of(recognition), recognition.transitions.last()
    if found is None or (last and found.at < last.at):
        return False
    return found.visit_id is not None or (recognition.state == R.SUBMITTED and recognition.exception != "")


def _met(recognition: Recognition, _actor: Actor, _text: str) -> bool:
    found = assessment_of(recognition)
    return found is not None and all(finding.met for finding in found.findings.all())


def may_approve(recognition: Recognition, actor: Actor) -> bool:
    """Whether this advisor can recognise it as far as the second pair of eyes goes: without a visit that is never who assessed it."""
    return recognition.exception == "" or (actor.user is not None and actor.user.pk != recognition.assessed_by_id)


def _second(recognition: Recognition, actor: Actor, _text: str) -> bool:
    return may_approve(recognition, actor)


def _text(_recognition: Recognition, _actor: Actor, text: str) -> bool:
    return bool(text.strip())


LOOKS: dict[Need, Look] = {
    Need.VISIT: _visit,
    Need.FINDINGS: _findings,
    Need.MET: _met,
    Need.SECOND: _second,
    Need.LETTER: _text,
    Need.SOLVED: _text,
}


def missing(need: Need, recognition: Recognition, actor: Actor, text: str) -> str:
    """What to tell whoever tried, if a need is not met; empty if it is."""
    if LOOKS[need](recognition, actor, text):
        return ""
    return {
        Need.VISIT: _("Plan a visit first."),
        Need.FINDINGS: _("Write down first what you found on the five conditions."),
        Need.MET: _("Not all five conditions are met, so the company cannot be recognised."),
        Need.SECOND: _("This company has not been visited. Another advisor than the one who assessed it has to approve."),
        Need.LETTER: _("Write the reasons: the company gets them in a letter."),
        Need.SOLVED: _("Write what was solved, and how you saw that."),
    }[need]
