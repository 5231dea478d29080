"""A company that stands twice in the demo: a colleague asks the advisor to make one record of the two."""

from accounts.hats import HatKind
from accounts.models import Post
from companies.models import Company, CompanyMembership, CompanyRole
from companies.services import merges, transitions
from matching.demo.draw import Draw
from matching.demo.plan import HOME_REGION
from matching.demo.schools import user
from matching.demo.visits import acting
from placements.models import Place, PlaceState
from placements.services.places import facts_of, save_place


def make_doubles(draw: Draw) -> None:
    """The second record has the number of another branch, a contact and a request of its own, and the first one's place once more."""
    here = Company.objects.filter(municipality__region__name=HOME_REGION, recognitions__valid=True)
    place = Place.objects.filter(company__in=here, state=PlaceState.OPEN).exclude(company__memberships__user__is_demo=True).order_by("-pk").first()
    if place is None:
        return
    company = place.company
    same = {name: getattr(company, name) for name in ("kvk", "kind", "street", "postcode", "place", "municipality_id", "x", "y")}
    double = Company.objects.create(name=f"{company.name} B.V.", branch="999999999998", **same)
    CompanyMembership.objects.create(user=user(draw, "dubbel.bedrijf", name="Sanne Verhoeven"), company=double, role=CompanyRole.CONTACT)
    again = Place(**facts_of(place) | {"company_id": double.pk})
    taught = list(place.qualifications.all())
    save_place(place=again, qualifications=taught, goals=list(place.goals.all()))
    transitions.request_recognition(company=double, qualifications=taught)
    colleague = Post.objects.filter(kind=HatKind.ADVISOR_PRACTICE).select_related("user").order_by("-pk")[0]
    merges.ask(kept=company, merged=double, reason="Gebeld: de eigenaar heeft zich in mei nog eens aangemeld.", actor=acting(colleague))
