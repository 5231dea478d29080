"""The people of a school: inviting, programmes, ending a role and giving it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import ActorRequest
from accounts.hats import HatKind
from accounts.views.invitations import send_again_or_withdraw
from schools import selectors
from schools.forms import ProgrammesForm, StaffForm
from schools.models import School, SchoolMembership, SchoolRole
from schools.services import AlreadyThere, LastAdministrator, end_membership, invite_staff, restore_membership, set_programmes
from schools.views.guards import school_page


@require_safe
@school_page(HatKind.SCHOOL_ADMIN, unverified=True)
def staff(request: ActorRequest, school: School) -> HttpResponse:
    """Colleagues with their roles, who was invited, and whose role ended lately."""
    context = {
        "school": school,
        "staff": selectors.staff_of(school),
        "waiting": selectors.staff_invitations(school),
        "ended": selectors.recently_ended(school),
    }
    return render(request, "schools/staff.html", context)


@school_page(HatKind.SCHOOL_ADMIN)
def invite(request: ActorRequest, school: School) -> HttpResponse:
    """Invite a colleague to a role."""
    form = StaffForm(request.POST or None, school=school)
    if request.method == "POST" and form.is_valid():
        try:
            invite_staff(school=school, by=request.user, language=get_language() or "nl", **form.cleaned_data)
            messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": form.cleaned_data["email"]})
            return redirect("schools:staff")
        except AlreadyThere:
            form.add_error("role", _("This colleague has this role already. Change the programmes on the page of the staff."))
    return render(request, "schools/staff_invite.html", {"form": form})


@require_POST
@school_page(HatKind.SCHOOL_ADMIN)
def invitation(request: ActorRequest, school: School, pk: int) -> HttpResponse:
    """Send an invitation of a colleague again, or withdraw it."""
    found = get_object_or_404(selectors.staff_invitations(school), pk=pk)
    send_again_or_withdraw(request, found)
    return redirect("schools:staff")


@school_page(HatKind.SCHOOL_ADMIN, unverified=True)
def programmes(request: ActorRequest, school: School, pk: int) -> HttpResponse:
    """Say which programmes are a colleague's own."""
    member = get_object_or_404(selectors.staff_of(school).exclude(role=SchoolRole.ADMIN), pk=pk)
    initial = {"programmes": [programme.pk for programme in member.programmes.all()]}
    form = ProgrammesForm(request.POST if request.method == "POST" else None, school=school, initial=initial)
    if request.method == "POST" and form.is_valid():
        set_programmes(membership=member, programmes=form.cleaned_data["programmes"])
        messages.success(request, _("The programmes of %(name)s have been changed.") % {"name": member.user.name})
        return redirect("schools:staff")
    return render(request, "schools/staff_programmes.html", {"member": member, "form": form})


@require_POST
@school_page(HatKind.SCHOOL_ADMIN, unverified=True)
def end(request: ActorRequest, school: School, pk: int) -> HttpResponse:
    """End somebody's role; it can be given back for a week."""
    member = get_object_or_404(SchoolMembership.objects.filter(school=school), pk=pk)
    try:
        end_membership(membership=member)
        messages.success(request, _("The role has ended. You can give it back below."))
    except LastAdministrator:
        messages.error(request, _("This is the only administrator of your school. Give somebody else that role first."))
    return redirect("schools:staff")


@require_POST
@school_page(HatKind.SCHOOL_ADMIN, unverified=True)
def restore(request: ActorRequest, school: School, pk: int) -> HttpResponse:
    """Give a role back."""
    member = get_object_or_404(selectors.recently_ended(school), pk=pk)
    try:
        restore_membership(membership=member)
        messages.success(request, _("The role has been given back."))
    except AlreadyThere:
        messages.info(request, _("This colleague has that role already."))
    return redirect("schools:staff")
