"""A school with one programme, its people, and the register they come from."""

from dataclasses import dataclass

import pytest
from django.test import Client

from accounts.hats import HatKind
from accounts.models import Post
from reference.models import SchoolRecord
from schools.models import Programme, School, SchoolMembership
from tests.factories import CoordinatorFactory, PostcodeAreaFactory, PostFactory, ProgrammeFactory, SchoolAdminFactory, SchoolFactory, login_as


@dataclass
class House:
    """One school as its people see it."""

    school: School
    programme: Programme
    admin: SchoolMembership
    coordinator: SchoolMembership


@pytest.fixture
def house(db: None) -> House:
    PostcodeAreaFactory()
    programme = ProgrammeFactory()
    return House(
        programme.school,
        programme,
        SchoolAdminFactory(school=programme.school),
        CoordinatorFactory(school=programme.school, programmes=[programme]),
    )


@pytest.fixture
def coordinator(client: Client, house: House) -> House:
    """The coordinator is signed in."""
    login_as(client, house.coordinator)
    return house


@pytest.fixture
def admin(client: Client, house: House) -> House:
    """The school's administrator is signed in."""
    login_as(client, house.admin)
    return house


@pytest.fixture
def unverified(client: Client, db: None) -> School:
    """The administrator of a school that waits for verification is signed in."""
    member = SchoolAdminFactory(school=SchoolFactory(registered=True))
    login_as(client, member)
    return member.school


@pytest.fixture
def platform_admin(client: Client, db: None) -> Post:
    post = PostFactory(kind=HatKind.ADMINISTRATOR)
    login_as(client, post)
    return post


@pytest.fixture
def record(db: None) -> SchoolRecord:
    """A school in the public register, in a town that we know."""
    PostcodeAreaFactory()
    return SchoolRecord.objects.create(code="25PN00", brin="25PN", name="ROC Waaloever", kinds=["mbo"], place="Nijmegen")
