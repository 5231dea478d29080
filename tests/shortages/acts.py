"""An act of last night's advice, as if the engine had chosen it."""

from typing import Any

from django.utils import timezone

from shortages.models import ActKind, Advice, Night
from tests.factories import PostcodeAreaFactory, RecognitionFactory

DAY = {"days": "mo tu we", "from": "2027-02-01", "until": "2027-07-10"}


def advice(kind: str = ActKind.OPEN, *, night: Night | None = None, **fields: Any) -> Advice:
    """An act of last night in the region of Nijmegen."""
    area = PostcodeAreaFactory()
    night = night or Night.objects.get_or_create(date=timezone.localdate(), defaults={"state": "done"})[0]
    recognition = RecognitionFactory(company__municipality=area.municipality)
    facts = {"within": 4, "waiting": 3, "metres": 2500, "moves": 0, "place": DAY}
    rank = Advice.objects.filter(night=night).count() + 1
    return Advice.objects.create(**{
        "night": night, "region": area.municipality.region, "rank": rank, "kind": kind, "company": recognition.company,
        "qualification": recognition.qualification, "pathway": "BOL", "students": 1, "points": 900, "tiers": [2], "reason": facts, **fields,
    })  # fmt: skip
