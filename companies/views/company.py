"""Pages of companies about themselves: registering, details, people, and asking for recognition."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import COMPANY_HATS, HatKind
from accounts.limits import registers_too_often
from accounts.selectors import waiting_invitations
from accounts.views.invitations import send_again_or_withdraw
from companies import selectors
from companies.errors import RecognitionError
from companies.forms.company import ColleagueForm, CompanyDetailsForm, RequestRecognitionForm
from companies.forms.register import RegisterCompanyForm
from companies.hooks import prefilled
from companies.models import Company, CompanyMembership, CompanyRole, Recognition
from companies.services import company as services
from companies.services import reach, transitions
from companies.workflow import R
from reference.models import Qualification
from reference.selectors import search_qualifications

CONTACT = hats(HatKind.COMPANY_CONTACT)
FOUND_AT_MOST = 20


def own_company(request: ActorRequest) -> Company:
    """The company of whoever is signed in; 404 for others."""
    return get_object_or_404(Company.objects.visible_to(request.actor).select_related("reach"), pk=request.actor.company_id)


@login_not_required
def register(request: ActorRequest) -> HttpResponse:
    """Register a company in one go; its contact sets a password by mail, and with that the request for recognition is sent."""
    lead, own = request.GET.get("lead", "")[:500], Company.objects.filter(pk=request.actor.company_id or 0).select_related("group").first()
    if "look" in request.POST:  # what can be looked up so far; nothing is saved, nothing is lost
        form = RegisterCompanyForm.looking(request.POST)
    else:
        form = RegisterCompanyForm(request.POST if request.method == "POST" else None, initial=_known_already(request, own) | prefilled(lead))
        if request.method == "POST" and form.is_valid() and not registers_too_often(request, form):
            return _register(request, form, own, lead)
    return render(request, "companies/register.html", {"form": form, "own": own})


def _known_already(request: ActorRequest, own: Company | None) -> dict[str, str]:
    """What somebody of a company need not type for another branch or department of it."""
    if own is None:
        return {}
    group = own.group.name if own.group else own.name
    return {"kvk": own.kvk, "group_name": group, "contact_name": request.user.name, "contact_email": request.user.email}


def _register(request: ActorRequest, form: RegisterCompanyForm, own: Company | None, lead: str) -> HttpResponse:
    data = form.cleaned_data
    # A contact speaks for what has the same KvK number; everybody else is asked by mail.
    by = request.user if own and own.kvk == data["kvk"] and request.actor.is_(HatKind.COMPANY_CONTACT) else None
    company, new = services.register_company(
        company=form.save(commit=False),
        name=data["contact_name"],
        email=data["contact_email"].lower(),
        language=get_language() or "nl",
        group=data["group_name"],
        trains=data["trains"],
        trainers=data["trainers"],
        qualifications=data["qualifications"],
        lead=lead,
        by=by,
    )
    if not (by and new):
        return redirect("companies:registered")
    messages.success(request, _("%(name)s has been registered. Choose it at the top of the page to go on there.") % {"name": company.name})
    return redirect("companies:detail")


@login_not_required
@require_safe
def registered(request: ActorRequest) -> HttpResponse:
    """What happens next; the same words whether or not the company existed."""
    return render(request, "companies/registered.html")


@require_safe
@CONTACT
def detail(request: ActorRequest) -> HttpResponse:
    """The own company: details, recognitions, people."""
    company = own_company(request)
    own = selectors.own_recognitions(company)
    context = {
        "company": company,
        "no_calls": getattr(getattr(company, "reach", None), "no_calls_at", None),
        "recognitions": own,
        "shared": company.shared_recognitions.valid().select_related("company", "qualification").order_by("pk"),
        "drafts": any(recognition.state == R.DRAFT for recognition in own),
        "people": company.memberships.filter(ended_at=None).select_related("user").order_by("role", "user__name", "pk"),
        "invited": waiting_invitations(sorted(COMPANY_HATS), company.pk),
    }
    return render(request, "companies/detail.html", context)


@CONTACT
def edit(request: ActorRequest) -> HttpResponse:
    """Change the details of the own company."""
    form = CompanyDetailsForm(request.POST or None, instance=own_company(request))
    if request.method == "POST" and form.is_valid():
        services.update_company(company=form.save(commit=False))
        messages.success(request, _("Your details have been saved."))
        return redirect("companies:detail")
    return render(request, "companies/edit.html", {"form": form})


@CONTACT
@require_POST
def set_calls(request: ActorRequest) -> HttpResponse:
    """Calls that ask for places: no more, or again."""
    if request.POST.get("calls") == "on":
        reach.allow_calls(company=own_company(request))
        messages.success(request, _("SBB may call you again to ask for places."))
    else:
        reach.stop_calls(company=own_company(request), by=request.user)
        messages.success(request, _("SBB no longer calls you to ask for places."))
    return redirect("companies:detail")


@CONTACT
def request_recognition(request: ActorRequest) -> HttpResponse:
    """Find qualifications in the company's own words and ask for recognition."""
    words = request.GET.get("q", "").strip()[:100]
    found = list(search_qualifications(words, among=Qualification.objects.current().mbo())[:FOUND_AT_MOST]) if words else []
    form = RequestRecognitionForm(request.POST or None, found=found)
    if request.method == "POST" and form.is_valid():
        asked = {"company": own_company(request), "qualifications": form.cleaned_data["qualifications"], "actor": request.actor}
        transitions.request_recognition(**asked)
        messages.success(request, _("Your request has been sent. An advisor of SBB decides within two weeks."))
        return redirect("companies:detail")
    return render(request, "companies/request_recognition.html", {"form": form, "words": words, "found": found})


