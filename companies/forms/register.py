"""Registering a company in one go: its numbers, its address, its people, and the work for which it wants to train."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from companies import trade_register
from companies.forms.company import CompanyDetailsForm, offer_qualifications
from reference import addresses
from reference.formats import POSTCODE
from reference.models import Qualification
from reference.selectors import search_qualifications
from stagematch.forms import EmailField, NameField
from stagematch.registers import Unreachable

# What registers know; what they leave empty is asked.
KNOWN = ("name", "postcode", "number", "street", "place")
FOUND_AT_MOST, MOST_TRAINERS = 12, 10
MISSING = _("Fill in an answer.")
# What postcode and number say; as long as one of those is wrong, nobody has to type it.
FOLLOWS = ("street", "place")
LONGEST = {"street": 120, "name": 200}  # as companies.Company has room for


class RegisterCompanyForm(CompanyDetailsForm):
    """A company, who speaks for it, who guides students there, and what they can learn.

    `looking` makes it again from what was typed so far, with what can be looked up (qualifications; `there`: street and town) and no errors.
    """

    field_order = ["kvk", "branch", "group_name", "department", "name", "kind", "postcode", "number", "street", "place"]

    group_name = NameField(
        label=_("Larger organisation"),
        max_length=200,
        required=False,
        help_text=_("Only when you are a branch or department of one, such as a municipality, a hospital or a chain."),
    )
    number = forms.CharField(label=_("House number"), max_length=10, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    contact_name = NameField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    contact_email = EmailField(
        label=_("Your e-mail address at work"),
        help_text=_("We send you a link with which you set your password. With that your request is sent."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    trains = forms.BooleanField(label=_("I guide students myself"), required=False)
    trainers = forms.CharField(
        label=_("E-mail addresses of others who guide students"),
        help_text=_("One a line. They are invited as soon as you have set your password."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "inputmode": "email", "autocapitalize": "none"}),
    )
    words = forms.CharField(
        label=_("What work do students do with you?"),
        help_text=_("In your own words, such as bread, care for the elderly, or network."),
        required=False,
        max_length=100,
    )
    qualifications = forms.ModelMultipleChoiceField(
        label=_("For which of these do you want to train students?"),
        queryset=Qualification.objects.current().mbo(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta(CompanyDetailsForm.Meta):
        fields = ["kvk", "branch", "department", "name", "kind", "postcode", "street", "place", "phone"]

    def __init__(self, data: QueryDict | None = None, *, initial: Mapping[str, Any] | None = None) -> None:
        super(CompanyDetailsForm, self).__init__(data, initial=dict(initial or {}))
        self.fields["kvk"].help_text = _("Eight digits, in the extract of the Trade Register.")
        self.fields["branch"].help_text = _("Twelve digits. Each location has its own.")
        self.fields["street"].label = _("Street")
        self.fields["department"].help_text = _("Only when more departments train students at this address, each on its own.")
        for name in ("kvk", "branch"):
            self.fields[name].widget.attrs["inputmode"] = "numeric"
        self._say_what_may_stay_empty()
        words = (data or self.initial).get("words", "")
        ticked = data.getlist("qualifications") if data is not None else self.initial.get("qualifications", [])
        self.found = self._found(str(words).strip(), [str(key) for key in ticked])
        offer_qualifications(self, self.found)

    @classmethod
    def looking(cls, typed: QueryDict) -> "RegisterCompanyForm":
        """The form as it was typed so far, with what can be looked up and no errors yet."""
        initial: dict[str, Any] = {name: typed.getlist(name) if name == "qualifications" else typed.get(name, "") for name in typed}
        return cls(initial=initial | {"trains": bool(initial.get("trains"))})

    @property
    def there(self) -> str:
        """Street and town at what was typed as postcode and number, as far as anybody knows them; empty otherwise."""
        try:
            found = addresses.find(POSTCODE.clean(self["postcode"].value() or ""), self["number"].value() or "")
        except forms.ValidationError:
            return ""
        return ", ".join(filter(None, (found.street, found.place)))

    def _say_what_may_stay_empty(self) -> None:
        """Nobody types what a register says."""
        optional = {"place": _("May stay empty: then we take it from the postcode.")}
        if addresses.configured():
            optional |= dict.fromkeys(("street", "place"), _("May stay empty: then we take it from postcode and number."))
        if trade_register.configured():
            optional |= dict.fromkeys(KNOWN, _("May stay empty: then we take it from the Trade Register."))
        for name, text in optional.items():
            self.fields[name].required, self.fields[name].help_text = False, text

    def _found(self, words: str, ticked: list[str]) -> list[Qualification]:
        """What was ticked, then what the words mean."""
        current = Qualification.objects.current().mbo()
        kept = list(current.filter(pk__in=[int(key) for key in ticked if key.isdecimal() and len(key) < 10]).order_by("name"))
        meant = search_qualifications(words, among=current)[:FOUND_AT_MOST] if words else []
        return [*kept, *(one for one in meant if one not in kept)]

    def clean_postcode(self) -> str:
        """May be empty where the Trade Register fills it in."""
        return super().clean_postcode() if self.cleaned_data["postcode"] else ""

    def clean_trainers(self) -> list[str]:
        """Addresses, each once. Raises ValidationError that names the wrong one."""
        found = list(dict.fromkeys(re.split(r"[\s,;]+", self.cleaned_data["trainers"].lower().strip())))
        for address in filter(None, found):
            try:
                validate_email(address)
            except forms.ValidationError:
                raise forms.ValidationError(_("“%(address)s” is no e-mail address. Mend it, or take it out."), params={"address": address}) from None
        if len(found) > MOST_TRAINERS:
            raise forms.ValidationError(_("Name ten at most; you can invite others later."))
        return [address for address in found if address]

    def clean(self) -> dict[str, Any]:
        """What was left empty comes from the registers; what none of them knows is asked, and so is a number they do not know."""
        data = super().clean() or {}
        if trade_register.configured() and data.get("kvk") and data.get("branch"):
            self._ask_the_register(data)
        if data.get("postcode") and data.get("number"):
            there = addresses.find(data["postcode"], data["number"]) if not (data.get("street") and data.get("place")) else None
            for name in ("street", "place") if there else ():
                data[name] = data.get(name) or getattr(there, name)
        for name in KNOWN:
            waits = name in FOLLOWS and {"postcode", "number"} & set(self.errors)
            if name not in self.errors and not data.get(name) and not waits:
                self.add_error(name, MISSING)
        if data.get("words") and self.found and "qualifications" not in self.errors and not data.get("qualifications"):
            text = _("Tick at least one. Does none of them fit? Then empty the work you typed above: you can choose later, on your company's page.")
            self.add_error("qualifications", text)
        self._join(data)
        return data

    def _ask_the_register(self, data: dict[str, Any]) -> None:
        try:
            entry = trade_register.find(data["branch"])
        except Unreachable:  # nobody is sent away for that; what is missing is asked
            return
        if entry is None:
            self.add_error("branch", _("The Trade Register has no branch with this number. Check it in your extract."))
        elif entry.kvk != data["kvk"]:
            self.add_error("kvk", _("This branch belongs to another KvK number. Check both in your extract."))
        else:
            given = bool(data.get("postcode"))
            data |= {name: data.get(name) or getattr(entry, name) for name in KNOWN if name not in self.errors}
            if not given and data.get("postcode"):
                self._take_postcode(data)

    def _take_postcode(self, data: dict[str, Any]) -> None:
        """The register's postcode goes through what a typed one goes through."""
        try:
            self.cleaned_data["postcode"] = POSTCODE.clean(data["postcode"])
            data["postcode"] = super().clean_postcode()
        except forms.ValidationError as error:
            self.add_error("postcode", error)

    def _join(self, data: dict[str, Any]) -> None:
        """A company keeps street and number as one, and is called by its department where it has one."""
        for name, parts, between in (("street", ("street", "number"), " "), ("name", ("name", "department"), ", ")):
            whole = between.join(filter(None, (data.get(part) for part in parts)))
            if name in self.errors or not data.get(name):
                continue
            if len(whole) > LONGEST[name]:
                self.add_error(name, _("This is too long. Write it shorter."))
            data[name] = whole

    def _get_validation_exclusions(self) -> set[str]:
        # A company that exists is no error of the form: the newcomer is led to its people (services.register_company).
        return super()._get_validation_exclusions() | {"branch"}  # type: ignore[misc]
