"""Hats: the roles a person may wear, one at a time.

Memberships live with their organisation (schools, companies), a floor above; each app registers a provider here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
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


Provider = Callable[[object], list[Hat]]
Acceptor = Callable[..., None]
_providers: list[Provider] = []
_acceptors: dict[str, Acceptor] = {}


def register(provider: Provider) -> None:
    """Add a function that lists a user's hats of one app."""
    if provider not in _providers:
        _providers.append(provider)


def hats_of(user: object) -> list[Hat]:
    """All hats of a user, in the order in which the apps registered."""
    return [hat for provider in _providers for hat in provider(user)]


def register_acceptor(kind: HatKind, acceptor: Acceptor) -> None:
    """Say what makes the membership when an invitation for this kind of hat is accepted.

    The acceptor is called as `acceptor(user=..., organisation_id=..., invitation=...)`.
    """
    _acceptors[kind] = acceptor


def acceptor_for(kind: str) -> Acceptor:
    """The function that turns an accepted invitation into a membership; KeyError if the kind cannot be invited."""
    return _acceptors[kind]
