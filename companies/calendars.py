"""An advisor's visits as iCal. The address is signed and private, and ends with the post."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event

from accounts.hats import HatKind
from accounts.models import User
from companies.models import Visit
from stagematch.links import address

SALT = "companies.visits"
BACK = timedelta(days=60)
LASTS = timedelta(hours=1)


def calendar_of(user_id: int | None) -> bytes | None:
    """The calendar of an advisor whose post runs; None for anybody else. Called off visits stay in it as such, so that they go away."""
    user = User.objects.filter(pk=user_id, is_active=True, posts__kind=HatKind.ADVISOR_PRACTICE, posts__ended_at=None).first() if user_id else None
    if user is None:
        return None
    visits = Visit.objects.filter(advisor=user, starts_at__gte=timezone.now() - BACK).select_related("company")
    with override(user.language):
        calendar = Calendar()
        calendar.add("prodid", "-//StageMatch//NL")
        calendar.add("version", "2.0")
        calendar.add("x-wr-calname", _("Visits to companies"))
        for visit in visits.prefetch_related("recognitions__qualification").order_by("starts_at", "pk"):
            calendar.add_component(_event(visit))
    ics: bytes = calendar.to_ical()
    return ics


def _event(visit: Visit) -> Event:
    event, company = Event(), visit.company
    event.add("uid", f"{visit.public_id}@stagematch")
    event.add("dtstamp", visit.held_at or visit.cancelled_at or visit.starts_at)
    event.add("dtstart", visit.starts_at)
    event.add("dtend", visit.starts_at + LASTS)
    event.add("summary", company.name)
    event.add("location", f"{company.street}, {company.postcode[:4]} {company.postcode[4:]} {company.place}")
    event.add("description", ", ".join(str(recognition.qualification) for recognition in visit.recognitions.all()))
    event.add("url", address("companies:visit", visit.public_id))
    event.add("status", "CANCELLED" if visit.cancelled_at else "CONFIRMED")
    return event
