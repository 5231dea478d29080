"""Whom a call round or a mailing is for: recognised companies by a few filters, those first where a call helps most.

    audience = Audience(regions=("NL-AM",), kind=Kind.STALE)
    count(audience, actor), top(audience, actor, 20), ranked(audience, actor)

Whether a company belongs to an audience is asked of the companies as they are now; `Prospect`, which the night refreshes, only orders them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Self

from django import forms
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from campaigns.models.prospect import Prospect
from companies.models import Company, CompanyMembership, CompanyReach, Recognition
from placements.models import Place, Placement, PlaceState
from placements.workflow import KNOWN_STATES
from reference.forms import QualificationField
from reference.models import LabourMarketRegion, Qualification
from shortages.advice.selectors import regions_of
from stagematch.forms import narrow
from stagematch.moments import midnight, weeks_ago


class Kind(models.TextChoices):
    """Which of the recognised companies."""

    EVERYONE = "everyone", _("all recognised companies")
    STALE = "stale", _("with places that were not confirmed for a long time")
    NO_PLACES = "no_places", _("without a free place")
    INACTIVE = "inactive", _("that did nothing since a day")


@dataclass(frozen=True)
class Audience:
    """Filters over recognised companies. No region: all that the actor may see; no qualification: any; phone: those with a number only."""

    regions: tuple[str, ...] = ()
    qualification: int | None = None
    kind: str = Kind.EVERYONE
    since: date | None = None
    phone: bool = False

    def as_json(self) -> dict[str, Any]:
        """As a JSON field keeps it."""
        return asdict(self) | {"regions": list(self.regions), "since": self.since.isoformat() if self.since else None}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What `as_json` gave."""
        since = date.fromisoformat(data["since"]) if data.get("since") else None
        return cls(tuple(data.get("regions", ())), data.get("qualification"), data.get("kind", Kind.EVERYONE), since, data.get("phone", False))


