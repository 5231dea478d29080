"""What a coordinator's home says about matching."""

import pytest
from django.urls import reverse

from matching.models import Round
from matching.selectors import seeking_without_round
from schools.models import ProgrammeYear, WayToPlace, school_year
from stagematch.models import OutboxMail
from tests.factories import PlacementFactory, UserFactory
from tests.matching.making import World

pytestmark = pytest.mark.django_db


def test_students_in_no_round_are_a_task(client):
    world = World(students=3)
    assert not seeking_without_round(world.actor).exists()
    Round.objects.update(state="published")
    PlacementFactory(request=world.requests[0], place=world.places[0])
    assert set(seeking_without_round(world.actor)) == set(world.requests[1:])
    client.force_login(world.coordinator.user)
    tasks = client.get("/").context["tasks"]
    assert any(task.url == reverse("matching:round_new") and task.count == 2 for task in tasks)


def test_who_is_not_ready_is_mailed_once_in_three_days(client):
    world = World(students=1)
    late = world.request(ready=False, student__user=UserFactory(name="Laat", email="laat@example.org"))
    client.force_login(world.coordinator.user)
    url = reverse("matching:round_remind", args=[world.round.public_id])
    for _ in range(2):
        client.post(url)
    mail = OutboxMail.objects.get()
    assert (mail.to, late.student.full_name in mail.body) == ("laat@example.org", False)
    assert "Wat wil je leren?" in mail.body


def test_students_who_only_apply_need_no_round():
    world = World(students=1)
    Round.objects.all().delete()
    assert seeking_without_round(world.actor).count() == 1
    ProgrammeYear.objects.create(programme=world.programme, year=school_year(world.period.starts_on), way=WayToPlace.APPLY)
    assert not seeking_without_round(world.actor).exists()
