"""How a task ended, and which tasks to show."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shortages.models import DigestSubscription, TaskOutcome
from stagematch.forms import FilterForm

MINE, ALL, LATE = "mijn", "alle", "telaat"


class EndForm(forms.Form):
    """The outcome of a task and a note."""

    outcome = forms.ChoiceField(label=_("How did it go?"), choices=TaskOutcome.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Note"),
        help_text=_("What was agreed, or when to call again. No names or facts of students."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """An advice that is wrong says why."""
        data = super().clean() or self.cleaned_data
        if data.get("outcome") == TaskOutcome.WRONG and not data.get("note"):
            self.add_error("note", _("Write what is wrong with it, so that the advice can become better."))
        return data


class SubscriptionForm(forms.ModelForm):
    """A municipality or partner that is to get the weekly mail."""

    class Meta:
        model = DigestSubscription
        fields = ("name", "email", "kind", "region", "municipality", "language")

    def clean(self) -> dict[str, Any]:
        """The municipality lies in the region."""
        data = super().clean() or self.cleaned_data
        town, region = data.get("municipality"), data.get("region")
        if town and region and town.region_id != region.pk:
            self.add_error("municipality", _("This municipality lies in %(region)s. Choose that region.") % {"region": town.region})
        return data


class TaskFilterForm(FilterForm):
    """Which tasks to show."""

    toon = forms.ChoiceField(
        label=_("Show"), required=False, choices=[(MINE, _("my tasks")), (ALL, _("all tasks in my regions")), (LATE, _("tasks that are late"))]
    )
