"""Reports of a shortage: who may do what with them, joining, links, names, limits."""

from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest
from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.hats import HatKind
from reference.models import Pathway
from shortages.models import Cause, ReporterKind, ReportStep, ShortageReport
from shortages.reports import companies, links, selectors
from shortages.reports.doing import BY_LINK, SYSTEM, Doer, advisor
from shortages.reports.errors import CodeMissing, NotYours, PlaceGone, ReportError, ReportMoved
from shortages.reports.numbers import new_number, read_number
from shortages.reports.workflow import TRANSITIONS, A, C, S, Who, allowed
from shortages.services import report_desk, reports
from stagematch.models import OutboxMail
from tests.factories import (
    CompanyFactory,
    CoordinatorFactory,
    GuardianFactory,
    PlaceFactory,
    PostcodeAreaFactory,
    PostFactory,
    ProgrammeFactory,
    QualificationFactory,
    RecognitionFactory,
    RegionFactory,
    RequestFactory,
    ShortageReportFactory,
    StudentFactory,
    actor_for,
    login_as,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture(autouse=True)
def area():
    return PostcodeAreaFactory()


@pytest.fixture
def post():
    return PostFactory(kind=HatKind.ADVISOR_PRACTICE)


def need(qualification=None, how_many=1, first=30, last=150, area=None):
    qualification = qualification or QualificationFactory()
    area = area or PostcodeAreaFactory()
    return reports.Need(qualification, Pathway.BOL, area, how_many, TODAY() + timedelta(days=first), TODAY() + timedelta(days=last))


def who(kind=ReporterKind.PARENT, email="ouder@example.org", **more):
    return reports.Reporter(kind, email, "nl", **more)


STORY = reports.Story(("searched",), Cause.FULL, "")


def submit(**changes):
    return reports.submit(**{"need": need(), "reporter": who(), "story": STORY, "once": uuid4(), **changes})


def mails(template=""):
    return [mail for mail in OutboxMail.objects.order_by("pk") if template in mail.key]


# -- the table


def doer_in(role, post):
    actor = actor_for(post)
    return {Who.ADVISOR: Doer(Who.ADVISOR, actor.hat.key, actor.user, post.pk), Who.REPORTER: BY_LINK, Who.SYSTEM: SYSTEM}[role]


@pytest.mark.parametrize("state", list(S))
@pytest.mark.queries(most=10_000, repeats=10_000)
def test_the_gate_lets_through_what_the_table_says_and_nothing_else(state, post):
    report, other, place = ShortageReportFactory(at=state), ShortageReportFactory(), PlaceFactory()
    doers = {role: doer_in(role, post) for role in Who}
    extra = {A.JOIN: {"change": lambda one: setattr(one, "joined_to", other)}, A.PROPOSE: {"place": place, "company": place.company}}
    done = {}
    for role, act in product(Who, A):
        move = TRANSITIONS.get((state, act))
        code = move.codes[0] if move and move.codes else ""
        with transaction.atomic():
            try:
                moved = report_desk.do(report=report, act=act, doer=doers[role], code=code, text="Omdat het zo is.", **extra.get(act, {}))
                done[role, act] = moved.state
                assert report.steps.get().act == act
            except (ReportMoved, NotYours):
                assert not report.steps.exists()
            transaction.set_rollback(True)
    assert done == {(role, act): TRANSITIONS[state, act].to for role in Who for act in allowed(state, role)}


def test_an_act_asks_its_code_and_its_words(post):
    report, doer = ShortageReportFactory(), doer_in(Who.ADVISOR, post)
    for wrong in ({"code": ""}, {"code": "found"}, {"code": C.OTHER, "text": " "}):
        with pytest.raises(CodeMissing):
            report_desk.do(report=report, act=A.GIVE_UP, doer=doer, **wrong)
    with pytest.raises(CodeMissing):
        report_desk.hand_over(report=report, region=RegionFactory(code="AM99"), doer=doer, text="")
    assert report_desk.do(report=report, act=A.GIVE_UP, doer=doer, code=C.ALL_FULL).close_reason == C.ALL_FULL


def test_a_double_click_is_one_line_and_one_mail_and_the_log_is_never_changed(post):
    report, doer = ShortageReportFactory(), doer_in(Who.ADVISOR, post)
    for _ in range(2):
        report_desk.log(report=report, doer=doer, code=C.CALLED_COMPANY, text="Belt terug.")
    report_desk.log(report=report, doer=doer, code=C.CALLED_COMPANY, text="Nog eens gebeld.")
    assert (report.steps.count(), len(mails("report_news"))) == (2, 2)
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        ReportStep.objects.update(text="Anders.")


def test_the_database_refuses_what_cannot_be():
    report = ShortageReportFactory()
    wrong = [
        {"until": report.needed_from}, {"how_many": 2}, {"state": S.SOLVED}, {"state": S.JOINED}, {"cause": Cause.OTHER},
        {"student": StudentFactory()}, {"joined_to": report}, {"opened_at": None},
    ]  # fmt: skip
    for change in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            ShortageReport.objects.filter(pk=report.pk).update(**change)


def test_numbers_are_read_however_they_are_typed():
    number = new_number()
    assert read_number(number.lower().replace("-", " ")) == read_number(number) == number
    assert read_number("TK-0000-OOO") == read_number("'; DROP") == ""
    assert not set("01258BDILOQSUVWZ") & set(new_number().removeprefix("TK"))


# -- sending and confirming


def test_without_an_account_it_counts_when_the_mail_was_opened(post, client):
    report = submit()
    assert (report.state, len(mails("report_confirm"))) == (S.UNCONFIRMED, 1)
    assert not ShortageReport.objects.at_desk(actor_for(post)).exists()
    address = reverse("shortages:report_confirm", args=[links.confirm_token(report)])
    client.get(address)
    assert ShortageReport.objects.get().state == S.UNCONFIRMED
    for _ in range(2):
        assert client.post(address).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.steps.count(), len(mails("report_received"))) == (S.NEW, 1, 1)
    assert ShortageReport.objects.at_desk(actor_for(post)).get() == report
    follow = reverse("shortages:report_follow", args=[links.follow_token(report)])
    used = client.get(address).content.decode()
    assert "Je hebt deze melding bevestigd" in used
    assert reverse("shortages:report_follow", args=["x"])[:-2] in used
    page = client.get(follow).content.decode()
    assert report.number in page
    assert report.get_cause_display() in page, "whoever reported reads what they said"


