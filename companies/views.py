"""Pages of companies about themselves, and of advisors about recognitions."""

import rules
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet, Window
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import COMPANY_HATS, HatKind
from accounts.homes import figures_for, tasks_for
from accounts.limits import registers_too_often
from accounts.selectors import waiting_invitations
from accounts.views.invitations import send_again_or_withdraw
from companies import services
from companies.filters import RecognitionFilter
from companies.forms import ColleagueForm, CompanyDetailsForm, DecisionForm, RegisterCompanyForm, RequestRecognitionForm
from companies.models import Company, CompanyMembership, CompanyRole, Recognition, RecognitionState
from reference.models import Qualification
from reference.selectors import search_qualifications

CONTACT = hats(HatKind.COMPANY_CONTACT)
ADVISOR = hats(HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS)
FOUND_AT_MOST = 20
PAGE = 25


def own_company(request: ActorRequest) -> Company:
    """The company of whoever is signed in; 404 for others."""
    return get_object_or_404(Company.objects.visible_to(request.actor), pk=request.actor.company_id)


@login_not_required
def register(request: ActorRequest) -> HttpResponse:
    """Register a company; its contact sets a password by mail."""
    form = RegisterCompanyForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and not registers_too_often(request, form):
        data = form.cleaned_data
        services.register_company(
            company=form.save(commit=False), name=data["contact_name"], email=data["contact_email"].lower(), language=get_language() or "nl"
        )
        return redirect("companies:registered")
    return render(request, "companies/register.html", {"form": form})


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
    context = {
        "company": company,
        "recognitions": company.recognitions.select_related("qualification").order_by("state", "qualification__name", "pk"),
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
def request_recognition(request: ActorRequest) -> HttpResponse:
    """Find qualifications in the company's own words and ask for recognition."""
    words = request.GET.get("q", "").strip()[:100]
    found = list(search_qualifications(words, among=Qualification.objects.current().mbo())[:FOUND_AT_MOST]) if words else []
    form = RequestRecognitionForm(request.POST or None, found=found)
    if request.method == "POST" and form.is_valid():
        services.request_recognition(company=own_company(request), qualifications=list(form.cleaned_data["qualifications"]))
        messages.success(request, _("Your request has been sent. An advisor of SBB decides within two weeks."))
        return redirect("companies:detail")
    return render(request, "companies/request_recognition.html", {"form": form, "words": words, "found": found})


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


def _recognitions(request: ActorRequest) -> QuerySet[Recognition]:
    return Recognition.objects.visible_to(request.actor).select_related("company", "qualification")


@require_safe
@ADVISOR
def recognitions(request: ActorRequest) -> HttpResponse:
    """Requests and recognitions in the own regions; those that must be decided first come first."""
    data = request.GET if "state" in request.GET else {**request.GET.dict(), "state": RecognitionState.REQUESTED}
    chosen = RecognitionFilter(data, queryset=_recognitions(request))
    page = Paginator(chosen.qs, PAGE).get_page(request.GET.get("page"))
    return render(request, "companies/recognitions.html", {"filter": chosen, "page": page, "today": timezone.localdate()})


@ADVISOR
def recognition(request: ActorRequest, public_id: str) -> HttpResponse:
    """One request: the company, what it asks, and the decision."""
    found = get_object_or_404(_recognitions(request), public_id=public_id)
    decides = request.method == "POST" and rules.test_rule("companies.recognise", request.actor)
    form = DecisionForm(request.POST if decides else None)
    if decides and form.is_valid():
        try:
            services.decide_recognition(
                recognition=found,
                state=RecognitionState(form.cleaned_data["state"]),
                reason=form.cleaned_data["reason"],
                actor=request.actor,
            )
        except services.AlreadyDecided as error:
            messages.error(request, str(error))
            return redirect("companies:recognition", public_id=found.public_id)
        messages.success(request, _("Your decision has been saved. The company hears it by e-mail."))
        return redirect("companies:recognitions")
    others = found.company.recognitions.exclude(pk=found.pk).select_related("qualification").order_by("qualification__name", "pk")
    people = found.company.memberships.filter(ended_at=None).select_related("user").order_by("role", "pk")
    context = {"recognition": found, "form": form, "others": others, "people": people, "today": timezone.localdate()}
    return render(request, "companies/recognition.html", context)


def advisor_home(request: ActorRequest) -> HttpResponse:
    """What an advisor does today: the requests whose two weeks end first."""
    due = list(_recognitions(request).filter(state=RecognitionState.REQUESTED).annotate(waiting=Window(Count("pk")))[:3])
    decides = rules.test_rule("companies.recognise", request.actor)
    waiting = due[0].waiting if due else 0
    context = {"due": due, "waiting": waiting, "today": timezone.localdate(), "decides": decides, "tasks": tasks_for(request.actor)}
    context["figures"] = figures_for(request.actor)
    return render(request, "companies/advisor_home.html", context)
