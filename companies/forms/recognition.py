"""Forms of advisors: planning a visit, the five conditions, deciding, and ending a recognition."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.models import Assessment, Company, Recognition, Visit
from companies.services.visits import Found
from companies.workflow import AGAINST, TRANSITIONS, Condition, ExceptionReason, R, RecognitionReason
from reference.formats import BRANCH, refuse_bsn
from reference.models import LearningGoal
from reference.selectors import goals_for
from stagematch.forms import narrow, offer

MINUTE = "%Y-%m-%dT%H:%M"
# A visit that comes later than this is no exception any more (our proposal to SBB; change it here).
VISIT_WITHIN = timedelta(days=183)
YES_NO = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]


def _text(label: Any, *, help_text: Any = "", required: bool = True, rows: int = 3, longest: int = 1000) -> forms.CharField:
    """A text that a company may read."""
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, required=required, max_length=longest, widget=area, validators=[refuse_bsn])


class AboutField(forms.ModelMultipleChoiceField):
    """Recognitions of one company: each is called by its qualification."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Recognition) -> str:
        """The qualification alone; the page says which company."""
        return str(obj.qualification)


class PlanVisitForm(forms.Form):
    """Day and time of a visit, and for which of the company's recognitions."""

    starts_at = forms.DateTimeField(
        label=gettext_lazy("Day and time"),
        input_formats=[MINUTE, "%d-%m-%Y %H:%M"],
        widget=forms.DateTimeInput(format=MINUTE, attrs={"type": "datetime-local"}),
        error_messages={"required": gettext_lazy("Fill in a day and a time."), "invalid": gettext_lazy("Write it like 21-11-2026 14:30.")},
    )
    recognitions = AboutField(
        label=gettext_lazy("What the visit is about"),
        queryset=Recognition.objects.none(),
        error_messages={"required": gettext_lazy("Tick at least one.")},
    )
    note = forms.CharField(
        label=gettext_lazy("A word to the company"),
        required=False,
        max_length=200,
        validators=[refuse_bsn],
        help_text=gettext_lazy("For example: the trainer should be there, and I come by bicycle."),
    )

    def __init__(self, data: Any = None, *, among: Any, visit: Visit | None = None) -> None:
        initial: dict[str, Any] = {"recognitions": [r.pk for r in among]}
        if visit:
            initial |= {"starts_at": visit.starts_at, "note": visit.note}
        super().__init__(data, initial=initial)
        narrow(self, "recognitions", among)

    def clean_starts_at(self) -> datetime:
        """Raises ValidationError for a time that has passed."""
        at: datetime = self.cleaned_data["starts_at"]
        if at <= timezone.now():
            raise forms.ValidationError(_("This time has passed. Choose a later one."))
        return at


