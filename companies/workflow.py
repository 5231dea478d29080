"""States of a recognition, and who may move them where: one table, read by services, buttons, tests and docs."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stagematch.workflow import Transition, by
from stagematch.workflow import allowed as allowed_in


class RecognitionState(models.TextChoices):
    """Where the recognition for one qualification stands."""

    DRAFT = "draft", pgettext_lazy("recognition", "not sent yet")
    SUBMITTED = "submitted", pgettext_lazy("recognition", "requested")
    VISIT_PLANNED = "visit_planned", pgettext_lazy("recognition", "visit planned")
    ASSESSED = "assessed", pgettext_lazy("recognition", "assessed")
    RECOGNISED = "recognised", pgettext_lazy("recognition", "recognised")
    REFUSED = "refused", pgettext_lazy("recognition", "refused")
    REVIEW_DUE = "review_due", pgettext_lazy("recognition", "recognised, review due")
    REASSESSED = "reassessed", pgettext_lazy("recognition", "recognised, assessed again")
    SUSPENDED = "suspended", pgettext_lazy("recognition", "suspended")
    WITHDRAWN = "withdrawn", pgettext_lazy("recognition", "withdrawn")
    LAPSED = "lapsed", pgettext_lazy("recognition", "lapsed")
    MERGED = "merged", pgettext_lazy("recognition", "goes on in another record")


R = RecognitionState

# A company may train under these. A recognition has no end date: one whose review is due, or being done, holds until it is decided.
VALID_STATES = (R.RECOGNISED, R.REVIEW_DUE, R.REASSESSED)
# Asked for and not decided: the two weeks run.
PENDING_STATES = (R.SUBMITTED, R.VISIT_PLANNED, R.ASSESSED)
# In writing, with the reasons and a term for objection.
LETTER_STATES = (R.SUSPENDED, R.WITHDRAWN)
# Over: the company can ask again, which makes a new record.
ENDED_STATES = (R.REFUSED, R.WITHDRAWN, R.LAPSED, R.MERGED)


class Who(StrEnum):
    """Who may make a transition; `companies.rules.parts_of` says which hats these are."""

    COMPANY = "company"
    ADVISOR = "advisor"
    SYSTEM = "system"


class Condition(models.TextChoices):
    """The five conditions on which SBB recognises a company (DOMAIN.md, "Recognition")."""

    SAFETY = "safety", _("a safe workplace")
    TASKS = "tasks", _("tasks that belong to the occupation")
    TRAINER = "trainer", _("a trainer who knows the requirements and gets time and means")
    COOPERATION = "cooperation", _("works together with school and SBB, and informs them")
    LISTING = "listing", _("is listed publicly")


class ExceptionReason(models.TextChoices):
    """Why a company may be recognised before it is visited; a visit is the norm, because safety and guidance are judged on the spot."""

    CLOSED_TO_VISITORS = "closed", _("the workplace is closed to visitors for now (safety, health, season)")
    STUDENT_WAITS = "student_waits", _("a student would lose the place otherwise, and no visit is possible in time")
    MOVING = "moving", _("the company is moving or opens soon")
    BRANCH_KNOWN = "branch_known", _("another branch with the same trainer was visited less than a year ago")


class RecognitionReason(models.TextChoices):
    """Coded reasons; a text for the company explains them, never replaces them."""

    SAFETY = "safety", _("the workplace is not safe for students")
    TASKS = "tasks", _("the tasks do not belong to this occupation")
    TRAINER = "trainer", _("there is no trainer with knowledge, time and means")
    COOPERATION = "cooperation", _("the company does not work together with school and SBB")
    LISTING = "listing", _("the company does not want to be listed")
    COMPANY_STOPS = "company_stops", _("the company asks for it")
    NOT_FOUND = "not_found", _("the company does not exist (any more) at this address")
    VISIT_FIRST = "visit_first", _("a visit is needed first")
    SOLVED = "solved", _("what was wrong has been solved")
    NOT_VISITED = "not_visited", _("the visit was not made in time")
    NO_STUDENTS = "no_students", _("no students for four years")
    MERGED = "merged", _("two records of one company became one, or were parted again")


class Need(models.TextChoices):
    """What must be there before a move can be made; `companies.services.needs` looks for it."""

    VISIT = "visit", _("a visit that was planned")
    FINDINGS = "findings", _("a finding with evidence for each of the five conditions")
    MET = "met", _("all five conditions met")
    SECOND = "second", _("without a visit: another advisor than the one who assessed")
    LETTER = "letter", _("a letter with the reasons and the term for objection")
    SOLVED = "solved", _("what was solved, and how that was seen")


N, Q = Need, RecognitionReason
CO, AD, SYS = Who.COMPANY, Who.ADVISOR, Who.SYSTEM
AGAINST = (Q.SAFETY, Q.TASKS, Q.TRAINER, Q.COOPERATION, Q.LISTING)
WITHDRAW = (*AGAINST, Q.COMPANY_STOPS, Q.NOT_FOUND)
LAPSE = (Q.NOT_VISITED, Q.NO_STUDENTS)

TRANSITIONS: dict[tuple[RecognitionState, RecognitionState], Transition] = {
    # from                  to                 who
    (R.DRAFT, R.SUBMITTED): by(CO),  # from here the two weeks run
    (R.SUBMITTED, R.DRAFT): by(CO),
    (R.SUBMITTED, R.VISIT_PLANNED): by(AD, needs=(N.VISIT,)),
    (R.VISIT_PLANNED, R.SUBMITTED): by(AD),  # the visit is called off
    (R.VISIT_PLANNED, R.ASSESSED): by(AD, needs=(N.FINDINGS,)),  # on the spot
    (R.SUBMITTED, R.ASSESSED): by(AD, needs=(N.FINDINGS,)),  # by way of exception, without a visit
    (R.SUBMITTED, R.REFUSED): by(AD, reasons=(Q.NOT_FOUND,)),
    (R.ASSESSED, R.RECOGNISED): by(AD, needs=(N.MET, N.SECOND)),
    (R.ASSESSED, R.REFUSED): by(AD, reasons=AGAINST),
    (R.ASSESSED, R.SUBMITTED): by(AD, reasons=(Q.VISIT_FIRST,)),
    (R.RECOGNISED, R.REVIEW_DUE): by(AD, SYS),
    (R.RECOGNISED, R.REASSESSED): by(AD, needs=(N.FINDINGS,)),  # the visit that follows a recognition without one
    (R.REVIEW_DUE, R.REASSESSED): by(AD, needs=(N.FINDINGS,)),
    (R.REASSESSED, R.RECOGNISED): by(AD, needs=(N.MET,)),
    (R.RECOGNISED, R.SUSPENDED): by(AD, reasons=AGAINST, needs=(N.LETTER,)),
    (R.REVIEW_DUE, R.SUSPENDED): by(AD, reasons=AGAINST, needs=(N.LETTER,)),
    (R.REASSESSED, R.SUSPENDED): by(AD, reasons=AGAINST, needs=(N.LETTER,)),
    (R.SUSPENDED, R.RECOGNISED): by(AD, reasons=(Q.SOLVED,), needs=(N.SOLVED,)),
    (R.RECOGNISED, R.WITHDRAWN): by(AD, reasons=WITHDRAW, needs=(N.LETTER,)),
    (R.REVIEW_DUE, R.WITHDRAWN): by(AD, reasons=WITHDRAW, needs=(N.LETTER,)),
    (R.REASSESSED, R.WITHDRAWN): by(AD, reasons=WITHDRAW, needs=(N.LETTER,)),
    (R.SUSPENDED, R.WITHDRAWN): by(AD, reasons=WITHDRAW, needs=(N.LETTER,)),
    (R.RECOGNISED, R.LAPSED): by(SYS, reasons=LAPSE),
    (R.REVIEW_DUE, R.LAPSED): by(SYS, reasons=LAPSE),
    # Both records of a company ran for the same: one goes on, the other waits beside it, and goes back when the merge is undone.
    **{(state, R.MERGED): by(SYS, reasons=(Q.MERGED,)) for state in R if state not in ENDED_STATES},
    **{(R.MERGED, state): by(SYS, reasons=(Q.MERGED,)) for state in R if state not in ENDED_STATES},
}


def allowed(state: str, who: Who) -> list[RecognitionState]:
    """States to which somebody may move a recognition from here, in the table's order."""
    return allowed_in(TRANSITIONS, state, who)
