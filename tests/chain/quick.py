"""The rest of the class: the same pages, links and forms as in the browser, without drawing them."""

import html
import re
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.test import Client

from tests.chain.papers import OUT_OF_REACH, Pupil
from tests.chain.steps import PASSWORD, link_in
from tests.servers import Inbox

STEPS = ("doelen", "reizen", "dagen", "soort-bedrijf", "wat-je-nodig-hebt")
FIELD = re.compile(r"<input[^>]*>")


class Reader(Client):
    """Somebody who reads pages and sends their forms."""

    def open(self, address: str) -> str:
        answer = self.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return answer.content.decode()

    def send(self, address: str, data: dict[str, object]) -> HttpResponse:
        """Send a form; it is accepted when it leads on."""
        answer = self.post(address, data)
        assert answer.status_code == 302, f"{address} did not take {data}: {errors(answer)}"
        return answer


def errors(answer: HttpResponse) -> list[str]:
    return [html.unescape(found) for found in re.findall(r'error-message"[^>]*>(.*?)</', answer.content.decode(), re.DOTALL)]


def values(page: str, name: str) -> list[str]:
    """Values of the inputs with this name on a page."""
    inputs = [field for field in FIELD.findall(page) if f'name="{name}"' in field]
    return [found.group(1) for field in inputs if (found := re.search(r'value="([^"]*)"', field))]


def prepare(pupil: Pupil, inbox: Inbox, *, n: int, steps: int = len(STEPS)) -> None:
    """Make an account by the mailed link, and do the preparation (only the first `steps` of it: then it is not ready)."""
    person = Reader()
    invitation = urlsplit(link_in(inbox, pupil.email, "/uitnodiging/")).path
    person.open(invitation)
    person.send(invitation, {"name": pupil.first_name, "password": PASSWORD, "password_again": PASSWORD})
    period = values(person.open("/voorbereiding/"), "period")
    person.send("/voorbereiding/begin/", {"period": period[0]})
    goals = values(person.open("/voorbereiding/doelen/"), "goals")
    answers: tuple[dict[str, object], ...] = (
        {"goals": [goals[n % len(goals)], goals[(n + 3) % len(goals)]]},
        {"travel_mode": "walk", "max_minutes": 5} if n == OUT_OF_REACH else {"travel_mode": ("bike", "car")[n % 2], "max_minutes": 40 + n},
        {"days": ["mo", "tu", "we", "th", "fr"][: 3 + n % 3], "days_needed": 3},
        {"kind1": "care" if n % 2 else "", "kind2": ""},
        {"needs": [], "has": [], "support": 1, "allowance": 0},
    )
    for slug, answer in list(zip(STEPS, answers, strict=True))[:steps]:
        person.open(f"/voorbereiding/{slug}/")
        person.send(f"/voorbereiding/{slug}/", answer)
    if steps == len(STEPS):
        person.send("/voorbereiding/klaar/", {})
