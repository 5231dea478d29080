"""Places of the demo as time leaves them: hidden, closed for a holiday, offered last year too, looked at; made by the product's own services."""

from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from companies.models import Company, CompanyMembership, CompanyRole
from matching.demo.draw import Draw
from matching.demo.people import give_login
from matching.demo.schools import user
from placements.models import Answer, Pause, Period, Place, PlaceLooks, PlaceState
from placements.services import upkeep as services

CLOSED = 8
LOOKED_AT = 400
DAYS = 30


def make_upkeep(draw: Draw) -> None:
    """One company with something to answer about every place, some that are closed for a time, and a month of looks."""
    free = Place.objects.filter(state=PlaceState.OPEN, taken=0, applying=0).exclude(company__memberships__user__is_demo=True)
    several = free.values("company").annotate(n=Count("pk")).filter(n__gte=3).order_by("company").values_list("company", flat=True)
    companies = list(Company.objects.filter(pk__in=several).order_by("pk"))
    if companies:
        _asked(draw, companies[0])
    for company in companies[1 : CLOSED + 1]:
        services.pause_places(company=company, because=Pause.HOLIDAY, until=timezone.localdate() + timedelta(days=draw.random.randint(10, 40)))
    today, places = timezone.localdate(), list(Place.objects.order_by("pk")[:LOOKED_AT])
    PlaceLooks.objects.bulk_create(
        [
            PlaceLooks(place=place, day=today - timedelta(days=day), count=draw.random.randint(1, 9))
            for place in places
            for day in sorted(draw.random.sample(range(1, DAYS), 6))
        ]
    )


def _asked(draw: Draw, company: Company) -> None:
    """A company whose contact is asked everything: a place that is hidden, one that is marked, one that is full, and who takes over."""
    contact = company.memberships.filter(role=CompanyRole.CONTACT).select_related("user").order_by("pk")[0]
    places, now = list(company.places.filter(state=PlaceState.OPEN).order_by("taken", "pk")), timezone.now()
    for place, weeks in zip(places, (45, 20), strict=False):
        Place.objects.filter(pk=place.pk).update(confirmed_at=now - timedelta(weeks=weeks))
    services.answer_place(place=places[2], answer=Answer.FULL, by=contact.user, by_mail=True)
    over = Period.objects.filter(ends_on__lt=timezone.localdate()).order_by("-ends_on").first()
    if over:
        services.copy_to_period(company=company, places=places[:3], period=over)
    trainer = user(draw, "praktijkopleider-vertrokken")
    CompanyMembership.objects.create(user=trainer, company=company, role=CompanyRole.TRAINER, ended_at=now - timedelta(days=2))
    give_login(contact.user, "Bedrijf dat zijn plekken bijhoudt")
