"""What a company changed in a place after somebody applied: the facts are kept with the application, and shown beside those of now."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from placements.models import Application, Place, Requirement
from placements.search.cards import on_days
from stagematch.templatetags.stagematch import euro

LABELS: dict[str, Promise] = {
    "title": gettext_lazy("Work"),
    "tasks": gettext_lazy("Tasks"),
    "days": gettext_lazy("Days"),
    "starts_on": gettext_lazy("First day"),
    "ends_on": gettext_lazy("Last day"),
    "requirements": gettext_lazy("Requirements"),
    "allowance": gettext_lazy("Allowance"),
    "expenses": gettext_lazy("Expenses"),
}


@dataclass(frozen=True)
class Change:
    """One fact as it was when the application was sent, and as it is now."""

    label: str | Promise
    was: str
    now: str


def facts_of(place: Place) -> dict[str, Any]:
    """What a student decides on, as it is stored with an application."""
    found = {name: getattr(place, name) for name in LABELS}
    return {name: value.isoformat() if name in ("starts_on", "ends_on") else value for name, value in found.items()}


def changes_of(application: Application) -> list[Change]:
    """What is otherwise now; nothing for applications that kept no facts. Needs the place loaded."""
    kept, now = application.profile.get("place", {}), facts_of(application.place)
    different = [name for name in LABELS if name in kept and kept[name] != now[name]]
    return [Change(LABELS[name], _words(name, kept[name]), _words(name, now[name])) for name in different]


def title_of(application: Application) -> str:
    """The place as it was called when the student applied."""
    return str(application.profile.get("place", {}).get("title") or application.place.title)


def _words(name: str, value: Any) -> str:
    if name == "days":
        return on_days(value)
    if name == "requirements":
        return ", ".join(str(Requirement(one).label) for one in value) or _("none")
    if name in ("allowance", "expenses"):
        return euro(value) if value else _("none")
    if name in ("starts_on", "ends_on"):
        return date_format(date.fromisoformat(value))
    return str(value) or _("none")
