"""What places bring a company: looks, applications, matches and the time it takes to answer, in counts without anybody's name."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Aggregate, Count, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.hats import COMPANY_HATS
from companies.models import Company
from placements.applications.workflow import A
from placements.models import Application, Place, PlaceLooks, Placement
from placements.selectors import FEWEST

YEAR = timedelta(days=365)
# A median over all companies of a kind is counted once a day.
REMEMBERED = 24 * 3600
_HOURS = """
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM t.at - a.sent_at) / 3600), count(DISTINCT p.company_id)
      FROM placements_applicationtransition t
      JOIN placements_application a ON a.id = t.application_id
      JOIN placements_place p ON p.id = a.place_id
      JOIN companies_company c ON c.id = p.company_id
     WHERE t.to_state = ANY(%s) AND split_part(t.hat, ':', 1) = ANY(%s) AND t.at >= %s
"""


@dataclass(frozen=True)
class Row:
    """One place with what it brought in a year."""

    place: Place
    looks: int
    applications: int
    matches: int


@dataclass(frozen=True)
class Earned:
    """A company's year: a row for each place, the sums, students reached, and median hours until an answer (None if there was none).

    students: different ones who applied or were matched. peers_hours: of companies of the same kind; None if too few answered.
    """

    rows: list[Row]
    looks: int
    applications: int
    matches: int
    students: int
    hours: float | None
    peers_hours: float | None
    kind: str

    @property
    def own_time(self) -> str:
        """The median of the own answers in words."""
        return lasting(self.hours or 0)

    @property
    def peers_time(self) -> str:
        """The median of companies of the same kind in words."""
        return lasting(self.peers_hours or 0)


def lasting(hours: float) -> str:
    """Hours as one says them: `5 hours`, from two days on `3 days`."""
    if hours >= 48:
        return ngettext("%(n)s day", "%(n)s days", round(hours / 24)) % {"n": round(hours / 24)}
    whole = max(1, round(hours))
    return ngettext("%(n)s hour", "%(n)s hours", whole) % {"n": whole}


def of(company: Company) -> Earned:
    """What the places of a company brought in the last year. Seven queries at most."""
    since = timezone.now() - YEAR
    places = list(Place.objects.filter(company=company).select_related("period").order_by("-period__starts_on", "title", "pk"))
    looks = _by_place(PlaceLooks.objects.filter(place__company=company, day__gte=since), Sum("count"))
    applications = _by_place(Application.objects.filter(place__company=company, sent_at__gte=since), Count("pk"))
    matched = Placement.objects.filter(place__company=company, confirmed_at__gte=since)
    matches = _by_place(matched, Count("pk"))
    rows = [Row(place, looks.get(place.pk, 0), applications.get(place.pk, 0), matches.get(place.pk, 0)) for place in places]
    return Earned(
        rows=rows,
        looks=sum(looks.values()),
        applications=sum(applications.values()),
        matches=sum(matches.values()),
        students=_students(company, since),
        hours=_hours("AND p.company_id = %s", company.pk, since)[0],
        peers_hours=_peers(company, since),
        kind=company.get_kind_display(),
    )


def _by_place(rows: QuerySet[Any], how: Aggregate) -> dict[int, int]:
    return dict(rows.values_list("place_id").annotate(how).order_by())


def _students(company: Company, since: datetime) -> int:
    applied = Application.objects.filter(place__company=company, sent_at__gte=since).values("request__student")
    matched = Placement.objects.filter(place__company=company, confirmed_at__gte=since).values("request__student")
    return applied.union(matched).count()


def _hours(which: str, value: int | str, since: datetime) -> tuple[float | None, int]:
    """Median hours between an application and the company's answer, and how many companies answered."""
    with connection.cursor() as cursor:
        cursor.execute(_HOURS + which, [[A.ACCEPTED, A.DECLINED], sorted(COMPANY_HATS), since, value])
        found: tuple[float | None, int] = cursor.fetchone()
    return found


def _peers(company: Company, since: datetime) -> float | None:
    """Of companies of the same kind together; nothing if there are so few that one could be told from it."""
    key = f"answer-hours-{company.kind}-{timezone.localdate().isoformat()}"
    known = cache.get(key)
    if known is None:
        known = _hours("AND c.kind = %s", company.kind, since)
        cache.set(key, known, REMEMBERED)
    hours, companies = known
    return hours if companies >= FEWEST else None
