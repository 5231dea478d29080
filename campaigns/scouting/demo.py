"""Leads of the demo's scout, a few in each state, and what came of them. INVENTED.

Everything goes through the services that pages use; only the days are moved back afterwards.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import pgtrigger
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.actor import Actor
from accounts.hats import HatKind
from campaigns.models import Lead, LeadStep
from campaigns.models.leads import Source
from campaigns.scouting import links
from campaigns.scouting.workflow import LeadReason, LeadState, S
from campaigns.services import leads
from companies.models import Company, Recognition
from companies.workflow import R
from reference.selectors import postcode_area, search_qualifications
from shortages.demo_desk import demo_actors
from stagematch.models import OutboxMail


class Story(NamedTuple):
    """A company, what it does, and how far it has come."""

    name: str
    does: str
    source: Source
    goes: tuple[LeadState, ...] = ()
    days: int = 3
    note: str = ""


STORIES = (
    Story("Fietsenmakerij Spaak & Zoon", "fietstechnicus", Source.STREET, days=1, note="Twee man sterk, hangt vol werk."),
    Story("Dakdekkersbedrijf Hoogland", "dakdekker", Source.NETWORK, days=2),
    Story("Kwekerij De Lentebloem", "bloemist", Source.INTERNET, (S.CONTACTED,), 9, "Denkt erover na, wil eerst het voorjaar door."),
    Story("Lunchroom De Waalkade", "kok", Source.CALLED, (S.CONTACTED, S.INTERESTED), 5, "Wil twee dagen per week iemand in de keuken."),
    Story("Zorgboerderij Het Gors", "zorg", Source.SCHOOL, (S.CONTACTED, S.INTERESTED, S.REGISTERED), 30),
    Story("Bouwbedrijf Van Elst", "timmerman", Source.EVENT, (S.CONTACTED, S.INTERESTED, S.REGISTERED, S.RECOGNISED), 50),
    Story("Kapsalon Krul", "kapper", Source.STREET, (S.CONTACTED, S.NOT_INTERESTED), 20, "Volgend jaar weer vragen."),
    Story("Garage Kronenburg", "autotechnicus", Source.STREET, (S.ALREADY_KNOWN,), 12),
)
PLACE = "6525"  # where the demo is at home


def play() -> int:
    """Leads of the scout of the demo; how many were made."""
    scout = next(demo_actors(HatKind.SCOUT), None)
    if scout is None or Lead.objects.exists():
        return 0
    for story in STORIES:
        _tell(story, scout)
    OutboxMail.objects.filter(key__startswith="lead-").delete()
    return len(STORIES)


@transaction.atomic
def _tell(story: Story, scout: Actor) -> None:
    area = postcode_area(PLACE)
    assert area, "the demo has reference data"
    words = "".join(letter for letter in story.name.lower() if letter.isascii() and letter.isalpha())
    found = Lead(
        name=story.name, postcode=PLACE, area=area, region=area.municipality.region, source=story.source, note=story.note,
        contact_name="De eigenaar", email=f"info@{words}.example", phone="+31240990000",
    )  # fmt: skip
    lead = leads.add(lead=found, qualifications=search_qualifications(story.does)[:1], by=scout)
    for state in story.goes:
        _go(lead, state, scout, waits=story.goes[-1] == S.REGISTERED)
        lead.refresh_from_db()
    if lead.company:  # it is called as it is, and no garage turns out to be a florist's
        Lead.objects.filter(pk=lead.pk).update(name=lead.company.name, note="")
        lead.qualifications.set(Recognition.objects.filter(company=lead.company).values_list("qualification", flat=True)[:1])
    _move_back(lead, story.days)


def _go(lead: Lead, state: LeadState, scout: Actor, *, waits: bool) -> None:
    """One move, by whoever makes it; waits: the company is not recognised yet."""
    if state == S.INTERESTED:
        leads.send_link(lead=lead, by=scout)
    elif state == S.REGISTERED:
        leads.company_registered(company=_one_like_it(lead, waits=waits), new=True, token=links.token_of(lead))
    elif state == S.RECOGNISED:
        recognition = Recognition.objects.valid().filter(company=lead.company).first()
        if recognition:
            leads.company_recognised(recognition=recognition)
    elif state == S.ALREADY_KNOWN:
        leads.move(lead=lead, to=state, actor=scout, company=_one_like_it(lead, waits=False))
    else:
        reason = LeadReason.NO_TIME if state == S.NOT_INTERESTED else ""
        again = timezone.localdate() + timedelta(days=1) if state == S.CONTACTED else None
        leads.move(lead=lead, to=state, actor=scout, reason=reason, again_on=again)


def _one_like_it(lead: Lead, *, waits: bool) -> Company:
    """A company of the demo in the region that the lead turns out to be: one that waits for recognition, or one that has it and offers places."""
    here = Recognition.objects.filter(company__municipality__region=lead.region, company__leads=None, company__merged_into=None).select_related(
        "company"
    )
    trains = here.valid().filter(company__places__isnull=False).select_related("company").order_by("-company__places__created_at", "pk")
    recognition = here.filter(state=R.SUBMITTED).order_by("pk").first() if waits else None
    recognition = recognition or trains.first()
    assert recognition, "the demo has recognised companies"
    found: Company = recognition.company
    return found


def _move_back(lead: Lead, days: int) -> None:
    """As if it had been written down so long ago, each step some days after the one before."""
    Lead.objects.filter(pk=lead.pk).update(created_at=F("created_at") - timedelta(days=days), moved_at=F("moved_at") - timedelta(days=days // 3))
    with pgtrigger.ignore("campaigns.LeadStep:lead_steps_are_never_changed"):
        steps = list(lead.steps.order_by("at", "pk"))
        for number, step in enumerate(steps):
            ago = timedelta(days=days - number * (days * 2 // 3) // max(1, len(steps) - 1))
            LeadStep.objects.filter(pk=step.pk).update(at=F("at") - ago)