class FindingsForm(forms.Form):
    """The five conditions, each met or not, and by what that was seen. `key` makes sending it twice the same as once."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid4
        for condition in Condition:
            name = capfirst(str(condition.label))
            self.fields[f"{condition}_met"] = forms.ChoiceField(label=name, choices=YES_NO, widget=forms.RadioSelect)
            self.fields[f"{condition}_evidence"] = _text(_("%(condition)s: what shows that?") % {"condition": name}, rows=2)

    def found(self) -> list[Found]:
        """What was filled in."""
        data = self.cleaned_data
        return [Found(condition, data[f"{condition}_met"] == "yes", data[f"{condition}_evidence"].strip()) for condition in Condition]

    @property
    def sent_key(self) -> UUID:
        """The key that came with the form, or a new one from a browser that lost it."""
        return self.cleaned_data["key"] or uuid4()


class VisitForm(FindingsForm):
    """What a visit found, for which recognitions, and the question that every visit asks."""

    recognitions = AboutField(
        label=gettext_lazy("What this holds for"),
        queryset=Recognition.objects.none(),
        help_text=gettext_lazy("Untick what you found different; you fill in the form once more for it."),
        error_messages={"required": gettext_lazy("Tick at least one.")},
    )
    places_offered = forms.IntegerField(
        label=gettext_lazy("How many places can the company offer?"),
        min_value=0,
        max_value=500,
        help_text=gettext_lazy("Ask it; 0 is an answer too."),
    )
    places_note = forms.CharField(label=gettext_lazy("What was said about places"), required=False, max_length=300, validators=[refuse_bsn])
    filled_at = forms.DateTimeField(widget=forms.HiddenInput, required=False)

    early = forms.BooleanField(required=False)

    field_order = ["key", "filled_at", "early", "recognitions"]

    def __init__(self, data: Any = None, *, visit: Visit, among: Any, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        narrow(self, "recognitions", among)
        self.order_fields([name for name in self.fields if not name.startswith("places_")])  # what comes last is asked last
        day = timezone.localdate(visit.starts_at)
        if visit.held_at or timezone.localdate() >= day:
            self.fields.pop("early")
        else:
            words = {"day": date_format(day)}
            self.fields["early"].label = _("The visit is planned for %(day)s; it has taken place already") % words
            self.fields["early"].required = True
            self.fields["early"].error_messages["required"] = _("Tick this if you have been there already, or send the form on %(day)s.") % words


class ExceptionForm(FindingsForm):
    """Assessing without a visit: why, and by which day the visit follows."""

    exception = forms.ChoiceField(label=gettext_lazy("Why can you not visit first?"), choices=ExceptionReason.choices, widget=forms.RadioSelect)
    visit_before = forms.DateField(label=gettext_lazy("The visit follows before"), widget=forms.DateInput)

    field_order = ["key", "exception", "visit_before"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)

    def clean_visit_before(self) -> date:
        """Raises ValidationError for a day that has passed or lies too far off."""
        day: date = self.cleaned_data["visit_before"]
        if not timezone.localdate() < day <= timezone.localdate() + VISIT_WITHIN:
            raise forms.ValidationError(_("Choose a day within half a year from now."))
        return day


class DecisionForm(forms.Form):
    """An advisor's decision on what was assessed: recognise (whole or in part), refuse, or a visit first."""

    RECOGNISE, PARTLY = "recognise", "partly"

    decision = forms.ChoiceField(label=gettext_lazy("Decision"), widget=forms.RadioSelect)
    goals = forms.ModelMultipleChoiceField(
        label=gettext_lazy("For which parts?"),
        queryset=LearningGoal.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Only when you recognise it for a part; then tick at least one."),
    )
    shared_branch = forms.CharField(
        label=gettext_lazy("Branch number of the company that trains for the rest"),
        required=False,
        help_text=gettext_lazy("Twelve digits. Only when two companies share a placement; it must be recognised for the same qualification."),
    )
    reason_code = forms.ChoiceField(
        label=gettext_lazy("Why not?"), required=False, choices=[("", "---------")], help_text=gettext_lazy("Only when you refuse.")
    )
    reason = _text(gettext_lazy("Explanation"), help_text=gettext_lazy("The company reads this. Needed when you refuse."), required=False)

    # With some decisions these must be filled in; their help says with which.
    needed_sometimes: tuple[str, ...] = ("goals", "shared_branch", "reason_code", "reason")

    def __init__(self, data: Any = None, *, recognition: Recognition, second: bool, assessment: Assessment | None) -> None:
        """second: whether another advisor has to approve, so that this one can only say no or ask for a visit; assessment: what was found."""
        super().__init__(data)
        self.recognition, self.second = recognition, second
        self.met = {found.condition for found in assessment.findings.all() if found.met} if assessment else set()
        offer(self, "decision", self._decisions())
        narrow(self, "goals", goals_for(recognition.qualification))
        offer(self, "reason_code", [("", "---------"), *((code.value, code.label) for code in AGAINST)])
        if recognition.state == R.REASSESSED:
            self.fields.pop("reason_code")
            self.fields["reason"].help_text = gettext_lazy("The company reads this.")
            self.needed_sometimes = ("goals", "shared_branch")
        for name in ("goals", "shared_branch") if second else ():
            self.fields.pop(name)

    def _decisions(self) -> list[tuple[str, str]]:
        yes = [(self.RECOGNISE, _("Recognise")), (self.PARTLY, _("Recognise for a part"))]
        if self.recognition.state == R.REASSESSED:
            return yes
        no = [(R.REFUSED.value, _("Do not recognise"))]
        if self.second:
            return [*no, (R.SUBMITTED.value, _("A visit first"))]
        return [*yes, *no, (R.SUBMITTED.value, _("A visit first"))] if self.recognition.exception else [*yes, *no]

    def clean_shared_branch(self) -> str:
        """The number as it is stored. Raises ValidationError for no number, or a company that is not recognised for the same."""
        text = self.cleaned_data["shared_branch"]
        if not text:
            return ""
        branch = BRANCH.clean(text)
        valid = Recognition.objects.valid().filter(qualification=self.recognition.qualification).exclude(company=self.recognition.company)
        known = Company.objects.standing().filter(Q(branch=branch) | Q(merged__branch=branch))
        self.partner = known.filter(recognitions__in=valid).order_by("pk").first()
        if self.partner is None:
            raise forms.ValidationError(_("No company with this branch number is recognised for this qualification. Check the number."))
        return branch

    def clean(self) -> dict[str, Any]:
        """A part names its work processes; a refusal says why."""
        data = super().clean() or {}
        if data.get("decision") == self.PARTLY and not data.get("goals"):
            self.add_error("goals", _("Tick the parts for which the company is recognised."))
        if data.get("decision") == R.REFUSED:
            if not data.get("reason_code"):
                self.add_error("reason_code", _("Choose the condition that is not met."))
            elif data["reason_code"] in self.met:  # each ground against a company is one of the five conditions
                text = _("This condition was found to be met. Choose one that is not, or put right first what was found.")
                self.add_error("reason_code", text)
            if not data.get("reason"):
                self.add_error("reason", _("Write why the company is not recognised, so that it knows what to change."))
        return data

    @property
    def chosen(self) -> dict[str, Any]:
        """What goes to the service that recognises."""
        partly = self.cleaned_data["decision"] == self.PARTLY
        shared = getattr(self, "partner", None) if self.cleaned_data["shared_branch"] else None
        return {
            "goals": list(self.cleaned_data["goals"]) if partly else [],
            "shared_with": shared if partly else None,
            "reason": self.cleaned_data["reason"],
        }


