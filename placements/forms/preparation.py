"""The five short steps of the preparation: a form each, in the words of a student."""

from collections.abc import Sized
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.models import CompanyKind
from placements.models import Adjustment, PlacementRequest, PreparationStep, Requirement, Weekday
from placements.models.place import AGES
from reference.models import LearningGoal
from reference.travel import TravelMode
from stagematch.forms import narrow, offer

MOST_GOALS = 10
SUPPORT = (
    (0, gettext_lazy("none: I find my way")),
    (1, gettext_lazy("some: somebody whom I can ask")),
    (2, gettext_lazy("much: somebody who explains every day")),
    (3, gettext_lazy("very much: always somebody near me")),
)


def at_most(goals: Sized) -> None:
    """Who chooses everything has chosen nothing. Raises ValidationError beyond the limit."""
    if len(goals) > MOST_GOALS:
        raise forms.ValidationError(_("Choose at most %(most)s, those that you find most important."), params={"most": MOST_GOALS})


class GoalsForm(forms.Form):
    """Step 1: what do you want to learn?"""

    goals = forms.ModelMultipleChoiceField(
        queryset=LearningGoal.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("What do you want to practise?"),
        help_text=gettext_lazy("Choose what you find most important. We look for places where you can do this."),
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )

    def __init__(self, *args: Any, request: PlacementRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = LearningGoal.objects.filter(qualification_links__qualification=request.student.programme.qualification_id)
        narrow(self, "goals", own.order_by("qualification_links__position", "text"))
        self.fields["goals"].required = own.exists()
        self.initial.setdefault("goals", [goal.pk for goal in request.goals.all()] if request.pk else [])

    def clean_goals(self) -> Any:
        """Raises ValidationError beyond the limit: who chooses everything has chosen nothing."""
        goals = self.cleaned_data["goals"]
        at_most(goals)
        return goals


class TravelForm(forms.Form):
    """Step 2: how far, and by what means?"""

    travel_mode = forms.ChoiceField(
        choices=TravelMode.choices,
        widget=forms.RadioSelect,
        label=gettext_lazy("How do you travel?"),
        error_messages={"required": gettext_lazy("Choose how you travel.")},
    )
    max_minutes = forms.IntegerField(
        min_value=5,
        max_value=180,
        label=gettext_lazy("How many minutes may it take, one way?"),
        help_text=gettext_lazy("From your front door to the company. Between 5 and 180 minutes."),
        widget=forms.NumberInput(attrs={"step": 5, "inputmode": "numeric"}),
        error_messages={"required": gettext_lazy("Fill in a number of minutes, for example 30.")},
    )


class DaysForm(forms.Form):
    """Step 3: which days, and how many a week?"""

    days = forms.MultipleChoiceField(
        choices=Weekday.choices,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("On which days can you work?"),
        help_text=gettext_lazy("Choose every day on which you can, not only the days that you like best."),
        error_messages={"required": gettext_lazy("Choose at least one day.")},
    )
    days_needed = forms.TypedChoiceField(
        # Five is what the working hours of a minor, and of nearly everybody, leave room for.
        choices=[(n, str(n)) for n in range(1, 6)],
        coerce=int,
        widget=forms.RadioSelect,
        label=gettext_lazy("How many days a week do you go to the company?"),
        help_text=gettext_lazy("You do not know? Ask your school."),
        error_messages={"required": gettext_lazy("Choose how many days a week.")},
    )

    def clean_days(self) -> list[str]:
        """In the order of the week, whatever the order of ticking."""
        return [day.value for day in Weekday if day in self.cleaned_data["days"]]

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError if more days are needed than chosen."""
        data = super().clean() or {}
        if "days" in data and "days_needed" in data and data["days_needed"] > len(data["days"]):
            text = _("You chose %(chosen)s days. Choose more days above, or fewer here.") % {"chosen": len(data["days"])}
            self.add_error("days_needed", text)
        return data


class KindForm(forms.Form):
    """Step 4: what kind of company?"""

    kind1 = forms.ChoiceField(
        choices=[("", gettext_lazy("No wish: anything is fine")), *CompanyKind.choices],
        required=False,
        label=gettext_lazy("Where would you like to work most?"),
    )
    kind2 = forms.ChoiceField(
        choices=[("", gettext_lazy("No second wish")), *CompanyKind.choices],
        required=False,
        label=gettext_lazy("And where else?"),
        help_text=gettext_lazy("A wish counts, but does not decide. Your learning goals and the distance count more."),
    )

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for a second wish without a first, or twice the same."""
        data = super().clean() or {}
        first, second = data.get("kind1", ""), data.get("kind2", "")
        if second and not first:
            self.add_error("kind1", _("Choose a first wish too, or leave the second one empty."))
        elif second and second == first:
            self.add_error("kind2", _("This is your first wish already. Choose another one, or leave it empty."))
        return data


class NeedsForm(forms.Form):
    """Step 5: what do you need, what do you have?"""

    needs = forms.MultipleChoiceField(
        choices=Adjustment.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Is there something that you cannot do without?"),
        help_text=gettext_lazy(
            "Only places that offer it are left. You do not have to say why. "
            "The company sees nothing of this, unless you agree to a place and tick what it may know."
        ),
    )
    has = forms.MultipleChoiceField(
        choices=Requirement.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("What do you have, or will you have when you start?"),
        help_text=gettext_lazy("Some places ask for it. They say so beforehand."),
    )
    support = forms.TypedChoiceField(choices=SUPPORT, coerce=int, widget=forms.RadioSelect, label=gettext_lazy("How much guidance would you like?"))
    allowance = forms.IntegerField(
        min_value=0,
        max_value=3000,
        label=gettext_lazy("What allowance do you hope for, in euro a month?"),
        help_text=gettext_lazy("0 if it does not matter to you. It counts a little."),
        widget=forms.NumberInput(attrs={"step": 25, "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, request: PlacementRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        has = self.fields["has"]
        if request.student.adult_on:
            offer(self, "has", [choice for choice in Requirement.choices if choice[0] not in AGES])
            has.help_text = _("Some places ask for it. They say so beforehand. How old you are, we know from your school.")
        elif PreparationStep.NEEDS not in request.steps_done:
            self.initial["has"] = list(AGES)  # the school gave no day of coming of age: an adult, as far as it knows


FORMS: dict[PreparationStep, type[forms.Form]] = {
    PreparationStep.GOALS: GoalsForm,
    PreparationStep.TRAVEL: TravelForm,
    PreparationStep.DAYS: DaysForm,
    PreparationStep.KIND: KindForm,
    PreparationStep.NEEDS: NeedsForm,
}


def form_for(step: PreparationStep, request: PlacementRequest, data: Any = None) -> forms.Form:
    """The form of one step, filled with what was saved before."""
    if step == PreparationStep.GOALS:
        return GoalsForm(data, request=request)
    form = FORMS[step]
    initial = {name: getattr(request, name) for name in form.base_fields}
    if step == PreparationStep.NEEDS:
        return NeedsForm(data, initial=initial, request=request)
    if step == PreparationStep.DAYS and step not in request.steps_done:
        initial = {"days": [day.value for day in Weekday][:5]}
    return form(data, initial=initial)
