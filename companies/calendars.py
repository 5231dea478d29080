"""An advisor's visits as iCal. The address is signed and private, can be renewed, and ends with the post."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event

from accounts.hats import HatKind
from accounts.models import Post
from companies.models import Visit, VisitFeed
from stagematch.links import address, opened, signed

SALT = "companies.visits"
BACK = timedelta(days=60)
LASTS = timedelta(hours=1)


def feed_of(post_id: int) -> str:
    """The address of the calendar that belongs to a post now."""
    times = VisitFeed.objects.filter(post=post_id).values_list("renewed", flat=True).first() or 0
    return address("companies:visits_feed", signed([post_id, times], salt=SALT))


def renew_feed(*, post_id: int) -> None:
    """Give the calendar of a post another address; the one before it is gone."""
    feed, _new = VisitFeed.objects.get_or_create(post_id=post_id)
    VisitFeed.objects.filter(pk=feed.pk).update(renewed=F("renewed") + 1)


def calendar_at(token: str) -> bytes | None:
    """The calendar at an address, of an advisor whose post runs; None at any other. Called off visits stay in it as such, so that they go away."""
    match opened(token, salt=SALT):
        case [int(post_id), int(times)]:
            pass
        case _:
            return None
    runs = Post.objects.filter(pk=post_id, kind=HatKind.ADVISOR_PRACTICE, ended_at=None, user__is_active=True)
    post = runs.select_related("user", "visit_feed").first()
    if post is None or times != (post.visit_feed.renewed if hasattr(post, "visit_feed") else 0):
        return None
    user = post.user
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
