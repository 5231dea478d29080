"""An act in words: what to do, why this company, what it brings. Counts, never names of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from placements.models import Weekday
from reference.travel import road_metres
from shortages.models import ActKind, Advice
from stagematch.templatetags.stagematch import km

FIRST_TIER = 0


@dataclass(frozen=True)
class Words:
    """What to do (with the name of the company), why there, what it brings, and how to begin."""

    what: str
    why: str
    brings: str
    ask: str


def words_of(advice: Advice) -> Words:
    """All of it in today's language; `advice` with company, qualification and place."""
    return Words(_what(advice), _why(advice.kind, advice.reason), brings(advice.students, advice.tiers, advice.points), _ask(advice))


def _what(advice: Advice) -> str:
    facts = {
        "company": advice.company.name,
        "course": advice.qualification.along(advice.pathway),
        "day": str(Weekday(advice.day).label) if advice.day else "",
        "place": advice.place.title if advice.place else "",
    }
    texts = {
        ActKind.OPEN: _("Ask %(company)s to open a place for %(course)s"),
        ActKind.CONFIRM: _("Ask %(company)s whether the place “%(place)s” is still right"),
        ActKind.DAY: _("Ask %(company)s whether a student can come on %(day)s too, at “%(place)s”"),
        ActKind.RECOGNISE: _("Help %(company)s to be recognised for %(course)s as well"),
    }
    return texts[ActKind(advice.kind)] % facts


def _why(kind: str, reason: dict[str, Any]) -> str:
    within, waiting, metres = (int(reason.get(name) or 0) for name in ("within", "waiting", "metres"))
    far = {"n": waiting, "km": km(road_metres(metres))}
    parts = [ngettext("%(n)s student looks for this and can get there.", "%(n)s students look for this and can get there.", within) % {"n": within}]
    if within == waiting == 1:
        parts = [_("1 student looks for this, can get there and has no place yet: %(km)s away.") % far]
    elif waiting == 1:
        parts.append(_("One of them has no place yet: %(km)s away.") % far)
    elif waiting:
        parts.append(_("%(n)s of them have no place yet, half of them within %(km)s.") % far)
    parts.append({
        ActKind.OPEN: _("The company is recognised for it and has no free place for it now."),
        ActKind.CONFIRM: _("Nobody is shown this place now, because the company has not confirmed it for a long time."),
        ActKind.DAY: _("The place is free, and students who could come need this day."),
        ActKind.RECOGNISE: _("The company is recognised for another qualification of the same qualification file."),
    }[ActKind(kind)])  # fmt: skip
    return " ".join(parts)


def brings(students: int, tiers: list[int], points: int) -> str:
    """What an act, or several, would change."""
    if not students:
        return ngettext(
            "Nobody more gets a place, but together students are %(n)s point better off.",
            "Nobody more gets a place, but together students are %(n)s points better off.",
            points,
        ) % {"n": points}
    text = ngettext("%(n)s student more gets a place.", "%(n)s students more get a place.", students) % {"n": students}
    first = tiers.count(FIRST_TIER)
    if first and students == 1:
        text += " " + _("It is somebody in the exit phase, or who lost a place.")
    elif first:
        text += " " + ngettext(
            "%(n)s of them is in the exit phase or lost a place.", "%(n)s of them are in the exit phase or lost a place.", first
        ) % {"n": first}  # fmt: skip
    return text


def _ask(advice: Advice) -> str:
    """What the place would be, as far as somebody who calls needs it."""
    place = advice.reason.get("place", {})
    days = [str(Weekday(day).label) for day in str(place.get("days", "")).split()]
    slots = ngettext("room for %(n)s student", "room for %(n)s students", advice.slots) % {"n": advice.slots}
    return _("What to ask for: %(slots)s, on %(days)s, from %(first)s until %(last)s.") % {
        "slots": slots, "days": ", ".join(days), "first": _day(place.get("from")), "last": _day(place.get("until"), less=1),
    }  # fmt: skip


def _day(text: str | None, less: int = 0) -> str:
    return date_format(date.fromisoformat(text) - timedelta(days=less), "j F Y") if text else "–"