def test_links_that_are_too_old_or_not_ours_are_dead(client, settings):
    report = submit()
    token = links.confirm_token(report)
    settings.REPORT_CONFIRM_DAYS = -1
    for name, dead in (("report_confirm", token), ("report_confirm", "x"), ("report_follow", token), ("report_follow", links.follow_token(report))):
        answer = client.get(reverse(f"shortages:{name}", args=[dead]))
        assert answer.status_code == 410, name
        assert "melden" in answer.content.decode()
    with pytest.raises(links.LinkDead):
        links.to_follow(signing.dumps("nonsense", salt="shortages.reports.follow"))


def test_what_nobody_confirmed_is_forgotten(settings):
    old, fresh = submit(), submit(reporter=who(email="b@example.org"))
    later = timezone.now() + timedelta(days=settings.REPORT_CONFIRM_DAYS, minutes=1)
    ShortageReport.objects.filter(pk=fresh.pk).update(created_at=later)
    assert (reports.forget_unconfirmed(now=later), reports.forget_unconfirmed(now=later)) == (1, 0)
    assert not ShortageReport.objects.filter(pk=old.pk).exists()


def test_the_same_form_sent_twice_is_one_report():
    once = uuid4()
    assert submit(once=once) == submit(once=once)
    assert (ShortageReport.objects.count(), len(mails())) == (1, 1)


# -- joining


def opened(**changes):
    return reports.confirm(report=submit(**changes))


