"""Periods of the school year, kept by administrators of the platform."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from placements.models import Period
from placements.services.periods import in_use

LONGEST = timedelta(days=2 * 366)
FURTHEST = timedelta(days=3653)


class PeriodForm(forms.ModelForm):
    """Name, first and last day; the days of a period in use stay as they are, because places and students rely on them."""

    class Meta:
        model = Period
        fields = ["name", "starts_on", "ends_on"]
        help_texts = {"name": _("As schools and companies call it, for example: Spring 2027.")}
        error_messages = {"name": {"unique": _("There is a period with this name already. Choose another name.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fixed = bool(self.instance.pk) and in_use(self.instance)
        for name in ("starts_on", "ends_on"):
            self.fields[name].disabled = self.fixed

    def clean(self) -> dict[str, Any]:
        """The last day comes after the first."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last <= first:
            self.add_error("ends_on", _("The last day must come after the first day."))
        elif first and last and last - first > LONGEST:
            self.add_error("ends_on", _("A period lasts two years at most. Choose an earlier last day."))
        if first and abs(first - timezone.localdate()) > FURTHEST:
            self.add_error("starts_on", _("Choose a first day within ten years from now."))
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        # The constraint says the same as clean(), but not beside the field.
        return super()._get_validation_exclusions() | {"ends_on"}  # type: ignore[misc]  # the stubs do not know it
