"""Pages of the administrator: jobs and mail, posts at SBB, the audit trail."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from pghistory.models import Context

from accounts import operations, selectors
from accounts.access import hats
from accounts.actor import ActorRequest
from accounts.forms import PostForm
from accounts.hats import POST_HATS, HatKind
from accounts.models import Invitation, Post
from accounts.services import end_post, invite
from accounts.views.invitations import send_again_or_withdraw
from stagematch import jobs
from stagematch.models import Job, JobState

PAGE = 50


@require_safe
@hats(HatKind.ADMINISTRATOR)
def overview(request: ActorRequest) -> HttpResponse:
    """What failed last night: jobs and mails."""
    state = request.GET.get("state", "")
    page = Paginator(selectors.jobs(state if state in JobState.values else ""), PAGE).get_page(request.GET.get("page"))
    rows = [(job, jobs.name_of(job.kind)) for job in page]
    mails = list(selectors.mails_to_look_at()[: PAGE + 1])
    context = {"page": page, "rows": rows, "state": state, "states": JobState.choices, "counts": selectors.mail_counts(), "mails": mails[:PAGE]}
    return render(request, "accounts/operations.html", {**context, "more_mails": len(mails) > PAGE})


@require_POST
@hats(HatKind.ADMINISTRATOR)
def retry_job(request: ActorRequest, pk: int) -> HttpResponse:
    """Start a failed job again."""
    try:
        operations.retry_job(job=get_object_or_404(Job, pk=pk), by=request.user)
        messages.success(request, _("The job has been started again."))
    except operations.NothingToRetry:
        messages.info(request, _("This job did not fail, so there is nothing to start again."))
    return redirect("accounts:operations")


@hats(HatKind.ADMINISTRATOR)
def posts(request: ActorRequest) -> HttpResponse:
    """Who has a post at SBB or on the platform, and inviting somebody to one."""
    form = PostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        invite(**form.invitation(), by=request.user, organisation_id=None, organisation_name="SBB")
        messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": form.cleaned_data["email"]})
        return redirect("accounts:posts")
    waiting = selectors.waiting_invitations(list(POST_HATS), None)
    context = {"form": form, "posts": selectors.people_with_posts(), "waiting": waiting, "ended": selectors.recently_ended_posts()}
    return render(request, "accounts/posts.html", context)


@require_POST
@hats(HatKind.ADMINISTRATOR)
def post_end(request: ActorRequest, pk: int) -> HttpResponse:
    """End a post; the same form with `undo` gives it back."""
    post = get_object_or_404(Post.objects.exclude(user=request.user), pk=pk)
    end_post(post=post, undo=bool(request.POST.get("undo")))
    messages.success(request, _("The post has been given back.") if request.POST.get("undo") else _("The post has ended."))
    return redirect("accounts:posts")


@require_POST
@hats(HatKind.ADMINISTRATOR)
def post_invitation(request: ActorRequest, pk: int) -> HttpResponse:
    """Send an invitation to a post again, or withdraw it."""
    found = get_object_or_404(Invitation.objects.waiting().filter(kind__in=POST_HATS), pk=pk)
    send_again_or_withdraw(request, found)
    return redirect("accounts:posts")


@require_safe
@hats(HatKind.ADMINISTRATOR)
def audit(request: ActorRequest) -> HttpResponse:
    """Who did something, when, under which hat and on which page; never the data itself."""
    page = Paginator(Context.objects.order_by("-created_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/audit.html", {"page": selectors.named(page)})
