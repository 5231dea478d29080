"""Narrowing the list of students."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from schools import hooks
from schools.models import Programme, Student
from stagematch.forms import FilterForm


class StudentFilter(django_filters.FilterSet):
    """By name or number, programme, class, account, readiness."""

    q = django_filters.CharFilter(label=_("Name or number"), method="by_words")
    programme = django_filters.ModelChoiceFilter(label=_("Programme"), queryset=Programme.objects.none(), empty_label=_("All programmes"))
    group = django_filters.ChoiceFilter(label=_("Class"), empty_label=_("All classes"))
    account = django_filters.ChoiceFilter(
        label=_("Account"), empty_label=_("All"), method="by_account", choices=[("none", _("no account yet")), ("has", _("has an account"))]
    )
    ready = django_filters.ChoiceFilter(label=_("Preparation"), empty_label=_("All"), method="by_readiness")

    class Meta:
        model = Student
        form = FilterForm
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, programmes: "QuerySet[Programme]", groups: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["programme"].queryset = programmes
        self.filters["group"].extra["choices"] = [(group, group) for group in groups]
        choices = hooks.readiness_choices()
        if choices:
            self.filters["ready"].extra["choices"] = choices
        else:
            del self.filters["ready"]

    def by_words(self, students: "QuerySet[Student]", name: str, value: str) -> "QuerySet[Student]":
        """Every word occurs in first name, last name, number or address."""
        for word in value.split():
            students = students.filter(
                Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(number__istartswith=word) | Q(email__icontains=word)
            )
        return students

    def by_account(self, students: "QuerySet[Student]", name: str, value: str) -> "QuerySet[Student]":
        """With or without an account."""
        return students.filter(user__isnull=value == "none")

    def by_readiness(self, students: "QuerySet[Student]", name: str, value: str) -> "QuerySet[Student]":
        """By what placements knows."""
        return hooks.narrow_by_readiness(students, value)
