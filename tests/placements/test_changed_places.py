"""What a company changes in a place after somebody applied is shown to the student, and no text of a place gets around the platform."""

import time
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from placements.models import Place
from placements.services import applications as services
from reference.formats import refuse_contact
from tests.factories import ContactFactory, PlaceFactory, PostcodeAreaFactory, RecognitionFactory, RequestFactory, actor_for, login_as
from tests.placements.test_places import data

pytestmark = pytest.mark.django_db


def test_the_student_reads_the_place_as_it_was_and_what_became_of_it(client: Client) -> None:
    PostcodeAreaFactory()
    asked = RequestFactory(ready=True)
    course = asked.student.programme.qualification
    place = PlaceFactory(qualifications=[course], title="Brood bakken", days=["mo", "tu", "we"], requirements=[], period=asked.period)
    sent = services.send(
        request=asked, place=place, goals=list(course.goals.all()[:1]), days=["mo", "tu"], days_needed=2, actor=actor_for(asked.student)
    )
    login_as(client, asked.student)
    here = reverse("placements:application", args=[sent.public_id])
    assert "veranderde deze stageplek" not in client.get(here).content.decode()
    Place.objects.filter(pk=place.pk).update(title="Vloeren dweilen", days=["sa", "su"], requirements=["vog"])
    page = unescape(client.get(here).content.decode())
    assert "<h1>Brood bakken</h1>" in page
    for words in ("veranderde deze stageplek", "Het was: Brood bakken", "Het is nu: Vloeren dweilen", "Het was: kan van ma t/m wo", "terugnemen"):
        assert words in page
    mine = client.get(reverse("placements:applications")).content.decode()
    assert "Brood bakken" in mine
    assert "veranderd door het bedrijf" in mine


def test_who_applied_still_reads_a_place_that_was_paused_and_nobody_else_does(client: Client) -> None:
    PostcodeAreaFactory()
    asked, other = RequestFactory(ready=True), RequestFactory(ready=True)
    course = asked.student.programme.qualification
    place = PlaceFactory(qualifications=[course], period=asked.period)
    services.send(request=asked, place=place, goals=list(course.goals.all()[:1]), days=["mo"], days_needed=1, actor=actor_for(asked.student))
    Place.objects.update(state="paused")
    here = reverse("placements:place_page", args=[place.public_id])
    assert client.get(here).status_code == 404
    login_as(client, other.student)
    assert client.get(here).status_code == 404
    login_as(client, asked.student)
    page = client.get(here).content.decode()
    assert "biedt deze stageplek nu niet aan" in page
    assert "JobPosting" not in page


@pytest.mark.parametrize(
    "text",
    ["Bel 06-12345678", "bel 024 350 1234 voor een gesprek", "+31 6 12 34 56 78", "mail mij: jan@bakkerij.nl", "zie www.bakkerij.nl", "bakkerij.nl"],
)
def test_a_way_to_get_in_touch_is_refused_in_a_place(text: str) -> None:
    with pytest.raises(ValidationError):
        refuse_contact(text)


@pytest.mark.parametrize("text", ["Van 8.30 tot 17.00 uur, 10 personen", "Brood bakken o.a. in de nacht", "Artikel 0612, 25180", "3.000 m2 e.d."])
def test_other_numbers_and_dots_are_fine(text: str) -> None:
    refuse_contact(text)


def test_a_page_of_text_without_a_space_is_looked_through_at_once() -> None:
    began = time.process_time()
    for text in ("t" * 100_000, "t-" * 50_000, "a@" * 50_000):
        refuse_contact(text)
    assert time.process_time() - began < 5  # it took minutes


def test_the_form_says_so_beside_the_field_and_keeps_what_was_typed(client: Client) -> None:
    contact = RecognitionFactory(company=ContactFactory().company).company.memberships.get()
    login_as(client, contact)
    answer = client.post(reverse("placements:add_place"), data(contact, title="Bel 06-12345678"))
    assert "Laat telefoonnummers" in answer.content.decode()
    assert 'value="Bel 06-12345678"' in answer.content.decode()
