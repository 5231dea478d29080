"""Companies that could help a programme in a region: those that the night priced one by one, then those by the figures; with what was tried there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from accounts.actor import Actor
from campaigns.models import Prospect
from campaigns.scouting.tried import Do, NextStep, Tried, next_step, tried_at
from companies.models import Company, CompanyReach, Recognition
from placements.models import PlaceSearchRow
from reference.models import Qualification
from shortages.advice import selectors as advice
from shortages.models import ActKind, Night

PAGE = 20
# Of each company so much is shown in a list, and on its own page.
LAST, STORY = 3, 40


@dataclass(frozen=True)
class Candidate:
    """One company in a work list. act: what the night advises there, with its exact number of students; else worth and unmet, from the figures.

    worth: students placed more by one slot more in its region, a mean; unmet: students without a place within 15 km, less free slots there.
    """

    company: Company
    next: NextStep
    act: Any = None
    worth: float = 0
    unmet: int = 0
    offers: bool = False
    tried: list[Tried] = field(default_factory=list)

    @property
    def to_call(self) -> bool:
        """Whether somebody should do something there now."""
        return self.next.do not in (Do.WAIT, Do.LEAVE)


@dataclass(frozen=True)
class Candidates:
    """Both parts of a programme's list in one region: `advised` in the night's order, and a page of the others by the figures."""

    advised: list[Candidate]
    page: Page[Any]
    others: list[Candidate]

    @property
    def students(self) -> int:
        """What the advised ones bring together: they add up."""
        return sum(one.act.students for one in self.advised)


def candidates(
    night: Night | None, actor: Actor, region: str, qualification: Qualification, pathway: str, *, page: object = None, without: bool = False
) -> Candidates:
    """Companies that could help; without: of the others only those that have no free place for it now. Five queries."""
    acts = advice.acts_of(night, actor).filter(region=region, qualification=qualification, pathway=pathway, company__merged_into=None)
    named = advice.in_words(list(acts.order_by("rank")))
    shown = Paginator(_by_figures(region, qualification, [act.company_id for act in named], without), PAGE).get_page(page)  # type: ignore[arg-type]
    keys = [act.company_id for act in named] + [company for company, _worth, _unmet in shown]
    about, tried = _facts(keys, qualification), tried_at(keys, most=LAST)
    advised = [_candidate(about[act.company_id], tried, actor, act=act) for act in named]
    return Candidates(advised, shown, [_candidate(about[company], tried, actor, worth=worth, unmet=unmet) for company, worth, unmet in shown])


def _by_figures(region: str, qualification: Qualification, but: list[int], without: bool) -> list[tuple[int, float, int]]:
    """Company, worth and unmet of the recognised ones besides those, first where the figures say that a place helps most.

    All of the region, two thousand at most: reading them once is cheaper than counting first. A merged record has no valid recognition.
    """
    rows: QuerySet[Prospect] = Prospect.objects.filter(Exists(_recognised(qualification)), qualification=qualification, region=region)
    if without:
        rows = rows.filter(~Exists(_offered(qualification, "company")))
    ordered = rows.exclude(company__in=but).order_by(F("worth").desc(), F("unmet").desc(), "company")
    return list(ordered.values_list("company", "worth", "unmet"))


def _recognised(qualification: Qualification) -> QuerySet[Recognition]:
    """Valid recognitions of a row's company: those of the qualification, or any of the sector for pupils without a crebo."""
    valid = Recognition.objects.valid().filter(company=OuterRef("company"))
    if qualification.is_reserved:
        return valid.filter(qualification__sector_chamber=qualification.sector_chamber_id)
    return valid.filter(qualification=qualification)


def _offered(qualification: Qualification, company: str) -> QuerySet[PlaceSearchRow]:
    return PlaceSearchRow.objects.filter(place__company=OuterRef(company), qualification=qualification, open=True)


def _facts(companies: list[int], qualification: Qualification) -> dict[int, Any]:
    """The companies by key, each with `offers`: places for it now, and `silent`: it wants no calls. One query."""
    rows = Company.objects.filter(pk__in=companies).order_by()
    silent = CompanyReach.objects.no_calls().filter(company=OuterRef("pk"))
    return {company.pk: company for company in rows.annotate(offers=Exists(_offered(qualification, "pk")), silent=Exists(silent))}


def _candidate(company: Any, tried: dict[int, list[Tried]], actor: Actor, act: Any = None, **worth: Any) -> Candidate:
    done, recognise = tried.get(company.pk, []), act is not None and act.kind == ActKind.RECOGNISE
    step = next_step(done, post=actor.object_id, wants_no_calls=company.silent, recognise=recognise, today=timezone.localdate())
    return Candidate(company, step, act=act, offers=company.offers, tried=done, **worth)


def story_of(company: Company, actor: Actor) -> tuple[list[Tried], NextStep]:
    """Everything that was tried at one company lately, and what follows. Two queries."""
    done = tried_at([company.pk], most=STORY)[company.pk]
    silent = CompanyReach.objects.no_calls().filter(company=company).exists()
    return done, next_step(done, post=actor.object_id, wants_no_calls=silent, recognise=False, today=timezone.localdate())
