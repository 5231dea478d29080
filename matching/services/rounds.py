"""Opening a round and finishing it."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actor import Actor
from matching.errors import NotFinished, RoundClosed, RoundError
from matching.models import OPEN_RUN, Criteria, Policy, Proposal, Round, RoundState
from matching.selectors import Standing, missing_steps, participants
from placements.models import Period
from schools.models import Programme, WayToPlace
from stagematch import outbox
from stagematch.links import address
from stagematch.models import OutboxMail

REMIND_AGAIN_AFTER = timedelta(days=3)


def commitment(seed: int, salt: str) -> str:
    """What is shown before the draw, so that nobody can choose the seed afterwards: SHA-256 of `seed:salt`, hexadecimal."""
    return hashlib.sha256(f"{seed}:{salt}".encode()).hexdigest()


@transaction.atomic
def open_round(*, name: str, programmes: Iterable[Programme], period: Period, deadline: date, actor: Actor, policy: str = Policy.MOST) -> Round:
    """Open a round for own programmes under the latest criteria, with a lottery seed fixed by its hash.

    The same name, period and programmes within the same school twice is one round. Raises RoundError for programmes of others,
    and for those whose students only apply in that school year.
    """
    programmes = list(programmes)
    keys = {programme.pk for programme in programmes}
    own = set(Programme.objects.visible_to(actor).filter(pk__in=keys).values_list("pk", flat=True))
    if not keys or keys != own or actor.school_id is None:
        raise RoundError(_("Choose programmes that are yours."))
    prefetch_related_objects(programmes, "years")
    if apply_only := [str(programme) for programme in programmes if programme.way_on(period.starts_on) == WayToPlace.APPLY]:
        said = _("These students apply themselves in this period: %(programmes)s. Change that on the page of your programmes first.")
        raise RoundError(said % {"programmes": ", ".join(apply_only)})
    # Two clicks at once wait for each other here, and the second finds the first one's round.
    list(Programme.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
    for standing in Round.objects.filter(school=actor.school_id, name=name, period=period, state=RoundState.OPEN):
        if set(standing.programmes.values_list("pk", flat=True)) == keys:
            return standing
    # 62 bits: the engine takes any 64-bit seed, the database a signed one.
    seed, salt = secrets.randbits(62), secrets.token_hex(16)
    round_ = Round.objects.create(
        school_id=actor.school_id, name=name, period=period, deadline=deadline, policy=policy, criteria=Criteria.latest(),
        seed=seed, seed_salt=salt, seed_hash=commitment(seed, salt), created_by=actor.user,
    )  # fmt: skip
    round_.programmes.set(keys)
    return round_


@transaction.atomic
def choose_policy(*, round_: Round, policy: Policy) -> Round:
    """Set how the next run of a round matches; choosing the same again changes nothing.

    Raises RoundClosed while a run is under way, or when one was taken over.
    """
    round_ = Round.objects.select_for_update(of=("self",)).get(pk=round_.pk)
    if round_.policy == policy:
        return round_
    if round_.state == RoundState.PUBLISHED or round_.runs.filter(taken_over_at__isnull=False).exists():
        raise RoundClosed(_("The result of this round has been taken over, so the way of matching no longer changes."))
    if any(run.is_open for run in round_.runs.filter(state__in=OPEN_RUN).select_related("job").defer("instance", "result")):
        raise RoundClosed(_("A run is under way. Wait for it or stop it; then choose the way of matching."))
    round_.policy = policy
    round_.save(update_fields=["policy"])
    return round_


@transaction.atomic
def remind_unready(*, round_: Round, actor: Actor) -> tuple[int, int]:
    """Mail own students of an open round who have an account and are not ready; each at most once in REMIND_AGAIN_AFTER.

    Returns how many were mailed, and how many had a mail shortly before.
    """
    students = participants(round_, actor).filter(standing__in=(Standing.NOT_READY, Standing.NO_REQUEST)).exclude(user=None).select_related("user")
    since = timezone.now() - REMIND_AGAIN_AFTER
    key = f"round-{round_.pk}-prepare-"
    recent = set(OutboxMail.objects.filter(key__startswith=key, created_at__gt=since).values_list("to", flat=True))
    due = [student for student in students.order_by("pk") if student.user.email not in recent]
    for student in due:
        outbox.queue(
            to=student.user.email,
            template="matching/mail/prepare.txt",
            context={
                "name": student.first_name,
                "deadline": round_.deadline,
                "missing": missing_steps(student.steps_done),
                "url": address("home"),
            },
            language=student.user.language,
            key=f"{key}{student.pk}-{timezone.localdate():%Y%m%d}",
        )
    return len(due), len(students) - len(due)


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
