"""What time does to leads: who said nothing is let go, contacts are deleted soon after the end, and dead leads altogether a year later."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from accounts.actor import SYSTEM
from campaigns.models import Lead
from campaigns.scouting.errors import LeadError
from campaigns.scouting.workflow import DEAD_STATES, RUNNING_STATES, LeadReason, S
from campaigns.services import leads
from stagematch.retention import Retention

# A night does so many at most; the next one goes on.
MOST = 2000


def run_due(*, now: datetime | None = None) -> tuple[int, int, int]:
    """How many were let go, of how many the contact was deleted, and how many dead leads were. Safe to call twice."""
    at = now or timezone.now()
    return _let_go(at), _forget_contacts(at), _delete_dead(at)


def _let_go(at: datetime) -> int:
    """Those of which nothing was heard for LEAD_SILENT_DAYS, and that nobody is to call again later."""
    silent = Lead.objects.filter(state__in=RUNNING_STATES, moved_at__lt=at - timedelta(days=settings.LEAD_SILENT_DAYS))
    done = 0
    for lead in silent.filter(Q(again_on=None) | Q(again_on__lt=timezone.localdate(at))).order_by("pk")[:MOST]:
        try:
            leads.move(lead=lead, to=S.NOT_INTERESTED, actor=SYSTEM, reason=LeadReason.SILENT)
            done += 1
        except LeadError:  # it moved in the same moment
            continue
    return done


def _forget_contacts(at: datetime) -> int:
    """Whom to ask for is not needed once a lead has ended; LEAD_CONTACT_DAYS later it is deleted. Of a recognised company its people stand there."""
    ended = Lead.objects.exclude(state__in=RUNNING_STATES).filter(forgotten_at=None, moved_at__lt=at - timedelta(days=settings.LEAD_CONTACT_DAYS))
    return ended.update(contact_name="", phone="", email="", note="", forgotten_at=at)


def _delete_dead(at: datetime) -> int:
    """Those that came to nothing, with their steps, a year after the last one."""
    keep = Retention.LEAD.rule.keep or timedelta(0)
    _all, by_model = Lead.objects.filter(state__in=DEAD_STATES, moved_at__lt=at - keep).delete()
    return by_model.get("campaigns.Lead", 0)
