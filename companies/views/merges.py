"""Pages on which two records of one company become one: suggestions, both side by side, the decision, and undoing it."""

from datetime import timedelta
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.hats import HatKind
from companies.forms.merge import AskMergeForm, OwnDoubleForm, PairForm
from companies.merging import doubles as reads
from companies.models import Company, CompanyMerge, MergeState
from companies.models.merge import UNDO_WITHIN
from companies.rules import decides_on_merge, recognises
from companies.services import merges as services
from companies.views.company import own_company
from companies.views.recognitions import act

ADVISOR = hats(HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS)
DECIDES = hats(HatKind.ADVISOR_PRACTICE)
CONTACT = hats(HatKind.COMPANY_CONTACT)
PAGE = 20


def one(request: ActorRequest, public_id: str) -> CompanyMerge:
    """A merge of records in the own regions; 404 for any other."""
    seen = CompanyMerge.objects.visible_to(request.actor).select_related("kept", "merged", "asked_by", "decided_by", "undone_by")
    return get_object_or_404(seen, public_id=public_id)


@require_safe
@ADVISOR
def doubles(request: ActorRequest) -> HttpResponse:
    """What waits for a decision, which records may be one company, and what can still be undone."""
    form = PairForm(request.GET if "first" in request.GET else None, seen=Company.objects.visible_to(request.actor))
    if form.is_bound and form.is_valid():
        return redirect("companies:compare", form.cleaned_data["first"].public_id, form.cleaned_data["second"].public_id)
    number = int(page) if (page := request.GET.get("page", "1")).isdecimal() and len(page) < 5 else 1
    found, count = reads.pairs(request.actor, start=(max(number, 1) - 1) * PAGE, most=PAGE)
    lately = CompanyMerge.objects.visible_to(request.actor).filter(decided_at__gte=timezone.now() - UNDO_WITHIN - timedelta(days=1))
    known = (CompanyMerge.objects.visible_to(request.actor).waiting() | lately.exclude(state=MergeState.DECLINED)).distinct()
    context = {
        "merges": known.select_related("kept", "merged", "asked_by", "decided_by").order_by(reads.waiting_first(), "-asked_at", "-pk")[:50],
        "pairs": found,
        "page": Paginator(range(count), PAGE).get_page(number),
        "form": form,
    }
    return render(request, "companies/doubles.html", context)


@ADVISOR
def compare(request: ActorRequest, public_id: UUID, other: UUID) -> HttpResponse:
    """Two records side by side, and the question whether they are one company."""
    seen = Company.objects.visible_to(request.actor)
    kept, merged = get_object_or_404(seen, public_id=public_id), get_object_or_404(seen, public_id=other)
    if kept == merged:
        raise Http404
    form = AskMergeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = _("Another advisor of the region has been asked to decide.")
        act(request, done, services.ask, kept=kept, merged=merged, reason=form.cleaned_data["reason"], actor=request.actor)
        return redirect("companies:doubles")
    return render(request, "companies/compare.html", {"form": form, "both": reads.compare(kept, merged)})


@require_safe
@ADVISOR
def merge(request: ActorRequest, public_id: str) -> HttpResponse:
    """One merge: both records side by side while it waits, what moved when it was done, what stayed when it was undone."""
    found = one(request, public_id)
    context = {
        "merge": found,
        "both": reads.compare(found.kept, found.merged) if found.state == MergeState.ASKED else None,
        "moved": reads.moved(found),
        "left": reads.left(found),
        "decides": decides_on_merge(request.actor, found),
        "may_undo": recognises(request.actor) and found.undo_until is not None and found.undo_until > timezone.now(),
    }
    return render(request, "companies/merge.html", context)


@DECIDES
@require_POST
def decide_merge(request: ActorRequest, public_id: str) -> HttpResponse:
    """Make one of two records, or say that they are two companies."""
    found = one(request, public_id)
    if request.POST.get("decision") == "merge":
        act(request, _("The two records are one now. This can be undone for 30 days."), services.approve, merge=found, actor=request.actor)
    elif request.POST.get("decision") == "two":
        act(request, _("They stay two companies, and are not suggested again."), services.decline, merge=found, actor=request.actor)
    return redirect("companies:merge", public_id)


@DECIDES
@require_POST
def undo_merge(request: ActorRequest, public_id: str) -> HttpResponse:
    """Part two records again."""
    act(request, _("The two records are apart again."), services.undo, merge=one(request, public_id), actor=request.actor)
    return redirect("companies:merge", public_id)


@CONTACT
def own_double(request: ActorRequest) -> HttpResponse:
    """A contact of two records asks SBB to make one of them."""
    company = own_company(request)
    form = OwnDoubleForm(request.POST or None, company=company, user=request.user)
    if request.method == "POST" and form.is_valid():
        done = _("Your advisor at SBB has been asked. You hear by e-mail when the records are one.")
        asked = {"kept": company, "merged": form.cleaned_data["other"], "reason": form.cleaned_data["reason"]}
        act(request, done, services.ask, actor=request.actor, **asked)
        return redirect("companies:detail")
    return render(request, "companies/own_double.html", {"form": form, "company": company})
