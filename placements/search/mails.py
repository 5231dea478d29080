"""Mails about saved searches and about asking for a place. No mail to a company says anything of who asked."""

from typing import Any

from django.conf import settings

from companies.models import CompanyMembership, CompanyRole
from placements.models import Place, PlaceAsk, SavedSearch
from placements.search import watching
from placements.search.cards import Card
from stagematch.links import address
from stagematch.outbox import queue


def alert(saved: SavedSearch, cards: list[Card], total: int, newest: int) -> None:
    """What is new in a saved search; one click in the mail program stops it (RFC 8058)."""
    stop = address("placements:unsubscribe", watching.unsubscribe_token(saved))
    user = saved.user
    context = {
        "name": user.name, "search": saved.name, "cards": cards, "total": total, "more": total - len(cards), "stop": stop,
        "open": f"{address('placements:search')}?{saved.query}&volgorde=nieuw", "saved": address("placements:saved"),
        "places": [(card, address("placements:place_page", card.public_id)) for card in cards],
    }  # fmt: skip
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    _queue(user.email, "search_alert", context, user.language, f"search-{saved.pk}-{newest}", headers)


def asked(ask: PlaceAsk) -> None:
    """The company hears that a student of this qualification looks for a place nearby, and nothing else."""
    qualification, company = ask.qualification, ask.company
    context = {
        "company": company, "qualification": qualification, "period": ask.period,
        "offer": f"{address('placements:add_place')}?opleiding={qualification.pk}&periode={ask.period_id}", "details": address("companies:edit"),
    }  # fmt: skip
    running = CompanyMembership.objects.filter(company=company, role=CompanyRole.CONTACT, ended_at=None, user__is_active=True)
    for member in running.select_related("user").order_by("pk"):
        user = member.user
        _queue(user.email, "place_asked", {**context, "name": user.name}, user.language, f"ask-{ask.pk}")


def offered(ask: PlaceAsk, place: Place) -> None:
    """The student hears that a company that was asked offers a place now."""
    student = ask.student
    language = student.user.language if student.user else settings.LANGUAGE_CODE
    context = {"student": student, "place": place, "company": ask.company, "link": address("placements:place_page", place.public_id)}
    _queue(student.email, "place_offered", context, language, f"ask-{ask.pk}-offered")


def _queue(to: str, template: str, context: dict[str, Any], language: str, key: str, headers: dict[str, str] | None = None) -> None:
    key = f"{key}-{template}-{to.lower()}"
    queue(to=to, template=f"placements/mail/{template}.txt", context=context, language=language, key=key, headers=headers)
