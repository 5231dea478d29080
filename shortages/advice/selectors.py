"""Reads of advice and tasks for pages, homes and mails."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Post, User
from companies.models import CompanyMembership, CompanyRole
from reference.models import LabourMarketRegion
from shortages.advice.words import words_of
from shortages.groups import group_of
from shortages.models import Advice, AdviceTask, Night
from shortages.models.advice import AdviceTaskQuerySet
from shortages.models.report import TARGET_GROUPS


def last_night() -> Night | None:
    """The night that pages show."""
    return Night.objects.current().order_by("-date").first()


def regions_of(actor: Actor) -> QuerySet[LabourMarketRegion]:
    """Regions of the post, all without any."""
    own = Post.regions.through.objects.filter(post_id=actor.object_id or 0)
    return LabourMarketRegion.objects.filter(Q(pk__in=own.values("labourmarketregion_id")) | ~Exists(own))


def acts_of(night: Night | None, actor: Actor) -> QuerySet[Advice]:
    """Advice of a night that the actor may see."""
    return acts_of_any(actor).filter(night=night)


def acts_of_any(actor: Actor) -> QuerySet[Advice]:
    """Advice that the actor may see, each with `own_kind`, and `task_of` and `task`: post and address of the open task for the same act, if any."""
    open_task = AdviceTask.objects.open().filter(company=OuterRef("company"), qualification=OuterRef("qualification"), kind=OuterRef("kind"))
    found = Advice.objects.visible_to(actor).with_own_kind(actor).select_related("company", "qualification", "place", "region")
    return found.annotate(task_of=Subquery(open_task.values("post")[:1]), task=Subquery(open_task.values("public_id")[:1]))


def in_words(acts: list[Advice]) -> list[Advice]:
    """The same with `words`, and `colleague`: whose work it is, where it is not that of the reader's kind of advisor."""
    for act in acts:
        act.words = words_of(act)  # type: ignore[attr-defined]
        act.colleague = "" if act.own_kind else colleague_of(act)  # type: ignore[attr-defined]
    return acts


def colleague_of(act: Advice) -> str:
    """Whose work an act is, for an advisor of the other kind."""
    group = group_of(act.qualification.kind, act.qualification.level, act.pathway)
    return _("For your colleague target groups") if group in TARGET_GROUPS else _("For your colleague practice")


def best_for(actor: Actor, count: int, *, own_kind: bool = False) -> list[Advice]:
    """The best acts that nobody has taken on yet, in the actor's regions, two queries.

    Those for the students of this kind of advisor come first (with `own_kind` they are all); of them those of more students.
    """
    free = acts_of(last_night(), actor).filter(task_of=None, **({"own_kind": True} if own_kind else {}))  # type: ignore[misc]
    return in_words(list(free.order_by("-own_kind", "-students", "rank", "-points", "region")[:count]))  # type: ignore[misc]


def tasks_of(actor: Actor) -> AdviceTaskQuerySet:
    """Tasks in the actor's regions."""
    related = ("advice__company", "advice__qualification", "advice__place", "advice__region", "post__user")
    return AdviceTask.objects.visible_to(actor).select_related(*related)


def people_to_call(company_id: int) -> list[User]:
    """Those who speak for a company, contacts first; at most three."""
    members = CompanyMembership.objects.filter(company=company_id, ended_at=None, user__is_active=True).select_related("user")
    found = [member.user for member in sorted(members, key=lambda one: (one.role != CompanyRole.CONTACT, one.pk))]
    return list(dict.fromkeys(found))[:3]
