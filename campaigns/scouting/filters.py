"""Narrowing leads."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from campaigns.models import Lead
from campaigns.scouting.workflow import DEAD_STATES, RUNNING_STATES, LeadState
from stagematch.forms import FilterForm

RUNNING, DUE, DEAD = "running", "due", "dead"


class LeadFilter(django_filters.FilterSet):
    """By where a lead stands, whose it is, and words in its name, town or number."""

    state = django_filters.ChoiceFilter(
        label=_("Which leads"), method="standing", empty_label=_("All"),
        choices=[
            (RUNNING, _("that run")), (DUE, _("to call now")), *((s.value, s.label) for s in LeadState if s not in DEAD_STATES),
            (DEAD, _("that came to nothing")),
        ],
    )  # fmt: skip
    whose = django_filters.ChoiceFilter(
        label=_("Whose"), choices=[("mine", _("mine")), ("left", _("of colleagues who left"))], empty_label=_("Everybody's"), method="by_holder"
    )
    q = django_filters.CharFilter(label=_("Company, town or KvK number"), method="search")

    class Meta:
        model = Lead
        fields = ("state", "whose", "q")
        form = FilterForm

    def __init__(self, data: Any, *, actor: Actor, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.actor = actor

    def standing(self, leads: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        """One state, or one of the sets."""
        sets = {RUNNING: Q(state__in=RUNNING_STATES), DUE: due(), DEAD: Q(state__in=DEAD_STATES)}
        return leads.filter(sets.get(value) or Q(state=value))

    def by_holder(self, leads: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        """One's own, or those to take over."""
        return leads.filter(post=self.actor.object_id) if value == "mine" else leads.filter(vacant())

    def search(self, leads: QuerySet[Lead], name: str, value: str) -> QuerySet[Lead]:
        """Every word somewhere in name, town, postcode or number."""
        for word in value.split():
            leads = leads.filter(Q(name__icontains=word) | Q(area__place__icontains=word) | Q(postcode__startswith=word.upper()) | Q(kvk=word))
        return leads


def due() -> Q:
    """Leads to call now: nobody has yet, or the day has come."""
    return Q(state=LeadState.NEW, again_on=None) | Q(state__in=RUNNING_STATES, again_on__lte=timezone.localdate())


def vacant() -> Q:
    """Running leads whose scout has left."""
    return Q(state__in=RUNNING_STATES) & (Q(post__ended_at__isnull=False) | Q(post__user__is_active=False))
