"""Searching a qualification by its name, and choosing one inside another form."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from reference.models import Qualification
from reference.selectors import qualifications_for, search_qualifications

# As many as fit a phone without losing the field above them.
SHOWN = 8


class QualificationSearchForm(forms.Form):
    """The search page."""

    q = forms.CharField(
        label=_("Name, occupation or crebo"),
        help_text=_("Part of the name is enough, for example: kok, timmer, 25655."),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    mark_optional = False


def offered(school_kind: str = "") -> QuerySet[Qualification]:
    """What can be chosen: what a school of this kind teaches, or every current qualification."""
    return qualifications_for(school_kind) if school_kind else Qualification.objects.current()


def matching(text: str, school_kind: str = "") -> QuerySet[Qualification]:
    """Those meant by a crebo or by words."""
    among = offered(school_kind)
    if text.isdecimal() and len(text) == 5:
        return among.filter(pk=int(text)).select_related("sector_chamber")
    return search_qualifications(text, among)


class QualificationSelect(forms.TextInput):
    """A search box whose results appear as radio buttons under it: at once with htmx, after sending the form without.

    Three controls: `<name>_q` the words, `<name>_for` the words that the buttons belong to, `<name>` the button ticked.
    """

    template_name = "reference/qualification_select.html"
    school_kind = ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        """The button that was ticked; what was typed if nothing was, or if the words changed since."""
        ticked, typed = data.get(name, "").replace("\0", ""), data.get(f"{name}_q")
        if typed is None or (ticked and typed == data.get(f"{name}_for")):
            return ticked
        return typed.replace("\0", "").strip()

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}_q" not in data

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        text = str(value or "").strip()
        found = list(matching(text, self.school_kind)[:SHOWN])
        chosen = found[0] if len(found) == 1 else None
        context.update(
            name=name,
            found=found,
            chosen=chosen.pk if chosen else None,
            words=chosen.name if chosen else text,
            kind=self.school_kind,
        )
        return context


class QualificationField(forms.CharField):
    """Gives a Qualification from a crebo, or from words that fit only one."""

    widget = QualificationSelect

    def __init__(self, *, school_kind: str = "", **kwargs: Any) -> None:
        super().__init__(**{"max_length": 150, **kwargs})
        self.narrow(school_kind)

    def narrow(self, school_kind: str) -> None:
        """Offer only what a school of this kind teaches; empty: every current qualification."""
        self.widget.school_kind = school_kind

    def prepare_value(self, value: Any) -> Any:
        return value.pk if isinstance(value, Qualification) else value

    def clean(self, value: Any) -> Qualification | None:
        """Raises ValidationError; the widget then shows what fits as radio buttons."""
        text = super().clean(value)
        if not text:
            return None
        kind = self.widget.school_kind
        named = [] if text.isdecimal() else list(offered(kind).filter(name__iexact=text)[:2])
        found = named or list(matching(text, kind)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(_("Several qualifications fit: choose one of these."), code="choose")
        raise ValidationError(_("We know no current qualification like this. Type a part of its name, or its crebo."), code="unknown")
