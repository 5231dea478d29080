"""Words and numbers as people here write them, and the few tags every page uses."""

import re
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import phonenumbers
import rules
from django import template
from django.core.paginator import Page
from django.http import QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import get_language, gettext, ngettext

register = template.Library()

BADGE_KINDS = {
    "neutral": "sm-badge--neutral",
    "info": "utrecht-status-badge--neutral",
    "success": "utrecht-status-badge--success",
    "warning": "utrecht-status-badge--warning",
    "danger": "utrecht-status-badge--danger",
}
TABLE_STYLES = frozenset({"dense", "tall", "cards"})
# Below a third a bar changes colour as well as length.
LOW_SHARE = 1 / 3


@register.filter
def euro(amount: Decimal | int | float | None) -> str:
    """Euros: `€ 350`, with cents only where there are any; nothing for nothing."""
    if amount is None:
        return ""
    whole = amount == int(amount)
    return f"€\u00a0{number_format(amount, 0 if whole else 2, force_grouping=True)}"


@register.filter
def km(metres: int | float | None) -> str:
    """Metres as kilometres with one decimal: `3,2 km`; whole ones from 10 km."""
    if metres is None:
        return ""
    if metres < 100:  # two points of one postcode area are one point: the way is short, not nothing
        return gettext("less than 1 km")
    kilometres = round(metres / 1000, 1)
    return f"{number_format(kilometres, 1 if kilometres < 10 else 0)}\u00a0km"


@register.filter
def grouped(value: object) -> object:
    """A count as it is read: `1.500`; whatever is no whole number stays as it is. Never for years, codes and keys."""
    return number_format(value, force_grouping=True) if isinstance(value, int) and not isinstance(value, bool) else value


@register.filter
def minutes(count: int | None) -> str:
    """Minutes of travel: `14 min`, from an hour on `1 uur 5 min`."""
    if count is None:
        return ""
    if not count:
        return gettext("a few minutes")
    hours, rest = divmod(int(count), 60)
    parts = [ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}] if hours else []
    if rest or not hours:
        parts.append(gettext("%(n)s min") % {"n": rest})
    return " ".join(parts)


@register.filter
def lasted(start: datetime, end: datetime) -> str:
    """How long something took: `34 s`, from a minute on `2 min 5 s`."""
    whole, rest = divmod(round((end - start).total_seconds()), 60)
    return f"{whole} min {rest} s" if whole else f"{rest} s"


@register.filter
def address(email: str) -> SafeString:
    """An e-mail address that breaks, if it must, before its @ and not inside a word."""
    return format_html("{}<wbr>@{}", *email.split("@", 1)) if "@" in email else format_html("{}", email)


@register.filter
def postcode(value: str | int | None) -> str:
    """A postcode as it is written: `6511 AB`; a bare area stays `6511`."""
    found = re.fullmatch(r"\s*(\d{4})\s*([A-Za-z]{2})?\s*", str(value or ""))
    if not found:
        return str(value or "")
    return f"{found[1]} {found[2].upper()}" if found[2] else found[1]


@register.filter
def phone(value: str | None) -> str:
    """A telephone number as it is read: a Dutch one without the country, others with it; what is none stays as it is."""
    try:
        number = phonenumbers.parse(value or "", "NL")
    except phonenumbers.NumberParseException:
        return value or ""
    dutch = number.country_code == phonenumbers.country_code_for_region("NL")
    style = phonenumbers.PhoneNumberFormat.NATIONAL if dutch else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


@register.filter
def points(value: int | None) -> str:
    """A score: `812 punten`."""
    return "" if value is None else ngettext("%(n)s point", "%(n)s points", value) % {"n": grouped(value)}


@register.simple_tag
def badge(kind: str, text: object) -> SafeString:
    """A status as a word with colour; kind is neutral, info, success, warning or danger. KeyError for another."""
    return format_html('<span class="utrecht-status-badge {}">{}</span>', BADGE_KINDS[kind], text)


@register.simple_tag
def same_everywhere(template: str) -> SafeString:
    """A part that is the same on every page: drawn once for each language."""
    return _drawn(template, get_language())


@lru_cache
def _drawn(template: str, _language: str) -> SafeString:
    return render_to_string(template)


@register.simple_tag
@lru_cache
def icon(name: str) -> SafeString:
    """A drawing from static/img/icons.svg beside a word that says the same; hidden from screen readers."""
    return format_html(
        '<svg class="sm-icon" width="24" height="24" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def bar(value: int, of: int) -> SafeString:
    """A bar for value out of `of`; the number stands beside it, so screen readers skip the drawing."""
    share = min(max(value / of, 0), 1) if of else 0
    return format_html(
        '<svg class="sm-bar-svg{}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="track" width="100" height="8"></rect><rect class="value" width="{}" height="8"></rect></svg>',
        " sm-bar-svg--low" if share < LOW_SHARE else "",
        round(100 * share, 1),
    )


@register.simple_block_tag
def table(content: str, caption: str, style: str = "") -> SafeString:
    """A table in its frame; content is thead and tbody with bare cells, style any of `dense tall cards keys hide-caption`.

    `cards` needs `data-label` on the cells. The frame scrolls by itself, so the page never does, and takes the focus for that.
    """
    words = style.split()
    frame = " ".join(["sm-table", *(f"sm-table--{word}" for word in words if word in TABLE_STYLES)])
    name = f"table-{slugify(caption)}"
    return format_html(
        '<div class="{}" tabindex="0" role="region" aria-labelledby="{}"{}>'
        '<table class="utrecht-table utrecht-table--html-table"><caption id="{}"{}>{}</caption>{}</table></div>',
        frame,
        name,
        mark_safe(" data-keys") if "keys" in words else "",
        name,
        mark_safe(' class="sm-visually-hidden"') if "hide-caption" in words else "",
        caption,
        content,
    )


@register.simple_tag(takes_context=True)
def sort_header(context: Context, field: str, label: str, numeric: bool = False) -> SafeString:
    """A column head that sorts by `?sort=field`, and the other way round when pressed again."""
    now = context["request"].GET.get("sort", "")
    to, said = (f"-{field}", "ascending") if now == field else (field, "descending" if now == f"-{field}" else "none")
    return format_html(
        '<th scope="col"{} aria-sort="{}"><a href="{}">{}<span aria-hidden="true">{}</span></a></th>',
        mark_safe(' class="sm-number"') if numeric else "",
        said,
        query(context, sort=to, page=None),
        label,
        {"ascending": " ↑", "descending": " ↓", "none": ""}[said],
    )


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The page's own query string with some parameters changed; None or "" removes one. `{% query page=3 %}`."""
    asked: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            asked.pop(name, None)
        else:
            asked[name] = str(value)
    return f"?{asked.urlencode()}"


@register.simple_tag
def page_range(page: Page[Any]) -> list[int | str]:
    """The page numbers to offer around this page: first, last, two neighbours, dots between."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@register.simple_tag(takes_context=True)
def can(context: Context, name: str, obj: object = None) -> bool:
    """Whether the hat that is worn may do this: `{% can 'placements.approve' placement as ok %}`. KeyError for an unknown rule."""
    actor = context["request"].actor
    return actor is not None and rules.test_rule(name, actor, obj)