def test_a_second_report_of_the_same_need_by_the_same_person_is_joined_and_adds_nobody():
    course = QualificationFactory()
    first = opened(need=need(course))
    again = opened(need=need(course, first=60))
    assert (again.state, again.joined_to, again.adds) == (S.JOINED, first, 0)
    assert ShortageReport.objects.with_total().get(pk=first.pk).total == 1
    assert len(mails("report_joined")) == 1


def test_reports_of_one_school_add_up_and_everybody_hears_of_every_step(post):
    programme = ProgrammeFactory()
    people = [CoordinatorFactory(school=programme.school, programmes=[programme]) for _ in range(2)]
    school = [who(ReporterKind.SCHOOL, one.user.email, user=one.user, school=programme.school, hat="coordinator:1") for one in people]
    first = submit(reporter=school[0], need=need(programme.qualification, how_many=3))
    second = submit(reporter=school[1], need=need(programme.qualification, how_many=2))
    assert (second.joined_to, ShortageReport.objects.with_total().get(pk=first.pk).total) == (first, 5)
    report_desk.do(report=first, act=A.TAKE, doer=doer_in(Who.ADVISOR, post))
    assert {mail.to for mail in mails("report_news")} == {one.user.email for one in people}


@pytest.mark.parametrize("change", ["course", "weeks", "person", "closed"])
def test_another_need_is_a_report_of_its_own(change, post):
    course = QualificationFactory()
    first = opened(need=need(course))
    if change == "closed":
        report_desk.do(report=first, act=A.SOLVE, doer=doer_in(Who.ADVISOR, post))
    other = need(QualificationFactory() if change == "course" else course, first=151 if change == "weeks" else 30, last=200)
    assert opened(need=other, reporter=who(email="een.ander@example.org") if change == "person" else who()).state == S.NEW


def test_an_advisor_joins_and_splits_and_a_withdrawal_leaves_the_others_a_report(post):
    doer = doer_in(Who.ADVISOR, post)
    main, part, tail = (ShortageReportFactory() for _ in range(3))
    report_desk.join(report=tail, other=part, doer=doer)
    report_desk.join(report=part, other=main, doer=doer)
    assert set(ShortageReport.objects.filter(joined_to=main)) == {part, tail}
    assert ShortageReport.objects.with_total().get(pk=main.pk).total == 3
    assert report_desk.split(report=tail, doer=doer).state == S.NEW
    report_desk.join(report=tail, other=main, doer=doer)
    report_desk.withdraw(report=main, doer=BY_LINK, code=C.FOUND)
    part.refresh_from_db()
    tail.refresh_from_db()
    assert (part.state, tail.state, tail.joined_to) == (S.NEW, S.JOINED, part)
    with pytest.raises(ReportError):
        report_desk.join(report=part, other=main, doer=doer)


# -- the desk


def test_advisors_see_their_regions_and_kind_and_scouts_only_read():
    here = ShortageReportFactory()
    pupil = ShortageReportFactory(qualification=QualificationFactory(reserved=True), group="pro")
    elsewhere = ShortageReportFactory(region=RegionFactory(code="AM21", name="Groot Amsterdam"))
    practice, groups, scout = (PostFactory(kind=kind) for kind in (HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS, HatKind.SCOUT))
    for one in (practice, groups, scout):
        one.regions.add(here.region)
    work = {one: set(ShortageReport.objects.at_desk(actor_for(one)).of_own_kind(actor_for(one))) for one in (practice, groups, scout)}
    assert work == {practice: {here}, groups: {pupil}, scout: {here, pupil}}
    assert set(ShortageReport.objects.at_desk(actor_for(groups))) == {here, pupil}  # colleagues stand in for each other
    assert elsewhere in ShortageReport.objects.at_desk(actor_for(PostFactory(kind=HatKind.ADMINISTRATOR)))
    assert advisor(actor_for(practice), here) is not None
    assert advisor(actor_for(practice), elsewhere) is advisor(actor_for(scout), here) is None


