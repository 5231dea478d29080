"""Form fields for Dutch formats: forgiving in what they read, clear in what they refuse."""

import re
from typing import Any, ClassVar

from django import forms

from reference.formats import (
    BRANCH,
    BRIN,
    CREBO,
    KVK,
    PHONE,
    POSTCODE,
    SBB,
    Format,
    normalise_postcode,
    show_postcode,
)
from stagematch.templatetags.stagematch import phone


class FormatField(forms.CharField):
    """Text of one format. Longer input than the format is read, so that separators can be typed."""

    format: ClassVar[Format]
    autocomplete: ClassVar[str] = "off"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("max_length", None)
        super().__init__(**{"max_length": 40, **kwargs})

    @classmethod
    def normalise(cls, value: object) -> str:
        """The value as it is stored; raises ValidationError."""
        return cls.format.clean(value)

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return self.normalise(value) if value not in self.empty_values else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs["autocomplete"] = self.autocomplete
        if self.format.numeric:
            attrs["inputmode"] = "numeric"
        else:
            attrs["autocapitalize"] = "characters"
        return attrs


class PostcodeField(FormatField):
    format = POSTCODE
    autocomplete = "postal-code"

    @classmethod
    def normalise(cls, value: object) -> str:
        return normalise_postcode(value)

    def prepare_value(self, value: Any) -> Any:
        """Shown as `1234 AB` when it is a stored value, and as typed when it is not."""
        stored = isinstance(value, str) and re.fullmatch(POSTCODE.pattern, value)
        return show_postcode(value) if stored else value


class KvKField(FormatField):
    format = KVK


class BranchField(FormatField):
    format = BRANCH


class SBBField(FormatField):
    format = SBB


class CreboField(FormatField):
    format = CREBO


class BrinField(FormatField):
    format = BRIN


class PhoneField(FormatField):
    format = PHONE
    autocomplete = "tel"

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        del attrs["autocapitalize"]
        return attrs | {"inputmode": "tel", "type": "tel"}

    def prepare_value(self, value: Any) -> Any:
        """Shown as it is read when it is a stored value, and as typed when it is not."""
        stored = isinstance(value, str) and re.fullmatch(PHONE.pattern, value)
        return phone(value) if stored else value
