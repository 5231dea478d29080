"""A saved search, run for its owner: its name, what is new in it, and the links that work without signing in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.actor import Actor
from accounts.hats import hats_of
from placements.models import SavedSearch
from placements.search import cards, result
from placements.search.cards import Card
from placements.search.query import DEFAULTS, Query, parse
from placements.search.result import Found
from placements.search.rows import Rows
from reference.models import Qualification
from stagematch.links import opened, signed

SALT = "placements.saved.unsubscribe"
# Longer ones are nonsense, and no index of the database could hold them.
LONGEST = 2000


def canonical(query: Query) -> str:
    """What a search asks, without how it is shown."""
    return replace(query, page=1, map=False, sort=str(DEFAULTS["sort"])).url


def name_of(query: Query) -> str:
    """What a search is called in a list, such as "Kok, 20 km around Nijmegen, 2 filters". At most one query."""
    what = query.text or _("All places")
    if query.crebo:
        found = Qualification.objects.filter(pk=query.crebo).first()
        what = _("%(name)s, level %(level)s") % {"name": found.name, "level": found.level} if found else str(query.crebo)
    parts = [what]
    around = {"huis": pgettext("where to look", "home"), "school": pgettext("where to look", "school")}.get(query.near, query.where)
    if around and query.minutes:
        parts.append(_("%(minutes)s minutes around %(town)s") % {"minutes": query.minutes, "town": around})
    elif around:
        parts.append(_("%(km)s km around %(town)s") % {"km": query.km, "town": around})
    if query.filtered:
        parts.append(ngettext("%(n)s filter", "%(n)s filters", query.filtered) % {"n": query.filtered})
    return ", ".join(parts)[:200]


def found_by(saved: SavedSearch, today: date) -> Found | None:
    """Its places now; None when its owner has left, or when nobody knows any more where to look: all of the country is no answer."""
    hat = next((hat for hat in hats_of(saved.user) if hat.key == saved.hat), None) if saved.user.is_active else None
    if hat is None:
        return None
    query, _ignored = parse(QueryDict(saved.query))
    found = result.rows_of(query, [], Actor(user=saved.user, hat=hat, hats=(hat,)), today)
    return None if found.landing or (found.origin is None and (query.near or query.where)) else found


def newest_of(found: Found | None) -> int:
    """Key of the newest place found, 0 without any."""
    return int(found.rows.place.max()) if found and len(found.rows) else 0


def newest_first(found: Found, after: int = 0) -> Rows:
    """The places offered later than one with this key, the newest first."""
    rows = found.rows.of(found.rows.place > after)
    return rows.of(np.argsort(-rows.place, kind="stable"))


def cards_of(found: Found, rows: Rows) -> list[Card]:
    """Rows as the list shows them. One query."""
    return cards.cards(rows, found.origin, found.query)


def unsubscribe_token(saved: SavedSearch) -> str:
    """The last part of the address that stops its mails."""
    return signed(saved.pk, salt=SALT)


def unsubscribed_by(token: str) -> int | None:
    """The key of the search that a link is about (it may be gone since); None for a link that is not ours."""
    key: int | None = opened(token, salt=SALT)
    return key
