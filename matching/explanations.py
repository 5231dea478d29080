"""Why this place, why not another, why none: the run's own numbers, put into words.

Everything is read from what the run saw (its stored instance), so that the words fit the points even when a company has
changed its place since. Only names come from the database. Instances hold no names.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from companies.models import CompanyKind
from matching import packages, words
from matching.engine import CRITERIA, Instance, misses, reach, sentences
from matching.engine import explain as explain_engine
from matching.engine.columns import DAYS
from matching.models import Policy, Proposal, RoundState
from placements.models import Adjustment, Place, Placement, PlacementRequest, Requirement, Weekday
from placements.selectors import Reasons
from reference import travel
from reference.models import LearningGoal
from stagematch.templatetags.stagematch import euro, km
from stagematch.templatetags.stagematch import minutes as duration

if TYPE_CHECKING:
    from matching.engine.explanation import Miss

OTHERS = 8
MISSED = 8


@dataclass(frozen=True)
class Points:
    """One criterion: points of the most there are, and what they mean."""

    label: str
    points: int
    max: int
    note: str


@dataclass(frozen=True)
class Other:
    """A place in reach that was not chosen, and why not."""

    place: Place | None
    score: int
    metres: int
    minutes: int
    full: bool
    why_not: str
    slots: int


@dataclass(frozen=True)
class Missed:
    """A place for the qualification that a hard rule leaves out; `full`: it had no slot left before the round."""

    place: Place | None
    metres: int
    rule: str
    full: bool


@dataclass(frozen=True)
class Why:
    """Everything the panel says about one proposal; metres by road, minutes by the student's own means of travel."""

    points: list[Points] = field(default_factory=list)
    metres: int | None = None
    minutes: int | None = None
    others: list[Other] = field(default_factory=list)
    in_reach: int = 0
    missed: list[Missed] = field(default_factory=list)


def explain(proposal: Proposal) -> Why:
    """Why the run proposed this; four queries at most, however many places. Needs request and criteria loaded."""
    instance, result = packages.of_run(proposal.run_id)
    student, mode = proposal.request_id, proposal.request.travel_mode
    options = reach(instance, result, student)
    rest = [option for option in options if option.place_id != proposal.place_id]
    near = misses(instance, student, limit=MISSED) if len(rest) < OTHERS else []
    names = _places([option.place_id for option in rest[:OTHERS]] + [miss.place_id for miss in near])
    others = [
        Other(
            names.get(option.place_id), option.score, travel.road_metres(option.distance), travel.minutes(option.distance, mode),
            option.place_full, _why_not(option, proposal), int(instance.places.capacity[instance.row_by_place[option.place_id]]),
        )
        for option in rest[:OTHERS]
    ]  # fmt: skip
    missed = [Missed(names.get(miss.place_id), travel.road_metres(miss.distance), _missed(miss), not miss.had_slot) for miss in near]
    if proposal.place_id is None:
        return Why(others=others, in_reach=len(rest), missed=missed)
    metres = proposal.distance or 0
    points = points_in_words(proposal, instance)
    return Why(points, travel.road_metres(metres), travel.minutes(metres, mode), others, len(rest), missed)


def why_not_there(proposal: Proposal, place: Place) -> list[str]:
    """Why not that place, in the words the student reads: solved again with the pair fixed. KeyError when the run did not know the place."""
    facts = explain_engine.why_not(*packages.of_run(proposal.run_id), proposal.request_id, place.pk)
    return sentences.why_not(facts, language())


def why_nothing(proposal: Proposal) -> list[str]:
    """Why there is no place: the rule that leaves none, or how many share how few slots; nothing for who has one.

    Under `stable` neither turn nor a shortage need be the reason, so that only the number of places is said.
    """
    facts = explain_engine.why_nothing(*packages.of_run(proposal.run_id), proposal.request_id)
    if facts is None:
        return []
    said = sentences.why_nothing(facts, language())
    return said[:1] if proposal.run.policy == Policy.STABLE else said


def what_helps(proposal: Proposal) -> list[str]:
    """The smallest changes of the student's own limits that would have given a place, each proven by solving again."""
    changes = explain_engine.what_would_change_it(*packages.of_run(proposal.run_id), proposal.request_id)
    return [_("This group of students is too large to try it out.")] if changes is None else sentences.what_would_change_it(changes, language())


def language() -> str:
    """The reader's language, of the two that the engine speaks."""
    return "nl" if (get_language() or "nl").startswith("nl") else "en"


def no_place(proposal: Proposal) -> words.NoPlace | None:
    """What the reason for having no place means, and what to do about it."""
    if not proposal.reason:
        return None
    if proposal.reason == words.Reason.FULL and proposal.run.policy == Policy.STABLE:
        return words.FULL_STABLE
    return words.NO_PLACE[words.Reason(proposal.reason)]


def _places(keys: Iterable[int]) -> dict[int, Place]:
    return {place.pk: place for place in Place.objects.filter(pk__in=set(keys)).select_related("company")}


def _missed(miss: "Miss") -> str:
    """The rule that leaves a place out, with what exactly is asked and not there."""
    rule, labels = str(words.MISSES[miss.rule]), dict(Adjustment.choices) | dict(Requirement.choices)
    return f"{rule}: {', '.join(str(labels[word]) for word in miss.lacking)}" if miss.lacking else rule


