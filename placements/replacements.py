"""Students at a company that may not train any more: their schools look for another place at once, and the students lose nothing.

Nothing is stored: whoever stands at such a company is a task for the coordinator (placements/readiness.py), until moved or until the
recognition is back.
The placement and its slot stay as they are meanwhile.
"""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from companies.models import Recognition, RecognitionTransition
from companies.workflow import VALID_STATES, R
from placements import notifications
from placements.models import Placement
from placements.selectors import still_recognised
from placements.workflow import KNOWN_STATES, OPEN_STATES
from reference.models import QualificationKind


def without_recognition() -> QuerySet[Placement]:
    """Open placements at companies that may not train for the student's qualification any more."""
    open_ = Placement.objects.filter(~still_recognised(), state__in=OPEN_STATES, request__student__left_at=None)
    return open_.select_related("place__company", "place__period", "request__student__user", "request__student__school").order_by("starts_on", "pk")


def lost_by(placement: Placement) -> RecognitionTransition | None:
    """The step by which a company may not train the student of an open placement any more; None while it may. Two queries."""
    if placement.state not in OPEN_STATES or not without_recognition().filter(pk=placement.pk).exists():
        return None
    own = placement.request.student.programme.qualification_id
    steps = RecognitionTransition.objects.filter(recognition__company=placement.place.company_id, from_state__in=VALID_STATES)
    lost = steps.exclude(to_state__in=VALID_STATES).annotate(own=Q(recognition__qualification=own))
    return lost.select_related("recognition__qualification").order_by("-own", "-at", "-pk").first()


def ask(sender: type, recognition: Recognition, step: RecognitionTransition, **_kwargs: Any) -> None:
    """Receiver of `recognition_lost`: the coordinators of the students placed there hear it in the same transaction."""
    for placement in without_recognition().filter(place__company=recognition.company_id):
        notifications.replacement_needed(placement, step)


def over(sender: type, recognition: Recognition, step: RecognitionTransition, **_kwargs: Any) -> None:
    """Receiver of `recognition_gained`: after a suspension, the coordinators who were asked hear that no other place is needed."""
    asked = recognition.transitions.filter(to_state=R.SUSPENDED).order_by("-at", "-pk").first()
    if asked is None or step.from_state != R.SUSPENDED:
        return
    chamber = recognition.qualification.sector_chamber_id
    others = Recognition.objects.valid().filter(company=recognition.company_id, qualification__sector_chamber=chamber).exclude(pk=recognition.pk)
    trained = Q(request__student__programme__qualification=recognition.qualification_id)
    if not others.exists():  # else pupils without a crebo could stay all the time
        reserved = ~Q(request__student__programme__qualification__kind=QualificationKind.MBO)
        trained |= reserved & Q(request__student__programme__qualification__sector_chamber=chamber)
    open_ = Placement.objects.filter(trained, state__in=OPEN_STATES, place__company=recognition.company_id, request__student__left_at=None)
    before = open_.filter(created_at__lt=asked.at).select_related("place__company", "request__student__user", "request__student__school")
    for placement in before.order_by("pk"):
        notifications.replacement_over(placement, step)


def trained_since(day: date) -> Q:
    """Rows of Recognition under which a student was placed on or after a day; pupils without a crebo count for their whole sector."""
    qualification = "request__student__programme__qualification"
    same = Q(**{qualification: OuterRef("qualification")})
    sector = ~Q(**{f"{qualification}__kind": QualificationKind.MBO}) & Q(
        **{f"{qualification}__sector_chamber": OuterRef("qualification__sector_chamber")}
    )
    known = Placement.objects.filter(place__company=OuterRef("company"), state__in=KNOWN_STATES, ends_on__gte=day)
    return Q(Exists(known.filter(same | sector)))
