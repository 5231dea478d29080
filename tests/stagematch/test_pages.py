"""Error pages and the choice of language: they say how to go on, to anybody."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import get_resolver, path
from django.utils import translation
from django.views.defaults import permission_denied

from placements.search.find import What, find
from stagematch import urls as real
from stagematch.views import bad_request, server_error
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_a_part_for_htmx_is_not_what_back_shows_and_a_signed_in_page_is_not_kept(client: Client) -> None:
    assert "HX-Request" in client.get("/")["Vary"]
    client.force_login(UserFactory())
    assert client.get("/")["Cache-Control"] == "no-store"


def test_nul_characters_in_an_address_or_a_cookie_break_nothing(client: Client) -> None:
    assert client.get("/opleidingen/keuze/x/?x_q=kok%00&q=%0%000").status_code == 200
    assert client.get("/bewaard/feed/%00.xml").status_code == 404
    assert client.get("/tekorten/%00").status_code == 200
    client.cookies["sessionid"] = "a\0b"
    assert client.get("/").status_code == 200


def test_a_form_in_another_charset_is_refused_with_a_page() -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies["csrftoken"] = "a" * 32
    for address in ("/taal", "/no-such-page"):
        answer = client.post(address, b"a=1", content_type="application/x-www-form-urlencoded; charset=utf-16", headers={"accept-language": "nl"})
        assert answer.status_code == 400
        assert "Deze vraag begrijpen we niet" in answer.content.decode()


def test_what_is_too_large_is_told_from_too_many_rows(client: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE, settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2 * 1024**2, 10
    large = client.post("/taal", {"language": "x" * 2 * 1024**2}, headers={"accept-language": "nl"})
    assert large.status_code == 400
    assert "groter dan 2 MB" in large.content.decode()
    many = client.post("/taal", {"row": range(11)}, headers={"accept-language": "nl"})
    assert "duizenden" in many.content.decode()


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_pages_say_when_to_come_back(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(UserFactory())
    client.raise_request_exception = False
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    try:
        home = client.get("/", headers={"accept-language": "nl"})
        night = client.get("/health/nightly")
    finally:
        monkeypatch.undo()
        connection.close()
    assert (home.status_code, home["Retry-After"], night.status_code) == (503, "30", 503)
    assert "Even geduld" in home.content.decode()
    assert night.json()["why"] == "the database does not answer"


@pytest.mark.django_db(transaction=True)
def test_a_search_opens_a_new_connection_after_a_restart_of_the_database() -> None:
    connection.ensure_connection()
    connection.health_check_enabled, connection.health_check_done = True, False
    connection.connection.close()  # as one that the server ended: the first query on it fails
    assert len(find(What(), None, 0, date(2026, 11, 22))) == 0


def forms_of_ours(form: type[forms.BaseForm] = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    for kind in form.__subclasses__():
        yield kind
        yield from forms_of_ours(kind)


def test_every_form_takes_an_address_no_longer_than_the_database_does() -> None:
    get_resolver().url_patterns  # noqa: B018 - loads every page with its forms
    own = [form for form in forms_of_ours() if form.__module__.partition(".")[0] in settings.OWN_APPS]
    fields = [(form, field) for form in own for field in getattr(form, "base_fields", {}).values() if isinstance(field, forms.EmailField)]
    assert len(fields) > 8
    assert not [form for form, field in fields if (field.max_length or 320) > 254]


def broken(request: Any) -> None:
    raise RuntimeError("a secret about Jan Jansen")


urlpatterns = [
    path("broken", broken),
    path("400", bad_request, {"exception": ValueError()}),
    path("403", permission_denied, {"exception": PermissionError()}),
    path("500", server_error),
    *real.urlpatterns,
]
handler400, handler500 = real.handler400, real.handler500


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
