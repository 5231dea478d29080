"""However long an address is, the search answers with a page that says what was not used: through the server's own reader too."""

from html import unescape

import pytest
from django.test import Client
from gunicorn.config import Config
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader

from placements.search.query import MOST_PARTS
from stagematch import serving
from tests.factories import PlaceFactory

pytestmark = pytest.mark.django_db


def through_gunicorn(address: str) -> str:
    """The address as gunicorn gives it to the site, read from the bytes of a request with the settings of stagematch/serving.py."""
    settings = Config()
    settings.set("limit_request_line", serving.limit_request_line)
    line = f"GET {address} HTTP/1.1\r\nHost: stagematch.test\r\n\r\n".encode()
    request = Request(settings, IterUnreader(iter([line])), ("127.0.0.1", 1))
    return f"{request.path}?{request.query}"


@pytest.mark.parametrize("page", ["/plaatsen/", "/plaatsen/kaart.json", "/plaatsen/vragen/"])
@pytest.mark.parametrize("value", ["x" * 10_240, "%F0%9F%98%80" * 900, "kok+" * 2_500, "%27+OR+1%3D1" * 900])
def test_ten_kilobytes_in_one_part_are_answered(client: Client, page: str, value: str) -> None:
    assert client.get(through_gunicorn(f"{page}?wat={value}&waar=6511")).status_code == 200


@pytest.mark.parametrize("part", ["a", "dag=mo", "&", "wat=kok", "doel=3", "é=1"])
def test_thousands_of_parts_are_answered_and_the_page_says_so(client: Client, part: str) -> None:
    place = PlaceFactory()
    address = through_gunicorn(f"/plaatsen/?{'&'.join([part] * 5_000)}".replace("é", "%C3%A9"))
    answer = client.get(address)
    assert answer.status_code == 200
    assert f"meer dan {MOST_PARTS} delen" in unescape(answer.content.decode())
    for page in ("/plaatsen/kaart.json", "/plaatsen/vragen/", f"/plaatsen/{place.public_id}/"):
        assert client.get(f"{page}?{address.partition('?')[2]}").status_code == 200


def test_a_text_that_is_too_long_is_named_and_its_beginning_is_used(client: Client) -> None:
    PlaceFactory(title="Brood bakken")
    page = unescape(client.get(through_gunicorn(f"/plaatsen/?wat=brood+{'bakken+' * 1_600}")).content.decode())
    assert "te lang" in page
    assert "Brood bakken" in page
