"""A company that stands twice in the demo: a colleague asks the advisor to make one record of the two."""

from accounts.hats import HatKind
from accounts.models import Post
from companies.models import Company
from companies.services import merges, transitions
from matching.demo.plan import HOME_REGION
from matching.demo.visits import acting
from placements.models import Place, PlaceState
from placements.services.places import facts_of, save_place


def make_doubles() -> None:
    """One of the companies without places becomes the second record of another, at its address and with its KvK number."""
    here = Company.objects.filter(municipality__region__name=HOME_REGION, recognitions__valid=True).exclude(memberships__user__is_demo=True)
    company = here.filter(places__state=PlaceState.OPEN).order_by("-pk").first()
    double = here.filter(places=None, visits=None).order_by("-pk").first()
    if company is None or double is None:
        return
    for name in ("kvk", "kind", "street", "postcode", "place", "municipality_id", "x", "y"):
        setattr(double, name, getattr(company, name))
    double.name = f"{company.name} B.V."
    double.save()
    place = company.places.filter(state=PlaceState.OPEN).order_by("pk")[0]
    taught = list(place.qualifications.all())
    transitions.request_recognition(company=double, qualifications=taught)
    again = Place(**facts_of(place) | {"company_id": double.pk})
    save_place(place=again, qualifications=taught, goals=list(place.goals.all()))
    colleague = Post.objects.filter(kind=HatKind.ADVISOR_PRACTICE).select_related("user").order_by("-pk")[0]
    merges.ask(kept=company, merged=double, reason="Gebeld: de eigenaar heeft zich in mei nog eens aangemeld.", actor=acting(colleague))
