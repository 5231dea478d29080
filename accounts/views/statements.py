"""What everybody may read about us: privacy and accessibility."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from stagematch.retention import RULES, Retention

# What stands in each category, in words; how long and why is said in one place (stagematch.retention).
CONTENTS = {
    Retention.ACCOUNT: _("Name, e-mail address, phone number and language of who signs in; roles; invitations; schools and their programmes."),
    Retention.STUDENT: _("Of a student: number, name, e-mail address, postcode, class, programme; of a minor the eighteenth birthday and a parent."),
    Retention.PLACEMENT: _("Learning goals, travel, days, wishes and adjustments from a closed list; the placement and what was decided about it."),
    Retention.MATCHING: _("Rounds: which criteria held, which proposals were made and why."),
    Retention.COMPANY: _("Of a company: name, address, numbers in the Trade Register, recognitions and places."),
    Retention.FIGURES: _("Per night and region: how many students look for a place, how many places there are, what was advised."),
    Retention.AUDIT: _("Who changed something that decides about a person, when and on which page."),
    Retention.LEAD: _("Of a company that a scout wants to bring in: name, numbers, postcode, whom to ask for, and how far it has come."),
    Retention.OPERATION: _("Mails on their way (the text goes as soon as the mail has gone), long jobs, uploaded lists."),
}


def how_long(keep: timedelta | None) -> str:
    """A period in words: years where it is years, else days."""
    if keep is None:
        return str(_("as long as it is current"))
    years, rest = divmod(keep.days, 365)
    if rest:
        return ngettext("%(n)s day", "%(n)s days", keep.days) % {"n": keep.days}
    return ngettext("%(n)s year", "%(n)s years", years) % {"n": years}


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Which data, why, how long, who sees them, and what one can ask."""
    kept = [(contents, how_long(RULES[kind].keep), RULES[kind]) for kind, contents in CONTENTS.items()]
    return render(request, "accounts/privacy.html", {"kept": kept, "contact": settings.CONTACT_EMAIL})


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How far we are with WCAG 2.2, how that was found out, and where to report a barrier."""
    return render(request, "accounts/accessibility.html", {"contact": settings.CONTACT_EMAIL})
