"""Fills an empty database with the demo: Rijk van Nijmegen and its neighbours."""

import time
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from companies.models import Company
from matching.demo import applications, companies, doubles, people, rounds, schools, upkeep, visits
from matching.demo.draw import Draw
from matching.demo.plan import SEED
from placements.models import Period, Place, Placement
from schools.models import Student
from stagematch.models import OutboxMail


def periods(today: date) -> Period:
    """The half years around today; returns the next one to begin, in which the demo plays."""
    made = []
    for year in (today.year, today.year + 1):
        made.append(Period(name=f"Voorjaar {year}", starts_on=date(year, 2, 1), ends_on=date(year, 7, 9)))
        made.append(Period(name=f"Najaar {year}", starts_on=date(year, 8, 30), ends_on=date(year + 1, 1, 29)))
    Period.objects.bulk_create(made, ignore_conflicts=True)
    return Period.objects.filter(starts_on__gt=today).order_by("starts_on")[0]


class Command(BaseCommand):
    """`manage.py seed_demo`: once, in an empty database, never in production."""

    help = "Make the demo: invented people and companies on real postcodes, schools and qualifications."
    stealth_options = ("before_rounds",)  # called before the engine is needed

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed everything, or refuse."""
        if not settings.DEMO_LOGINS:
            raise CommandError("The demo does not exist under these settings.")
        if User.objects.exists():
            raise CommandError("There are people in this database already: the demo needs an empty one.")
        started, draw = time.monotonic(), Draw(SEED)
        people.make_posts(draw)
        seeded = schools.make_schools(draw, periods(timezone.localdate()))
        companies.make_companies(draw)
        companies.make_places(draw, seeded)
        options.get("before_rounds", lambda: None)()
        rounds.play_rounds(draw, seeded)
        applications.make_applications(draw)
        upkeep.make_upkeep(draw)
        visits.make_visits(draw)
        doubles.make_doubles()
        people.name_people(draw)
        # The invented mail of a round long past would only fill the outbox; what visitors do themselves is sent.
        OutboxMail.objects.all().delete()
        counts = ", ".join(f"{model.objects.count()} {model._meta.verbose_name_plural}" for model in (Student, Company, Place, Placement))
        self.stdout.write(f"Demo ready: {counts} in {time.monotonic() - started:.1f} s.")
