"""The filters as the page shows them: every choice with its words, its number and whether it is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from companies.models import CompanyKind
from placements.forms.places import SUPPORT_LEVELS
from placements.models.place import Adjustment, Requirement, Weekday
from placements.search import names
from placements.search.facets import Counts
from placements.search.query import ALLOWANCES, Query
from reference.models import Pathway, Qualification
from stagematch.forms import CHECKBOX
from stagematch.templatetags.stagematch import euro

Words = str | Promise
CHECKED = mark_safe(" checked")


@dataclass(frozen=True)
class Choice:
    """One choice of a filter."""

    value: str
    label: Words
    count: int
    chosen: bool


@dataclass(frozen=True)
class Group:
    """One filter: its parameter in the address, its question, and its choices."""

    name: str
    legend: Words
    choices: list[Choice]
    single: bool = False

    @property
    def html(self) -> SafeString:
        """The choices as controls with their labels; here and not in a template, because sixty of them took a tenth of the page's time."""
        choices = [Choice("", _("does not matter"), 0, not self.chosen), *self.choices] if self.single else self.choices
        return SafeString("\n".join(self._control_of(choice) for choice in choices))

    def _control_of(self, choice: Choice) -> str:
        number = _number(choice.count) if choice.value else ""
        return f"{_control(self.name, choice.value, str(choice.label), choice.chosen, self.single)}{number}</span></label></div>"

    @property
    def chosen(self) -> int:
        """How many choices are made."""
        return sum(choice.chosen for choice in self.choices)


@lru_cache(maxsize=4096)
def _control(name: str, value: str, label: str, chosen: bool, single: bool) -> SafeString:
    """One control with its label, up to its number; the same few hundred on every page."""
    kind, style = ("radio", "utrecht-radio-button utrecht-radio-button--html-input") if single else ("checkbox", CHECKBOX)
    return format_html(
        '<div class="sm-choice"><input class="{0}" type="{1}" name="{2}" id="{2}-{3}" value="{3}"{4}>'
        '<label class="utrecht-form-label utrecht-form-label--{1}" for="{2}-{3}">{5} <span class="sm-facet__count">',
        style, kind, name, value, CHECKED if chosen else "", label,
    )  # fmt: skip


def _number(count: int) -> str:
    return number_format(count, force_grouping=True) if count > 999 else str(count)


def groups(query: Query, counts: Counts, total: int, course: Qualification | None) -> list[Group]:
    """All filters that divide what was found; course: the qualification that was chosen. Two queries, or none."""
    pathways = {} if course and course.is_reserved else dict(Pathway.choices)
    levels = {level: _("level %(n)s") % {"n": level} for level in (1, 2, 3, 4)}
    allowances = {least: _("any allowance") if least == 1 else _("at least %(amount)s") % {"amount": euro(least)} for least in ALLOWANCES}
    found = [
        _group("periode", _("Period"), query.periods, counts["periods"], dict(names.periods())),
        _group("niveau", _("Level"), query.levels, counts["levels"], levels),
        _group("leerweg", _("Pathway"), query.pathways, counts["pathways"], pathways),
        _group("dag", _("You can work on all of these days"), query.days, counts["days"], dict(Weekday.choices)),
        _group("doel", _("What you want to learn"), query.goals, counts.get("goals", {}), dict(names.goals_of(query.crebo))),
        _group("soort", _("Kind of company"), query.kinds, counts["kinds"], dict(CompanyKind.choices)),
        _single("vergoeding", _("Allowance"), query.allowance, counts["allowance"], allowances),
        _single("begeleiding", _("Guidance, at least"), query.support, counts["support"], dict(SUPPORT_LEVELS)),
        _group("kan", _("This is possible here"), query.offers, counts["offers"], dict(Adjustment.choices)),
        _group("zonder", _("You do not need"), query.without, counts["without"], dict(Requirement.choices)),
        _group("samen", _("Group project"), (1,) if query.group else (), counts["group"], {1: _("work in a team of students")}),
        _group("nu", _("Free now"), (1,) if query.now else (), counts["now"], {1: _("you can begin at once")}),
    ]
    return [group for group in found if group.chosen or any(choice.count != total for choice in group.choices)]


def _group(name: str, legend: Words, chosen: tuple[Any, ...], counts: Mapping[Any, int], labels: Mapping[Any, Words]) -> Group:
    """A question with several answers; what nothing has is left out, unless it is chosen."""
    choices = [
        Choice(str(value), label, counts.get(value, 0), value in chosen) for value, label in labels.items() if counts.get(value) or value in chosen
    ]
    return Group(name, legend, choices)


def _single(name: str, legend: Words, chosen: int, counts: Mapping[Any, int], labels: Mapping[Any, Words]) -> Group:
    """A question with one answer, or none."""
    group = _group(name, legend, (chosen,) if chosen else (), counts, labels)
    if chosen and chosen not in labels:  # an amount that the list does not have
        group.choices.append(Choice(str(chosen), str(chosen), counts.get(chosen, 0), True))
    return Group(name, legend, group.choices, single=True)
