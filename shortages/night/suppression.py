"""From what is so to what everybody may read: every count at a multiple of five, by a lot that does not change.

A count n becomes 5·⌊n/5⌋, or five more by a lot with probability (n mod 5)/5: right on average, wrong by less than five. The lot is
drawn by an HMAC of region, qualification, group and the count's own place in COUNTS (a part has the lot of its whole), not of the date:
who looks every day, at every filter, sees the same lot and averages nothing out. Totals are sums of what is published and of nothing
else, so the difference of any two views is a sum of published counts too. docs/shortages.md, "Suppression", has the reasons.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable

import numpy as np
from django.conf import settings

from placements.selectors import chance_percent
from shortages.models import COUNTS
from shortages.night.cells import Ints

STEP = 5
# Two bytes of the digest a count; what is drawn besides counts takes the last ones.
LOTS = 32
PLACED = LOTS - 1
# Published at ten, a count is truly six or more: so no mean is of fewer than five, and that there is one tells nothing new.
SAID_FROM = 2 * STEP
WORTH_STEPS = 20
if len(COUNTS) >= PLACED:
    raise ImportError("A SHA-512 has lots for 31 counts: draw a second one for more.")

STOPPED = [at for at, name in enumerate(COUNTS) if name.startswith("stop_")]
READY, SEEKING = COUNTS.index("ready"), COUNTS.index("seeking")
UNUSED = COUNTS.index("unused")
# A part is rounded by the lot of its whole: rounding by one lot keeps order, so no part is published larger than its whole. What stops
# students keeps lots of its own: five parts of one lot would say more of each other than they do of the ready.
WHOLE = {
    "ready": "seeking",
    **dict.fromkeys(("confirmed", "unused", "stale", "offered_once", "confirmed_once", "unused_once", "stale_once"), "offered"),
}
LOT_OF = [COUNTS.index(WHOLE.get(name, name)) for name in COUNTS]


def secret() -> bytes:
    """The key of the lots: of its own, so that nobody who sees lots learns anything about other keys."""
    return hmac.digest(settings.SECRET_KEY.encode(), b"shortages.night.suppression", "sha512")


def lots(cells: Iterable[tuple[str, int, str]], key: bytes) -> Ints:
    """A lot 0–4 for each cell (region, crebo, group) and each position: int64 [cells, 32]."""
    drawn = b"".join(hmac.digest(key, f"{region}|{crebo}|{group}".encode(), "sha512") for region, crebo, group in cells)
    return np.frombuffer(drawn, "<u2").reshape(-1, LOTS).astype(np.int64) % STEP


def published(counts: Ints, drawn: Ints) -> Ints:
    """Counts [cells, COUNTS] as everybody may read them, with the lots of the cells."""
    shown: Ints = _in_fives(counts, drawn[:, LOT_OF])
    return with_room(shown)


def _in_fives(counts: Ints, drawn: Ints) -> Ints:
    shown: Ints = counts // STEP * STEP + STEP * (drawn < counts % STEP)
    return shown


def with_room(shown: Ints) -> Ints:
    """Raise `ready` and `seeking` where they would betray what stops those who have nothing.

    Those stopped are among the ready. A reader knows that each part is at least its published count less four, and the whole at most
    its published count and four; where the parts' least fills the whole's most, each part would be known exactly.
    """
    out = shown.copy()
    parts = shown[:, STOPPED]
    least = np.maximum(parts - (STEP - 1), 0).sum(axis=1)
    enough = -(-(least + 1 - (STEP - 1)) // STEP) * STEP
    for whole in (READY, SEEKING):
        out[:, whole] = np.maximum(out[:, whole], enough)
    return out


def chances(table: Ints) -> list[int | None]:
    """The chance of a place from counts [cells, COUNTS], None without anybody ready: of published ones it says nothing that they do not."""
    return [chance_percent(unused, ready) if ready else None for ready, unused in table[:, [READY, UNUSED]].tolist()]


def medians(metres: Ints, placed: Ints, drawn: Ints) -> list[float | None]:
    """Whole kilometres to the place the engine gives; None where too few are placed."""
    enough = _in_fives(placed, drawn[:, PLACED]) >= SAID_FROM
    return [float(round(value / 1000)) if said and value >= 0 else None for value, said in zip(metres.tolist(), enough.tolist(), strict=True)]


def worths(worth: list[float | None], shown: Ints) -> list[float | None]:
    """What one more place is worth, in steps of 0.05; None where too few students stand behind it."""
    ready = shown[:, READY].tolist()
    return [None if value is None or n < SAID_FROM else round(value * WORTH_STEPS) / WORTH_STEPS for value, n in zip(worth, ready, strict=True)]
