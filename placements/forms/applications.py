"""Forms of applying and answering: lists to choose from, no free text before both know of each other."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from placements.applications.questions import BY_CODE, Side, questions_of
from placements.applications.workflow import DECLINE_GROUNDS
from placements.forms.preparation import MOST_GOALS, DaysForm, GoalsForm
from placements.models import Application, ApplicationQuestion, PlacementRequest
from placements.workflow import ReasonCode
from reference.formats import refuse_bsn
from reference.models import LearningGoal


class ApplyForm(GoalsForm, DaysForm):
    """The one profile: goals and days as prepared, and what was practised before; filled in beforehand."""

    skills = forms.ModelMultipleChoiceField(
        queryset=LearningGoal.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label=gettext_lazy("What have you practised before?"),
        help_text=gettext_lazy("At school, in an earlier placement or at work. Nothing yet? Then leave it empty."),
    )
    field_order = ("goals", "skills", "days", "days_needed")

    def __init__(self, *args: Any, request: PlacementRequest, before: Application | None = None, **kwargs: Any) -> None:
        initial = {"days": request.days, "days_needed": request.days_needed, "skills": before.profile.get("skill_ids", []) if before else []}
        super().__init__(*args, request=request, initial=initial, **kwargs)
        goals = self.fields["goals"]
        goals.label, goals.help_text = _("What do you want to learn there?"), _("Choose at most %(most)s.") % {"most": MOST_GOALS}
        self.fields["skills"].queryset = goals.queryset  # type: ignore[attr-defined]
        # One query for both lists of boxes; what is sent is looked up in the querysets.
        shown = [(goal.pk, goal.text) for goal in goals.queryset]  # type: ignore[attr-defined]
        goals.choices = self.fields["skills"].choices = shown  # type: ignore[attr-defined]


class DeclineForm(forms.Form):
    """A ground from the list; that all places are taken can only be said when they are."""

    ground = forms.ChoiceField(
        widget=forms.RadioSelect,
        label=gettext_lazy("Ground of your no"),
        help_text=gettext_lazy("These are the only valid grounds. That it does not click is not one of them."),
        error_messages={"required": gettext_lazy("Choose a ground."), "invalid_choice": gettext_lazy("Choose a ground from the list.")},
    )

    def __init__(self, *args: Any, full: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grounds = [code for code in DECLINE_GROUNDS if full or code != ReasonCode.PLACE_FULL]
        self.fields["ground"].choices = [(code.value, code.label) for code in grounds]  # type: ignore[attr-defined]


class AskForm(forms.Form):
    """One question from the own list, but for those that were asked."""

    code = forms.ChoiceField(
        label=gettext_lazy("Your question"),
        error_messages={"required": gettext_lazy("Choose a question."), "invalid_choice": gettext_lazy("Choose a question from the list.")},
    )

    def __init__(self, *args: Any, side: Side, asked: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left = [(question.code, question.text) for question in questions_of(side) if question.code not in asked]
        self.fields["code"].choices = [("", _("Choose a question")), *left]  # type: ignore[attr-defined]
        self.empty = not left


class AnswerForm(forms.Form):
    """The answers that belong to one question."""

    code = forms.CharField(widget=forms.HiddenInput)
    choice = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose an answer."), "invalid_choice": gettext_lazy("Choose an answer from the list.")},
    )

    def __init__(self, *, question: ApplicationQuestion) -> None:
        super().__init__(initial={"code": question.code}, auto_id=f"id_{question.code}_%s")
        asked = BY_CODE[question.code]
        self.fields["choice"].label = str(asked.text)
        self.fields["choice"].choices = list(asked.answers)  # type: ignore[attr-defined]


class MessageForm(forms.Form):
    """A free message, once both know of each other."""

    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        label=gettext_lazy("Your message"),
        validators=[refuse_bsn],
        error_messages={"required": gettext_lazy("Write a message.")},
    )
