"""Hats: the roles a person may wear, one at a time.

Memberships live with their organisation (schools, companies), a floor above; each app registers a provider here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, F, Value, When
from django.db.models.functions import Cast
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _


class HatKind(models.TextChoices):
    """Every kind of user of the product; access rules and the matrix test are written in these."""

    STUDENT = "student", _("student")
    GUARDIAN = "guardian", _("parent")
    COMPANY_CONTACT = "company_contact", _("company contact")
    TRAINER = "trainer", _("trainer")
    COORDINATOR = "coordinator", _("BPV coordinator")
    SUPERVISOR = "supervisor", _("supervisor")
    SCHOOL_ADMIN = "school_admin", _("school administrator")
    ADVISOR_PRACTICE = "advisor_practice", _("advisor practice learning")
    ADVISOR_TARGET_GROUPS = "advisor_target_groups", _("advisor target groups")
    SCOUT = "scout", _("scout")
    ADMINISTRATOR = "administrator", _("administrator")


if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

COMPANY_HATS = frozenset({HatKind.COMPANY_CONTACT, HatKind.TRAINER})
SCHOOL_HATS = frozenset({HatKind.COORDINATOR, HatKind.SUPERVISOR, HatKind.SCHOOL_ADMIN})
POST_HATS = frozenset({HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS, HatKind.SCOUT, HatKind.ADMINISTRATOR})
# These see or decide about many people: they sign in with a second factor outside development.
STAFF_HATS = SCHOOL_HATS | POST_HATS


@dataclass(frozen=True)
class Hat:
    """One role of one person: the membership, student or post behind it and the organisation it is for."""

    kind: HatKind
    object_id: int
    organisation_id: int | None
    label: str

    @property
    def key(self) -> str:
        """Stable name of the hat in session and audit trail, like `coordinator:12`."""
        return f"{self.kind}:{self.object_id}"


Provider = Callable[[Any], "QuerySet[Any]"]
Acceptor = Callable[..., None]
_providers: list[Provider] = []
_acceptors: dict[str, Acceptor] = {}


def register(provider: Provider) -> None:
    """Add a function that gives a user's hats of one sort as a queryset made by `rows`."""
    if provider not in _providers:
        _providers.append(provider)


def rows(queryset: "QuerySet[Any]", *, kind: HatKind | Mapping[str, HatKind], organisation: str | None, label: "str | Combinable") -> "QuerySet[Any]":
    """Hats as rows of one shape, so that those of all apps are read by one query.

    kind: the same for all, or by the queryset's `role`; organisation, label: field paths (or an expression for the label).
    """
    kinds: Any = Value(kind.value) if isinstance(kind, HatKind) else Case(*[When(role=role, then=Value(k.value)) for role, k in kind.items()])
    return queryset.annotate(
        hat_kind=Cast(kinds, models.TextField()),
        hat_object=F("pk"),
        hat_organisation=F(organisation) if organisation else Value(None, output_field=models.BigIntegerField()),
        hat_label=Cast(label, models.TextField()),
    ).values_list("hat_kind", "hat_object", "hat_organisation", "hat_label")


def hats_of(user: object) -> list[Hat]:
    """All hats of a user in one query, in the order in which the apps registered, oldest first."""
    parts = [provider(user).order_by().annotate(hat_order=Value(order)) for order, provider in enumerate(_providers)]
    found = sorted(parts[0].union(*parts[1:], all=True), key=lambda row: (row[4], row[1]))
    return [Hat(HatKind(kind), pk, organisation, _label(HatKind(kind), where)) for kind, pk, organisation, where, _order in found]


def _label(kind: HatKind, where: str) -> str:
    return f"{capfirst(str(kind.label))}, {where}"


def register_acceptor(kind: HatKind, acceptor: Acceptor) -> None:
    """Say what makes the membership when an invitation for this kind of hat is accepted.

    The acceptor is called as `acceptor(user=..., organisation_id=..., invitation=...)`.
    """
    _acceptors[kind] = acceptor


def acceptor_for(kind: str) -> Acceptor:
    """The function that turns an accepted invitation into a membership; KeyError if the kind cannot be invited."""
    return _acceptors[kind]
