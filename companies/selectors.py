"""Reads for the pages of companies and advisors; nothing here writes."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, Min, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.actor import Actor
from companies.models import Assessment, Company, Recognition, RecognitionQuerySet, RecognitionTransition, Visit
from companies.workflow import LETTER_STATES, PENDING_STATES, VALID_STATES, R

# A review is planned so long before it is due.
REVIEW_SOON = timedelta(days=90)
# First what asks something of the company, then what holds, then what is over.
OWN_ORDER = Case(
    When(state=R.DRAFT, then=Value(0)),
    When(state__in=PENDING_STATES, then=Value(1)),
    When(state=R.SUSPENDED, then=Value(2)),
    When(valid=True, then=Value(3)),
    default=Value(4),
    output_field=IntegerField(),
)


def own_recognitions(company: Company) -> list[Recognition]:
    """A company's recognitions with what its page says of them: the coming visit, the part, and whether there is a letter."""
    found = (
        company.recognitions.select_related("qualification", "shared_with").prefetch_related("goals").order_by(OWN_ORDER, "qualification__name", "pk")
    )
    rows: list[Recognition] = list(found.annotate(next_visit=Min("visits__starts_at", filter=Q(visits__held_at=None, visits__cancelled_at=None))))
    ended = [row.pk for row in rows if row.state in LETTER_STATES]
    steps = RecognitionTransition.objects.filter(recognition__in=ended, to_state__in=LETTER_STATES).order_by("at", "pk")
    letters = dict(steps.values_list("recognition_id", "pk")) if ended else {}
    for row in rows:
        row.letter = letters.get(row.pk)  # type: ignore[attr-defined]
    return rows


def of(actor: Actor) -> RecognitionQuerySet:
    """Recognitions an advisor sees, with what their page names."""
    return Recognition.objects.visible_to(actor).select_related("company", "qualification", "shared_with", "assessed_by", "approved_by")


def to_decide(actor: Actor) -> QuerySet[Recognition]:
    """Requests in the own regions, those whose two weeks end first."""
    return of(actor).pending().order_by("decide_before", "pk")


def to_visit(actor: Actor, *, today: date | None = None) -> QuerySet[Recognition]:
    """Whom to visit, by the day before which: requests, exceptions that were not visited, reviews that are due or soon will be.

    `due` is that day; `planned` whether a visit is planned.
    """
    soon = (today or timezone.localdate()) + REVIEW_SOON
    planned = Visit.objects.planned().filter(recognitions=OuterRef("pk"))
    asked = Q(state__in=(R.SUBMITTED, R.VISIT_PLANNED))
    again = Q(state__in=(R.RECOGNISED, R.REVIEW_DUE)) & (~Q(exception="") | Q(review_due_on__lte=soon))
    due = Case(When(state__in=PENDING_STATES, then=F("decide_before")), default=Coalesce("visit_before", "review_due_on"))
    return of(actor).filter(asked | again).annotate(due=due, planned=Exists(planned)).order_by("due", "pk")


def siblings_to_visit(recognition: Recognition) -> QuerySet[Recognition]:
    """What the same visit can be about: this one, and the company's others that an advisor has to see."""
    others = Q(state__in=(R.SUBMITTED, R.VISIT_PLANNED, R.REVIEW_DUE)) | ~Q(exception="") & Q(state__in=VALID_STATES)
    return (
        Recognition.objects.filter(company=recognition.company_id)
        .filter(others | Q(pk=recognition.pk))
        .select_related("qualification")
        .order_by("pk")
    )


def planned_visit(recognition: Recognition) -> Visit | None:
    """The visit to come for a recognition."""
    return recognition.visits.filter(held_at=None, cancelled_at=None).select_related("advisor").first()


def own_visits(actor: Actor, *, since: datetime) -> QuerySet[Visit]:
    """The advisor's visits from a moment on, with what they are about; called off ones are left out."""
    mine = Visit.objects.filter(advisor=actor.user, cancelled_at=None, starts_at__gte=since)
    return mine.select_related("company", "advisor").prefetch_related("recognitions__qualification").order_by("starts_at", "pk")


def assessable(visit: Visit) -> QuerySet[Recognition]:
    """Recognitions of a visit for which findings can still be written down or put right."""
    states = (R.SUBMITTED, R.VISIT_PLANNED, R.ASSESSED, R.RECOGNISED, R.REVIEW_DUE, R.REASSESSED, R.SUSPENDED)
    done = Assessment.objects.filter(visit=visit, recognition=OuterRef("pk"))
    open_ = Q(state__in=states) & (~Exists(done) | Q(state__in=(R.ASSESSED, R.REASSESSED)))
    return visit.recognitions.filter(open_).select_related("qualification").order_by("pk")


def visit_so_far(visit: Visit) -> dict[str, Any]:
    """With what the form of a visit begins: what is still to be written down; else what was, to put right what nobody decided on yet."""
    done = {made.recognition_id: made for made in Assessment.objects.filter(visit=visit).prefetch_related("findings").order_by("at", "pk")}
    open_ = [recognition.pk for recognition in assessable(visit)]
    new = [key for key in open_ if key not in done]
    if new or not open_:
        return {"recognitions": new}
    findings = done[open_[-1]].findings.all()
    said = {f"{found.condition}_met": "yes" if found.met else "no" for found in findings}
    said |= {f"{found.condition}_evidence": found.evidence for found in findings}
    return {"recognitions": open_, "places_offered": visit.places_offered, "places_note": visit.places_note, **said}
