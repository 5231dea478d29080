"""Forms of the scouts' work: writing a lead down, moving it, handing it over."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.hats import HatKind
from accounts.models import Post
from campaigns.models import Lead
from campaigns.scouting.workflow import OPEN_STATES, TRANSITIONS, LeadReason, LeadState
from companies.models import Company
from reference.form_fields import PhoneField
from reference.formats import normalise_postcode, refuse_bsn, show_postcode
from reference.forms import QualificationField
from reference.models import PostcodeArea
from reference.selectors import postcode_area
from shortages.advice.selectors import regions_of
from stagematch.forms import EmailField, NameField, NoteField, narrow, offer


class LeadForm(forms.ModelForm):
    """What is known of a company that is new to us. `known`: the company itself, when it turns out to be here already."""

    wants = QualificationField(
        label=_("What it might train for"),
        help_text=_("In your own words, or the crebo. For example: cook, care, 25655. You can add more later."),
        required=False,
    )
    once = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Lead
        fields = (
            *("name", "postcode", "kvk", "branch", "contact_name", "phone", "email", "language", "wants", "qualifications"),
            *("source", "note"),
        )
        field_classes = {"name": NameField, "contact_name": NameField, "email": EmailField, "phone": PhoneField, "note": NoteField}
        widgets = {
            "note": forms.Textarea(attrs={"rows": 3}),
            "qualifications": forms.CheckboxSelectMultiple,
            "postcode": forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        }
        help_texts = {
            "postcode": _("Of the company. Four digits are enough."),
            "kvk": _("Eight digits, in the Trade Register at kvk.nl. With it you see at once whether we know the company."),
            "branch": _("Twelve digits. Only needed when the company has more addresses."),
            "contact_name": _("Only somebody who speaks for the company. It is deleted when the lead has ended."),
            "note": _("About the company and its work. Nothing about private persons or students."),
        }

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.known: Company | None = None
        self.area: PostcodeArea | None = None
        self.fields["note"].validators.append(refuse_bsn)
        self.fields["postcode"].max_length = self.fields["postcode"].widget.attrs["maxlength"] = 10  # type: ignore[attr-defined]
        self.fields["postcode"].validators = []
        if self.instance.pk:
            narrow(self, "qualifications", self.instance.qualifications.order_by("name", "pk"))
            self.initial["postcode"] = show_postcode(self.instance.postcode)
            self.fields["qualifications"].label, self.fields["wants"].label = _("It might train for"), _("Add a qualification")
        if not self.instance.pk or not self.instance.qualifications.exists():
            del self.fields["qualifications"]
        if not self.instance.pk:
            self.initial.setdefault("once", uuid4())

    def clean_postcode(self) -> str:
        """A whole postcode or its four digits, in one of the own regions."""
        text = str(self.cleaned_data["postcode"]).strip()
        code: str = text if len(text) == 4 and text.isdecimal() and text.isascii() else normalise_postcode(text)
        self.area = postcode_area(code)
        if self.area is None:
            raise ValidationError(_("We do not know postcode area %(pc4)s. Check the four digits."), params={"pc4": code[:4]})
        region = self.area.municipality.region
        if not regions_of(self.actor).filter(pk=region.pk).exists():
            raise ValidationError(
                _("This is in %(region)s, which is not one of your regions. Pass it on to a colleague there."), params={"region": region}
            )
        return code

    def clean(self) -> dict[str, Any]:
        """Whether the company is here already is looked at before anything is written down twice."""
        data = super().clean() or self.cleaned_data
        if data.get("branch") and not data.get("kvk") and "kvk" not in self.errors:
            self.add_error("kvk", _("Fill in the KvK number as well."))
        if data.get("kvk") and "branch" not in self.errors and not self.errors:
            self._look_it_up(data["kvk"], data.get("branch", ""))
        return data

    def _look_it_up(self, kvk: str, branch: str) -> None:
        """A company of these numbers: in the own regions one goes there, elsewhere one hears where it is."""
        assert self.area
        same = list(Company.objects.select_related("municipality__region", "merged_into").filter(kvk=kvk).order_by("pk"))
        here = [one for one in same if one.branch == branch or (not branch and one.postcode[:4] == str(self.area.pk))]
        if not here and same and not branch:
            towns = ", ".join(sorted({one.place for one in same})[:5])
            self.add_error("branch", _("We know this KvK number in %(towns)s. Fill in the branch number of the company you mean.") % {"towns": towns})
        found = (here[0].merged_into or here[0]) if here else None
        if found is not None and not Company.objects.visible_to(self.actor).filter(pk=found.pk).exists():
            region = found.municipality.region if found.municipality else found.place
            self.add_error(
                "kvk", _("We know this company: %(name)s in %(region)s. Your colleagues there look after it.") % {"name": found, "region": region}
            )
            found = None
        self.known = found

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.area is not None:
            self.instance.area, self.instance.region = self.area, self.area.municipality.region

    def validate_constraints(self) -> None:
        """Left to the service: it says who works on the same company."""

    def changed(self) -> dict[str, Any]:
        """What `leads.change` writes down."""
        data = self.cleaned_data
        kept = list(data["qualifications"]) if "qualifications" in self.fields else []
        plain = {name: data[name] for name in ("name", "postcode", "kvk", "branch", "contact_name", "phone", "email", "language", "source", "note")}
        return plain | {"area": self.instance.area, "region": self.instance.region, "qualifications": [*kept, *self.wanted()]}

    def wanted(self) -> list[Any]:
        """The qualification that was filled in, if any."""
        return [self.cleaned_data["wants"]] if self.cleaned_data.get("wants") else []


class MoveForm(forms.Form):
    """Where a lead goes: how the call went, in one tap (the page draws `taps`); a no says why, and a later call says when."""

    to = forms.ChoiceField(label=_("How did it go?"), widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=_("Why not?"), required=False)
    again_on = forms.DateField(label=_("Call again on"), required=False, widget=forms.DateInput)

    def __init__(self, *args: Any, lead: Lead, moves: list[LeadState], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lead = lead
        steps = [TRANSITIONS[LeadState(lead.state), to] for to in moves if to != lead.state]
        reasons = dict.fromkeys(reason for step in steps for reason in step.reasons if reason in HUMAN)
        offer(self, "to", [(to.value, WORDS[to]) for to in moves])
        self.taps = [(to.value, WORDS[to]) for to in moves if to not in (lead.state, LeadState.NOT_INTERESTED)]
        offer(self, "reason", [("", _("Choose …")), *((reason.value, reason.label) for reason in reasons)])
        if not reasons:
            del self.fields["reason"]
        if lead.state not in OPEN_STATES or LeadState.CONTACTED not in moves:
            del self.fields["again_on"]

    def clean(self) -> dict[str, Any]:
        """A no has a reason; a day to call again is still to come."""
        data = super().clean() or self.cleaned_data
        to = data.get("to")
        if to == LeadState.NOT_INTERESTED and not data.get("reason") and "reason" in self.fields:
            self.add_error("reason", _("Choose why not."))
        if to == LeadState.INTERESTED and not self.lead.email:
            self.add_error("to", _("Fill in the e-mail address of the company first: the link goes there."))
        if to == self.lead.state and not data.get("again_on") and "again_on" not in self.errors:
            self.add_error("again_on", _("Choose a day that is still to come."))
        if data.get("again_on") and data["again_on"] <= timezone.localdate():
            self.add_error("again_on", _("Choose a day that is still to come."))
        return data


# What a scout taps; what happens by itself is no choice.
WORDS = {
    LeadState.CONTACTED: _("spoken to them: they think about it"),
    LeadState.INTERESTED: _("yes: mail them the link to register"),
    LeadState.NOT_INTERESTED: _("no"),
}


# Reasons that people give: the others come with time or from the link.
HUMAN = frozenset(LeadReason) - {LeadReason.SILENT, LeadReason.NO_MORE_MAIL}


class ColleagueChoice(forms.ModelChoiceField):
    """Scouts by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.user.name)


class HandOverForm(forms.Form):
    """To which colleague a lead goes."""

    to = ColleagueChoice(Post.objects.none(), label=_("Give it to"))

    def __init__(self, *args: Any, lead: Lead, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        narrow(self, "to", colleagues(lead))


def colleagues(lead: Lead) -> QuerySet[Post]:
    """Other scouts who cover the region of a lead."""
    regions = Post.regions.through.objects.filter(post_id=OuterRef("pk"))
    running = Post.objects.filter(kind=HatKind.SCOUT, ended_at=None, user__is_active=True).exclude(pk=lead.post_id).select_related("user")
    return running.filter(Exists(regions.filter(labourmarketregion_id=lead.region_id)) | ~Exists(regions)).order_by("user__name", "pk")
