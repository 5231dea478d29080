"""Model fields for Dutch formats: clean what comes in, and let the database refuse what is not of the format."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from reference import form_fields
from reference.formats import BRANCH, BRIN, KVK, PHONE, POSTCODE, SBB, Format


class FormatField(models.CharField):
    """Text of one format; `blank=True` allows the empty string besides."""

    format: Format
    form_field: type[form_fields.FormatField]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = self.format.length
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def db_check(self, connection: BaseDatabaseWrapper) -> str:
        empty = "|" if self.blank else ""
        return f"{connection.ops.quote_name(str(self.column))} ~ '^({self.format.pattern}{empty})$'"

    def to_python(self, value: Any) -> str | None:
        """Raises ValidationError that says what is expected."""
        return self.form_field.normalise(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        """One spelling for storing and searching; what cannot be mended finds nothing, and the CHECK refuses to store it."""
        try:
            return super().get_prep_value(value)
        except ValidationError:
            return str(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """The object shows at once what was stored."""
        value = super().pre_save(model_instance, add)
        if hasattr(value, "resolve_expression"):
            return value
        value = self.get_prep_value(value)
        setattr(model_instance, self.attname, value)
        return value

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": self.form_field, **kwargs})


class PostcodeField(FormatField):
    """Stored `1234AB`, shown `1234 AB`."""

    format = POSTCODE
    form_field = form_fields.PostcodeField


class KvKField(FormatField):
    """Number in the Trade Register, 8 digits."""

    format = KVK
    form_field = form_fields.KvKField


class BranchField(FormatField):
    """Number of one branch (vestiging) in the Trade Register, 12 digits."""

    format = BRANCH
    form_field = form_fields.BranchField


class SBBField(FormatField):
    """Number by which SBB knows a company, 9 digits."""

    format = SBB
    form_field = form_fields.SBBField


class BrinField(FormatField):
    """Number of a school in the register of education, 4 characters."""

    format = BRIN
    form_field = form_fields.BrinField


class PhoneField(FormatField):
    """Telephone number, stored in E.164: `+31241234567`, shown `024 123 4567`."""

    format = PHONE
    form_field = form_fields.PhoneField
