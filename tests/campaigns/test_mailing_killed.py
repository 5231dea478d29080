"""A whole mailing through a real SMTP server, with the worker killed twice: no address twice, every address reached but those in doubt.

MAILING_SIZE=20000 sends as many; docs/campaigns.md says what that takes.
"""

import os
import time
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.hats import HatKind
from campaigns.audience import Audience, Kind
from campaigns.mailings import selectors
from campaigns.mailings.forms import BEGINNING
from campaigns.mailings.workflow import MailingState, RecipientState
from campaigns.models import Mailing
from campaigns.services import mailings as services
from companies.models import Company, CompanyMembership, CompanyRole, Recognition, RecognitionState
from stagematch.models import Job, JobState, MailState, OutboxMail
from tests.factories import CompanyFactory, PostFactory, QualificationFactory, UserFactory, actor_for
from tests.servers import until

SIZE = int(os.environ.get("MAILING_SIZE", "1000"))
# Leases that run out by themselves take two minutes each; docs/campaigns.md says how to run it so.
HURRY = "MAILING_PATIENT" not in os.environ
PATIENCE = 300 + SIZE / 20


def companies(count: int) -> set[str]:
    """Recognised companies with a contact each; their addresses, in capitals here and there."""
    qualification, area = QualificationFactory(), CompanyFactory().municipality
    made = Company.objects.bulk_create(CompanyFactory.build(municipality=area) for _number in range(count))
    users = [UserFactory.build(email=f"{'Contact' if number % 7 else 'contact'}-{number}@example.nl") for number in range(count)]
    people = UserFactory._meta.model.objects.bulk_create(users)
    CompanyMembership.objects.bulk_create(
        CompanyMembership(user=user, company=company, role=CompanyRole.CONTACT) for user, company in zip(people, made, strict=True)
    )
    if SIZE > 1000:  # tables are counted nowhere else (tests/template.py): what follows inserts ten thousands by what it believes to be empty ones
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    now = timezone.now()
    facts = {"qualification": qualification, "state": RecognitionState.RECOGNISED, "decided_at": now, "decide_before": now.date()}
    recognitions = [Recognition(company=company, review_due_on=now.date(), **facts) for company in made]
    Recognition.objects.bulk_create(recognitions, batch_size=1000)
    return {user.email.lower() for user in people}


def leases_run_out() -> None:
    """What the dead worker held is free for the next one, as it would be after its time."""
    if HURRY:
        OutboxMail.objects.filter(state=MailState.SENDING).update(lease_until=timezone.now())
        Job.objects.filter(state=JobState.RUNNING).update(lease_until=timezone.now(), woken_at="2020-01-01T00:00Z")


@pytest.mark.slow
@pytest.mark.timeout(600 + SIZE / 10)
@pytest.mark.django_db(transaction=True)
def test_a_mailing_with_the_worker_killed_twice_reaches_every_address_once(celery_worker_process: Any, smtp_server: Any, capsys: Any) -> None:
    worker, addresses = celery_worker_process, companies(SIZE)
    scout = PostFactory(kind=HatKind.SCOUT)
    mailing = services.save(mailing=Mailing(name="Najaar", **BEGINNING), audience=Audience(kind=Kind.EVERYONE), actor=actor_for(scout))
    began = time.monotonic()
    services.send(mailing=mailing, by=scout.user)
    for share in (0.3, 0.6):
        assert until(lambda share=share: len(smtp_server.messages) >= share * SIZE, PATIENCE), worker.text()[-3000:]
        worker.kill()
        leases_run_out()
        # What it had begun with, and nothing more, is nobody's any more.
        assert OutboxMail.objects.filter(state=MailState.SENDING, ahead=None).count() <= 1
        worker.start()
    ended = lambda: Mailing.objects.filter(pk=mailing.pk, state=MailingState.DONE).exists()  # noqa: E731
    assert until(ended, PATIENCE), worker.text()[-3000:]
    took = time.monotonic() - began

    got = Counter(address.lower() for address in smtp_server.recipients)
    lost = {recipient.address for recipient in selectors.in_doubt(Mailing.objects.get())}
    assert max(got.values()) == 1
    assert addresses - got.keys() <= lost
    assert got.keys() <= addresses
    assert len(lost) <= 2
    counts = selectors.counts(mailing)
    assert counts == dict.fromkeys(RecipientState.values, 0) | {"sent": SIZE - len(lost), "in_doubt": len(lost)}
    with capsys.disabled():
        print(f"\n{SIZE} mails in {took:.1f} s with two kills, {len(lost)} in doubt")
