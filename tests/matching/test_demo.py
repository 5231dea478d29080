"""The demo: the country around Nijmegen, the same on every machine."""

import pytest
from django.core.management import call_command

from accounts.models import User
from companies.models import Company
from matching.models import Round, RoundState, Run
from placements.applications.workflow import A
from placements.models import Application, Place, Placement
from placements.workflow import PlacementState as S
from reference.loading import load_reference
from schools.models import School, Student

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_demo_has_every_situation_and_a_login_for_it() -> None:
    load_reference()
    call_command("seed_demo")
    assert (Student.objects.count(), Company.objects.count()) == (1500, 900)
    assert set(School.objects.values_list("kind", flat=True)) == {"mbo", "pro", "vso", "vmbo"}
    assert sorted(Round.objects.values_list("state", flat=True)) == sorted([RoundState.PUBLISHED, RoundState.DECIDING, RoundState.OPEN])
    states = set(Placement.objects.values_list("state", flat=True))
    assert {S.PROPOSED, S.APPROVED, S.OBJECTED, S.CONFIRMED, S.INTRODUCED, S.REFUSAL_CLAIMED} <= states
    answered = set(Application.objects.values_list("state", flat=True))
    assert {A.SENT, A.SEEN, A.ACCEPTED, A.DECLINED} <= answered
    assert {"Student die solliciteert", "Bedrijf met sollicitaties", "Bedrijf dat zijn plekken bijhoudt"} <= set(
        User.objects.values_list("demo_note", flat=True)
    )
    assert {"holiday", "full"} <= set(Place.objects.values_list("paused_because", flat=True))
    assert User.objects.filter(is_demo=True, emailaddress__verified=True).count() >= 20
    for run in Run.objects.all():
        call_command("verify_run", str(run.pk))
