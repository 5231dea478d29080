"""What people of the demo do with shortages: they report, an advisor works on it, acts are taken on, a municipality reads along. INVENTED.

Everything goes through the services that pages use; only the days are moved back afterwards, so that some reports are late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import pgtrigger
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.actor import Actor
from accounts.hats import HatKind, hats_of
from accounts.models import Post, User
from placements.models import Period
from reference.models import Municipality, Qualification
from reference.selectors import postcode_area
from shortages.advice import selectors
from shortages.models import Cause, DigestSubscription, ReaderKind, ReporterKind, ReportStep, ShortageReport, TaskOutcome, Tried
from shortages.models.report import TARGET_GROUPS
from shortages.reports import companies
from shortages.reports.doing import Doer
from shortages.reports.reporters import known_of
from shortages.reports.workflow import A, C, S, Who
from shortages.services import digests, report_desk, reports, tasks
from shortages.services.reports import Need, Reporter, Story
from stagematch.models import OutboxMail

HOME = "6525"
NOTES = ("", "De plekken die wij bellen zijn al vergeven.", "Met de bus is bijna niets op tijd te bereiken.", "")
Step = Callable[[ShortageReport, Doer], ShortageReport]


class Course(NamedTuple):
    """What becomes of a report: the steps of an advisor, and how many days ago it came in."""

    days: int
    steps: tuple[Step, ...] = ()


def _take(report: ShortageReport, doer: Doer) -> ShortageReport:
    return report_desk.do(report=report, act=A.TAKE, doer=doer)


def _call(report: ShortageReport, doer: Doer) -> ShortageReport:
    near = companies.nearby(report, companies.Sight()).companies
    company = near[0].company if near else None
    return report_desk.log(report=report, doer=doer, code=C.CALLED_COMPANY, text="Belt volgende week terug.", company=company)


def _propose(report: ShortageReport, doer: Doer) -> ShortageReport:
    places = [offer.place for one in companies.nearby(report, companies.Sight()).companies for offer in one.places]
    return report_desk.propose(report=report, place=places[0], doer=doer, text="Hier is nog ruimte.") if places else report


def _solve(report: ShortageReport, doer: Doer) -> ShortageReport:
    return report_desk.do(report=report, act=A.SOLVE, doer=doer, text="Gelukt bij een bedrijf in de buurt.", told=True)


def _give_up(report: ShortageReport, doer: Doer) -> ShortageReport:
    return report_desk.do(report=report, act=A.GIVE_UP, doer=doer, code=C.ALL_FULL, text="Na de zomer kijken we opnieuw.", told=True)


COURSES = (
    Course(0), Course(6, (_take, _call)), Course(3, (_take, _propose)), Course(9), Course(12, (_take, _propose, _solve)),
    Course(20, (_take, _call)), Course(1), Course(16, (_take, _call, _give_up)),
)  # fmt: skip


@transaction.atomic
def report_some() -> None:
    """Reports by schools, a parent, a student and people without an account, at every stage."""
    posts = {post.kind: post for post in Post.objects.filter(ended_at=None).select_related("user")}
    causes, tried = Cause.values[:4], [one for one in Tried.values if one != Tried.NOTHING]
    for number, (need, who) in enumerate(_needs()):
        story = Story(tried[: 1 + number % len(tried)], causes[number % len(causes)], NOTES[number % len(NOTES)])
        report = reports.submit(need=need, reporter=who, story=story, once=uuid4())
        if report.state == S.UNCONFIRMED:
            report = reports.confirm(report=report)
        post = posts[HatKind.ADVISOR_TARGET_GROUPS if report.group in TARGET_GROUPS else HatKind.ADVISOR_PRACTICE]
        doer = Doer(Who.ADVISOR, f"{post.kind}:{post.pk}", post.user, post.pk)
        days, steps = COURSES[number % len(COURSES)]
        for step in steps if report.state == S.NEW else ():
            report = step(report, doer)
        _move_back(report, timedelta(days=days))
    OutboxMail.objects.filter(key__startswith="report-").delete()


def _needs() -> Iterator[tuple[Need, Reporter]]:
    """Who reports what: the programme of each team with most students without a place, then a child, oneself, and two without an account."""
    weeks = Period.objects.filter(starts_on__gt=timezone.localdate()).order_by("starts_on")[0]

    def need(qualification: Qualification, pathway: str, postcode: str, how_many: int = 1) -> Need:
        area = postcode_area(postcode) or postcode_area(HOME)
        assert area, "the demo has reference data"
        return Need(qualification, pathway, area, how_many, weeks.starts_on, weeks.ends_on)

    for known in map(known_of, demo_actors(HatKind.COORDINATOR)):
        programmes: Any = known.programmes
        programme = programmes.order_by("-seeking", "pk").first()
        if programme:
            asked = need(programme.qualification, programme.pathway, known.initial["postcode"], max(1, programme.seeking // 3))
            yield asked, known.reporter(kind=ReporterKind.SCHOOL, email="", school_name="", with_name=False)
    for kind in (HatKind.GUARDIAN, HatKind.STUDENT):
        known = [known_of(actor) for actor in demo_actors(kind)][-1]
        if known.student and known.kind:
            asked = need(known.student.programme.qualification, known.student.programme.pathway, known.student.postcode)
            yield asked, known.reporter(kind=known.kind, email="", school_name="", with_name=True)
    for course in Qualification.objects.filter(pk__in=(25180, 25655)).order_by("pk"):
        yield need(course, "BOL", HOME), Reporter(ReporterKind.PARENT, f"ouder{course.pk}@voorbeeld.example", "nl")


def demo_actors(kind: HatKind) -> Iterator[Actor]:
    """The people of the demo under this hat."""
    for user in User.objects.filter(is_demo=True).order_by("pk"):
        yield from (Actor(user, hat, (hat,)) for hat in hats_of(user) if hat.kind == kind)


def _move_back(report: ShortageReport, by: timedelta) -> None:
    """As if it had come in, and been worked on, so long ago."""
    changed = {name: F(name) - by for name in ("created_at", "opened_at", "due_on")}
    ShortageReport.objects.filter(pk=report.pk).update(**changed)
    ShortageReport.objects.filter(pk=report.pk, closed_at__isnull=False).update(closed_at=F("closed_at") - min(by, timedelta(days=1)))
    with pgtrigger.ignore("shortages.ReportStep:steps_are_never_changed"):
        ReportStep.objects.filter(report=report).update(at=F("at") - by)


def take_some() -> None:
    """Two acts each for the advisor and the scout; of one the company could not be reached."""
    for actor in (*demo_actors(HatKind.ADVISOR_PRACTICE), *demo_actors(HatKind.SCOUT)):
        for task in [tasks.take(advice=act, by=actor) for act in selectors.best_for(actor, 2)][1:]:
            tasks.end(task=task, outcome=TaskOutcome.UNREACHED, note="Twee keer gebeld, volgende week weer.", by=actor)


def read_along() -> None:
    """A municipality that reads the weekly mail, and a partner that has not confirmed yet."""
    administrator = Post.objects.filter(kind=HatKind.ADMINISTRATOR).select_related("user")[0].user
    town = Municipality.objects.get(postcode_areas__pc4=int(HOME))
    for name, kind, municipality in ((f"Gemeente {town.name}", ReaderKind.MUNICIPALITY, town), ("Regionaal Werkbedrijf", ReaderKind.PARTNER, None)):
        address = f"tekorten@{kind.value}.example"
        reader = DigestSubscription(email=address, name=name, kind=kind, municipality=municipality, region=town.region)
        digests.subscribe(subscription=reader, by=administrator)
        if municipality:
            digests.confirm(key=reader.pk)
    OutboxMail.objects.filter(key__startswith="weekly-confirm-").delete()
