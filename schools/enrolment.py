"""What changes about students and their parents: adding, changing, leaving, inviting."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.hats import HatKind
from accounts.models import Invitation, User
from accounts.services import invite
from schools.models import Guardian, School, Student
from stagematch import jobs
from stagematch.models import Job

ADULT_AT = 18
INVITE_JOB = "schools.invite"


class NumberTaken(Exception):
    """Another student of the school has this number or address; `field` names which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def adult_on(born: date | None, today: date | None = None) -> date | None:
    """The day on which somebody turns 18, while that is still to come; the date of birth of an adult is not kept."""
    if born is None:
        return None
    try:
        day = born.replace(year=born.year + ADULT_AT)
    except ValueError:  # born on 29 February: full years are counted, so 1 March
        day = date(born.year + ADULT_AT, 3, 1)
    return day if day > (today or timezone.localdate()) else None


def is_students_age(born: date) -> bool:
    """Whether somebody born that day may be a student: between 10 and 90 years old."""
    return 10 <= timezone.localdate().year - born.year <= 90


@transaction.atomic
def add_student(*, school: School, fields: dict[str, Any], guardian: tuple[str, str] | None) -> Student:
    """Add one student, with a parent (name, e-mail) if given. Raises NumberTaken."""
    student = _save(Student(school=school, **fields))
    if guardian:
        add_guardian(student=student, name=guardian[0], email=guardian[1])
    return student


@transaction.atomic
def change_student(*, student: Student, fields: dict[str, Any]) -> Student:
    """Change what the school knows of a student. Raises NumberTaken."""
    student = Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    for name, value in fields.items():
        setattr(student, name, value)
    return _save(student)


def _save(student: Student) -> Student:
    try:
        with transaction.atomic():
            student.save()
    except IntegrityError as error:
        others = Student.objects.filter(school_id=student.school_id).exclude(pk=student.pk)
        raise NumberTaken("number" if others.filter(number=student.number).exists() else "email") from error
    return student


@transaction.atomic
def mark_left(*, student: Student, undo: bool = False) -> Student:
    """Say that a student has left the school, or take that back; safe to call twice."""
    student = Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    if undo:
        student.left_at = None
    elif student.left_at is None:
        student.left_at = timezone.now()
    student.save()
    return student


@transaction.atomic
def invite_students(*, students: Iterable[Student], by: User, language: str) -> int:
    """Mail each student without an account a link to make one; returns how many were mailed."""
    invited = [student for student in students if student.user_id is None and student.left_at is None]
    for student in invited:
        invite(
            email=student.email,
            name=student.first_name,
            kind=HatKind.STUDENT,
            organisation_id=student.pk,
            organisation_name=student.school.name,
            by=by,
            language=language,
        )
    return len(invited)


def invite_later(*, students: Iterable[Student], by: User, language: str) -> Job:
    """Have a worker invite many students; a second click while it works starts nothing new."""
    args = {"students": [student.pk for student in students], "by": by.pk, "language": language, "asked_at": timezone.now().isoformat()}
    return jobs.start(kind=INVITE_JOB, key=f"user-{by.pk}", args=args, by=by)


@transaction.atomic
def add_guardian(*, student: Student, name: str, email: str) -> Guardian:
    """Note a parent or guardian; the same address twice is one parent, under the newest name."""
    Student.objects.select_for_update(of=("self",)).get(pk=student.pk)  # two clicks at once wait for each other
    found = student.guardians.filter(email__iexact=email.strip()).first()
    guardian = found or Guardian(student=student, email=email.strip().lower())
    guardian.name = name
    guardian.save()
    return guardian


@transaction.atomic
def remove_guardian(*, guardian: Guardian) -> None:
    """Take a parent off a student's record; a waiting invitation ends with it."""
    waiting = Invitation.objects.waiting().filter(kind=HatKind.GUARDIAN, organisation_id=guardian.student_id, email__iexact=guardian.email)
    for invitation in waiting:
        invitation.withdrawn_at = timezone.now()
        invitation.save()
    guardian.delete()


@transaction.atomic
def invite_guardian(*, guardian: Guardian, by: User, language: str) -> Invitation | None:
    """Mail a parent a link to make an account; None if they have one."""
    if guardian.user_id is not None:
        return None
    return invite(
        email=guardian.email,
        name=guardian.name,
        kind=HatKind.GUARDIAN,
        organisation_id=guardian.student_id,
        organisation_name=guardian.student.school.name,
        details={"child": guardian.student.first_name},
        by=by,
        language=language,
    )
