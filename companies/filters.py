"""Narrowing the advisors' list of recognitions."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from companies.models import Recognition, RecognitionState
from stagematch.forms import FilterForm


class RecognitionFilter(django_filters.FilterSet):
    """By state and by words in the company's name, town or the qualification."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=RecognitionState.choices, empty_label=_("All"))
    q = django_filters.CharFilter(label=_("Company, town or qualification"), method="search")

    class Meta:
        model = Recognition
        fields = ["state", "q"]
        form = FilterForm

    def search(self, queryset: QuerySet[Recognition], name: str, value: str) -> QuerySet[Recognition]:
        """Every word somewhere in company, town or qualification."""
        for word in value.split():
            queryset = queryset.filter(Q(company__name__icontains=word) | Q(company__place__icontains=word) | Q(qualification__name__icontains=word))
        return queryset
