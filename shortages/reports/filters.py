"""Narrowing the advisors' work list."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from reference.models import LabourMarketRegion
from shortages.groups import TargetGroup
from shortages.models import Cause, ReporterKind, ShortageReport
from shortages.reports.doing import ADVISORS
from shortages.reports.numbers import read_number
from shortages.reports.workflow import CLOSED_STATES, OPEN_STATES, S
from stagematch.forms import FilterForm

OPEN = "open"
STANDS = [
    (OPEN, _("open")),
    ("late", _("past the deadline")),
    *((state.value, state.label) for state in OPEN_STATES),
    ("closed", _("closed")),
    (S.JOINED.value, S.JOINED.label),
]


class ReportFilter(django_filters.FilterSet):
    """By where a report stands, whose it is, region, target group, who reported, cause, and words."""

    stand = django_filters.ChoiceFilter(label=_("Which reports"), choices=STANDS, empty_label=_("All"), method="by_stand")
    holder = django_filters.ChoiceFilter(
        label=_("Whose"), choices=[("mine", _("mine")), ("nobody", _("nobody's yet"))], empty_label=_("Everybody's"), method="by_holder"
    )
    work = django_filters.ChoiceFilter(
        label=_("For which advisor"), choices=[("mine", _("my kind of students"))], empty_label=_("All"), method="by_work"
    )
    region = django_filters.ModelChoiceFilter(label=_("Region"), queryset=LabourMarketRegion.objects.order_by("name"), empty_label=_("All"))
    group = django_filters.ChoiceFilter(label=_("Target group"), choices=TargetGroup.choices, empty_label=_("All"))
    kind = django_filters.ChoiceFilter(label=_("Reported by"), choices=ReporterKind.choices, empty_label=_("Everybody"))
    cause = django_filters.ChoiceFilter(label=_("Cause"), choices=Cause.choices, empty_label=_("All"))
    q = django_filters.CharFilter(label=_("Number, course, town or school"), method="search")

    class Meta:
        model = ShortageReport
        fields = ("stand", "work", "holder", "region", "group", "kind", "cause", "q")
        form = FilterForm

    def __init__(self, data: Any, *, actor: Actor, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.actor = actor
        own = LabourMarketRegion.objects.filter(posts=actor.object_id).order_by("name")
        if own.exists():
            self.filters["region"].queryset = own
        if not actor.is_(*ADVISORS):
            del self.filters["work"], self.filters["holder"]

    def by_stand(self, reports: QuerySet[ShortageReport], name: str, value: str) -> QuerySet[ShortageReport]:
        """Open, late, closed, or one state."""
        late = Q(state__in=OPEN_STATES, due_on__lt=timezone.localdate())
        groups = {OPEN: Q(state__in=OPEN_STATES), "late": late, "closed": Q(state__in=CLOSED_STATES)}
        return reports.filter(groups.get(value) or Q(state=value))

    def by_work(self, reports: QuerySet[ShortageReport], name: str, value: str) -> QuerySet[ShortageReport]:
        """Those that are this kind of advisor's work: target groups (pro, vso, vmbo, entree), or the others."""
        return reports.of_own_kind(self.actor)  # type: ignore[attr-defined]

    def by_holder(self, reports: QuerySet[ShortageReport], name: str, value: str) -> QuerySet[ShortageReport]:
        """One's own, or those of nobody: never taken, or of an advisor who left."""
        if value == "mine":
            return reports.filter(post=self.actor.object_id)
        return reports.filter(Q(post=None) | Q(post__ended_at__isnull=False) | Q(post__user__is_active=False))

    def search(self, reports: QuerySet[ShortageReport], name: str, value: str) -> QuerySet[ShortageReport]:
        """The number, or every word somewhere in course, town or school."""
        number = read_number(value)
        if number:
            return reports.filter(number=number)
        for word in value.split():
            course = Q(qualification__name__icontains=word) | Q(qualification__crebo__startswith=word)
            reports = reports.filter(course | Q(area__place__icontains=word) | Q(school__name__icontains=word) | Q(number__icontains=word))
        return reports
