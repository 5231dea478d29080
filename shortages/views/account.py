"""On the page of one's own account: whether one gets mail about what changed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import hats
from accounts.actor import ActorRequest
from shortages.models import DigestRefusal
from shortages.services import digests


def panel(request: ActorRequest) -> str:
    """Whether these mails come, and a button for the other; nothing under a hat that gets none."""
    if not request.actor.is_(*digests.WHO):
        return ""
    refused = DigestRefusal.objects.filter(user=request.user).exists()
    return render_to_string("shortages/advice/_account.html", {"refused": refused}, request)


@require_POST
@hats(*digests.WHO)
def choose(request: ActorRequest) -> HttpResponse:
    """Stop these mails, or want them again."""
    if "weer" in request.POST:
        digests.want_again(user=request.user.pk)
        messages.success(request, _("You get these mails again."))
    else:
        digests.refuse(user=request.user.pk)
        messages.success(request, _("You get no more mail about what changed"))
    return redirect("account_settings")
