"""Forms for saying that two records are one company."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from companies.models import Company, CompanyMerge, CompanyRole
from reference.formats import BRANCH, refuse_bsn
from stagematch.forms import narrow


class AskMergeForm(forms.ModelForm):
    """Why two records are one company."""

    class Meta:
        model = CompanyMerge
        fields = ["reason"]
        widgets = {"reason": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].validators.append(refuse_bsn)
        self.fields["reason"].help_text = _("For the advisor who decides: what you saw or who told you.")


class OwnDoubleForm(AskMergeForm):
    """Which of the other companies of a contact is the same as the one they act for now."""

    other = forms.ModelChoiceField(
        label=_("Which record is the same company?"), queryset=Company.objects.none(), widget=forms.RadioSelect, empty_label=None
    )

    field_order = ["other", "reason"]

    def __init__(self, *args: Any, company: Company, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Company.objects.standing().filter(memberships__user=user, memberships__role=CompanyRole.CONTACT, memberships__ended_at=None)
        narrow(self, "other", own.exclude(pk=company.pk).distinct())
        self.fields["other"].label_from_instance = lambda other: f"{other.name}, {other.street}, {other.place}"  # type: ignore[attr-defined]
        self.order_fields(self.field_order)


class PairForm(forms.Form):
    """Two records by their branch numbers."""

    first = forms.CharField(label=_("Branch number of the record that goes on"), max_length=20)
    second = forms.CharField(label=_("Branch number of its double"), max_length=20)

    def __init__(self, *args: Any, seen: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen = seen

    def _found(self, name: str) -> Company:
        company: Company | None = self.seen.filter(branch=BRANCH.clean(self.cleaned_data[name])).order_by("pk").first()
        if company is None:
            raise forms.ValidationError(_("No company in your regions has this branch number. Check it; a merged record has gone into another."))
        return company

    def clean_first(self) -> Company:
        """The company under the number."""
        return self._found("first")

    def clean_second(self) -> Company:
        """The other company under its number."""
        other = self._found("second")
        if other == self.cleaned_data.get("first"):
            raise forms.ValidationError(_("This is the same record. Enter the number of the other one."))
        return other
