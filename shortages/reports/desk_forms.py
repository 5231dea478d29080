"""Forms of the advisor's desk: one for each act that asks something."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from placements.models import Place
from reference.formats import refuse_bsn
from reference.models import LabourMarketRegion
from shortages.models import ShortageReport
from shortages.reports.companies import Near
from shortages.reports.days import to_come, within_reach
from shortages.reports.numbers import read_number
from shortages.reports.workflow import GIVE_UP_CODES, LOG_CODES, OPEN_STATES, WITHDRAW_CODES, C

TEXT = 500
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _text(label: Any, help_text: Any = "", *, required: bool = False) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, help_text=help_text, max_length=TEXT, required=required, validators=[refuse_bsn], widget=area)


class DeskForm(forms.Form):
    """What one act asks about a report."""

    def __init__(self, data: Any = None, *, report: ShortageReport, near: list[Near] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.report = report
        self.near = near or []


class CodedForm(DeskForm):
    """A code of a list, explained where it says nothing by itself."""

    def clean(self) -> dict[str, Any]:
        """Something else is explained."""
        data = super().clean() or self.cleaned_data
        if data.get("code") == C.OTHER and not data.get("text") and "text" not in self.errors:
            self.add_error("text", _("Explain it in a few words."))
        return data


class CompanyChoice(forms.ChoiceField):
    """Companies as they are listed; one that is in the list no more (its place was taken) is still a company."""

    def valid_value(self, value: str) -> bool:
        """Whether it looks like a company's key; `clean_company` looks for it."""
        return _ID.fullmatch(value) is not None


class LogForm(CodedForm):
    """What was done."""

    code = forms.ChoiceField(label=_("What did you do?"), choices=[(code.value, code.label) for code in LOG_CODES])
    company = CompanyChoice(label=_("With which company?"), required=False)
    text = _text(_("What came of it?"), _("At most 500 characters. Name no student."))
    told = forms.BooleanField(label=_("Whoever reported it may read this text"), required=False)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        choices = [(str(one.company.public_id), f"{one.company.name}, {one.company.place}") for one in self.near]
        self.fields["company"].choices = [("", _("none")), *choices]  # type: ignore[attr-defined]

    def clean_company(self) -> Company | None:
        """The company, if one was chosen. Raises ValidationError."""
        chosen = self.cleaned_data["company"]
        company = Company.objects.addressed(chosen).first() if chosen else None
        if chosen and company is None:
            raise forms.ValidationError(_("We do not know this company. Choose it from the list."))
        return company


class ProposeForm(DeskForm):
    """A place, by its link or its button in the list."""

    place = forms.CharField(label=_("Link to the place"), help_text=_("Search the place, and copy the address of its page to here."), max_length=300)
    text = _text(_("A few words with it"), _("Whoever reported it and the school read this. Name no student."))

    def clean_place(self) -> Place:
        """An open place. Raises ValidationError."""
        found = _ID.search(self.cleaned_data["place"])
        place = Place.objects.open().filter(public_id=UUID(found[0])).select_related("company").first() if found else None
        if place is None:
            raise forms.ValidationError(_("We find no place with this link that is free now. Open its page and copy the address."))
        return place


class PlainForm(DeskForm):
    """Nothing is asked."""


class ReopenForm(DeskForm):
    """Nothing is asked; words that could not be written down in a closed report come along."""

    text = forms.CharField(max_length=TEXT, required=False, validators=[refuse_bsn], widget=forms.HiddenInput)


class SolveForm(DeskForm):
    """Solved, with a few words if one likes."""

    text = _text(_("How was it solved?"), _("Whoever reported it reads this. Name no student."))


class LaterForm(DeskForm):
    """The placement starts later."""

    later_on = forms.DateField(label=_("From when?"), validators=[to_come, within_reach], widget=forms.DateInput)
    text = _text(_("What was agreed?"), _("Whoever reported it reads this. Name no student."))

    def clean_later_on(self) -> date:
        """Later than was asked for. Raises ValidationError."""
        day: date = self.cleaned_data["later_on"]
        if day <= self.report.needed_from:
            raise forms.ValidationError(_("It was needed from %(day)s already. Fill in a later day.") % {"day": date_format(self.report.needed_from)})
        return day


class WithdrawForm(CodedForm):
    """Why a report is not needed any more."""

    code = forms.ChoiceField(label=_("Why?"), choices=[(code.value, code.label) for code in WITHDRAW_CODES], widget=forms.RadioSelect)
    text = _text(_("Do you want to explain it?"))


class GiveUpForm(CodedForm):
    """Why it cannot be solved."""

    code = forms.ChoiceField(label=_("Why is it not solved?"), choices=[(code.value, code.label) for code in GIVE_UP_CODES])
    text = _text(_("Explanation"), _("Whoever reported it reads this. Say what they can do now."))


class HandOverForm(DeskForm):
    """To which region, and why."""

    region = forms.ModelChoiceField(LabourMarketRegion.objects.order_by("name"), label=_("To which region?"))
    text = _text(_("Why?"), _("The colleagues there read this."), required=True)


class JoinForm(DeskForm):
    """The other report, by its number."""

    number = forms.CharField(
        label=_("Number of the other report"), help_text=_("Like TK-7K3M-9QF. That one goes on; this one becomes part of it."), max_length=20
    )

    def clean_number(self) -> str:
        """An open report's number. Raises ValidationError."""
        number = read_number(self.cleaned_data["number"])
        if not ShortageReport.objects.filter(number=number, state__in=OPEN_STATES).exclude(pk=self.report.pk).exists():
            raise forms.ValidationError(_("We know no other open report with this number. Look at it once more."))
        return number