class LiftForm(forms.Form):
    """Lifting a suspension: what was solved, and how that was seen."""

    reason = _text(
        gettext_lazy("What was solved, and how did you see that?"),
        help_text=gettext_lazy(
            "The company reads this in the e-mail, and it stays with the recognition. For example: there is a fence; photos of 3 May."
        ),
    )


class EndForm(forms.Form):
    """Suspending or withdrawing a recognition, or refusing a company that cannot be found: in writing, with reasons from the table."""

    to = forms.ChoiceField(label=gettext_lazy("What do you decide?"), widget=forms.RadioSelect)
    reason_code = forms.ChoiceField(label=gettext_lazy("Reason"))
    reason = _text(
        gettext_lazy("Explanation"),
        help_text=gettext_lazy("This stands in the letter to the company: what you saw, when, and what has to change."),
        rows=6,
    )
    WORDS = {
        R.SUSPENDED: gettext_lazy("Suspend until it is solved"),
        R.WITHDRAWN: gettext_lazy("Withdraw"),
        R.REFUSED: gettext_lazy("Refuse: the company cannot be found"),
    }

    def __init__(self, data: Any = None, *, state: str, moves: list[R]) -> None:
        super().__init__(data)
        self.refuses, self.withdraws = state == R.SUBMITTED, state == R.SUSPENDED
        self.rules = {to.value: TRANSITIONS[R(state), to] for to in self.WORDS if to in moves}
        offer(self, "to", [(to.value, words) for to, words in self.WORDS.items() if to.value in self.rules])
        codes = {code for rule in self.rules.values() for code in rule.reasons}
        offer(self, "reason_code", [("", "---------"), *((code.value, code.label) for code in RecognitionReason if code in codes)])
        for name, only in (("to", list(self.rules)), ("reason_code", list(codes))):
            if len(only) == 1:
                self.initial[name] = only[0]

    def clean(self) -> dict[str, Any]:
        """A company that asks to stop, or is gone, is not suspended."""
        data = super().clean() or {}
        if data.get("to") and data.get("reason_code") and data["reason_code"] not in self.rules[data["to"]].reasons:
            self.add_error("reason_code", _("This reason does not go with that decision. Choose another one."))
        return data
