"""Forms of applying and answering: lists to choose from, no free text before both know of each other."""

from typing import Any, cast

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from placements.applications.questions import BY_CODE, Side, questions_of
from placements.applications.workflow import DECLINE_GROUNDS
from placements.forms.preparation import MOST_GOALS, DaysForm, at_most
from placements.models import Application, ApplicationQuestion, Place, PlacementRequest
from placements.models.place import counted_goals
from placements.search.cards import on_days
from placements.workflow import ReasonCode
from reference.formats import refuse_bsn
from reference.models import LearningGoal
from stagematch.forms import offer


class FoldedBoxes(forms.CheckboxSelectMultiple):
    """Tick boxes in groups, of which those from `fold_from` on are folded and say how many are ticked."""

    template_name = "placements/applications/folded_boxes.html"
    fold_from = 0

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Django's, with `parts`: title, options, whether it is folded, how many are ticked."""
        context = super().get_context(name, value, attrs)
        groups = context["widget"]["optgroups"]
        context["widget"]["parts"] = [
            (title, options, number >= self.fold_from, sum(option["selected"] for option in options)) for title, options, number in groups
        ]
        return context


class GoalsField(forms.TypedMultipleChoiceField):
    """Goals of one list that was read once: what is sent is looked up in it."""

    widget = FoldedBoxes

    def fill(self, groups: dict[str, list[LearningGoal]], fold_from: int) -> None:
        """Offer these goals under these titles; the groups from `fold_from` on are folded."""
        known = {str(goal.pk): goal for goals in groups.values() for goal in goals}
        self.coerce = known.__getitem__
        self.choices = [(title, [(goal.pk, goal.text) for goal in goals]) for title, goals in groups.items() if goals]
        cast("FoldedBoxes", self.widget).fold_from = fold_from


class ApplyForm(DaysForm):
    """The one profile: goals and days as prepared, and what was practised before; filled in beforehand, what this place offers first."""

    goals = GoalsField(label=gettext_lazy("What do you want to learn there?"), error_messages={"required": gettext_lazy("Choose at least one.")})
    skills = GoalsField(
        required=False,
        label=gettext_lazy("What have you practised before?"),
        help_text=gettext_lazy("At school, in an earlier placement or at work. Nothing yet? Then leave it empty."),
    )
    field_order = ("goals", "skills", "days", "days_needed")

    def __init__(self, *args: Any, request: PlacementRequest, place: Place, before: Application | None = None, **kwargs: Any) -> None:
        goals = list(goals_for(request, place))
        here, elsewhere = [goal for goal in goals if goal.here], [goal for goal in goals if not goal.here]
        skills = before.profile.get("skill_ids", []) if before else []
        initial = {"goals": [goal.pk for goal in goals if goal.wished], "skills": skills, "days": request.days, "days_needed": request.days_needed}
        super().__init__(*args, **{"initial": initial, **kwargs})
        everything = {_("All tasks of your course"): goals}
        self._fill("goals", {_("You can learn this here"): here, _("Not at this place"): elsewhere} if here else everything, fold_from=1)
        self._fill("skills", everything, fold_from=0)
        self.fields["goals"].required = bool(goals)
        self.fields["goals"].help_text = _("Choose at most %(most)s.") % {"most": MOST_GOALS}
        self.fields["days"].help_text = _("At this place: %(days)s.") % {"days": on_days(place.days)}

    def _fill(self, name: str, groups: dict[str, list[Any]], *, fold_from: int) -> None:
        field = self.fields[name]
        if isinstance(field, GoalsField):
            field.fill(groups, fold_from)

    def clean_goals(self) -> list[LearningGoal]:
        """Raises ValidationError beyond the limit."""
        goals: list[LearningGoal] = self.cleaned_data["goals"]
        at_most(goals)
        return goals


def goals_for(request: PlacementRequest, place: Place) -> QuerySet[Any]:
    """Goals of the student's course in their order: `here` for those of the place, `wished` for those prepared. One query."""
    own = LearningGoal.objects.filter(qualification_links__qualification=request.student.programme.qualification_id)
    here, wished = counted_goals().filter(place=place.pk), PlacementRequest.goals.through.objects.filter(placementrequest=request.pk)
    marked = own.annotate(here=Exists(here.filter(learninggoal=OuterRef("pk"))), wished=Exists(wished.filter(learninggoal=OuterRef("pk"))))
    return marked.order_by("qualification_links__position", "text")


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
        offer(self, "ground", [(code.value, code.label) for code in grounds])


class AskForm(forms.Form):
    """One question from the own list, but for those that were asked."""

    code = forms.ChoiceField(
        label=gettext_lazy("Your question"),
        error_messages={"required": gettext_lazy("Choose a question."), "invalid_choice": gettext_lazy("Choose a question from the list.")},
    )

    def __init__(self, *args: Any, side: Side, asked: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left = [(question.code, question.text) for question in questions_of(side) if question.code not in asked]
        offer(self, "code", [("", _("Choose a question")), *left])
        if side == Side.COMPANY:
            self.fields["code"].help_text = _("The student reads the question as it stands here.")
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
        offer(self, "choice", asked.answers)


class MessageForm(forms.Form):
    """A free message, once both know of each other."""

    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        label=gettext_lazy("Your message"),
        validators=[refuse_bsn],
        error_messages={"required": gettext_lazy("Write a message.")},
    )
