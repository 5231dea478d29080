"""Students: list, one student, adding, changing, leaving, inviting, parents."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import ActorRequest
from accounts.models import Invitation
from schools import enrolment, hooks
from schools.forms import GuardianForm, StudentForm
from schools.models import Programme, School, Student
from schools.selection import chosen_students, narrowed
from schools.views.guards import BRINGERS, STAFF, school_page

PAGE = 50
# More invitations than these are sent by a worker: a page answers within a second.
AT_ONCE = 100


@require_safe
@school_page(*STAFF)
def overview(request: ActorRequest, school: School) -> HttpResponse:
    """Own students: who they are, whether they have an account, what is missing of their preparation."""
    actor = request.actor
    found = narrowed(request, request.GET)
    page = Paginator(found.qs, PAGE).get_page(request.GET.get("page"))
    ready = hooks.readiness_of([student.pk for student in page])
    context = {
        "school": school,
        "filter": found,
        "page": page,
        "rows": [(student, ready.get(student.pk)) for student in page],
        "shows_readiness": bool(hooks.readiness_choices()),
        "actions": hooks.actions_for(actor.kind),
        "narrowed": any(request.GET.get(name) for name in found.filters),
        "brings": actor.is_(*BRINGERS),
    }
    return render(request, "schools/students_results.html" if request.htmx else "schools/students.html", context)


@school_page(*BRINGERS)
def add(request: ActorRequest, school: School) -> HttpResponse:
    """Add one student."""
    form = StudentForm(request.POST or None, school=school, programmes=_programmes(request))
    if request.method == "POST" and form.is_valid():
        try:
            student = enrolment.add_student(school=school, fields=form.student_fields(), guardian=form.guardian())
            messages.success(request, _("%(student)s has been added.") % {"student": student.full_name})
            return redirect("schools:student", student.public_id)
        except enrolment.NumberTaken as taken:
            form.taken(taken.field)
    return render(request, "schools/student_add.html", {"form": form, "programmes": _programmes(request).exists()})


@require_safe
@school_page(*STAFF)
def student(request: ActorRequest, school: School, public_id: str) -> HttpResponse:
    """One student: what the school knows, parents, account, and what higher floors add."""
    found = _student(request, public_id)
    context = {
        "student": found,
        "guardians": found.guardians.select_related("user").order_by("name", "pk"),
        "invitation": Invitation.objects.waiting().filter(kind="student", organisation_id=found.pk).order_by("-sent_at").first(),
        "minor": found.is_minor(),
        "ready": hooks.readiness_of([found.pk]).get(found.pk),
        "panels": hooks.panels_for(request, found),
        "brings": request.actor.is_(*BRINGERS),
        "guardian_form": GuardianForm(auto_id="guardian_%s"),
    }
    return render(request, "schools/student.html", context)


@school_page(*BRINGERS)
def change(request: ActorRequest, school: School, public_id: str) -> HttpResponse:
    """Change what the school knows of a student."""
    found = _student(request, public_id)
    form = StudentForm(request.POST or None, instance=found, school=school, programmes=_programmes(request))
    if request.method == "POST" and form.is_valid():
        try:
            enrolment.change_student(student=found, fields=form.student_fields())
            messages.success(request, _("The changes have been saved."))
            return redirect("schools:student", public_id)
        except enrolment.NumberTaken as taken:
            form.taken(taken.field)
    return render(request, "schools/student_change.html", {"student": found, "form": form})


@require_POST
@school_page(*BRINGERS)
def left(request: ActorRequest, school: School, public_id: str) -> HttpResponse:
    """Say that a student has left, or take that back."""
    undo = bool(request.POST.get("undo"))
    found = enrolment.mark_left(student=_student(request, public_id), undo=undo)
    told = _("%(student)s is back on the list.") if undo else _("%(student)s is off the list. You can undo this on this page.")
    messages.success(request, told % {"student": found.full_name})
    return redirect("schools:student", public_id)


@require_POST
@school_page(*BRINGERS)
def invite(request: ActorRequest, school: School) -> HttpResponse:
    """Invite the ticked students, or all without an account, to make their account."""
    students = Student.objects.active().visible_to(request.actor).without_account().select_related("school")
    if not request.POST.get("all"):
        students = students.filter(pk__in=chosen_students(request).values("pk"))
    language = get_language() or "nl"
    if students.count() > AT_ONCE:
        enrolment.invite_later(students=students, by=request.user, language=language)
        messages.success(request, _("The invitations are being sent; with hundreds that takes some minutes. The list shows who has been invited."))
        return redirect("schools:students")
    count = enrolment.invite_students(students=students, by=request.user, language=language)
    if count:
        told = ngettext("%(n)s student has been invited by mail.", "%(n)s students have been invited by mail.", count)
        messages.success(request, told % {"n": count})
    else:
        messages.info(request, _("Nobody was invited: tick students who have no account yet."))
    return redirect("schools:students")


@require_POST
@school_page(*BRINGERS)
def guardian_add(request: ActorRequest, school: School, public_id: str) -> HttpResponse:
    """Add a parent and mail the invitation."""
    found = _student(request, public_id)
    form = GuardianForm(request.POST, auto_id="guardian_%s")
    if not form.is_valid():
        return render(request, "schools/guardian.html", {"student": found, "form": form})
    guardian = enrolment.add_guardian(student=found, **form.cleaned_data)
    enrolment.invite_guardian(guardian=guardian, by=request.user, language=get_language() or "nl")
    messages.success(request, _("%(name)s has been added and is invited by mail.") % {"name": guardian.name})
    return redirect("schools:student", public_id)


@require_POST
@school_page(*BRINGERS)
def guardian(request: ActorRequest, school: School, public_id: str, pk: int) -> HttpResponse:
    """Invite a parent again, or take them off the record."""
    found = _student(request, public_id)
    parent = get_object_or_404(found.guardians.all(), pk=pk)
    if request.POST.get("action") == "remove":
        enrolment.remove_guardian(guardian=parent)
        messages.success(request, _("%(name)s has been removed.") % {"name": parent.name})
    elif enrolment.invite_guardian(guardian=parent, by=request.user, language=get_language() or "nl"):
        messages.success(request, _("%(name)s has been invited by mail.") % {"name": parent.name})
    return redirect("schools:student", public_id)


def _programmes(request: ActorRequest) -> Any:
    return Programme.objects.filter(pk__in=Programme.objects.visible_to(request.actor))


def _student(request: ActorRequest, public_id: str) -> Student:
    visible = Student.objects.filter(pk__in=Student.objects.visible_to(request.actor))
    return get_object_or_404(visible.select_related("programme__qualification", "school", "user"), public_id=public_id)
