"""Forms of the coordinator: opening a round, deciding with a reason."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from matching.models import Policy, Round
from placements.models import Period
from placements.workflow import TRANSITIONS, ReasonCode, S
from schools.models import Programme


class RoundForm(forms.ModelForm):
    """Name, programmes of one's own, period and deadline of a new round."""

    class Meta:
        model = Round
        fields = ["name", "programmes", "period", "deadline", "policy"]
        widgets = {"programmes": forms.CheckboxSelectMultiple, "policy": forms.RadioSelect}
        help_texts = {
            "name": _("For example: Nursing year 2, spring."),
            "period": _("Only places of this period take part."),
            "deadline": _("Students have to finish their preparation before this day."),
            "policy": _("You can compare the ways with your own students once they are ready, and choose another one until the run."),
        }

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: QuerySet[Programme] = Programme.objects.visible_to(actor).select_related("qualification")
        self.fields["programmes"].queryset = own  # type: ignore[attr-defined]
        self.fields["programmes"].label_from_instance = _programme_label  # type: ignore[attr-defined]
        self.fields["period"].queryset = Period.objects.filter(ends_on__gt=timezone.localdate())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The deadline lies ahead, and before the period ends."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        deadline, period = cleaned.get("deadline"), cleaned.get("period")
        if deadline and deadline < timezone.localdate():
            self.add_error("deadline", _("This day is over. Choose a day from today on."))
        elif deadline and period and deadline >= period.ends_on:
            self.add_error("deadline", _("This is after the period has ended. Choose an earlier day."))
        return cleaned


class PolicyForm(forms.Form):
    """How the next run of a round matches."""

    policy = forms.ChoiceField(choices=Policy)


def _programme_label(programme: Programme) -> str:
    return f"{programme.name or programme.qualification.name} ({programme.qualification_id}, {programme.pathway})"


class ReasonForm(forms.Form):
    """A coded reason, and a text that explains it; `something else` needs the text."""

    reason_code = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Explanation"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000, required=False)

    def clean(self) -> dict[str, Any]:
        """Something else says what."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("reason_code") == ReasonCode.OTHER and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Explain what the reason is."))
        return cleaned


class DeclineForm(ReasonForm):
    """Why a proposal is declined."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason_code"].choices = _labels(TRANSITIONS[S.PROPOSED, S.DECLINED].reasons)  # type: ignore[attr-defined]


class VerdictForm(ReasonForm):
    """A verdict (true: the claim holds) with a reason that the table of transitions allows for it."""

    verdict = forms.TypedChoiceField(label=_("Your verdict"), widget=forms.RadioSelect, coerce=lambda value: value == "yes")
    field_order = ["verdict", "reason_code", "reason"]
    yes: ClassVar[Promise]
    no: ClassVar[Promise]
    reasons: ClassVar[dict[bool, tuple[ReasonCode, ...]]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verdict"].choices = [("yes", self.yes), ("no", self.no)]  # type: ignore[attr-defined]
        yes, no = self.reasons[True], self.reasons[False]
        groups = [
            (_("With the first verdict"), [code for code in yes if code not in no]),
            (_("With the second verdict"), [code for code in no if code not in yes]),
            (_("With both"), [code for code in yes if code in no]),
        ]
        choices = [(group, _labels(codes)) for group, codes in groups if codes]
        self.fields["reason_code"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The reason fits the verdict."""
        cleaned = super().clean()
        verdict, code = cleaned.get("verdict"), cleaned.get("reason_code")
        if isinstance(verdict, bool) and code and code not in self.reasons[verdict]:
            self.add_error("reason_code", _("This reason does not fit your verdict. Choose another one."))
        return cleaned


class ObjectionForm(VerdictForm):
    """Whether the student's objection holds."""

    yes = _("The objection is justified: the student does not have to go here, and the place is free again.")
    no = _("The match stays: the student is asked again, and reads your explanation.")
    reasons = {True: TRANSITIONS[S.OBJECTED, S.DECLINED].reasons, False: TRANSITIONS[S.OBJECTED, S.APPROVED].reasons}


class RefusalForm(VerdictForm):
    """Whether the company's ground holds."""

    yes = _("The ground is valid: the placement ends, and the student comes first in the next round.")
    no = _("The ground is not valid: the placement goes on.")
    reasons = {True: TRANSITIONS[S.REFUSAL_CLAIMED, S.REFUSED].reasons, False: TRANSITIONS[S.REFUSAL_CLAIMED, S.CONFIRMED].reasons}


def _labels(codes: Iterable[ReasonCode]) -> list[tuple[str, Any]]:
    return [(code.value, code.label) for code in codes]
