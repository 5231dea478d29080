"""Forms that ask for a coded reason, with a text where the code does not say it all."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from placements.models import Adjustment, Placement
from placements.workflow import OBJECTION_REASONS, REFUSAL_GROUNDS, ReasonCode
from reference.formats import refuse_bsn
from stagematch.forms import offer

# What a student says of themselves, where the code's own words speak about the student.
STUDENT_WORDS: Mapping[ReasonCode, str | Promise] = {
    ReasonCode.TOO_FAR: gettext_lazy("I cannot make the journey"),
    ReasonCode.GOALS_MISSING: gettext_lazy("I cannot practise my goals there"),
    ReasonCode.NEEDS_NOT_MET: gettext_lazy("What I need is not possible there"),
    ReasonCode.EARLIER_EXPERIENCE: gettext_lazy("I had a bad experience at this company before"),
    ReasonCode.CHANGED: gettext_lazy("My situation has changed"),
    ReasonCode.PLACED_ELSEWHERE: gettext_lazy("I have another place"),
    ReasonCode.LEFT_PROGRAMME: gettext_lazy("I stop with this programme"),
    ReasonCode.OTHER: gettext_lazy("Something else (explain below)"),
}
STUDENT_WITHDRAWS = (ReasonCode.CHANGED, ReasonCode.PLACED_ELSEWHERE, ReasonCode.LEFT_PROGRAMME, ReasonCode.TOO_FAR, ReasonCode.OTHER)


class ReasonForm(forms.Form):
    """A reason from a list; "something else" needs a text."""

    reason_code = forms.ChoiceField(
        widget=forms.RadioSelect, label=gettext_lazy("Reason"), error_messages={"required": gettext_lazy("Choose a reason.")}
    )
    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}), required=False, max_length=1000, label=gettext_lazy("Explanation"), validators=[refuse_bsn]
    )

    def __init__(self, *args: Any, codes: Iterable[ReasonCode], words: Mapping[ReasonCode, str | Promise] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code.value, (words or {}).get(code, code.label)) for code in codes]
        offer(self, "reason_code", choices)

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for "something else" without a text."""
        data = super().clean() or {}
        if data.get("reason_code") == ReasonCode.OTHER and not data.get("reason", "").strip():
            self.add_error("reason", _("Explain what the reason is."))
        return data


def objection_form(data: Any = None) -> ReasonForm:
    """Why a student objects."""
    return ReasonForm(data, codes=OBJECTION_REASONS, words=STUDENT_WORDS)


def withdrawal_form(data: Any = None) -> ReasonForm:
    """Why a student withdraws."""
    return ReasonForm(data, codes=STUDENT_WITHDRAWS, words=STUDENT_WORDS)


class AgreeForm(forms.Form):
    """What the company may know of the adjustments that a student needs; nothing is ticked beforehand."""

    shared_needs = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label=gettext_lazy("What may the company know?"),
        help_text=gettext_lazy("Tick only what you want to tell. The company then knows that you need it, not why."),
    )

    def __init__(self, *args: Any, placement: Placement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needs = [(need.value, need.label) for need in Adjustment if need in placement.request.needs]
        if needs:
            offer(self, "shared_needs", needs)
        else:
            del self.fields["shared_needs"]


class RefusalForm(forms.Form):
    """On which ground a company cannot take a student, and how the school can see it."""

    ground = forms.ChoiceField(
        choices=[(code.value, code.label) for code in REFUSAL_GROUNDS],
        widget=forms.RadioSelect,
        label=gettext_lazy("On which ground?"),
        help_text=gettext_lazy("These are the only valid grounds. That it does not click is not one of them."),
        error_messages={"required": gettext_lazy("Choose a ground.")},
    )
    evidence = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=2000,
        label=gettext_lazy("How can the school see that this is so?"),
        help_text=gettext_lazy("For example: since when, who decided it, which rule. Write about the place, not about the student."),
        validators=[refuse_bsn],
        error_messages={"required": gettext_lazy("Say how the school can see that this is so.")},
    )
