"""Schools and companies, and the people of both."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.hats import HatKind
from accounts.models import Post, User
from companies.models import Company, CompanyKind, CompanyMembership, CompanyRole, Recognition, RecognitionState
from reference.models import Pathway, SchoolKind
from schools.models import Guardian, Programme, School, SchoolMembership, SchoolRole, SchoolState, Student
from tests.factories.reference import NIJMEGEN_X, NIJMEGEN_Y, MunicipalityFactory, QualificationFactory

# -- people


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"persoon{n}@example.org")
    name = factory.Sequence(lambda n: f"Persoon {n}")
    language = "nl"
    password = "!"

    @factory.post_generation
    def verified(self: User, create: bool, extracted: bool | None, **_: Any) -> None:
        """`UserFactory(verified=True)` has an address that allauth knows."""
        if extracted:
            self.emailaddress_set.create(email=self.email, verified=True, primary=True)


class PostFactory(DjangoModelFactory):
    """Somebody of SBB or the platform; `PostFactory(kind=HatKind.ADMINISTRATOR)`."""

    class Meta:
        model = Post

    user = factory.SubFactory(UserFactory)
    kind = HatKind.ADVISOR_PRACTICE


# -- schools


class SchoolFactory(DjangoModelFactory):
    """A verified mbo school; `registered=True` waits for verification."""

    class Meta:
        model = School

    class Params:
        registered = factory.Trait(state=SchoolState.REGISTERED)

    brin = factory.Sequence(lambda n: f"{n % 90 + 10}P{'ABCDEFGHJK'[n // 90 % 10]}")
    name = factory.Sequence(lambda n: f"ROC Waalstad {n}")
    kind = SchoolKind.MBO
    postcode = "6511AB"
    place = "Nijmegen"
    state = SchoolState.VERIFIED


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = Programme

    school = factory.SubFactory(SchoolFactory)
    qualification = factory.SubFactory(QualificationFactory)
    pathway = Pathway.BOL
    name = factory.LazyAttribute(lambda p: p.qualification.name)


class SchoolMembershipFactory(DjangoModelFactory):
    """A member of staff; `programmes=[...]` are the own ones."""

    class Meta:
        model = SchoolMembership
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    school = factory.SubFactory(SchoolFactory)
    role = SchoolRole.ADMIN

    @factory.post_generation
    def programmes(self: SchoolMembership, create: bool, extracted: list[Programme] | None, **_: Any) -> None:
        self.programmes.set(extracted or [])


class SchoolAdminFactory(SchoolMembershipFactory):
    role = SchoolRole.ADMIN


class CoordinatorFactory(SchoolMembershipFactory):
    """`CoordinatorFactory(school=school, programmes=[programme])`."""

    role = SchoolRole.COORDINATOR


class SupervisorFactory(SchoolMembershipFactory):
    role = SchoolRole.SUPERVISOR


class StudentFactory(DjangoModelFactory):
    """A student who can sign in; `minor=True` has a parent too, `invited=True` has no account yet."""

    class Meta:
        model = Student
        skip_postgeneration_save = True

    class Params:
        invited = factory.Trait(user=None)
        minor = factory.Trait(
            adult_on=factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=400)),
            guardian=factory.RelatedFactory("tests.factories.GuardianFactory", factory_related_name="student"),
        )

    programme = factory.SubFactory(ProgrammeFactory)
    school = factory.SelfAttribute("programme.school")
    number = factory.Sequence(lambda n: f"S{100_000 + n}")
    first_name = factory.Sequence(lambda n: f"Voornaam{n}")
    last_name = factory.Sequence(lambda n: f"Achternaam{n}")
    email = factory.Sequence(lambda n: f"student{n}@leerling.example.org")
    postcode = "6511AB"
    user = factory.SubFactory(UserFactory, email=factory.SelfAttribute("..email"), name=factory.LazyAttribute(lambda u: u.factory_parent.first_name))


class GuardianFactory(DjangoModelFactory):
    """A parent; the child is a minor, unless given."""

    class Meta:
        model = Guardian

    student = factory.SubFactory(StudentFactory, adult_on=factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=400)))
    user = factory.SubFactory(UserFactory, email=factory.SelfAttribute("..email"), name=factory.SelfAttribute("..name"))
    name = factory.Sequence(lambda n: f"Ouder {n}")
    email = factory.Sequence(lambda n: f"ouder{n}@example.org")


# -- companies


class CompanyFactory(DjangoModelFactory):
    class Meta:
        model = Company

    name = factory.Sequence(lambda n: f"Bedrijf {n}")
    kvk = factory.Sequence(lambda n: f"{10_000_000 + n}")
    branch = factory.Sequence(lambda n: f"{n:012d}")
    kind = CompanyKind.CARE
    street = "Waalkade 1"
    postcode = "6511AB"
    place = "Nijmegen"
    municipality = factory.SubFactory(MunicipalityFactory)
    x = NIJMEGEN_X + 2000
    y = NIJMEGEN_Y


class ContactFactory(DjangoModelFactory):
    """Somebody who acts for a company: a CompanyMembership."""

    class Meta:
        model = CompanyMembership

    user = factory.SubFactory(UserFactory)
    company = factory.SubFactory(CompanyFactory)
    role = CompanyRole.CONTACT


class TrainerFactory(ContactFactory):
    role = CompanyRole.TRAINER


class RecognitionFactory(DjangoModelFactory):
    """A valid recognition; `requested=True` waits for an advisor."""

    class Meta:
        model = Recognition

    class Params:
        requested = factory.Trait(state=RecognitionState.SUBMITTED, decided_at=None, review_due_on=None)

    company = factory.SubFactory(CompanyFactory)
    qualification = factory.SubFactory(QualificationFactory)
    state = RecognitionState.RECOGNISED
    decide_before = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=14))
    decided_at = factory.LazyFunction(timezone.now)
    review_due_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=4 * 365))
