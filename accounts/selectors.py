"""Reads of accounts that pages and commands share."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page
from django.db.models import Count, Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from accounts.hats import HatKind
from accounts.models import Invitation, Post, User
from stagematch.models import Job, JobState, MailState, OutboxMail

LATE = timedelta(minutes=15)
# An id or a key among the words of an address.
NO_WORD = re.compile(r"[0-9A-Z_]|^.{24,}$")


def demo_people() -> QuerySet[User]:
    """Invented people with a one-click login, by who they are."""
    return User.objects.filter(is_demo=True, is_active=True).order_by("demo_note", "name", "pk")


def administrators() -> QuerySet[User]:
    """Who is told when somebody must look at something."""
    return User.objects.filter(is_active=True, posts__kind=HatKind.ADMINISTRATOR, posts__ended_at=None).order_by("pk")


def waiting_invitations(kinds: list[HatKind], organisation_id: int | None) -> QuerySet[Invitation]:
    """Invitations of one organisation that nobody has accepted yet, newest first."""
    return Invitation.objects.waiting().filter(kind__in=kinds, organisation_id=organisation_id).order_by("-sent_at", "-pk")


def people_with_posts() -> QuerySet[Post]:
    """Running posts by kind and name."""
    return Post.objects.filter(ended_at=None).select_related("user").prefetch_related("regions").order_by("kind", "user__name", "pk")


def recently_ended_posts() -> QuerySet[Post]:
    """Posts that ended in the last week and can be given back."""
    return Post.objects.filter(ended_at__gte=timezone.now() - timedelta(days=7)).select_related("user").order_by("-ended_at", "-pk")


def jobs(state: str = "") -> QuerySet[Job]:
    """Jobs, newest first; in one state if given."""
    found = Job.objects.select_related("created_by").order_by("-created_at", "-pk")
    return found.filter(state=state) if state else found


def failed_jobs(since: datetime | None = None) -> QuerySet[Job]:
    """Jobs that failed in the last day and that nobody has successfully started again; a part fails with its whole."""
    failed = Job.objects.filter(parent=None, state=JobState.FAILED, finished_at__gte=since or timezone.now() - timedelta(days=1))
    newest = Job.objects.values("kind", "key").annotate(newest=Max("pk")).values("newest")
    return failed.filter(pk__in=newest)


def mail_counts() -> dict[str, int]:
    """How many mails are in which state; states without mail count 0."""
    counts = dict(OutboxMail.objects.values_list("state").annotate(n=Count("pk")).order_by("state"))
    return {state.value: counts.get(state.value, 0) for state in MailState}


def mails_to_look_at() -> QuerySet[OutboxMail]:
    """Mails that failed, are in doubt, or should have gone a quarter of an hour ago."""
    # A mailing may take an hour, and asks for help itself when it stands still.
    stuck = OutboxMail.objects.filter(state=MailState.PENDING, bulk=False, created_at__lt=timezone.now() - LATE)
    wrong = OutboxMail.objects.filter(state__in=[MailState.FAILED, MailState.IN_DOUBT])
    return (stuck | wrong).order_by("-created_at", "-pk")


def named(page: Page[Any]) -> Page[Any]:
    """A page of audit contexts with the name of who acted as `actor_name`, in one query."""
    people = {entry.metadata.get("user") for entry in page}
    names = dict(User.objects.filter(pk__in=people - {None}).values_list("pk", "name"))
    for entry in page:
        entry.actor_name = names.get(entry.metadata.get("user"), "")
        hat = str(entry.metadata.get("hat", "")).partition(":")[0]
        entry.hat = HatKind(hat).label if hat in HatKind.values else hat
        entry.path = trail(entry.metadata.get("page", ""))
    return page


def trail(path: str) -> str:
    """A page's address in words: `school › studenten › uitnodigen`, without the keys in it."""
    parts = [part for part in path.strip("/").split("/") if part and not part.isdecimal() and not NO_WORD.search(part)]
    return " › ".join(part.replace("-", " ") for part in parts) or ("–" if not path else gettext("home"))
