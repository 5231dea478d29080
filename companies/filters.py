"""Narrowing the advisors' list of recognitions."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from companies.models import Recognition
from companies.workflow import PENDING_STATES, RecognitionState
from stagematch.forms import FilterForm

# Words for more than one state, before the states themselves.
SETS = {"pending": _("to decide"), "without_visit": _("recognised without a visit"), "valid": _("all that may train")}


class RecognitionFilter(django_filters.FilterSet):
    """By state and by words in the company's name, town or the qualification."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        method="standing",
        choices=[*SETS.items(), *((s.value, s.label) for s in RecognitionState if s != RecognitionState.DRAFT)],
        empty_label=_("All"),
    )
    q = django_filters.CharFilter(label=_("Company, town or qualification"), method="search")

    class Meta:
        model = Recognition
        fields = ["state", "q"]
        form = FilterForm

    def standing(self, queryset: QuerySet[Recognition], name: str, value: str) -> QuerySet[Recognition]:
        """One state, or one of the sets; exceptions by the day of the visit."""
        if value == "pending":
            return queryset.filter(state__in=PENDING_STATES)
        if value == "valid":
            return queryset.filter(valid=True)
        if value == "without_visit":
            return queryset.filter(valid=True).exclude(exception="").order_by("visit_before", "pk")
        return queryset.filter(state=value)

    def search(self, queryset: QuerySet[Recognition], name: str, value: str) -> QuerySet[Recognition]:
        """Every word somewhere in company, town or qualification."""
        for word in value.split():
            queryset = queryset.filter(Q(company__name__icontains=word) | Q(company__place__icontains=word) | Q(qualification__name__icontains=word))
        return queryset
