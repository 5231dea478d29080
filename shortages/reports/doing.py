"""Who does something with a report: a person under a hat, or whoever has the link of a mail."""

from dataclasses import dataclass

from accounts.actor import Actor
from accounts.hats import HatKind
from accounts.models import User
from shortages.models import ShortageReport
from shortages.reports.workflow import A, S, Who, allowed

ADVISORS = (HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS)


@dataclass(frozen=True)
class Doer:
    """In which part of the table somebody acts, and how the log names them."""

    who: Who
    hat: str
    user: User | None = None
    post_id: int | None = None


SYSTEM = Doer(Who.SYSTEM, "system")
BY_LINK = Doer(Who.REPORTER, "link")


def advisor(actor: Actor, report: ShortageReport) -> Doer | None:
    """An advisor for the report's region; None for everybody else, scouts and administrators too: they only read."""
    return at_desk(actor) if ShortageReport.objects.at_desk(actor).filter(pk=report.pk).exists() else None


def at_desk(actor: Actor) -> Doer | None:
    """The same for a report that was read from their own desk. No query."""
    if not actor.is_(*ADVISORS) or actor.hat is None:
        return None
    return Doer(Who.ADVISOR, actor.hat.key, actor.user, actor.object_id)


def reporter(actor: Actor, report: ShortageReport) -> Doer | None:
    """Whoever sent it while signed in; None for everybody else."""
    if actor.user is None or report.user_id != actor.user.pk:
        return None
    return Doer(Who.REPORTER, actor.hat.key if actor.hat else actor.kind, actor.user)


def may(doer: Doer | None, report: ShortageReport, act: A) -> bool:
    """Whether the table allows it now."""
    return doer is not None and act in allowed(S(report.state), doer.who)