class AudienceForm(forms.Form):
    """The filters of an audience, as GET form or as part of another form (`prefix`); `audience()` once valid."""

    mark_optional = False

    kind = forms.ChoiceField(label=_("Which companies?"), choices=Kind.choices, initial=Kind.STALE)
    since = forms.DateField(
        label=_("Did nothing since"),
        help_text=_("No place offered or confirmed, and no student, since this day. Only for “that did nothing since a day”."),
        required=False,
    )
    regions = forms.ModelMultipleChoiceField(
        label=_("Regions"),
        help_text=_("None ticked: all of your regions."),
        queryset=LabourMarketRegion.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    qualification = QualificationField(
        label=_("Qualification"),
        help_text=_("In your own words, or the crebo. For example: cook, care, 25655. Empty: any qualification."),
        required=False,
    )
    phone = forms.BooleanField(label=_("Only companies with a telephone number"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        narrow(self, "regions", regions_of(actor).order_by("name"))

    def clean(self) -> dict[str, Any]:
        """Who asks for inactive companies says since when, and that day has been."""
        data = super().clean() or {}
        if data.get("kind") == Kind.INACTIVE and "since" not in self.errors:
            if not data.get("since"):
                self.add_error("since", _("Fill in the day since which the company did nothing."))
            elif data["since"] >= timezone.localdate():
                self.add_error("since", _("Choose a day that has been."))
        return data

    def audience(self) -> Audience:
        """The audience asked for; the form must be valid."""
        data = self.cleaned_data
        qualification = data["qualification"].pk if data["qualification"] else None
        since = data["since"] if data["kind"] == Kind.INACTIVE else None
        return Audience(tuple(sorted(region.pk for region in data["regions"])), qualification, data["kind"], since, data["phone"])


def companies(audience: Audience, actor: Actor | None) -> QuerySet[Company]:
    """The recognised companies of an audience that the actor may see, in no order; None is the system, which sees all."""
    seen = Company.objects.standing() if actor is None else Company.objects.visible_to(actor)
    found = seen.filter(Exists(_recognised(audience.qualification)))
    if audience.regions:
        found = found.filter(municipality__region__in=audience.regions)
    if audience.phone:
        found = found.filter(has_number())
    return found.filter(_standing(audience))


def _recognised(crebo: int | None) -> QuerySet[Recognition]:
    """Valid recognitions of a company, for one qualification or for another of the sector of a reserved one."""
    valid = Recognition.objects.valid().filter(company=OuterRef("pk"))
    if crebo is None:
        return valid
    asked = Qualification.objects.get(pk=crebo)
    return valid.filter(qualification__sector_chamber=asked.sector_chamber_id) if asked.is_reserved else valid.filter(qualification=crebo)


def _standing(audience: Audience) -> Q:
    """What the companies' places have to be like."""
    own = Place.objects.filter(company=OuterRef("pk"))
    if audience.qualification is not None:
        own = own.filter(search_rows__qualification=audience.qualification)
    if audience.kind == Kind.STALE:
        return Q(Exists(own.filter(state=PlaceState.OPEN, ends_on__gt=timezone.localdate(), confirmed_at__lt=stale_before())))
    if audience.kind == Kind.NO_PLACES:
        return ~Q(Exists(own.filter(pk__in=Place.objects.open())))
    if audience.kind == Kind.INACTIVE and audience.since is not None:
        return _inactive(audience.since)
    return Q()


def _inactive(since: date) -> Q:
    """Nothing offered or confirmed, nobody trained, and not newly recognised since a day."""
    moment = midnight(since)
    offered = Place.objects.filter(company=OuterRef("pk"), confirmed_at__gte=moment)
    trained = Placement.objects.filter(place__company=OuterRef("pk"), state__in=KNOWN_STATES, ends_on__gte=since)
    new = Recognition.objects.valid().filter(company=OuterRef("pk"), decided_at__gte=moment)
    return ~Q(Exists(offered)) & ~Q(Exists(trained)) & ~Q(Exists(new))


def has_number() -> Q:
    """Companies with a telephone number that nobody found wrong, of their own or of somebody who speaks for them."""
    wrong = CompanyReach.objects.filter(company=OuterRef("pk"), wrong_phone=OuterRef("phone"))
    people = CompanyMembership.objects.filter(company=OuterRef("pk"), ended_at=None, user__is_active=True).exclude(user__phone="")
    return (~Q(phone="") & ~Q(Exists(wrong))) | Q(Exists(people))


def stale_before() -> datetime:
    """Places confirmed before this moment count as out of date."""
    return weeks_ago(settings.PLACE_STALE_WEEKS)


def count(audience: Audience, actor: Actor) -> int:
    """How many companies; one query."""
    return companies(audience, actor).count()


# What is read of the company's prospect for the audience, None where the night knows none, and the order that follows from it.
_READ = ("advised", "worth", "unmet")
_FIELDS = (models.BooleanField, models.FloatField, models.IntegerField)


def ranked(audience: Audience, actor: Actor | None) -> QuerySet[Company]:
    """All of them, those first where a call helps most (then by key), with `prospect_advised`, `prospect_worth` and `prospect_unmet`."""
    row = Q(prospects__best=True) if audience.qualification is None else Q(prospects__qualification=audience.qualification)
    found = companies(audience, actor).annotate(prospect=FilteredRelation("prospects", condition=row))
    found = found.annotate(**{f"prospect_{name}": F(f"prospect__{name}") for name in _READ})
    return found.order_by(*(F(f"prospect_{name}").desc(nulls_last=True) for name in _READ), "pk")


def top(audience: Audience, actor: Actor | None, limit: int, among: QuerySet[Company] | None = None) -> list[Company]:
    """The first of `ranked` without sorting the country: first those of whom the night knows what a call is worth, then the others.

    among: those of `companies` to choose from, where they are known already.
    """
    all_of_them = companies(audience, actor) if among is None else among
    row: dict[str, Any] = {"best": True} if audience.qualification is None else {"qualification": audience.qualification}
    named = {f"prospects__{name}": value for name, value in row.items()}
    if audience.regions:
        named["prospects__region__in"] = audience.regions
    known = all_of_them.filter(**named).annotate(**{f"prospect_{name}": F(f"prospects__{name}") for name in _READ})
    found = list(known.order_by(*(f"-prospects__{name}" for name in _READ), "prospects__company")[:limit])
    if len(found) < limit:
        unknown = all_of_them.filter(~Exists(Prospect.objects.filter(company=OuterRef("pk"), **row)))
        nothing = {f"prospect_{name}": Value(None, output_field=field()) for name, field in zip(_READ, _FIELDS, strict=True)}
        found += unknown.annotate(**nothing).order_by("pk")[: limit - len(found)]
    return found
