"""Own students in a run by programme and class: figures of the engine, sentences of the engine, names of the database."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accounts.actor import Actor
from matching import packages, selectors, words
from matching.engine import CRITERIA, sentences
from matching.engine.classes import Figures, class_summary
from matching.explanations import language
from matching.figures import percent
from matching.models import Run
from reference.travel import road_metres


@dataclass
class Group:
    """Some own students: all, those of a programme, or those of one class in it; `key` names it in an address."""

    key: str
    label: str
    inside: bool = False
    requests: list[int] = field(default_factory=list)
    row: dict[str, Any] = field(default_factory=dict)


def groups_of(run: Run, actor: Actor) -> list[Group]:
    """All own students first, then each programme followed by its classes (if it has several), with their figures. One query and the run."""
    everybody = Group("", _("all my students"))
    found: dict[str, Group] = {}
    for request, programme, name, group in selectors.classes_in(run, actor):
        key = str(programme)
        found.setdefault(key, Group(key, name)).requests.append(request)
        found.setdefault(
            f"{key}.{group}", Group(f"{key}.{group}", _("class %(name)s") % {"name": group} if group else _("without a class"), inside=True)
        ).requests.append(request)
        everybody.requests.append(request)
    programmes = [group for group in found.values() if not group.inside]
    shown = [everybody] if len(programmes) != 1 else []
    for programme_ in programmes:
        inside = [group for key, group in found.items() if group.inside and key.startswith(f"{programme_.key}.")]
        shown += [programme_, *(inside if len(inside) > 1 else [])]
    for group_ in shown:
        group_.row = _row(figures(run, group_.requests))
    return shown


def figures(run: Run, requests: Iterable[int]) -> Figures:
    """The engine's figures of these requests in a finished run."""
    return class_summary(*packages.of_run(run.pk), requests)


def summary(run: Run, group: Group) -> dict[str, Any]:
    """What the page says about one group: sentences, points per criterion, reasons for no place."""
    facts = figures(run, group.requests)
    weights = run.criteria.as_engine().as_dict()
    return {
        "said": sentences.why_class(facts, weights, language()) if facts.students else [],
        "placed": facts.placed,
        "criteria": [
            {
                "label": words.CRITERION[name], "points": round(weights[name] - facts.lost[name]), "max": weights[name],
                "lost": round(facts.lost[name]), "binding": name == facts.binding,
            }
            for name in CRITERIA
        ],
        "reasons": [
            {"code": reason, "label": words.Reason(reason).label, "n": n}
            for reason, n in sorted(facts.reasons.items(), key=lambda item: -item[1])
        ],
    }  # fmt: skip


def _row(facts: Figures) -> dict[str, Any]:
    return {
        "students": facts.students,
        "placed": facts.placed,
        "percent": percent(facts.placed, facts.students),
        "mean": None if facts.mean is None else round(facts.mean),
        "below_500": facts.below_500,
        "road": None if facts.median_distance is None else road_metres(round(facts.median_distance)),
        "binding": words.CRITERION[facts.binding] if facts.binding else "",
    }
