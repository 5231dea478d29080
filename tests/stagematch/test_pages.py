"""Error pages and the choice of language: they say how to go on, to anybody."""

from typing import Any

import pytest
from django import forms
from django.test import Client
from django.urls import path
from django.utils import translation
from django.views.defaults import bad_request, permission_denied, server_error

from stagematch import urls as real
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_a_part_for_htmx_is_not_what_back_shows_and_a_signed_in_page_is_not_kept(client: Client) -> None:
    assert "HX-Request" in client.get("/")["Vary"]
    client.force_login(UserFactory())
    assert client.get("/")["Cache-Control"] == "no-store"


def test_nul_characters_in_an_address_or_a_cookie_break_nothing(client: Client) -> None:
    assert client.get("/opleidingen/keuze/x/?x_q=kok%00&q=%0%000").status_code == 200
    client.cookies["sessionid"] = "a\0b"
    assert client.get("/").status_code == 200


def broken(request: Any) -> None:
    raise RuntimeError("a secret about Jan Jansen")


urlpatterns = [
    path("broken", broken),
    path("400", bad_request, {"exception": ValueError()}),
    path("403", permission_denied, {"exception": PermissionError()}),
    path("500", server_error),
    *real.urlpatterns,
]


@pytest.fixture
def with_errors(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    # These addresses exist only here and need nobody to be signed in.
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "LoginRequired" not in name]


def test_a_page_that_is_not_there_says_so_in_the_readers_language(client: Any) -> None:
    answer = client.get("/no-such-page", headers={"accept-language": "nl"})
    assert answer.status_code == 404
    assert "Deze pagina is er niet" in answer.content.decode()
    answer = client.get("/no-such-page", headers={"accept-language": "en"})
    assert "This page is not here" in answer.content.decode()


def test_a_form_that_comes_from_elsewhere_is_refused_with_advice() -> None:
    answer = Client(enforce_csrf_checks=True).post("/taal", {"language": "en"}, headers={"accept-language": "nl"})
    assert answer.status_code == 403
    assert "Dit is niet verstuurd" in answer.content.decode()


@pytest.mark.parametrize(("address", "status", "words"), [("/400", 400, "Deze vraag begrijpen we niet"), ("/403", 403, "Dit mag niet")])
def test_every_error_has_a_page(client: Any, with_errors: None, address: str, status: int, words: str) -> None:
    answer = client.get(address, headers={"accept-language": "nl"})
    assert answer.status_code == status
    assert words in answer.content.decode()


def test_an_error_of_ours_shows_nothing_of_itself(client: Any, with_errors: None) -> None:
    client.raise_request_exception = False
    answer = client.get("/broken", headers={"accept-language": "nl"})
    assert answer.status_code == 500
    assert "Er ging iets mis" in answer.content.decode()
    assert "Jan" not in answer.content.decode()


def test_the_error_page_needs_no_database(client: Any, with_errors: None, django_assert_num_queries: Any) -> None:
    client.raise_request_exception = False
    with django_assert_num_queries(0):
        assert client.get("/500").status_code == 500


def test_the_language_can_be_chosen_without_signing_in(client: Any) -> None:
    answer = client.post("/taal", {"language": "en", "next": "/no-such-page"})
    assert answer.status_code == 302
    assert "This page is not here" in client.get("/no-such-page").content.decode()


def test_the_choice_of_language_leads_to_no_other_site(client: Any) -> None:
    answer = client.post("/taal", {"language": "en", "next": "https://evil.example/"})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("text", ["21-11-2026", "2026-11-21"])
def test_dates_are_read_as_the_dutch_write_them_and_as_iso(language: str, text: str) -> None:
    with translation.override(language):
        assert forms.DateField().clean(text).isoformat() == "2026-11-21"
