"""Forms for registering a company, its people and what it asks to be recognised for."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.models import Company, CompanyRole
from reference.form_fields import PhoneField
from reference.formats import refuse_bsn
from reference.models import Qualification
from reference.selectors import postcode_point
from stagematch.forms import EmailField, NameField, offer

DETAILS = ["name", "kind", "street", "postcode", "place", "phone", "website"]
NAMES = ("name", "department", "street", "place")


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
        field_classes = {"website": HttpsField, "phone": PhoneField, **dict.fromkeys(NAMES, NameField)}
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


class ColleagueForm(forms.Form):
    """Inviting a colleague."""

    name = NameField(label=_("Name"), max_length=150)
    email = EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=CompanyRole.choices, initial=CompanyRole.TRAINER)


class RefuseClaimForm(forms.Form):
    """Why somebody could not be let in; may stay empty."""

    reason = forms.CharField(label=_("Why not?"), required=False, max_length=300, help_text=_("Who asked reads this."), validators=[refuse_bsn])


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
            offer_qualifications(self, found)


def offer_qualifications(form: forms.BaseForm, found: Iterable[Qualification]) -> None:
    """Let somebody tick qualifications that a search found, each with its level."""
    offer(form, "qualifications", [(q.pk, _("%(name)s, level %(level)s") % {"name": q, "level": q.level}) for q in found])
