"""What both records have, and which of the two goes on: all rules in one place. Nothing is deleted, and each change is in the ledger."""

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import SYSTEM
from companies.errors import RecognitionError
from companies.merging.ledger import Ledger, current
from companies.models import Company, CompanyMembership, CompanyReach, Recognition
from companies.services.transitions import lock, step, write_step
from companies.workflow import VALID_STATES, R, RecognitionReason

# Of two that run, the one that is furthest goes on. A suspension is not outdone by a request.
FURTHEST = (*VALID_STATES, R.SUSPENDED, R.ASSESSED, R.VISIT_PLANNED, R.SUBMITTED, R.DRAFT)
SET_ASIDE = ("state", "decided_at")


class MergeRefused(RecognitionError):
    """Two records cannot become one now, or cannot be parted any more; `str()` says to a person why."""


class Both(NamedTuple):
    """Two running recognitions for one qualification: which goes on, and which waits beside it."""

    on: Recognition
    aside: Recognition


def both(kept: Company, merged: Company) -> list[Both]:
    """Qualifications for which both records have a running recognition, each with the one that goes on. One query."""
    rows = Recognition.objects.running().filter(company__in=(kept, merged)).select_related("qualification").prefetch_related("goals")
    pairs: dict[int, list[Recognition]] = {}
    for row in rows.order_by("qualification__name", "qualification_id"):
        pairs.setdefault(row.qualification_id, []).append(row)
    return [Both(*sorted(pair, key=lambda row: _rank(row, kept))) for pair in pairs.values() if len(pair) == 2]


def _rank(row: Recognition, kept: Company) -> tuple[int, bool, int, bool]:
    """What holds before what does not, the whole before a part, the later review before the earlier, the kept company's own at last."""
    stage = 0 if row.state in VALID_STATES else FURTHEST.index(R(row.state))
    return stage, bool(row.goals.all()), -(row.review_due_on or date.min).toordinal(), row.company_id != kept.pk


def refusal(pairs: list[Both]) -> str:
    """Why an advisor has to decide first, empty if nothing stands in the way: a merge neither lifts a suspension nor spreads one."""
    names = [str(pair.on.qualification) for pair in pairs if pair.aside.state == R.SUSPENDED and pair.on.state in VALID_STATES]
    if not names:
        return ""
    return _("At one of the two the recognition for %(names)s is suspended, at the other it holds. Decide on the suspension first.") % {
        "names": ", ".join(names)
    }


def settle(ledger: Ledger, *, kept: Company, merged: Company) -> None:
    """Let one go on of everything that both have. Raises MergeRefused."""
    pairs = both(kept, merged)
    if why := refusal(pairs):
        raise MergeRefused(why)
    # Who trains for the rest is the company itself now.
    for row in Recognition.objects.filter(company__in=(kept, merged), shared_with__in=(kept, merged)).order_by("pk"):
        ledger.change(row, shared_with=None)
    for pair in pairs:
        _set_aside(ledger, pair)
    _one_role_each(ledger, kept, merged)
    _stricter(ledger, kept, merged)


def _set_aside(ledger: Ledger, pair: Both) -> None:
    """One of two running recognitions waits; two valid parts are both parts of what the company may train for."""
    parts = [set(row.goals.values_list("pk", flat=True)) for row in pair]
    row = lock(pair.aside)
    if row.state in VALID_STATES and all(parts):
        link = Recognition.goals.through
        ledger.add([link(recognition_id=pair.on.pk, learninggoal_id=goal) for goal in sorted(parts[1] - parts[0])])
    old = current(row, SET_ASIDE)
    step(row, R.MERGED, SYSTEM, RecognitionReason.MERGED)
    ledger.note(row, old, current(row, SET_ASIDE))


def _one_role_each(ledger: Ledger, kept: Company, merged: Company) -> None:
    """Somebody with the same role at both keeps the one at the kept company, which answers links that were mailed under the other."""
    running = CompanyMembership.objects.filter(company__in=(kept, merged), ended_at=None).order_by("pk").select_for_update(of=("self",))
    own = {(row.user_id, row.role): row for row in running if row.company_id == kept.pk}
    for row in running:
        if row.company_id == merged.pk and (goes_on := own.get((row.user_id, row.role))):
            ledger.change(row, ended_at=timezone.now(), continued_by=goes_on)


def _stricter(ledger: Ledger, kept: Company, merged: Company) -> None:
    """What one of the two does not want, the company does not want."""
    if merged.wants_no_asks:
        ledger.change(kept, wants_no_asks=True)
    reach = {row.company_id: row for row in CompanyReach.objects.filter(company__in=(kept, merged)).select_for_update(of=("self",))}
    own, other = reach.get(kept.pk), reach.get(merged.pk)
    if own and other and other.no_calls_at and not own.no_calls_at:
        ledger.change(own, no_calls_at=other.no_calls_at, no_calls_by=other.no_calls_by)


def before_parting(ledger: Ledger, *, since: datetime | None) -> None:
    """What was decided since the merge holds: who left does not come back with the role that waited, and parts that an advisor named stay."""
    link = Recognition.goals.through
    added = ledger.written["added"]
    if rows := added.get(link._meta.label):
        decided = link.objects.filter(pk__in=rows, recognition__transitions__at__gt=since)
        added[link._meta.label] = sorted({*rows} - {*decided.values_list("pk", flat=True)})
    waiting = [pk for label, pk, *_values in ledger.written["changed"] if label == CompanyMembership._meta.label]
    over = Q(continued_by=None) | Q(continued_by__ended_at__isnull=False)
    for row in CompanyMembership.objects.filter(over, pk__in=waiting).select_related("continued_by").order_by("pk"):
        row.ended_at = row.continued_by.ended_at if row.continued_by else timezone.now()
        row.save(update_fields=["ended_at"])


def put_back(ledger: Ledger, left: dict[str, list[int]]) -> None:
    """Write the steps of recognitions that run again into their trails; the ledger has put the rows back."""
    label = Recognition._meta.label
    for model, pk, old, new in ledger.written["changed"]:
        if model == label and new.get("state") == R.MERGED and pk not in left.get(label, []):
            write_step(Recognition.objects.get(pk=pk), R.MERGED, R(old["state"]), SYSTEM, RecognitionReason.MERGED)