@CONTACT
@require_POST
def submit(request: ActorRequest) -> HttpResponse:
    """Send what was chosen at registration; from now the two weeks run."""
    transitions.submit_drafts(company=own_company(request), actor=request.actor)
    messages.success(request, _("Your request has been sent. An advisor of SBB decides within two weeks."))
    return redirect("companies:detail")


@CONTACT
@require_POST
def take_back(request: ActorRequest, public_id: str) -> HttpResponse:
    """Take a request back that nobody has looked at; it stays, to be sent later."""
    found = get_object_or_404(Recognition.objects.visible_to(request.actor), public_id=public_id)
    try:
        transitions.move(recognition=found, to=R.DRAFT, actor=request.actor)
        messages.success(request, _("You have taken the request back. You can send it again whenever you like."))
    except RecognitionError as error:
        messages.error(request, str(error))
    return redirect("companies:detail")


@CONTACT
def invite_colleague(request: ActorRequest) -> HttpResponse:
    """Invite a colleague as contact or trainer."""
    form = ColleagueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        services.invite_colleague(
            company=own_company(request),
            name=data["name"],
            email=data["email"].lower(),
            role=CompanyRole(data["role"]),
            by=request.user,
            language=get_language() or "nl",
        )
        messages.success(request, _("%(name)s has been invited by e-mail.") % {"name": data["name"]})
        return redirect("companies:detail")
    return render(request, "companies/invite_colleague.html", {"form": form})


@CONTACT
@require_POST
def invitation(request: ActorRequest, pk: int) -> HttpResponse:
    """Send a colleague's invitation again, or withdraw it."""
    found = get_object_or_404(waiting_invitations(sorted(COMPANY_HATS), own_company(request).pk), pk=pk)
    send_again_or_withdraw(request, found)
    return redirect("companies:detail")


@CONTACT
@require_POST
def end_membership(request: ActorRequest, pk: int) -> HttpResponse:
    """End a colleague's role; it can be undone from the message."""
    membership = get_object_or_404(CompanyMembership.objects.filter(company=own_company(request), ended_at=None).select_related("user"), pk=pk)
    try:
        services.end_membership(membership=membership)
    except ValueError as error:
        messages.error(request, str(error))
        return redirect("companies:detail")
    return render(request, "companies/membership_ended.html", {"membership": membership})


@CONTACT
@require_POST
def restore_membership(request: ActorRequest, pk: int) -> HttpResponse:
    """Undo the end of a colleague's role."""
    membership = get_object_or_404(CompanyMembership.objects.filter(company=own_company(request)).select_related("user"), pk=pk)
    services.restore_membership(membership=membership)
    messages.success(request, _("%(name)s can act for the company again.") % {"name": membership.user})
    return redirect("companies:detail")
