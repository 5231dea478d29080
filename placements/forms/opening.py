"""Opening requests for several students at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from placements.models import Period
from placements.selectors import coming_periods, periods_to_choose
from placements.services.requests import LONGEST_WEEKS, whole_weeks
from stagematch.forms import narrow


class OpenRequestsForm(forms.Form):
    """For which period, and for how many weeks of it."""

    period = forms.ModelChoiceField(queryset=Period.objects.none(), label=_("Period"))
    weeks = forms.IntegerField(
        required=False, min_value=1, max_value=LONGEST_WEEKS, label=_("Weeks"), help_text=_("Leave this empty for the whole period.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        narrow(self, "period", coming_periods())
        self.fields["period"].initial = next(iter(periods_to_choose()), None)

    def clean(self) -> dict[str, Any]:
        """No more weeks than the period has."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        period, weeks = cleaned.get("period"), cleaned.get("weeks")
        most = whole_weeks(period.starts_on, period.ends_on) if period else 0
        if period and weeks and weeks > most:
            said = ngettext("This period has %(n)s week. Fill in fewer.", "This period has %(n)s weeks. Fill in at most %(n)s.", most)
            self.add_error("weeks", said % {"n": most})
        return cleaned
