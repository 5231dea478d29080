"""Forms for registering a company, its people and what it asks to be recognised for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies import trade_register
from companies.models import Company, CompanyRole
from reference.form_fields import PhoneField
from reference.formats import POSTCODE, refuse_bsn
from reference.models import Qualification
from reference.selectors import postcode_point
from stagematch.forms import EmailField

FROM_THE_REGISTER = ("name", "street", "postcode", "place")
DETAILS = ["name", "kind", "street", "postcode", "place", "phone", "website"]


class HttpsField(forms.URLField):
    """A web address; `bakkerij.nl` becomes `https://bakkerij.nl`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(assume_scheme="https", **kwargs)


class CompanyDetailsForm(forms.ModelForm):
    """What everybody may know about a company."""

    class Meta:
        model = Company
        fields = [*DETAILS, "about", "wants_no_asks"]
        widgets = {"about": forms.Textarea(attrs={"rows": 3})}
        field_classes = {"website": HttpsField, "phone": PhoneField}
        help_texts = {"phone": _("Under which SBB and schools reach you during the day.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].validators.append(refuse_bsn)

    def clean_postcode(self) -> str:
        """The postcode must lie in an area that we know, or no distance can be computed."""
        postcode: str = self.cleaned_data["postcode"]
        if postcode_point(postcode) is None:
            raise forms.ValidationError(_("We do not know postcode area %(pc4)s. Check the four digits."), params={"pc4": postcode[:4]})
        return postcode


class RegisterCompanyForm(CompanyDetailsForm):
    """Registering a company: its numbers, its details, and who will be the contact."""

    contact_name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    contact_email = EmailField(
        label=_("Your e-mail address at work"),
        help_text=_("We send you a link with which you set your password."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    class Meta(CompanyDetailsForm.Meta):
        fields = ["kvk", "branch", *DETAILS]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super(CompanyDetailsForm, self).__init__(*args, **kwargs)
        self.fields["kvk"].help_text = _("Eight digits, in the extract of the Trade Register.")
        self.fields["branch"].help_text = _("Twelve digits. Each location has its own.")
        if trade_register.configured():
            for name in FROM_THE_REGISTER:
                self.fields[name].required = False
                self.fields[name].help_text = _("May stay empty: then we take it from the Trade Register.")

    def clean_postcode(self) -> str:
        """May be empty where the register fills it in."""
        return super().clean_postcode() if self.cleaned_data["postcode"] else ""

    def clean(self) -> dict[str, Any]:
        """Ask the Trade Register, if there is one: unknown numbers are refused, and what was left empty is taken from it."""
        data = super().clean() or {}
        if trade_register.configured() and data.get("kvk") and data.get("branch"):
            self._ask_the_register(data)
        return data

    def _ask_the_register(self, data: dict[str, Any]) -> None:
        try:
            entry = trade_register.find(data["branch"])
        except trade_register.Unreachable:  # nobody is sent away for that; what is missing is asked
            entry = trade_register.Entry(data["kvk"], "", "", "", "")
        if entry is None:
            self.add_error("branch", _("The Trade Register has no branch with this number. Check it in your extract."))
            return
        if entry.kvk != data["kvk"]:
            self.add_error("kvk", _("This branch belongs to another KvK number. Check both in your extract."))
            return
        for name in FROM_THE_REGISTER:
            if name not in self.errors and not data.get(name):
                data[name] = getattr(entry, name)
                if not data[name]:
                    self.add_error(name, _("Fill in an answer."))
        if data.get("postcode") and "postcode" not in self.errors:
            try:
                data["postcode"] = POSTCODE.clean(data["postcode"])
                self.cleaned_data["postcode"] = data["postcode"]
                super().clean_postcode()
            except forms.ValidationError as error:
                self.add_error("postcode", error)

    def _get_validation_exclusions(self) -> set[str]:
        # A company that exists is no error of the form: the newcomer is led to its people (services.register_company).
        return super()._get_validation_exclusions() | {"branch"}  # type: ignore[misc]


class ColleagueForm(forms.Form):
    """Inviting a colleague."""

    name = forms.CharField(label=_("Name"), max_length=150)
    email = EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=CompanyRole.choices, initial=CompanyRole.TRAINER)


class RequestRecognitionForm(forms.Form):
    """Choosing the qualifications for which a company wants to train, from what a search found."""

    qualifications = forms.ModelMultipleChoiceField(
        label=_("For which qualifications do you want to train students?"),
        queryset=Qualification.objects.current().mbo(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one qualification.")},
    )

    def __init__(self, *args: Any, found: list[Qualification] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if found is not None:
            self.fields["qualifications"].choices = [(q.pk, _("%(name)s, level %(level)s") % {"name": q, "level": q.level}) for q in found]  # type: ignore[attr-defined]