def _why_not(option: Any, proposal: Proposal) -> str:
    """In words what choosing this place instead would have done; `lower_bound` is exact as a bound, not a guess."""
    if proposal.run.policy == Policy.STABLE:
        return ""  # no prices prove it; asked by itself it is solved again
    if proposal.place_id is None:
        return _("Taken by students who came earlier in the order of turn.")
    if option.lower_bound is None:
        return ""
    if not option.place_full:
        return ngettext(
            "It had a free slot, but fits %(n)s point less well.", "It had a free slot, but fits %(n)s points less well.", option.lower_bound
        ) % {"n": option.lower_bound}
    if option.lower_bound == 0:
        return _("Full: other students have it. Ask what it would cost them.")
    return ngettext(
        "Full. Choosing it would cost all students together at least %(n)s point.",
        "Full. Choosing it would cost all students together at least %(n)s points.",
        option.lower_bound,
    ) % {"n": option.lower_bound}


def points_in_words(proposal: Proposal, instance: Instance | None = None) -> list[Points]:
    """The six criteria of a proposal with a place, each with what the points mean."""
    if instance is None:
        instance = packages.of_run(proposal.run_id)[0]
    weights = proposal.run.criteria
    notes = _notes(proposal, instance)
    return [Points(str(words.CRITERION[name]), getattr(proposal, f"points_{name}"), getattr(weights, name), notes[name]) for name in CRITERIA]


def reasons(placement: Placement) -> Reasons | None:
    """For the student's own page: why this placement was proposed; None if no run did. Two queries, or three the first time."""
    proposal = (
        Proposal.objects.filter(placement=placement, place=placement.place_id)
        .select_related("run__criteria", "request")
        .defer("run__instance", "run__result")
        .first()
    )
    if proposal is None or proposal.score is None:
        return None
    facts = explain_engine.why_this(*packages.of_run(proposal.run_id), proposal.request_id)
    said = sentences.why_this(facts, language()) if facts else []
    # The first sentence counts the points, the last says what decided; those between are the notes of the rows.
    return Reasons(proposal.score, [asdict(points) for points in points_in_words(proposal)], said[:1] + said[-1:])


def unplaced(request: PlacementRequest) -> Proposal | None:
    """The proposal that says why a request has no place: of the last round that is finished, if it gave none."""
    counted = Proposal.objects.filter(request=request, run__taken_over_at__isnull=False, run__round__state=RoundState.PUBLISHED)
    last = (
        counted.select_related("run__round", "run__criteria")
        .defer("run__instance", "run__result")
        .order_by("-run__round__published_at", "-pk")
        .first()
    )
    return last if last is not None and last.place_id is None else None


def unplaced_address(request: PlacementRequest) -> str:
    """Where the student reads why a finished round gave no place; empty when none did."""
    return "" if unplaced(request) is None else reverse("matching:unplaced")


def _notes(proposal: Proposal, instance: Instance) -> dict[str, str]:
    row, column = instance.row_by_student[proposal.request_id], instance.row_by_place[proposal.place_id or 0]
    s, p = instance.students, instance.places
    return {
        "distance": _distance(proposal, int(s.max_distance[row])),
        "goals": _goals(instance, row, column),
        "kind": _kind(instance, row, column),
        "support": _("asked for: %(wanted)s; offered: %(offered)s")
        % {"wanted": words.SUPPORT_WANTED[int(s.support[row])], "offered": words.SUPPORT_OFFERED[int(p.support[column])]},
        "days": _days(int(s.days[row]), int(p.days[column])),
        "allowance": _allowance(int(s.allowance[row]), int(p.allowance[column])),
    }


def _distance(proposal: Proposal, limit: int) -> str:
    mode, metres = proposal.request.travel_mode, proposal.distance or 0
    return _("%(km)s, %(time)s %(mode)s; at most %(limit)s") % {
        "km": km(travel.road_metres(metres)),
        "time": duration(travel.minutes(metres, mode)),
        "mode": proposal.request.get_travel_mode_display(),
        "limit": duration(travel.minutes(limit, mode)),
    }


def _goals(instance: Instance, row: int, column: int) -> str:
    asked, offered = instance.students.goals.of(row).tolist(), set(instance.places.goals.of(column).tolist())
    if not asked:
        return _("no goals chosen, so full marks everywhere")
    shared = [instance.words.goals.words[code] for code in asked if code in offered]
    texts = sorted(LearningGoal.objects.filter(code__in=shared).values_list("text", flat=True))
    said = _("%(n)s of %(all)s goals") % {"n": len(shared), "all": len(asked)}
    return f"{said}: {'; '.join(texts)}" if texts else said


def _kind(instance: Instance, row: int, column: int) -> str:
    s, kind = instance.students, int(instance.places.kind[column])
    first, second = int(s.kind1[row]), int(s.kind2[row])
    if first < 0:
        return _("no wish, so full marks everywhere")
    here = str(CompanyKind(instance.words.kinds.words[kind]).label) if kind >= 0 else ""
    if kind == first:
        return _("%(kind)s: first wish") % {"kind": here}
    if kind == second:
        return _("%(kind)s: second wish") % {"kind": here}
    return _("%(kind)s: not one of the wishes") % {"kind": here}


def _days(asked: int, offered: int) -> str:
    shared = [str(Weekday(day).label) for bit, day in enumerate(DAYS) if asked & offered & 1 << bit]
    return _("together on %(days)s") % {"days": ", ".join(shared)} if shared else _("no days in common")


def _allowance(hoped: int, offered: int) -> str:
    if not hoped:
        return _("no hope given, so full marks everywhere")
    return _("hoped for %(hoped)s, offered %(offered)s a month") % {"hoped": euro(hoped), "offered": euro(offered)}
