"""Forms of a report: what is needed, what was tried, and what is done about it."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from reference.formats import refuse_bsn
from reference.forms import QualificationField
from reference.models import Pathway, PostcodeArea
from reference.selectors import postcode_area
from schools.models import Programme
from shortages.models import Cause, ReporterKind, Tried
from shortages.reports.days import FURTHEST, to_come, within_reach
from shortages.reports.reporters import Known
from shortages.services.reports import Need, Story
from stagematch.forms import EmailField

# Names in the address, which people read: those of the search where it has the same.
NAMES = {
    "kind": "wie", "programme": "programma", "qualification": "opleiding", "pathway": "leerweg", "postcode": "waar",
    "how_many": "aantal", "needed_from": "van", "until": "tot",
}  # fmt: skip
TEXT = 500
# A text that is far too long comes back with so much of it, and the page says so: ten megabytes in a field help nobody.
KEPT = 10 * TEXT


class ProgrammeChoice(forms.ModelChoiceField):
    """Own programmes, with how many of their students have nothing yet."""

    def label_from_instance(self, obj: Any) -> str:
        """Like: Kok (BOL), 4 students without a place."""
        count = ngettext("%(n)s student without a place", "%(n)s students without a place", obj.seeking) % {"n": obj.seeking}
        return f"{obj.qualification.along(obj.pathway, obj.name)}, {count}"


class NeedForm(forms.Form):
    """What is needed, where and when; without what the platform knows of whoever is signed in."""

    kind = forms.ChoiceField(label=_("Who are you?"), choices=ReporterKind.choices, widget=forms.RadioSelect)
    programme = ProgrammeChoice(Programme.objects.none(), label=_("Programme"), to_field_name="public_id")
    qualification = QualificationField(
        label=_("Which course or work is it about?"), help_text=_("In your own words, or the crebo. For example: cook, care, 25655.")
    )
    pathway = forms.ChoiceField(label=_("Pathway"), choices=Pathway.choices, widget=forms.RadioSelect)
    postcode = forms.CharField(
        label=_("Postcode of where the student lives"),
        help_text=_("Four digits are enough."),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "autocapitalize": "characters"}),
    )
    how_many = forms.IntegerField(label=_("How many places are needed?"), min_value=1, max_value=500, initial=1)
    needed_from = forms.DateField(label=_("Needed from"), validators=[within_reach], widget=forms.DateInput)
    until = forms.DateField(label=_("Until"), validators=[to_come], widget=forms.DateInput)

    def __init__(self, data: Any = None, *, known: Known, **kwargs: Any) -> None:
        super().__init__(data, initial={**known.initial, **kwargs.pop("initial", {})}, **kwargs)
        self.known = known
        if known.kind:
            del self.fields["kind"]
        if known.programmes is None:
            del self.fields["programme"]
        else:
            self.fields["programme"].queryset = known.programmes  # type: ignore[attr-defined]
            self.fields["postcode"].label = _("Postcode of the school, or of where most of the students live")
        if known.programmes is not None or known.student:
            del self.fields["qualification"], self.fields["pathway"]
        if known.kind in (ReporterKind.STUDENT, ReporterKind.PARENT):
            del self.fields["how_many"]
        elif not known.kind:
            self.fields["how_many"].required = False
            self.fields["how_many"].help_text = _("Only for a school. Are you a student or a parent? Then it is one.")

    def add_prefix(self, field_name: str) -> str:
        """The name in the address."""
        return NAMES.get(field_name, field_name)

    def clean_postcode(self) -> PostcodeArea:
        """The area of a postcode, by its four digits. Raises ValidationError."""
        typed = "".join(self.cleaned_data["postcode"].split()).upper()
        digits, letters = typed[:4], typed[4:]
        well = digits.isascii() and digits.isdigit() and len(digits) == 4 and (not letters or (len(letters) == 2 and letters.isalpha()))
        area = postcode_area(digits) if well else None
        if area is None:
            raise forms.ValidationError(_("We know no postcode like this. Fill in four digits, for example 6511."))
        return area

    def clean(self) -> dict[str, Any]:
        """The course is taught along the pathway; the weeks are possible."""
        data = super().clean() or self.cleaned_data
        qualification, pathway = data.get("qualification"), data.get("pathway")
        if qualification and pathway and pathway not in qualification.pathways:
            self.add_error("pathway", _("This course does not exist along this pathway. Choose the other one."))
        first, last, today = data.get("needed_from"), data.get("until"), timezone.localdate()
        if first and last and last <= first:
            self.add_error("until", _("The last day comes after the first one. Look at both."))
        elif first and last and last - first > FURTHEST:
            self.add_error("until", _("Fill in two years at most."))
        if first and first < today - timedelta(days=366):
            self.add_error("needed_from", _("This is more than a year ago. Fill in from when a place is needed now."))
        return data

    @property
    def reporter_kind(self) -> ReporterKind:
        """Who reports, as known or chosen."""
        return self.known.kind or ReporterKind(self.cleaned_data["kind"])

    def need(self) -> Need:
        """What is needed, of a valid form."""
        data = self.cleaned_data
        programme = data.get("programme") or (self.known.student.programme if self.known.student else None)
        return Need(
            qualification=programme.qualification if programme else data["qualification"],
            pathway=programme.pathway if programme else data["pathway"],
            area=data["postcode"],
            how_many=(data.get("how_many") or 1) if self.reporter_kind == ReporterKind.SCHOOL else 1,
            needed_from=data["needed_from"],
            until=data["until"],
        )

    @property
    def url(self) -> str:
        """The query string that says this."""
        texts: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            if isinstance(value, date):
                texts[NAMES[name]] = value.isoformat()
            elif value is not None:
                texts[NAMES[name]] = getattr(value, "public_id", None) or getattr(value, "pk", value)
        return urlencode(texts)


def first_answers(data: Any, known: Known) -> dict[str, Any]:
    """What an address brings along (from the search, or to change an answer): unchecked, the form checks it when it is sent."""
    found = {name: data[parameter][:150] for name, parameter in NAMES.items() if data.get(parameter)}
    if "qualification" not in found and data.get("wat"):
        found["qualification"] = data["wat"][:150]
    return found


class StoryForm(forms.Form):
    """What was tried, and why it did not work; an address for who has no account."""

    once = forms.UUIDField(widget=forms.HiddenInput, required=False)
    tried = forms.MultipleChoiceField(label=_("What was tried already?"), choices=Tried.choices, widget=forms.CheckboxSelectMultiple)
    cause = forms.ChoiceField(label=_("Why is there no place, as far as you can see?"), choices=Cause.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Do you want to explain it?"),
        help_text=_("At most 500 characters. Name nobody, and write nothing about health."),
        max_length=TEXT,
        required=False,
        validators=[refuse_bsn],
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    school_name = forms.CharField(label=_("Which school?"), max_length=150, validators=[refuse_bsn])
    with_name = forms.BooleanField(
        label=_("The advisor may know my name"),
        help_text=_("You do not have to. Without your name the advisor looks for a place just as well. You can change this later."),
        required=False,
    )
    email = EmailField(
        label=_("Your e-mail address"),
        help_text=_("We mail you a link. Your report counts when you have opened it; after that you get mail about every step."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    # People do not see it; programs that fill in every field do.
    website = forms.CharField(label=_("Leave this empty"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}))

    def __init__(self, data: Any = None, *, known: Known, kind: ReporterKind, **kwargs: Any) -> None:
        self.note_length = len(data.get("note", "")) if data else 0
        if self.note_length > KEPT:
            data = data.copy()
            data["note"] = data["note"][:KEPT]
        super().__init__(data, initial={"once": uuid4()}, **kwargs)
        if known.actor.user:
            del self.fields["email"]
        if kind != ReporterKind.SCHOOL or known.school:
            del self.fields["school_name"]
        if not known.may_give_name:
            del self.fields["with_name"]

    def clean(self) -> dict[str, Any]:
        """Something else is explained; nothing is nothing."""
        data = super().clean() or self.cleaned_data
        if self.note_length > KEPT:
            told = {"length": number_format(self.note_length, use_l10n=True, force_grouping=True), "most": TEXT, "kept": KEPT}
            self.errors["note"] = self.error_class([
                _("This is far too long: %(length)s characters. Use %(most)s at most. We kept the first %(kept)s of them.") % told
            ])  # fmt: skip
        if data.get("cause") == Cause.OTHER and not data.get("note") and "note" not in self.errors:
            self.add_error("note", _("Explain in a few words what it is."))
        if Tried.NOTHING in data.get("tried", []) and len(data["tried"]) > 1:
            self.add_error("tried", _("You ticked “nothing yet” and something else. Which of the two is it?"))
        if not data.get("once"):
            data["once"] = uuid4()
        return data

    @property
    def by_a_program(self) -> bool:
        """Whether the field that people do not see was filled in."""
        return bool(self.cleaned_data.get("website"))

    def story(self) -> Story:
        """What was tried and why it did not work, of a valid form."""
        data = self.cleaned_data
        return Story(data["tried"], data["cause"], data["note"])
