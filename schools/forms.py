"""Forms of schools: registering, verification, programmes, staff, students, parents."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from reference.form_fields import PostcodeField
from reference.forms import QualificationField
from reference.models import Pathway, SchoolKind, SchoolRecord
from reference.selectors import postcode_area
from schools.enrolment import adult_on, is_students_age
from schools.models import Programme, School, SchoolMembership, SchoolRole, Student, WayToPlace
from schools.services import Registration
from stagematch.forms import EmailField

NUMBER = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,19}$", _("A student number has letters and digits, at most 20, for example 0123456."))


class SchoolSearchForm(forms.Form):
    """Find one's school in the public register."""

    q = forms.CharField(
        label=_("Which school do you work at?"),
        help_text=_("Name, town, postcode or BRIN, for example: Nijmegen, or 25PN."),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    mark_optional = False


class RegistrationForm(forms.Form):
    """Who registers a school; the register knows the rest."""

    kind = forms.ChoiceField(label=_("Kind of school"), widget=forms.RadioSelect)
    postcode = PostcodeField(label=_("Postcode of the school"))
    place = forms.CharField(label=_("Town"), max_length=100)
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https", max_length=200)
    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = EmailField(
        label=_("Your e-mail address at the school"),
        help_text=_("We mail you a link. An address at the school's own domain is verified sooner."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, record: SchoolRecord, **kwargs: Any) -> None:
        known = {"postcode": record.postcode, "place": record.place, "website": record.website}
        kwargs["initial"] = {**known, "kind": record.kinds[0]}
        super().__init__(*args, **kwargs)
        self.record = record
        kinds = self.fields["kind"]
        kinds.choices = [(kind.value, kind.label) for kind in SchoolKind if kind in record.kinds]  # type: ignore[attr-defined]
        if len(record.kinds) == 1:
            del self.fields["kind"]
        for name in ("postcode", "place"):
            if known[name]:
                del self.fields[name]

    def clean_postcode(self) -> str:
        """The postcode exists. Raises ValidationError."""
        return _existing(self.cleaned_data["postcode"])

    def registration(self) -> Registration:
        """What the service needs, the register's facts included."""
        data = self.cleaned_data
        return Registration(
            kind=data.get("kind") or self.record.kinds[0],
            postcode=data.get("postcode") or self.record.postcode,
            place=data.get("place") or self.record.place,
            website=data["website"],
            name=data["name"],
            email=data["email"],
        )


class JoinForm(forms.Form):
    """Somebody whose school is here already asks to be invited."""

    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = EmailField(label=_("Your e-mail address at the school"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))


class DecisionForm(forms.Form):
    """Verify a school, or refuse it with a reason."""

    decision = forms.ChoiceField(
        label=_("Decision"), choices=[("verify", _("This person speaks for the school: verify")), ("refuse", _("Refuse"))], widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Reason"), help_text=_("The school reads this. Needed when you refuse."), max_length=500, required=False, widget=forms.Textarea
    )

    def clean(self) -> dict[str, Any]:
        """A refusal says why."""
        data = super().clean() or self.cleaned_data
        if data.get("decision") == "refuse" and not data.get("reason"):
            self.add_error("reason", _("Say why, and what the school can do: they read this."))
        return data


class StaffChoice(forms.ModelMultipleChoiceField):
    """Memberships by name and role."""

    def label_from_instance(self, obj: Any) -> str:
        """Like: Ria Jansen (BPV coordinator)."""
        return f"{obj.user.name} ({obj.get_role_display()})"


def _staff_with_programmes(school: School) -> Any:
    running = SchoolMembership.objects.filter(school=school, ended_at=None).exclude(role=SchoolRole.ADMIN)
    return running.select_related("user").order_by("user__name", "pk")


class ProgrammeForm(forms.Form):
    """A new programme: qualification, pathway, the school's own name, whose it is."""

    qualification = QualificationField(label=_("Qualification"), help_text=_("Part of the name or the crebo, for example: cook, 25655."))
    pathway = forms.ChoiceField(label=_("Pathway"), choices=Pathway.choices, widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name used at your school"), max_length=200, required=False)
    staff = StaffChoice(SchoolMembership.objects.none(), label=_("Whose programme is it?"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school = school
        self.fields["qualification"].narrow(school.kind)  # type: ignore[attr-defined]
        self.fields["staff"].queryset = _staff_with_programmes(school)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The qualification is taught along this pathway, and not listed yet."""
        data = super().clean() or self.cleaned_data
        qualification, pathway = data.get("qualification"), data.get("pathway")
        if qualification and pathway and pathway not in qualification.pathways:
            self.add_error("pathway", _("This qualification is not taught along this pathway. Choose the other one."))
        elif qualification and self.school.programmes.filter(qualification=qualification, pathway=pathway).exists():
            self.add_error("qualification", _("Your school has this programme already, along the same pathway."))
        return data


class ProgrammeChangeForm(forms.Form):
    """The own name of a programme and whose it is; another qualification is another programme."""

    name = forms.CharField(label=_("Name used at your school"), max_length=200, required=False)
    staff = StaffChoice(SchoolMembership.objects.none(), label=_("Whose programme is it?"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"].queryset = _staff_with_programmes(school)  # type: ignore[attr-defined]


class WayForm(forms.Form):
    """How students get a place, this school year and the next."""

    def __init__(self, *args: Any, programme: Programme, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for begins in (year, year + 1):
            label = _("School year %(year)s") % {"year": f"{begins}-{begins + 1}"}
            choices, initial = WayToPlace.choices, programme.way_in(begins)
            self.fields[f"way_{begins}"] = forms.ChoiceField(label=label, choices=choices, initial=initial, widget=forms.RadioSelect)

    @property
    def ways(self) -> dict[int, WayToPlace]:
        """What was chosen, by the year in which the school year begins."""
        return {int(name.removeprefix("way_")): WayToPlace(way) for name, way in self.cleaned_data.items()}


class ProgrammesForm(forms.Form):
    """Which programmes are a colleague's own."""

    programmes = forms.ModelMultipleChoiceField(Programme.objects.none(), label=_("Programmes"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programmes"].queryset = school.programmes.order_by("name", "pk")  # type: ignore[attr-defined]


class StaffForm(ProgrammesForm):
    """Invite a colleague."""

    name = forms.CharField(label=_("Name"), max_length=150)
    email = EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=SchoolRole.choices, initial=SchoolRole.COORDINATOR, widget=forms.RadioSelect)
    field_order = ("name", "email", "role", "programmes")

    def clean(self) -> dict[str, Any]:
        """A coordinator or supervisor without a programme would see nobody, so one is asked for where there is one."""
        data = super().clean() or self.cleaned_data
        needs_one = data.get("role") in (SchoolRole.COORDINATOR, SchoolRole.SUPERVISOR)
        if needs_one and not data.get("programmes") and self.fields["programmes"].queryset.exists():  # type: ignore[attr-defined]
            self.add_error("programmes", _("Tick at least one: this colleague sees the students of these programmes."))
        return data


class StudentForm(forms.ModelForm):
    """One student, with the parent of a minor."""

    born = forms.DateField(
        label=_("Date of birth"),
        required=False,
        help_text=_("Only for minors, to know until when a parent signs along. For adults it is not kept."),
        widget=forms.DateInput(attrs={"autocomplete": "off"}),
    )
    guardian_name = forms.CharField(label=_("Name of the parent"), max_length=150, required=False)
    guardian_email = EmailField(label=_("E-mail address of the parent"), required=False)

    class Meta:
        model = Student
        fields = ("number", "first_name", "last_name", "email", "postcode", "programme", "group", "exit_phase")

    def __init__(self, *args: Any, school: School, programmes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school = school
        self.fields["number"].validators.append(NUMBER)
        self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]
        self.fields["programme"].empty_label = _("Choose a programme")  # type: ignore[attr-defined]
        if school.kind == SchoolKind.MBO:
            del self.fields["exit_phase"]
        if self.instance.pk:
            del self.fields["guardian_name"], self.fields["guardian_email"]
            self.fields["born"].help_text = _("Leave this empty to keep what we know. For adults the date of birth is not kept.")

    def clean_postcode(self) -> str:
        """The postcode exists. Raises ValidationError."""
        return _existing(self.cleaned_data["postcode"])

    def clean_born(self) -> date | None:
        """Raises ValidationError for an age that no student has."""
        born: date | None = self.cleaned_data["born"]
        if born is not None and not is_students_age(born):
            raise forms.ValidationError(_("A student is between 10 and 90 years old."))
        return born

    def clean(self) -> dict[str, Any]:
        """Number and address are the student's alone; a parent has a name and an address."""
        data = super().clean() or self.cleaned_data
        others = Student.objects.filter(school=self.school).exclude(pk=self.instance.pk)
        if data.get("number") and others.filter(number=data["number"]).exists():
            self.taken("number")
        if data.get("email") and others.filter(email__iexact=data["email"]).exists():
            self.taken("email")
        name, email = data.get("guardian_name"), data.get("guardian_email")
        if bool(name) != bool(email):
            self.add_error("guardian_email" if name else "guardian_name", _("A parent has a name and an e-mail address. Fill in both, or neither."))
        return data

    def taken(self, field: str) -> None:
        """Say that another student of the school has this number or address."""
        message = _("Another student of your school has this number.") if field == "number" else _("Another student of your school has this address.")
        self.add_error(field, message)

    def student_fields(self) -> dict[str, Any]:
        """What the services need."""
        names = [name for name in self.Meta.fields if name in self.cleaned_data]
        fields = {name: self.cleaned_data[name] for name in names}
        if self.cleaned_data["born"] or not self.instance.pk:
            fields["adult_on"] = adult_on(self.cleaned_data["born"])
        return {**fields, "email": fields["email"].lower()}

    def guardian(self) -> tuple[str, str] | None:
        """Name and address of the parent, if given."""
        data = self.cleaned_data
        return (data["guardian_name"], data["guardian_email"]) if data.get("guardian_email") else None

    def _post_clean(self) -> None:
        """The services save, not the form: the instance stays as it is."""


class GuardianForm(forms.Form):
    """One more parent."""

    name = forms.CharField(label=_("Name of the parent"), max_length=150)
    email = EmailField(label=_("E-mail address of the parent"))


class UploadForm(forms.Form):
    """A table of students."""

    file = forms.FileField(
        label=_("Your list, as .xlsx or .csv"),
        help_text=_("At most 5,000 students and 5 MB. Nothing is saved before you have seen what it would do."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
        error_messages={"required": _("Choose a file first."), "empty": _("This file is empty. Save your list again and upload that.")},
    )


def _existing(postcode: str) -> str:
    if postcode_area(postcode) is None:
        raise forms.ValidationError(_("We know no postcode that begins with these four digits. Check it."))
    return postcode
