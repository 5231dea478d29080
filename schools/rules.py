"""Who may do what at a school, for views, templates and tests alike."""

from typing import Any

import rules

from accounts.actor import Actor
from accounts.hats import HatKind
from schools.models import School, SchoolState, Student


@rules.predicate
def of_own_school(actor: Actor, obj: Any) -> bool:
    """The school, or the school of the thing, is the one whose hat is worn."""
    school_id = obj.pk if isinstance(obj, School) else obj.school_id
    return actor.school_id is not None and actor.school_id == school_id


@rules.predicate
def brings_students(actor: Actor, obj: Any) -> bool:
    """Coordinators and administrators of a school add and change students; supervisors read."""
    return actor.is_(HatKind.COORDINATOR, HatKind.SCHOOL_ADMIN)


@rules.predicate
def is_school_admin(actor: Actor, obj: Any) -> bool:
    """Runs the school's part here."""
    return actor.is_(HatKind.SCHOOL_ADMIN)


@rules.predicate
def verified(actor: Actor, obj: Any) -> bool:
    """Somebody has checked that the school is that school."""
    school = obj.school if isinstance(obj, Student) else obj
    return bool(school.state == SchoolState.VERIFIED)


rules.add_rule("schools.bring_students", of_own_school & brings_students & verified)
rules.add_rule("schools.change_student", of_own_school & brings_students)
rules.add_rule("schools.invite_staff", of_own_school & is_school_admin & verified)
rules.add_rule("schools.manage", of_own_school & is_school_admin)