def test_handing_over_moves_it_to_the_other_region_and_the_log_says_why(post, client):
    report, there = ShortageReportFactory(), RegionFactory(code="AM21", name="Groot Amsterdam")
    post.regions.add(report.region)
    login_as(client, post)
    address = reverse("shortages:desk_act", args=[report.public_id, "overdragen"])
    assert "Vul een antwoord in" in client.post(address, {"region": there.pk}).content.decode()
    answer = client.post(address, {"region": there.pk, "text": "Daar woont de student."})
    report.refresh_from_db()
    step = report.steps.get()
    assert (report.state, report.region, report.post) == (S.NEW, there, None)
    assert (step.from_region.code, step.to_region, step.text) == ("AM15", there, "Daar woont de student.")
    gone = client.get(answer.url).content.decode()
    assert "De adviseurs van de regio Groot Amsterdam" in gone
    assert "Daar woont de student." in gone
    login_as(client, stranger := PostFactory(kind=HatKind.ADVISOR_PRACTICE))
    stranger.regions.add(RegionFactory(code="AM34", name="Zuid-Limburg"))
    assert client.get(answer.url).status_code == 404


def test_when_an_advisor_leaves_the_report_is_nobodys_and_a_colleague_goes_on(post, client):
    report = ShortageReportFactory()
    report_desk.do(report=report, act=A.TAKE, doer=doer_in(Who.ADVISOR, post))
    post.ended_at = timezone.now()
    post.save()
    login_as(client, PostFactory(kind=HatKind.ADVISOR_PRACTICE))
    page = client.get(reverse("shortages:desk"), {"stand": "open", "holder": "nobody"}).content.decode()
    assert report.number in page
    assert "nog niemand" in page


def test_a_place_is_proposed_by_link_and_reporter_and_school_get_it(post, client):
    programme = ProgrammeFactory()
    coordinator = CoordinatorFactory(school=programme.school, programmes=[programme])
    report = ShortageReportFactory(qualification=programme.qualification, school=programme.school)
    place = PlaceFactory(qualifications=[programme.qualification])
    login_as(client, post)
    address = reverse("shortages:desk_act", args=[report.public_id, "voorstellen"])
    assert "plek" in client.post(address, {"place": "https://example.org/weg"}).content.decode()
    client.post(
        address, {"place": f"http://testserver{reverse('placements:place_page', args=[place.public_id])}?waar=6511", "text": "Dicht bij de bus."}
    )
    report.refresh_from_db()
    assert (report.state, report.post) == (S.PROPOSED, post)
    assert {mail.to for mail in mails("report_proposed")} == {report.email, coordinator.user.email}
    assert all(str(place.public_id) in mail.body or str(report.public_id) in mail.body for mail in mails("report_proposed"))
    place.state = "paused"
    place.save()
    with pytest.raises(PlaceGone):
        report_desk.propose(report=report, place=place, doer=doer_in(Who.ADVISOR, post))


def test_no_advisor_reads_a_name_or_address_of_a_student_or_parent_without_consent(post, client):
    student = RequestFactory().student
    child = GuardianFactory(name="Ouderkenmerk").student
    login_as(client, student)
    query = need_query("6511")
    page = client.post(f"{reverse('shortages:report_send')}?{query}", {"tried": ["asked"], "cause": "full", "once": str(uuid4())})
    report = ShortageReport.objects.get()
    assert page.url == reverse("shortages:my_report", args=[report.public_id])
    parent = ShortageReportFactory(email="geheim@kenmerk.example.org", qualification=child.programme.qualification)
    desk = client.__class__()
    login_as(desk, post)
    for one in (report, parent):
        html = desk.get(reverse("shortages:desk_report", args=[one.public_id])).content.decode()
        html += desk.get(reverse("shortages:desk")).content.decode()
        assert not [mark for mark in (student.full_name, student.email, "kenmerk", "Ouderkenmerk") if mark in html]
    client.post(reverse("shortages:my_report_name", args=[report.public_id]), {"name": "yes"})
    assert student.full_name in desk.get(reverse("shortages:desk_report", args=[report.public_id])).content.decode()
    ShortageReport.objects.filter(pk=report.pk).update(note="Vrij verhaal")
    assert "Vrij verhaal" in desk.get(reverse("shortages:desk_report", args=[report.public_id])).content.decode()
    for kind in (HatKind.SCOUT, HatKind.ADMINISTRATOR):
        login_as(desk, PostFactory(kind=kind))
        read = desk.get(reverse("shortages:desk_report", args=[report.public_id])).content.decode()
        assert report.number in read
        assert not [mark for mark in (student.full_name, "Vrij verhaal") if mark in read], "who only reads needs neither"
    login_as(desk, post)
    client.post(reverse("shortages:my_report_name", args=[report.public_id]), {"name": "no"})
    assert student.full_name not in desk.get(reverse("shortages:desk_report", args=[report.public_id])).content.decode()


