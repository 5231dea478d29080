"""Forms with which a company keeps its places up to date, and with which administrators write tip cards."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from placements.models import Period, Place, TipCard
from placements.selectors import coming_periods
from stagematch.forms import narrow

LONGEST_PAUSE = timedelta(days=366)


class PauseForm(forms.Form):
    """Until when a company is closed."""

    until = forms.DateField(label=_("Offered again on"), help_text=_("From this day on students see your places again, by themselves."))

    def clean_until(self) -> date:
        """A day to come, within a year."""
        until: date = self.cleaned_data["until"]
        today = timezone.localdate()
        if until <= today:
            raise forms.ValidationError(_("Choose a day after today."))
        if until - today > LONGEST_PAUSE:
            raise forms.ValidationError(_("A pause lasts a year at most. For longer, stop the places."))
        return until


class PlacesChoice(forms.ModelMultipleChoiceField):
    """Places by title and qualification: several may have one title."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title} ({', '.join(obj.taught)})" if obj.taught else str(obj.title)


class CopyForm(forms.Form):
    """Which places to offer once more, and in which period."""

    period = forms.ModelChoiceField(label=_("Offer them in"), queryset=Period.objects.none(), empty_label=None)
    places = PlacesChoice(
        label=_("Places"),
        queryset=Place.objects.none(),
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one place.")},
    )

    def __init__(self, *args: Any, company: Company, source: Period, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        narrow(self, "period", coming_periods().exclude(pk=source.pk))
        narrow(self, "places", Place.objects.filter(company=company, period=source).with_taught().order_by("title", "pk"))


class TipCardForm(forms.ModelForm):
    """The words of a tip card, in both languages."""

    class Meta:
        model = TipCard
        fields = ["shown", "title_nl", "text_nl", "title_en", "text_en"]
        widgets = {"text_nl": forms.Textarea(attrs={"rows": 6}), "text_en": forms.Textarea(attrs={"rows": 6})}
