"""The mail that asks whether places are still right, with links that answer."""

from collections.abc import Sequence
from datetime import datetime

from placements.models import Place, PlaceReminder
from placements.upkeep import links
from stagematch.links import address
from stagematch.outbox import queue

# A mail that asks after more is not read; all of them are right, or wrong, on one page.
MOST = 8
TEMPLATE = "placements/mail/places_still_right.txt"


def still_right(reminder: PlaceReminder, places: Sequence[Place], total: int, *, stale: datetime, hidden: datetime, now: datetime) -> None:
    """Ask one contact after places, the longest silence first; one click in the mail program stops these mails (RFC 8058)."""
    membership = reminder.membership
    user, stop = membership.user, address("placements:stop_place_reminders", links.stop_token(reminder))
    asked = [
        (
            place,
            address("placements:answer_place_by_mail", links.about_one(place, membership)),
            place.confirmed_at < hidden,
            place.confirmed_at < stale,
        )
        for place in places[:MOST]
    ]
    context = {
        "name": user.name, "company": membership.company, "asked": asked, "total": total, "more": total - len(asked),
        "all": address("placements:confirm_places_by_mail", links.about_all(membership, now)), "stop": stop,
    }  # fmt: skip
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    key = f"places-{reminder.pk}-{int(now.timestamp())}"
    queue(to=user.email, template=TEMPLATE, context=context, language=user.language, key=key, headers=headers)
