"""What school staff and administrators have to do now, as far as this floor knows."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.actor import Actor
from accounts.hats import HatKind
from accounts.homes import Task, Text
from schools.models import School, SchoolState
from schools.selectors import own_counts, own_school, waiting_schools
from stagematch.templatetags.stagematch import grouped


def for_staff(actor: Actor) -> list[Task]:
    """Own students: bring them, invite those without an account."""
    own = own_counts(actor)
    # Coordinators and supervisors have programmes at verified schools only: then the school need not be asked for its state.
    if actor.is_(HatKind.SCHOOL_ADMIN) or not own["of_programmes"]:
        school = own_school(actor)
        if school.state != SchoolState.VERIFIED:
            return [_state(school), *([] if own["of_programmes"] or not actor.is_(HatKind.SCHOOL_ADMIN) else [_no_programme(actor)])]
    if actor.is_(HatKind.SUPERVISOR):
        return for_supervisor(actor)
    if not own["of_programmes"]:
        return [_no_programme(actor)]
    if not own["of_students"]:
        text = _("Upload a list from your student system, or add them one by one.")
        return [Task(_("Bring your students"), text, reverse("schools:import"), _("Upload a list"), urgency=15)]
    without = own["without_account"]
    if not without:
        return []
    address = reverse("schools:students") + "?account=none"
    if not own["not_invited"]:
        title = ngettext("%(n)s student has not opened the invitation yet", "%(n)s students have not opened the invitation yet", without) % {
            "n": grouped(without)
        }
        text = _("They were invited. Ask them in class, or send the invitation again.")
        return [Task(title, text, address, _("See who"), urgency=40, count=without)]
    title = ngettext("%(n)s student has no account yet", "%(n)s students have no account yet", without) % {"n": grouped(without)}
    text = _("Without an account a student cannot prepare the placement.")
    return [Task(title, text, address, _("Invite students"), urgency=30, count=without)]


def for_supervisor(actor: Actor) -> list[Task]:
    """How far the own students are."""
    own = own_counts(actor)
    if not own["of_programmes"]:
        return [_no_programme(actor)]
    title = ngettext("%(n)s student in your programmes", "%(n)s students in your programmes", own["of_students"]) % {"n": grouped(own["of_students"])}
    text = _("See how far each of them is with preparation and placement.")
    return [Task(title, text, reverse("schools:students"), _("See the students"), urgency=40, count=own["of_students"])]


def _state(school: School) -> Task:
    url = reverse("schools:detail")
    if school.state == SchoolState.REFUSED:
        return Task(_("Your school was not accepted"), school.state_reason, url, _("See what you can do"), urgency=1)
    text = _("We check whether you speak for this school, usually within two working days. After that you can bring students.")
    return Task(_("Your school waits for verification"), text, url, _("See what happens next"), urgency=1)


def _no_programme(actor: Actor) -> Task:
    if actor.is_(HatKind.SCHOOL_ADMIN):
        text = _("A programme is a qualification and a pathway; students belong to one.")
        return Task(_("Add your first programme"), text, reverse("schools:programme_add"), _("Add a programme"), urgency=5)
    text = _("Ask the administrator of your school to give you one. If that is you, change your role at the top of the page first.")
    return Task(_("You have no programme yet"), text, reverse("schools:detail"), _("See who that is"), urgency=5)


def for_school_admin(actor: Actor) -> list[Task]:
    """The people of the school, once it may invite them."""
    if own_school(actor).state != SchoolState.VERIFIED:
        return []
    text = _("Invite coordinators and supervisors, and say which programmes are theirs.")
    return [Task(_("Your colleagues"), text, reverse("schools:staff"), _("See the staff"), urgency=60)]


def for_administrator(actor: Actor) -> list[Task]:
    """Schools that wait for verification."""
    waiting = waiting_schools().count()
    if not waiting:
        return []
    title = ngettext("%(n)s school waits for verification", "%(n)s schools wait for verification", waiting) % {"n": grouped(waiting)}
    text = _("A school cannot bring students before somebody has checked who speaks for it.")
    return [Task(title, text, reverse("schools:verifications"), _("Verify schools"), urgency=5, count=waiting)]


def figures(actor: Actor) -> list[tuple[Text, object]]:
    """How many students and programmes are one's own."""
    own = own_counts(actor)
    return [(_("students"), own["of_students"]), (_("programmes"), own["of_programmes"])]
