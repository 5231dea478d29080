"""Call rounds for tests: a running one with companies, and callers."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.actor import Actor
from accounts.hats import HatKind
from accounts.models import Post
from campaigns.audience import Audience, Kind
from campaigns.calls.workflow import Outcome
from campaigns.models import Call, CallRound
from campaigns.services import calls
from campaigns.services.calling import Said, take_next, write_down
from companies.models import Company
from reference.models import LabourMarketRegion
from tests.factories import CompanyFactory, MunicipalityFactory, PostFactory, RecognitionFactory, actor_for


def recognised(region: LabourMarketRegion | None = None, **fields: Any) -> Company:
    """A recognised company, in a region if one is named."""
    if region is not None:
        fields["municipality"] = MunicipalityFactory(code=f"GM9{region.pk[-2:]}9", name=region.name, region=region)
    company: Company = RecognitionFactory(company=CompanyFactory(**fields)).company
    return company


def scout(*regions: LabourMarketRegion, **fields: Any) -> Actor:
    """A scout of these regions, of all without any."""
    post: Post = PostFactory(kind=HatKind.SCOUT, **fields)
    post.regions.set(regions)
    return actor_for(post)


def draft(audience: Audience | None = None, **fields: Any) -> CallRound:
    """A round that has not been started."""
    asks = audience or Audience(kind=Kind.EVERYONE)
    named = {"name": "Belactie zorg", "script": "Goedemorgen", "target": 10, "deadline": timezone.localdate() + timedelta(days=14)} | fields
    round_: CallRound = CallRound.objects.create(audience=asks.as_json(), **named)
    round_.regions.set(asks.regions)
    return round_


def running(size: int = 3, audience: Audience | None = None) -> CallRound:
    """A round that is under way, with so many new companies besides those that fit already."""
    for _number in range(size):
        recognised()
    return calls.start(round_=draft(audience), by=None)


def turn(round_: CallRound) -> list[Company]:
    """Its companies in their order."""
    return [call.company for call in Call.objects.filter(round=round_).order_by("position").select_related("company")]


def calls_of_a_colleague() -> dict[str, dict[str, Any]]:
    """For the matrix: a round under way with an outcome of a colleague and a company that waits, and a round that has not begun."""
    region = recognised().municipality.region_id
    round_, actor = running(2, Audience(regions=(region,))), scout()
    done = take_next(round_=round_, actor=actor)
    assert done is not None
    assert done.claim is not None
    result = write_down(call=done, claim=done.claim, said=Said(Outcome.NO), actor=actor)
    return {
        "call round": {"public_id": round_.public_id},
        "call round that waits": {"public_id": draft(name="Belactie techniek").public_id},
        "call": {"public_id": Call.objects.filter(round=round_, outcome="").earliest("position").public_id},
        "outcome of a call": {"public_id": result.public_id},
    }
