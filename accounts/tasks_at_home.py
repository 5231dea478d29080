"""What administrators and scouts have to do now, as far as this floor knows."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import selectors
from accounts.actor import Actor
from accounts.homes import Task


def for_administrator(actor: Actor) -> list[Task]:
    """Failed jobs, then mails that did not arrive or may not have."""
    tasks = []
    url = reverse("accounts:operations")
    failed, mails = selectors.failed_jobs().count(), selectors.mails_to_look_at().count()
    if failed:
        title = ngettext("%(n)s job failed since yesterday", "%(n)s jobs failed since yesterday", failed) % {"n": failed}
        tasks.append(Task(title, _("See what went wrong and start it again."), url, _("Look at the jobs"), urgency=10, count=failed))
    if mails:
        title = ngettext("%(n)s mail has not arrived", "%(n)s mails have not arrived", mails) % {"n": mails}
        tasks.append(Task(title, _("Refused, in doubt, or waiting too long."), url + "#mail", _("Look at the mail"), urgency=20, count=mails))
    text = _("Invite advisors, scouts and administrators, or end a post.")
    return [*tasks, Task(_("People of SBB"), text, reverse("accounts:posts"), _("See the posts"), urgency=80)]


def for_scout(actor: Actor) -> list[Task]:
    """Until there are call rounds, a scout finds out where qualifications and how matching works."""
    return [
        Task(
            _("Know the qualifications in your region"),
            _("Search a qualification to see its level and its pathways before you call a company."),
            reverse("qualification_search"),
            _("Search qualifications"),
        )
    ]
