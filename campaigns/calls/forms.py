"""Forms of call rounds: making one, and writing down how a call went."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.calls.words import standard
from campaigns.calls.workflow import OUTCOMES, Outcome
from campaigns.models import CallRound
from campaigns.services.call_effects import Offer
from companies.models import Company
from placements.models import Weekday
from placements.models.place import recognised_for
from placements.selectors import periods_to_choose
from reference.form_fields import PhoneField
from reference.formats import refuse_bsn
from reference.models import Pathway, Qualification

WEEK = list(Weekday.values)[:5]
MOST = 50  # places at once, on the telephone
AHEAD = timedelta(days=90)


class RoundForm(forms.ModelForm):
    """Name, target, last day and words of a call round; whom it is for is a form of its own (campaigns.audience).

    kind: of the companies, where it is known before anything was written.
    """

    class Meta:
        model = CallRound
        fields = ["name", "target", "deadline", "script"]
        widgets = {"script": forms.Textarea(attrs={"rows": 8})}
        help_texts = {
            "target": _("How many places the round is to bring."),
            "deadline": _("After this day nobody is called any more."),
            "script": _("{name} becomes the name of whoever calls. Left as they are, these words follow the kind of companies."),
        }

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial["script"] = self.initial.get("script") or standard(kind)
            self.initial["deadline"] = self.initial.get("deadline") or timezone.localdate() + timedelta(days=28)

    def clean_deadline(self) -> Any:
        """A round has a day left."""
        if self.cleaned_data["deadline"] < timezone.localdate():
            raise forms.ValidationError(_("Choose today or a later day."))
        return self.cleaned_data["deadline"]


class NoteForm(forms.Form):
    """What may be said with every outcome."""

    spoke_to = forms.CharField(label=_("Who did you speak to?"), max_length=100, required=False)
    note = forms.CharField(
        label=_("Note for colleagues"),
        help_text=_("About the company only, nothing about a student or anybody's health."),
        max_length=300,
        required=False,
        validators=[refuse_bsn],
    )


class TapForm(NoteForm):
    """An outcome of one tap."""

    outcome = forms.ChoiceField(
        choices=[(outcome.value, outcome.label) for outcome in OUTCOMES if outcome not in (Outcome.PLACES, Outcome.LATER, Outcome.SETTLED)],
        widget=forms.HiddenInput,
    )


class LaterForm(NoteForm):
    """When to call back."""

    day = forms.DateField(label=_("Day"))
    hour = forms.TimeField(label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("day", timezone.localdate() + timedelta(days=1))
        self.initial.setdefault("hour", "10:00")

    def clean(self) -> dict[str, Any]:
        """A moment that is still to come, and not too far away."""
        data = super().clean() or {}
        if data.get("day") and data.get("hour"):
            data["call_at"] = timezone.make_aware(datetime.combine(data["day"], data["hour"]))
            if data["call_at"] <= timezone.now():
                self.add_error("hour", _("This moment has passed. Choose a later one."))
            elif data["call_at"] > timezone.now() + AHEAD:
                self.add_error("day", _("Choose a day within three months."))
        return data


class PlacesForm(NoteForm):
    """Places that a company offers on the telephone: how many for each qualification, when, on which days."""

    period = forms.TypedChoiceField(label=_("Period"))
    days = forms.MultipleChoiceField(label=_("Days"), choices=Weekday.choices, widget=forms.CheckboxSelectMultiple, initial=WEEK)
    pathways = forms.MultipleChoiceField(label=_("Pathways"), choices=Pathway.choices, widget=forms.CheckboxSelectMultiple, initial=[Pathway.BOL])

    field_order = ("spoke_to",)

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        periods = {str(period.pk): period for period in periods_to_choose()}
        choice: Any = self.fields["period"]
        choice.choices, choice.coerce = [(key, period.name) for key, period in periods.items()], periods.__getitem__
        self.allowed = list(recognised_for(company).filter(current=True).order_by("kind", "name", "pk"))
        self.fields["spoke_to"].required = True
        for qualification in self.allowed:
            self.fields[_name(qualification)] = forms.IntegerField(
                label=str(qualification), min_value=0, max_value=MOST, required=False, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
            )

    @property
    def courses(self) -> list[Qualification]:
        """National qualifications for which the company is recognised."""
        return [qualification for qualification in self.allowed if not qualification.is_reserved]

    @property
    def counts(self) -> list[Any]:
        """The fields that ask how many, as the page draws them."""
        return [self[_name(qualification)] for qualification in self.allowed]

    def clean(self) -> dict[str, Any]:
        """At least one place."""
        data = super().clean() or {}
        named = [_name(qualification) for qualification in self.allowed]
        if named and not any(data.get(name) for name in named) and not set(named) & set(self.errors):
            self.add_error(named[0], _("Fill in for at least one qualification how many students can come."))
        return data

    def offers(self) -> list[Offer]:
        """What was offered; the form must be valid."""
        data = self.cleaned_data
        return [Offer(one, data[_name(one)], data["period"], data["days"], data["pathways"]) for one in self.allowed if data.get(_name(one))]


def _name(qualification: Qualification) -> str:
    return f"count_{qualification.pk}"


class NumberForm(forms.Form):
    """The right telephone number."""

    phone = PhoneField(label=_("The right number"))
