"""What homes say about reports: past their deadline, new, places proposed; and the link from a search that finds little."""

from urllib.parse import urlencode

from django.db.models import Count, Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actor import Actor
from accounts.homes import Task
from placements.search.query import Query
from shortages.board.home import to_see, without_place
from shortages.models import ShortageReport
from shortages.reports.workflow import OPEN_STATES, S

LATE, PROPOSED, NEW, REPORT = 8, 12, 22, 70


def for_desk(actor: Actor) -> list[Task]:
    """Reports past their deadline, then new ones. One query."""
    own, found, today = ShortageReport.objects.at_desk(actor).of_own_kind(actor), [], timezone.localdate()
    past, fresh = Q(state__in=OPEN_STATES, due_on__lt=today), Q(state=S.NEW, due_on__gte=today)
    counts = own.aggregate(late=Count("pk", filter=past), new=Count("pk", filter=fresh))
    address, late, new = reverse("shortages:desk"), counts["late"], counts["new"]
    if late:
        title = ngettext("%(n)s report past its deadline", "%(n)s reports past their deadline", late) % {"n": late}
        text = _("Somebody waits for a place. Say what was done, propose a place, or close the report.")
        found.append(Task(title, text, f"{address}?stand=late&work=mine", _("Look at the reports"), LATE, late))
    if new:
        title = ngettext("%(n)s new report of a shortage", "%(n)s new reports of a shortage", new) % {"n": new}
        text = _("Nobody has this in hand yet.") if new == 1 else _("Nobody has these in hand yet.")
        found.append(Task(title, text, f"{address}?stand=new&work=mine", _("Take in hand"), NEW, new))
    return found


def for_coordinator(actor: Actor) -> list[Task]:
    """Places proposed for the own reports, students without a place, and that a shortage can be reported at all. One query."""
    proposed = ShortageReport.objects.visible_to(actor).filter(state=S.PROPOSED).order_by().annotate(sort=Value("proposed"))
    without = without_place(actor).order_by().annotate(sort=Value("without"))
    counted = [rows.values("sort").annotate(n=Count("pk")).values_list("sort", "n") for rows in (proposed, without)]
    counts = dict(counted[0].union(counted[1], all=True))
    text = _("No place for some of your students? An advisor of SBB searches with you.")
    report = Task(_("Report a shortage"), text, reverse("shortages:report"), _("Report"), REPORT)
    return [*_proposed(counts.get("proposed", 0)), *to_see(counts.get("without", 0)), report]


def _proposed(n: int) -> list[Task]:
    if not n:
        return []
    title = ngettext("A place is proposed for your report", "%(n)s of your reports have a proposed place", n) % {"n": n}
    text = _("Look whether it fits, together with the student.")
    return [Task(title, text, reverse("shortages:my_reports"), _("Look"), PROPOSED, n)]


def from_search(query: Query) -> str:
    """The address at which a search that found little becomes a report, with its answers filled in."""
    answers = {"opleiding": query.crebo, "wat": query.text, "waar": query.where[:7] if query.where[:4].isdigit() else ""}
    if len(query.pathways) == 1:
        answers["leerweg"] = query.pathways[0]
    said = urlencode({name: value for name, value in answers.items() if value})
    return f"{reverse('shortages:report')}?{said}" if said else reverse("shortages:report")
