"""Digests: only what changed, to those who want them, never twice, and nothing personal in them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import shortages.tasks  # noqa: F401 tells the jobs how
from accounts.hats import HatKind, hats_of
from accounts.models import Post
from shortages.models import Digest, DigestSubscription, Night, PublicFigure, RegionFigure
from shortages.services import digests
from stagematch import jobs
from stagematch.models import Job, OutboxMail
from tests.factories import (
    CoordinatorFactory,
    PostcodeAreaFactory,
    PostFactory,
    ProgrammeFactory,
    QualificationFactory,
    RequestFactory,
    ShortageReportFactory,
    StudentFactory,
    login_as,
)
from tests.shortages.acts import advice

pytestmark = [pytest.mark.django_db, pytest.mark.queries(most=200, repeats=200)]
MONDAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stagematch.jobs.WRITE_EVERY", 60)
    monkeypatch.setattr("stagematch.jobs._wake", lambda job: None)


def night(days_ago: int = 0, **counts: int) -> Night:
    """A night with one cell in Nijmegen's region."""
    found = Night.objects.get_or_create(date=timezone.localdate() - timedelta(days=days_ago), defaults={"state": "done"})[0]
    cell = {"night": found, "region": advice(night=found).region, "qualification": QualificationFactory(), "group": "mbo2bol"}
    RegionFigure.objects.create(**cell, **{"seeking": 7, "unused_once": 3, **counts})
    PublicFigure.objects.create(**cell, seeking=5, unused_once=5)
    return found


def write(found: Night, post: Post) -> bool:
    return digests.for_hat(night=found, user=post.user, hat=hats_of(post.user)[0])


def run() -> Job:
    job = digests.start_due()
    assert job is not None
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def test_a_digest_says_what_changed_and_links_to_it() -> None:
    post = PostFactory(kind=HatKind.SCOUT)
    assert write(night(1), post)
    first = OutboxMail.objects.get()
    assert reverse("shortages:board") in first.body
    assert reverse("shortages:act", args=[night().advice.get().public_id])[:20] in first.body
    assert first.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert write(Night.objects.get(date=timezone.localdate()), post)
    second = OutboxMail.objects.exclude(pk=first.pk).get()
    assert "7 stud" in first.body
    assert "7 stud" not in second.body  # as many as before


def test_nothing_new_is_no_mail() -> None:
    post = PostFactory(kind=HatKind.SCOUT)
    found = night(1)
    write(found, post)
    assert not write(Night.objects.create(date=timezone.localdate(), state="done"), post) or OutboxMail.objects.count() == 2
    again = Night.objects.create(date=timezone.localdate(), version=2, state="done", reason="x")
    assert not write(again, post)


def test_a_job_that_is_killed_between_two_goes_on_and_sends_nobody_two(monkeypatch: pytest.MonkeyPatch) -> None:
    posts = [PostFactory(kind=HatKind.SCOUT) for _ in range(3)]
    night()
    real, done = digests.for_hat, []

    def stops(**given: Any) -> bool:
        if len(done) == 2:
            raise jobs.LeaseLost
        done.append(1)
        return real(**given)

    monkeypatch.setattr(digests, "for_hat", stops)
    job = digests.start_due()
    assert job is not None
    jobs.run(job.pk)
    assert OutboxMail.objects.count() == 2
    monkeypatch.setattr(digests, "for_hat", real)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "done"
    assert sorted(OutboxMail.objects.values_list("to", flat=True)) == sorted(post.user.email for post in posts)
    assert digests.start_due() is None


def test_who_wants_none_gets_none_and_can_want_them_again(client: Client) -> None:
    post = PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    address = reverse("shortages:digest_off", args=[digests.refusal_token(post.user)])
    assert client.get(address).status_code == 200
    assert [user for user, _hat in digests.readers()] == [post.user]
    client.post(address)
    assert list(digests.readers()) == []
    client.post(address, {"weer": "1"})
    assert [user for user, _hat in digests.readers()] == [post.user]
    login_as(client, post)
    account = reverse("account_settings")
    assert "Stop deze mails" in client.get(account).content.decode()
    assert client.post(reverse("shortages:my_digests")).url == account
    assert "Stuur mij deze mails weer" in client.get(account).content.decode()
    assert list(digests.readers()) == []
    login_as(client, StudentFactory())
    assert reverse("shortages:my_digests") not in client.get(account).content.decode()


def test_a_coordinator_reads_counts_of_the_own_programmes_and_no_name() -> None:
    programme = ProgrammeFactory()
    coordinator = CoordinatorFactory(school=programme.school, programmes=[programme])
    student = RequestFactory(student__programme=programme, ready=True).student
    RequestFactory()
    assert digests.for_hat(night=night(), user=coordinator.user, hat=hats_of(coordinator.user)[0])
    mail = OutboxMail.objects.get()
    assert Digest.objects.get().facts["without"] == 1
    assert student.first_name not in mail.body
    assert student.number not in mail.body
    assert student.email not in mail.body


