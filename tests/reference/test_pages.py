"""The public pages and the field in which a qualification is chosen."""

import pytest
from django import forms
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from reference.forms import QualificationField
from reference.models import Qualification

pytestmark = pytest.mark.usefixtures("reference")


class ProgrammeForm(forms.Form):
    qualification = QualificationField(label="Opleiding")


def test_everybody_can_read_the_sources(client: Client) -> None:
    page = client.get(reverse("sources")).content.decode()
    assert all(name in page for name in ("CBS", "Kadaster", "DUO", "GeoNames", "CompetentNL", "ESCO"))


def test_everybody_can_search_a_qualification_without_javascript(client: Client) -> None:
    page = client.get(reverse("qualification_search"), {"q": "kapster"}).content.decode()
    assert "<h3>Kapper</h3>" in page
    assert "25641" in page


def test_htmx_gets_only_the_results(client: Client) -> None:
    page = client.get(reverse("qualification_search"), {"q": "kapster"}, headers={"hx-request": "true"}).content.decode()
    assert "<h3>Kapper</h3>" in page
    assert "<html" not in page


@pytest.mark.parametrize(("words", "told"), [("", "Typ wat iemand"), ("qwertyuiop", "Geen opleiding"), ("e", "De eerste 30")])
def test_the_page_says_what_to_do_next(client: Client, words: str, told: str) -> None:
    assert told in client.get(reverse("qualification_search"), {"q": words}).content.decode()


def test_too_long_a_question_is_answered_politely(client: Client) -> None:
    response = client.get(reverse("qualification_search"), {"q": "x" * 5_000})
    assert response.status_code == 200


def test_a_search_takes_two_queries_whether_there_is_any_and_which(client: Client, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_max_num_queries(2):
        client.get(reverse("qualification_search"), {"q": "medewerker"})


def test_the_pages_cannot_be_posted_to(client: Client) -> None:
    assert client.post(reverse("sources")).status_code == 405


def test_the_choices_keep_the_name_of_their_form_field(client: Client) -> None:
    page = client.get(reverse("qualification_choices", args=["qualification"]), {"qualification_q": "kapster"}).content.decode()
    assert 'name="qualification" id="id_qualification_25641" value="25641" checked' in page
    assert 'name="qualification_for" value="kapster"' in page


def test_the_choices_are_those_of_the_kind_of_school(client: Client) -> None:
    url = reverse("qualification_choices", args=["qualification"])
    page = client.get(url, {"qualification_q": "zorg", "kind": "pro"}).content.decode()
    assert "90103" in page
    assert "Mbo-Verpleegkundige" not in page


@pytest.mark.parametrize("typed", ["25655", "mbo-verpleegkundige", "Kapster"])
def test_a_crebo_or_words_that_fit_one_are_enough(typed: str) -> None:
    form = ProgrammeForm({"qualification_q": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["qualification"].pk in (25655, 25641)


def test_words_that_fit_several_show_them_as_buttons() -> None:
    form = ProgrammeForm({"qualification_q": "timmer"})
    assert not form.is_valid()
    assert form.errors["qualification"].as_data()[0].code == "choose"
    assert 'type="radio"' in str(form["qualification"])
    assert "Timmerman" in str(form["qualification"])


def test_a_button_that_was_ticked_wins_unless_the_words_changed() -> None:
    ticked = {"qualification": "25829", "qualification_for": "timmer"}
    assert ProgrammeForm({**ticked, "qualification_q": "timmer"}).fields["qualification"].clean("25829") == Qualification.objects.get(pk=25829)
    kept = ProgrammeForm(QueryDict("", mutable=True) | {**ticked, "qualification_q": "timmer"})
    assert kept.is_valid()
    assert kept.cleaned_data["qualification"].pk == 25829
    retyped = ProgrammeForm({**ticked, "qualification_q": "25655"})
    assert retyped.is_valid()
    assert retyped.cleaned_data["qualification"].pk == 25655


@pytest.mark.parametrize("typed", ["99999", "25491", "qwertyuiop", "²²²²²", "1" * 149])
def test_what_we_do_not_know_is_said(typed: str) -> None:
    form = ProgrammeForm({"qualification_q": typed})
    assert not form.is_valid()
    assert form.errors["qualification"].as_data()[0].code == "unknown"


def test_a_field_can_be_narrowed_without_touching_other_forms() -> None:
    narrow = ProgrammeForm({"qualification_q": "25655"})
    narrow.fields["qualification"].narrow("pro")
    assert not narrow.is_valid()
    assert ProgrammeForm({"qualification_q": "25655"}).is_valid()


def test_a_value_from_the_database_is_shown_by_its_name() -> None:
    shown = str(ProgrammeForm(initial={"qualification": Qualification.objects.get(pk=25655)})["qualification"])
    assert 'value="Mbo-Verpleegkundige"' in shown
    assert 'value="25655" checked' in shown
