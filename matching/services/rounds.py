"""Opening a round and finishing it."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actor import Actor
from matching.errors import NotFinished, RoundError
from matching.models import Criteria, Proposal, Round, RoundState
from placements.models import Period
from schools.models import Programme


def commitment(seed: int, salt: str) -> str:
    """What is shown before the draw, so that nobody can choose the seed afterwards: SHA-256 of `seed:salt`, hexadecimal."""
    return hashlib.sha256(f"{seed}:{salt}".encode()).hexdigest()


@transaction.atomic
def open_round(*, name: str, programmes: Iterable[Programme], period: Period, deadline: date, actor: Actor) -> Round:
    """Open a round for own programmes under the latest criteria, with a lottery seed fixed by its hash.

    The same name, period and programmes within the same school twice is one round. Raises RoundError for programmes of others.
    """
    keys = {programme.pk for programme in programmes}
    own = set(Programme.objects.visible_to(actor).filter(pk__in=keys).values_list("pk", flat=True))
    if not keys or keys != own or actor.school_id is None:
        raise RoundError(_("Choose programmes that are yours."))
    # Two clicks at once wait for each other here, and the second finds the first one's round.
    list(Programme.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
    for standing in Round.objects.filter(school=actor.school_id, name=name, period=period, state=RoundState.OPEN):
        if set(standing.programmes.values_list("pk", flat=True)) == keys:
            return standing
    # 62 bits: the engine takes any 64-bit seed, the database a signed one.
    seed, salt = secrets.randbits(62), secrets.token_hex(16)
    round_ = Round.objects.create(
        school_id=actor.school_id, name=name, period=period, deadline=deadline, criteria=Criteria.latest(),
        seed=seed, seed_salt=salt, seed_hash=commitment(seed, salt), created_by=actor.user,
    )  # fmt: skip
    round_.programmes.set(keys)
    return round_


@transaction.atomic
def publish_round(*, round_: Round, actor: Actor) -> Round:
    """Finish a round of which every proposal has been decided; finishing it twice changes nothing.

    Raises NotFinished, which says what is still open.
    """
    round_ = Round.objects.select_for_update(of=("self",)).get(pk=round_.pk)
    if round_.state == RoundState.PUBLISHED:
        return round_
    run = round_.runs.filter(taken_over_at__isnull=False).first()
    if run is None:
        raise NotFinished(_("Take a run over first: then there is something to finish."))
    waiting = Proposal.objects.filter(run=run).waiting().count()
    if waiting:
        raise NotFinished(
            ngettext("%(n)s proposal still waits for a decision.", "%(n)s proposals still wait for a decision.", waiting) % {"n": waiting}
        )
    round_.state, round_.published_at = RoundState.PUBLISHED, timezone.now()
    round_.save(update_fields=["state", "published_at"])
    return round_
