"""Narrowing the proposals of a run."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from matching.models import Proposal
from matching.selectors import REASONS_TO_LOOK
from matching.words import Reason
from placements.workflow import PlacementState
from schools.models import Programme
from stagematch.forms import FilterForm

SHOW = [
    ("waiting", _("waiting for a decision")),
    ("exceptions", _("to look at one by one")),
    ("placed", _("with a place")),
    ("unplaced", _("without a place")),
    ("left_out", _("no longer fits")),
]
WHY_LOOK = [
    ("obstacle", _("no longer fits")),
    ("low", _("low score")),
    ("far", _("far")),
    ("needs", _("adjustments")),
    ("minor", _("minor, nothing else")),
]
# Filters behind "search and narrow"; `toon` has buttons of its own.
SEARCHED = ("programme", "state", "reason", "q", "waarom")


class ProposalFilter(django_filters.FilterSet):
    """Choices of the result page; `programmes` are those of the round that the actor may see."""

    toon = django_filters.ChoiceFilter(label=_("Show"), choices=SHOW, method="narrow", empty_label=_("everybody"))
    waarom = django_filters.ChoiceFilter(label=_("Why one by one"), choices=WHY_LOOK, method="alike", empty_label=_("all reasons"))
    programme = django_filters.ModelChoiceFilter(
        label=_("Programme"), field_name="request__student__programme", queryset=Programme.objects.none(), empty_label=_("all programmes")
    )
    state = django_filters.ChoiceFilter(label=_("State"), field_name="placement__state", choices=PlacementState.choices, empty_label=_("all states"))
    reason = django_filters.ChoiceFilter(label=_("Reason without a place"), choices=Reason.choices, empty_label=_("all reasons"))
    q = django_filters.CharFilter(label=_("Name or student number"), method="search")

    class Meta:
        model = Proposal
        fields: list[str] = []
        form = FilterForm

    def __init__(self, *args: object, programmes: QuerySet[Programme], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.filters["programme"].field.queryset = programmes

    def narrow(self, queryset: QuerySet[Proposal], name: str, value: str) -> QuerySet[Proposal]:
        """One of SHOW."""
        waiting = Q(placement__state=PlacementState.PROPOSED)
        conditions = {
            "waiting": waiting,
            "exceptions": waiting & Q(is_exception=True),
            "placed": Q(place__isnull=False),
            "unplaced": Q(place=None),
            "left_out": Q(left_out=True),
        }
        return queryset.filter(conditions[value])

    def alike(self, queryset: QuerySet[Proposal], name: str, value: str) -> QuerySet[Proposal]:
        """One of WHY_LOOK."""
        return queryset.filter(REASONS_TO_LOOK[value])

    def search(self, queryset: QuerySet[Proposal], name: str, value: str) -> QuerySet[Proposal]:
        """Each word occurs in a name, or the whole is a student number."""
        found = Q(request__student__number=value.strip())
        words = Q()
        for word in value.split():
            words &= Q(request__student__first_name__icontains=word) | Q(request__student__last_name__icontains=word)
        return queryset.filter(found | words)
