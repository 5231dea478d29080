"""What the pages of mailings show: an audience in words, the mail as it will look, how far it is and what it brought."""

from dataclasses import asdict
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actor import Actor
from campaigns.audience import Audience, Kind, companies
from campaigns.mailings import letters, reach, selectors
from campaigns.mailings.texts import PLACEHOLDERS
from campaigns.mailings.workflow import MailingState, RecipientState
from campaigns.models import Mailing
from reference.models import LabourMarketRegion, Qualification

# Placeholders as they are written, with what they stand for.
NAMES = [(f"{{{name}}}", words) for name, words in PLACEHOLDERS.items()]
KINDS = {"draft": "neutral", "sending": "info", "paused": "warning", "done": "success", "stopped": "neutral"}


def chosen(audience: Audience) -> dict[str, Any]:
    """An audience as its form shows it."""
    return asdict(audience)


def in_words(audience: Audience) -> str:
    """Whom it is for, in one line. Two queries at most."""
    parts = [str(Kind(audience.kind).label)]
    if audience.since:
        parts[0] += f" {date_format(audience.since)}"
    if audience.qualification:
        parts.append(Qualification.objects.get(pk=audience.qualification).name)
    if audience.regions:
        parts.append(", ".join(LabourMarketRegion.objects.filter(pk__in=audience.regions).values_list("name", flat=True)))
    if audience.phone:
        parts.append(_("with a telephone number"))
    return "; ".join(parts)


def preview(mailing: Mailing, actor: Actor, skip: int) -> dict[str, Any]:
    """The mail in both languages as a real contact, of a company that the reader may see, would read it; for its sender, who gets it."""
    asked = companies(mailing.asks, actor)
    example = reach.example(asked, skip)
    mails = [letters.trial(mailing, example, language, to=example.user.email, key="") for language in ("nl", "en")] if example else []
    counted = reach.reach(mailing, asked) if mailing.post_id == actor.object_id else None
    return {"reach": counted, "example": example, "mails": mails, "next": skip + 1}


def standing(mailing: Mailing, mine: bool) -> dict[str, Any]:
    """How far a mailing is and what it brought; addresses in doubt only for who sent it."""
    found = selectors.counts(mailing)
    told = selectors.outcome(mailing, found)
    return {
        "progress": progress(mailing, found),
        "outcome": told,
        "figures": _figures(told),
        "in_doubt": selectors.in_doubt(mailing) if mine else [],
        "stuck": _broke_off(mailing, found),
    }


def _broke_off(mailing: Mailing, found: dict[str, int]) -> bool:
    """Whether nobody works on a mailing that is not all in the outbox."""
    left = mailing.listed_at is None or found[RecipientState.WAITING] > 0
    return mailing.state == MailingState.SENDING and left and not (mailing.job and mailing.job.is_open)


def _figures(told: selectors.Outcome) -> list[dict[str, Any]]:
    return [
        {"label": _("sent"), "value": told.sent, "note": ""},
        {"label": _("answered"), "value": told.answered, "note": _("under the link in the mail")},
        {"label": _("places confirmed"), "value": told.confirmed, "note": _("by companies that were mailed, since then")},
        {"label": _("places added"), "value": told.added, "note": _("by companies that were mailed, since then")},
    ]


def progress(mailing: Mailing, found: dict[str, int]) -> dict[str, Any]:
    """The part that shows how far it is (`parts/progress.html`)."""
    now = selectors.progress(mailing, found)
    here = reverse("campaigns:mailing", args=[mailing.public_id])
    done = mailing.state != MailingState.SENDING
    return {
        "percent": 100 if mailing.state == MailingState.DONE else now.percent,
        "phase": mailing.get_state_display() if done else _("Being sent") if now.listed else _("Writing down who gets the mail"),
        "text": _text(now, done),
        "url": reverse("campaigns:mailing_progress", args=[mailing.public_id]),
        "done": done,
        "done_url": here,
        "done_text": _("See what it brought"),
    }


def _text(now: selectors.Progress, done: bool) -> str:
    said = ngettext("%(done)s of one address.", "%(done)s of %(n)s addresses.", now.total) % {"done": now.done, "n": now.total}
    if done:
        return said
    if now.seconds_left is None:
        return _("%(said)s You can leave this page: it goes on.") % {"said": said}
    left = (
        ngettext("about one second left", "about %(n)s seconds left", now.seconds_left) % {"n": now.seconds_left}
        if now.seconds_left < 90
        else ngettext("about one minute left", "about %(n)s minutes left", round(now.seconds_left / 60)) % {"n": round(now.seconds_left / 60)}
    )
    return _("%(said)s %(left)s. You can leave this page: it goes on.") % {"said": said, "left": left.capitalize()}
