"""Forms about one's own access, and for giving posts."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, ResetPasswordKeyForm
from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.hats import POST_HATS, HatKind
from accounts.models import User
from reference.models import LabourMarketRegion
from stagematch.forms import EmailField

PASSWORD_HELP = _("At least 12 characters. Four words that you remember are easier, and safer, than one with odd signs.")
PHONE = r"^\+?[0-9][0-9 ()\-]{7,18}$"


class AcceptForm(forms.Form):
    """Who was invited and has no account yet: a name and a password."""

    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Choose a password"),
        help_text=PASSWORD_HELP,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("The same password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        """Raises ValidationError by the rules of AUTH_PASSWORD_VALIDATORS."""
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, User(email=self.email, name=self.data.get("name", "")))
        return password

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same."""
        data = super().clean() or self.cleaned_data
        if data.get("password") and data.get("password_again") and data["password"] != data["password_again"]:
            self.add_error("password_again", _("This is not the same as the password above. Type it again."))
        return data


class NewPasswordForm(ResetPasswordKeyForm):
    """A new password after a link by mail, with the help of ours instead of four sentences of Django."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HELP


class OwnPasswordForm(ChangePasswordForm):
    """Another password for who is signed in, with the same help."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HELP


class AccountForm(forms.ModelForm):
    """What a user may change about themselves."""

    phone = forms.RegexField(
        PHONE,
        label=_("Phone number"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={"invalid": _("A phone number has digits only, for example 06 12345678 or +31 24 1234567.")},
    )

    class Meta:
        model = User
        fields = ("name", "phone", "language")
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"}), "language": forms.RadioSelect}


class PostForm(forms.Form):
    """Invite somebody to a post."""

    name = forms.CharField(label=_("Name"), max_length=150)
    email = EmailField(label=_("E-mail address"))
    kind = forms.ChoiceField(label=_("Post"), choices=[(kind.value, kind.label) for kind in HatKind if kind in POST_HATS])
    regions = forms.ModelMultipleChoiceField(
        LabourMarketRegion.objects.order_by("name"),
        label=_("Regions"),
        required=False,
        help_text=_("Nothing ticked: the whole country."),
        widget=forms.CheckboxSelectMultiple,
    )

    def invitation(self) -> dict[str, Any]:
        """Arguments for `invite`."""
        data = self.cleaned_data
        return {
            "email": data["email"],
            "name": data["name"],
            "kind": data["kind"],
            "language": get_language() or "nl",
            "details": {"regions": [region.pk for region in data["regions"]]},
        }