def test_a_digest_counts_the_reports_of_the_readers_kind_and_tells_scouts_nothing_to_do() -> None:
    late = timezone.localdate() - timedelta(days=3)
    for group in ("vmbo", "vmbo", "mbo2bol"):
        ShortageReportFactory(group=group, due_on=late)
    found, said = night(), {}
    for kind in (HatKind.ADVISOR_PRACTICE, HatKind.ADVISOR_TARGET_GROUPS, HatKind.SCOUT):
        post = PostFactory(kind=kind)
        write(found, post)
        said[kind] = OutboxMail.objects.get(to=post.user.email).body
    assert "1 melding is over" in said[HatKind.ADVISOR_PRACTICE]
    assert "2 meldingen zijn over" in said[HatKind.ADVISOR_TARGET_GROUPS]
    assert "work=mine" in said[HatKind.ADVISOR_PRACTICE]
    assert "3 meldingen zijn over" in said[HatKind.SCOUT]
    assert "Zeg wat er gedaan is" not in said[HatKind.SCOUT]


def test_acts_for_the_other_kind_of_advisor_are_not_mailed() -> None:
    post = PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    found = night()
    theirs = advice(night=found, qualification=QualificationFactory(reserved=True), students=9)
    write(found, post)
    assert theirs.company.name not in OutboxMail.objects.get().body
    assert found.advice.exclude(pk=theirs.pk).get().company.name in OutboxMail.objects.get().body


def test_a_line_says_by_how_much_its_number_changed_and_opens_the_list_it_is_about() -> None:
    programme = ProgrammeFactory()
    coordinator = CoordinatorFactory(school=programme.school, programmes=[programme])
    hat = hats_of(coordinator.user)[0]
    RequestFactory.create_batch(2, student__programme=programme)
    digests.for_hat(night=night(1), user=coordinator.user, hat=hat)
    first = OutboxMail.objects.get()
    assert "Zo staat het nu" in first.body
    assert "veranderd sinds" not in first.body
    assert f"{reverse('schools:students')}?ready=busy" in first.body
    RequestFactory(student__programme=programme)
    digests.for_hat(night=night(), user=coordinator.user, hat=hat)
    second = OutboxMail.objects.exclude(pk=first.pk).get().body
    assert "3 leerlingen" in second or "3 studenten" in second
    assert "1 meer dan in de vorige mail" in second
    assert "veranderd sinds de mail van" in second


def test_stopping_somebodys_weekly_mail_asks_first(client: Client) -> None:
    login_as(client, PostFactory(kind=HatKind.ADMINISTRATOR))
    answers = {"name": "Gemeente", "email": "g@nijmegen.example", "kind": "municipality", "region": PostcodeAreaFactory().municipality.region_id}
    client.post(reverse("shortages:subscriptions"), {**answers, "language": "nl"})
    reader = DigestSubscription.objects.get()
    address = reverse("shortages:end_subscription", args=[reader.public_id])
    assert address in client.get(reverse("shortages:subscriptions")).content.decode()
    assert "g@nijmegen.example" in client.get(address).content.decode()
    assert not DigestSubscription.objects.get().ended_at
    client.post(address)
    assert DigestSubscription.objects.get().ended_at


def test_a_municipality_confirms_and_reads_published_figures_alone_on_monday(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    found = night(seeking=7)
    region = found.advice.get().region
    login_as(client, PostFactory(kind=HatKind.ADMINISTRATOR))
    answers = {"name": "Gemeente", "email": "g@nijmegen.example", "kind": "municipality", "region": region.pk, "language": "nl"}
    client.post(reverse("shortages:subscriptions"), answers)
    subscription = DigestSubscription.objects.get()
    monkeypatch.setattr("shortages.services.digests.MONDAY", timezone.localdate().weekday())
    run()
    assert OutboxMail.objects.filter(key__startswith="digest").count() == 0
    Job.objects.all().delete()
    client.logout()
    client.post(reverse("shortages:weekly_confirm", args=[digests.weekly_token(subscription)]))
    run()
    mail = OutboxMail.objects.get(key__startswith="digest")
    assert "5 stud" in mail.body
    assert f"?regio={region.pk}&toon=zonder" in mail.body
    assert f"?regio={region.pk}&toon=ongebruikt" in mail.body
    assert "7 stud" not in mail.body
    client.post(reverse("shortages:weekly_stop", args=[digests.weekly_token(subscription)]))
    subscription.refresh_from_db()
    assert subscription.ended_at
