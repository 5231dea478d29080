"""Who acts: the actor that somebody is, and a client signed in as them."""

from typing import Any

from django.test import Client

from accounts.actor import Actor
from accounts.hats import HatKind, hats_of
from accounts.middleware import SESSION_KEY
from accounts.models import Post, User
from companies.models import CompanyMembership, CompanyRole
from schools.models import Guardian, SchoolRole, Student


def actor_for(person: Any, kind: str | None = None) -> Actor:
    """The actor that a Student, Guardian, SchoolMembership, CompanyMembership, Post or User (the first hat, or of a kind) is."""
    user = person if isinstance(person, User) else person.user
    hats = tuple(hats_of(user))
    if kind is None and not isinstance(person, User):
        kind = _kind_of(person)
        return Actor(user=user, hat=next(hat for hat in hats if hat.kind == kind and hat.object_id == person.pk), hats=hats)
    return Actor(user=user, hat=next((hat for hat in hats if kind in (None, hat.kind)), None), hats=hats)


def login_as(client: Client, person: Any, kind: str | None = None) -> Actor:
    """Sign a test client in as somebody under one hat; returns the actor."""
    actor = actor_for(person, kind)
    client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
    if actor.hat:
        session = client.session
        session[SESSION_KEY] = actor.hat.key
        session.save()
    return actor


def _kind_of(person: Any) -> str:
    if isinstance(person, Student):
        return HatKind.STUDENT
    if isinstance(person, Guardian):
        return HatKind.GUARDIAN
    if isinstance(person, Post):
        return HatKind(person.kind)
    if isinstance(person, CompanyMembership):
        return {CompanyRole.CONTACT: HatKind.COMPANY_CONTACT, CompanyRole.TRAINER: HatKind.TRAINER}[CompanyRole(person.role)]
    roles = {SchoolRole.ADMIN: HatKind.SCHOOL_ADMIN, SchoolRole.COORDINATOR: HatKind.COORDINATOR, SchoolRole.SUPERVISOR: HatKind.SUPERVISOR}
    return roles[SchoolRole(person.role)]
