"""Hats: the roles a person may wear, one at a time.

Memberships live with their organisation (schools, companies), a floor above; each app registers a provider here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import connection, models
from django.db.models import Case, F, Value, When
from django.db.models.functions import Cast
from django.utils import timezone
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


# Stands for the user's key in the query that is kept; no key is as high.
ANYBODY = 2**62

Provider = Callable[[Any], "QuerySet[Any]"]
Acceptor = Callable[..., None]
_providers: list[Provider] = []
_acceptors: dict[str, Acceptor] = {}


def register(provider: Provider) -> None:
    """Add a function that gives a user's hats of one sort as a queryset made by `rows`."""
    if provider not in _providers:
        _providers.append(provider)
        _statement.cache_clear()


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


def hats_of(user: Any) -> list[Hat]:
    """All hats of a user in one query, in the order in which the apps registered, oldest first."""
    sql, params = _statement(timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute(sql, [user.pk if value == ANYBODY else value for value in params])
        found = sorted(cursor.fetchall(), key=lambda row: (row[4], row[1]))
    return [Hat(HatKind(kind), pk, organisation, _label(HatKind(kind), where)) for kind, pk, organisation, where, _order in found]


@lru_cache(maxsize=2)
def _statement(_day: date) -> tuple[str, tuple[Any, ...]]:
    """The query, with ANYBODY for the user: every request asks it, and building it takes ten times as long as asking.

    Kept for a day, because what ends on a birthday names the day.
    """
    anybody = get_user_model()(pk=ANYBODY)
    parts = [provider(anybody).order_by().annotate(hat_order=Value(order)) for order, provider in enumerate(_providers)]
    sql, params = parts[0].union(*parts[1:], all=True).query.sql_with_params()
    return sql, params


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
