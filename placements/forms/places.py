"""The form with which a company offers a place."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from companies.models import Company, Recognition
from placements.models import Adjustment, Period, Place, Requirement, Weekday
from placements.models.place import MOST_EUROS, recognised_for, teachable
from placements.selectors import coming_periods, periods_to_choose
from reference.formats import refuse_bsn, refuse_contact
from reference.models import LearningGoal, Pathway, Qualification
from stagematch.forms import narrow

SUPPORT_LEVELS = [
    (0, _("little: for independent students")),
    (1, _("normal")),
    (2, _("much: every day")),
    (3, _("very much: someone is always near")),
]


class ChangedForm(forms.ModelForm):
    """What changes most often about a place: how many, which days, from when until when."""

    days = forms.MultipleChoiceField(label=_("Days"), choices=Weekday.choices, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Place
        fields = ["capacity", "days", "starts_on", "ends_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("starts_on", "ends_on"):
            self.fields[name].required = False
            self.fields[name].help_text = _("Leave empty for the whole period.")

    def clean_capacity(self) -> int:
        """A place can never be smaller than the number of students who have it."""
        capacity: int = self.cleaned_data["capacity"]
        if capacity < 1:
            raise forms.ValidationError(_("Enter at least 1. To take the place away, stop it.") if self.instance.pk else _("Enter at least 1."))
        if self.instance.pk and capacity < self.instance.taken:
            raise forms.ValidationError(
                _("%(taken)s students hold this place already. Enter that number or more."), params={"taken": self.instance.taken}
            )
        return capacity

    def clean(self) -> dict[str, Any]:
        """Dates left empty are the period's; the end lies after the start."""
        data = super().clean() or {}
        period = data.get("period") or (self.instance.period if self.instance.period_id else None)
        if period:
            data["starts_on"] = data.get("starts_on") or period.starts_on
            data["ends_on"] = data.get("ends_on") or period.ends_on
            if data["ends_on"] <= data["starts_on"]:
                self.add_error("ends_on", _("The last day must come after the first day."))
            elif data["starts_on"] < period.starts_on or data["ends_on"] > period.ends_on:
                self.add_error(
                    "starts_on", _("Choose days within the period: %(first)s – %(last)s.") % {"first": period.starts_on, "last": period.ends_on}
                )
        return data


class PlaceForm(ChangedForm):
    """A place: what, for whom, when, how many, what it gives and what it asks."""

    qualifications = forms.ModelMultipleChoiceField(
        label=_("For which qualifications?"),
        queryset=Qualification.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one qualification.")},
    )
    pathways = forms.MultipleChoiceField(label=_("Pathways"), choices=Pathway.choices, widget=forms.CheckboxSelectMultiple)
    goals = forms.ModelMultipleChoiceField(
        label=_("What can a student learn here?"),
        help_text=_("Students choose what they want to learn from the same list. What you tick brings the right student to you."),
        queryset=LearningGoal.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    requirements = forms.MultipleChoiceField(
        label=_("Requirements"),
        help_text=_("Only what the law or the work really asks. Everybody can read it beforehand."),
        choices=Requirement.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    offers = forms.MultipleChoiceField(
        label=_("Adjustments that are possible"),
        help_text=_("Tick what you can arrange. A student who needs one of these can then come to you."),
        choices=Adjustment.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    support = forms.TypedChoiceField(label=_("Guidance"), choices=SUPPORT_LEVELS, coerce=int, initial=1)

    class Meta(ChangedForm.Meta):
        fields = [
            "title",
            "tasks",
            "qualifications",
            "pathways",
            "period",
            "starts_on",
            "ends_on",
            "days",
            "capacity",
            "goals",
            "support",
            "requirements",
            "offers",
            "allowance",
            "expenses",
            "group_size",
        ]
        widgets = {"tasks": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "allowance": _("What a student gets for the work. 0 if nothing."),
            "expenses": _("Travel and other costs that you pay. 0 if nothing."),
            "group_size": _("More than 1 if a team of students does a project together."),
        }

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = recognised_for(company)
        narrow(self, "qualifications", allowed.order_by("kind", "name"))
        narrow(self, "goals", teachable(company).order_by("text"))
        if parts := list(allowed.filter(recognitions__in=Recognition.objects.valid().filter(company=company, goals__isnull=False)).distinct()):
            names = ", ".join(str(part) for part in parts)
            part = _("You are recognised for a part of %(names)s: you can only choose the work that belongs to it.") % {"names": names}
            self.fields["goals"].help_text = format_lazy("{} {}", self.fields["goals"].help_text, part)
        for name in ("title", "tasks"):
            self.fields[name].validators += [refuse_bsn, refuse_contact]
        for name in ("allowance", "expenses"):
            self.fields[name].validators.append(MaxValueValidator(MOST_EUROS))
        self.fields["group_size"].validators.append(MinValueValidator(1))
        # Nothing new is offered in a period that is over; a place that stands there keeps it.
        own = Period.objects.filter(pk=self.instance.period_id)
        narrow(self, "period", coming_periods() | own)
        if not self.instance.pk:
            self.initial["period"] = self.initial.get("period") or next(iter(periods_to_choose()), None)
        else:
            self.initial["qualifications"] = [qualification.pk for qualification in self.instance.qualifications.all()]
