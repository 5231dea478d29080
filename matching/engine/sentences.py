"""Explanations as sentences, in Dutch and English at B1 level: short, "you", nobody named.

The engine knows no Django, so these texts are a table of its own. Facts come in; list of sentences comes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from .texts import DAY_NAMES, TEXTS

if TYPE_CHECKING:
    from .alternatives import WhyNot, WhyNothing
    from .changes import Change, Step
    from .classes import Figures
    from .reasons import PlaceFacts, WhyThis

LANGUAGES = ("nl", "en")
FULL = 1000


def say(key: str, language: str, count: int | None = None, **values: object) -> str:
    """One sentence of the table; `count` chooses between the texts for one and for more, and may be shown as {n}."""
    found = TEXTS[key][language]
    text = found if isinstance(found, str) else found[0 if count == 1 else 1]
    return text.format(n=number(count or 0, language), **values)


def number(value: int, language: str) -> str:
    grouped = f"{value:,}"
    return grouped.replace(",", ".") if language == "nl" else grouped


def km(metres: float, language: str) -> str:
    """Metres as kilometres with one decimal; whole ones without."""
    text = f"{metres / 1000:.1f}".removesuffix(".0")
    return text.replace(".", ",") if language == "nl" else text


def listed(words: Sequence[str], language: str) -> str:
    """a, b and c."""
    joint = " en " if language == "nl" else " and "
    return joint.join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def why_this(facts: WhyThis, language: str) -> list[str]:
    """Why this place: the points as a whole, one sentence a criterion, and what decided."""
    said = [say("this_total", language, facts.score)]
    for row in facts.criteria:
        values = {name: number(value, language) for name, value in row.facts.items()}
        values |= {name: km(row.facts[name], language) for name in ("distance", "limit") if name in row.facts}
        count = row.facts.get("met", row.facts.get("shared"))
        said.append(
            say(f"{row.criterion}_{row.case}", language, count, **values) + " " + say("points", language, row.points, max=number(row.max, language))
        )
    return [*said, say(f"decided_{facts.policy}", language)]


def why_not(facts: WhyNot, language: str) -> list[str]:
    """Why not that place: the rule that forbids it, or what it would cost others."""
    if facts.rule is not None:
        return [say(f"rule_{facts.rule}", language)]
    if facts.is_own:
        return [say("own_place", language)]
    said = [say("points_there", language, facts.own_points)]
    if facts.points_now is not None:
        said.append(say("points_now", language, facts.points_now))
    if not facts.exact:
        if facts.lower_bound is not None:
            said.append(say("lost_at_least" if facts.lower_bound else "lost_unknown", language, facts.lower_bound))
        return said
    if facts.others_out:
        before = facts.points_now is None and facts.policy != "stable"
        said.append(say("others_out_before" if before else "others_out", language, facts.others_out))
    if facts.others_in:
        said.append(say("others_in", language, facts.others_in))
    for key, count in (("others_fewer", facts.others_fewer), ("others_more", facts.others_more)):
        if count:
            said.append(say(key, language, count))
    if facts.others_out or facts.others_in:
        return said  # other students are placed: totals cannot be compared
    return [*said, why_not_total(facts, language)]


def why_not_total(facts: WhyNot, language: str) -> str:
    lost = facts.lost or 0
    if lost > 0:
        return say("lost_generous" if facts.policy == "generous" else "lost", language, lost)
    if lost == 0 and not facts.others_fewer and facts.own_points == facts.points_now:
        return say("equal_lots", language)
    return say("equal", language) if lost == 0 else say("won_but", language, -lost)


def why_nothing(facts: WhyNothing, language: str) -> list[str]:
    """Why none: which rule leaves nothing, or how many share how few slots."""
    if not facts.left["qualification"]:
        return [say("none_at_all", language)]
    if facts.reason != "full":
        before = {"none_near": "qualification", "level": "distance", "pathway": "level", "period": "pathway", "days": "period"}
        before |= {"needs": "days", "demands": "needs", "taken": "distance"}
        return [say(f"none_{facts.reason}", language, facts.left[before[facts.reason]])]
    said = [say("none_full", language, facts.in_reach)]
    if facts.students > facts.slots:
        over = facts.students - facts.slots
        said += [say("share_students", language, facts.students) + " " + say("share_slots", language, facts.slots)]
        said += [say("share_without", language, over)]
    return [*said, say("ranking_decides" if facts.policy == "stable" else "turn_decides", language)]


def what_would_change_it(changes: Sequence[Change] | None, language: str) -> list[str]:
    """One sentence a change, smallest first; says so when there is none, and nothing when it is not known."""
    if changes is None:
        return []
    if not changes:
        return [say("change_none", language)]
    said = []
    for change in changes:
        steps = listed([step_in_words(step, language) for step in change.steps], language)
        sentence = say("change", language, steps=steps)
        said.append(sentence + (" " + say("change_out", language, change.others_out) if change.others_out else ""))
    return said


def step_in_words(step: Step, language: str) -> str:
    if step.kind == "day":
        return say("step_day", language, days=listed([DAY_NAMES[language][day] for day in step.days], language))
    if step.kind == "days_needed":
        return say("step_days_needed", language, step.to)
    day = date.fromordinal(step.to).isoformat() if step.kind in ("earlier", "later") else ""
    return say(f"step_{step.kind}", language, step.by, date=day)


def why_class(facts: Figures, max_points: dict[str, int], language: str) -> list[str]:
    """Where a class stands: how many have a place, where points are lost, why some have nothing."""
    said = [say("class_placed", language, facts.placed, all=number(facts.students, language))]
    if facts.mean is not None:
        said.append(say("class_mean", language, round(facts.mean)))
    if facts.binding is not None:
        lost, most = round(facts.lost[facts.binding]), number(max_points[facts.binding], language)
        said.append(say("class_binding", language, lost, criterion=say(f"name_{facts.binding}", language), max=most))
    if facts.below_500:
        said.append(say("class_low", language, facts.below_500))
    said += [say(f"class_{reason}", language, count) for reason, count in sorted(facts.reasons.items(), key=lambda item: -item[1])]
    return said


def about_place(facts: PlaceFacts, language: str) -> list[str]:
    """What a place is in the match: slots, how many could go there, what one more slot would do."""
    said = [say("place_slots", language, facts.capacity, taken=number(facts.taken, language)), say("place_reach", language, facts.in_reach)]
    if facts.extra_points is None:
        return said
    if facts.extra_tier is not None:
        return [*said, say("place_more", language, tier=facts.extra_tier)]
    return [*said, say("place_price" if facts.extra_points else "place_no_gain", language, facts.extra_points)]