def need_query(postcode):
    first, last = ((TODAY() + timedelta(days=days)).isoformat() for days in (30, 150))
    return f"waar={postcode}&van={first}&tot={last}"


def test_companies_nearby_with_and_without_places_and_when_they_were_in_touch(post):
    report = ShortageReportFactory()
    place = PlaceFactory(qualifications=[report.qualification], capacity=2)
    silent, far = CompanyFactory(name="Zonder plek"), CompanyFactory(x=place.company.x + 90_000)
    for company in (silent, far):
        RecognitionFactory(company=company, qualification=report.qualification)
    CompanyFactory(name="Niet erkend")
    report_desk.log(report=report, doer=doer_in(Who.ADVISOR, post), code=C.CALLED_COMPANY, text="", company=silent)
    found = {one.company: one for one in companies.nearby(report, companies.Sight(20)).companies}
    assert set(found) == {place.company, silent}
    assert (found[place.company].free, found[silent].free, str(found[silent].last)) == (2, 0, "had contact over een melding")
    drawn = companies.drawing(report, companies.Sight(20), "/hier/")
    assert [(marker["count"], marker["text"]) for marker in drawn["markers"]] == [(2, "2 bedrijven: 1 met een vrije plek")]
    x, y = place.company.x, place.company.y
    drawn = companies.drawing(report, companies.Sight(20), "/hier/", (x - 1000, y - 1000, x + 1000, y + 1000))
    assert {marker["kind"] for marker in drawn["markers"]} == {"", "none"}
    assert drawn["towns"][0]["text"] == "Nijmegen"
    report_desk.propose(report=report, place=place, doer=doer_in(Who.ADVISOR, post))
    again = {one.company: one for one in companies.nearby(report, companies.Sight(20)).companies}[place.company]
    assert [offer.proposed for offer in again.places] == [True]
    assert again.last_at == found[place.company].last_at, "a company whose place is proposed has not been in touch"


def test_inflow_and_outflow_are_counted_apart_and_joined_reports_once(post):
    yesterday = TODAY() - timedelta(days=1)
    old = ShortageReportFactory(opened_at=timezone.now() - timedelta(days=9))
    ShortageReportFactory(at=S.UNCONFIRMED, qualification=old.qualification)
    new, part = (ShortageReportFactory(qualification=old.qualification) for _ in range(2))
    report_desk.join(report=part, other=new, doer=doer_in(Who.ADVISOR, post))
    cell = (old.region_id, old.qualification_id, old.group)
    assert selectors.counts(TODAY()) == [(*cell, 2, 1, 0)]
    assert selectors.counts(yesterday) == [(*cell, 1, 0, 0)]
    report_desk.do(report=old, act=A.SOLVE, doer=doer_in(Who.ADVISOR, post))
    assert selectors.counts(TODAY()) == [(*cell, 1, 1, 1)]


def test_late_reports_come_first_and_home_says_how_many(post, client):
    fresh, late = ShortageReportFactory(), ShortageReportFactory(due_on=TODAY() - timedelta(days=2))
    ShortageReportFactory(at=S.SOLVED)
    assert list(ShortageReport.objects.work_list())[:2] == [late, fresh]
    login_as(client, post)
    assert "1 melding is over de termijn" in client.get(reverse("home")).content.decode()
