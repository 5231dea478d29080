"""Proposing a first meeting."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from placements.models import Introduction, Placement
from reference.formats import refuse_bsn

MINUTE = "%Y-%m-%dT%H:%M"


class IntroductionForm(forms.Form):
    """Day, time and place of a first meeting; empty fields start with what is planned, or the company's address."""

    at = forms.DateTimeField(
        label=gettext_lazy("Day and time"),
        input_formats=[MINUTE, "%d-%m-%Y %H:%M"],
        widget=forms.DateTimeInput(format=MINUTE, attrs={"type": "datetime-local"}),
        error_messages={"required": gettext_lazy("Fill in a day and a time."), "invalid": gettext_lazy("Write it like 21-11-2026 14:30.")},
    )
    where = forms.CharField(max_length=200, label=gettext_lazy("Where"), validators=[refuse_bsn])
    note = forms.CharField(
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        label=gettext_lazy("What to bring or know"),
        help_text=gettext_lazy("For example: whom to ask for, where to park a bicycle."),
        validators=[refuse_bsn],
    )

    def __init__(self, data: Any = None, *, placement: Placement) -> None:
        planned: Introduction | None = placement.first_meeting
        company = placement.place.company
        initial: dict[str, Any] = {"where": f"{company.street}, {company.place}"}
        if planned:
            initial = {"at": planned.at, "where": planned.where, "note": planned.note}
        super().__init__(data, initial=initial)
        self.ends_on = placement.ends_on

    def clean_at(self) -> datetime:
        """Raises ValidationError for a time that has passed, or after the placement."""
        at: datetime = self.cleaned_data["at"]
        if at <= timezone.now():
            raise forms.ValidationError(_("This time has passed. Choose a later one."))
        if timezone.localdate(at) > self.ends_on:
            raise forms.ValidationError(_("The placement is over by then. Choose an earlier day."))
        return at
