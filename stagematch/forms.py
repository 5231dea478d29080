"""How every form looks: label, help and error around a control of the NL Design System, without a word in the form itself."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import Input
from django.utils.translation import gettext_lazy as _

CHECKBOX = "utrecht-checkbox utrecht-checkbox--html-input utrecht-checkbox--custom"
# The first widget class that fits names the classes; a form's own class attribute comes on top.
WIDGET_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, CHECKBOX),
    (forms.CheckboxSelectMultiple, CHECKBOX),
    (forms.RadioSelect, "utrecht-radio-button utrecht-radio-button--html-input"),
    (forms.Select, "utrecht-select utrecht-select--html-select"),
    (forms.Textarea, "utrecht-textarea utrecht-textarea--html-textarea"),
    (forms.FileInput, "sm-file"),
    (Input, "utrecht-textbox utrecht-textbox--html-input"),
)

# Django's words for these name the fault; ours say what to do. A field with words of its own keeps them.
CHOOSE = _("Choose an answer.")
REMEDIES: tuple[tuple[type[forms.Field], str, Any], ...] = (
    (forms.BooleanField, "required", _("Tick this box to go on.")),
    (forms.ChoiceField, "required", CHOOSE),
    (forms.ModelChoiceField, "required", CHOOSE),
    (forms.FileField, "required", _("Choose a file.")),
    (forms.Field, "required", _("Fill in an answer.")),
    (forms.DateField, "invalid", _("Fill in a date like 21-11-2026.")),
    (forms.IntegerField, "invalid", _("Fill in a whole number, in digits.")),
    (forms.IntegerField, "max_value", _("Fill in %(limit_value)s at most.")),
    (forms.IntegerField, "min_value", _("Fill in %(limit_value)s at least.")),
    (forms.CharField, "max_length", _("This is too long: %(show_value)s characters. Use %(limit_value)s at most.")),
)


# What Django puts where nothing has been chosen yet; it is read aloud as nine dashes.
DASHES = "---------"
NOTHING_YET = _("Choose …")


def _standard(field: type[forms.Field], code: str) -> Any:
    """The text a class of fields has from Django itself."""
    return next((text[code] for kind in field.__mro__ if code in (text := vars(kind).get("default_error_messages", {}))), None)


def offer(form: forms.BaseForm, name: str, choices: Iterable[Any]) -> None:
    """Fill in what can be chosen, where only this form's reader decides that. TypeError for a field without choices."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(name)
    field.choices = list(choices)


def narrow(form: forms.BaseForm, name: str, rows: QuerySet[Any]) -> None:
    """Fill in which rows can be chosen. TypeError for a field that is about no rows."""
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(name)
    field.queryset = rows


class LookField(BoundField):
    """A bound field that gives its control the classes and attributes of the design system."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        widget = field.widget
        # A label says what to fill in and stays when one types; libraries' placeholders only repeat it.
        widget.attrs.pop("placeholder", None)
        if type(widget) is forms.DateInput:
            # Browsers give and take ISO in a date control; the field itself still reads 21-11-2026.
            widget.input_type = "date"
            widget.format = "%Y-%m-%d"
        self._say_how_to_mend_it()
        self._name_the_empty_choice()

    def _name_the_empty_choice(self) -> None:
        """Words instead of dashes in a list of which nothing has been chosen yet."""
        field = self.field
        if isinstance(field, forms.ModelChoiceField):
            if field.empty_label == DASHES:
                field.empty_label = NOTHING_YET
        elif isinstance(field, forms.ChoiceField) and isinstance(field.widget, forms.Select):
            choices: list[Any] = list(field.choices)  # type: ignore[arg-type]
            if choices and choices[0] == ("", DASHES):
                field.choices = [("", NOTHING_YET), *choices[1:]]

    def _say_how_to_mend_it(self) -> None:
        """Replace Django's own error texts; a form makes its bound fields before it cleans them."""
        said: set[str] = set()
        for kind, code, text in REMEDIES:
            if isinstance(self.field, kind) and code not in said:
                said.add(code)
                if self.field.error_messages.get(code) == _standard(type(self.field), code):
                    self.field.error_messages[code] = text

    def value(self) -> Any:
        """What the control shows; a date typed as 21-11-2026 comes back as the date it is."""
        value = super().value()
        if type(self.field.widget) is forms.DateInput and isinstance(value, str):
            try:
                return self.field.to_python(value)
            except ValidationError:
                return value
        return value

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Add the design system's classes to what Django gives (aria-invalid, aria-describedby).

        Required is said, not enforced by the browser: its bubbles name no remedy, and it paints empty fields red.
        """
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        if attrs.pop("required", False) and not isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple, forms.FileInput)):
            attrs["aria-required"] = "true"
        if isinstance(widget, forms.RadioSelect):
            attrs.pop("aria-invalid", None)  # belongs to the group, not to each button
        classes = next((names for kind, names in WIDGET_CLASSES if isinstance(widget, kind)), "")
        if self.errors and classes.startswith("utrecht-"):
            classes += f" {classes.split()[0]}--invalid"
        attrs["class"] = " ".join(filter(None, [classes, widget.attrs.get("class", "")]))
        return attrs

    @property
    def optional(self) -> bool:
        """Whether the label says that it may stay empty; a tick box always may, a filter never asks, and some say themselves when they may not."""
        asks = getattr(self.form, "mark_optional", True) and not isinstance(self.field.widget, forms.CheckboxInput)
        asks = asks and self.name not in getattr(self.form, "needed_sometimes", ())
        return asks and not self.field.required and not self.field.disabled

    @property
    def is_checkbox(self) -> bool:
        """A single tick box: its label stands behind it."""
        return isinstance(self.field.widget, forms.CheckboxInput)


class Renderer(TemplatesSetting):
    """The project's form renderer: `{{ form }}` and `{{ form.name.as_field_group }}` come out right by themselves."""

    form_template_name = "parts/form.html"
    formset_template_name = "parts/formset.html"
    field_template_name = "parts/field.html"
    bound_field_class = LookField


class EmailField(forms.EmailField):
    """An e-mail address as long as a column of the database holds; Django's own field takes 320 characters."""

    def __init__(self, *, max_length: int = 254, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)


# They turn the letters behind them round, so that a name reads as another one.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def readable(text: str) -> None:
    """Validator for names: one line of signs that can be seen, as mails, letters and lists show it. Raises ValidationError."""
    if any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") or sign in _TURNING for sign in text):
        raise ValidationError(_("Write this on one line, without tabs or signs that cannot be seen."), code="signs")
    if text and not any(sign.isalnum() for sign in text):
        raise ValidationError(_("Nothing of this can be read. Use letters or digits."), code="unreadable")


class NameField(forms.CharField):
    """A name of a person, a company or a street."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "validators": [*kwargs.get("validators", ()), readable]})


class NoteField(forms.CharField):
    """Free text; one that is far too long is told so and comes back in part: ten megabytes in a page help nobody."""

    def prepare_value(self, value: Any) -> Any:
        """What the page shows: at most ten times what may be written."""
        return value[: 10 * (self.max_length or 1000)] if isinstance(value, str) else value


class FilterForm(forms.Form):
    """A form that narrows a list (GET): nothing is required, so nothing says that it is optional."""

    mark_optional = False
