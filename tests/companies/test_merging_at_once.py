"""Merging while others are at it too, and on the pages of an advisor."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.hats import HatKind
from companies.merging.conflicts import MergeRefused
from companies.models import Company, CompanyMerge, MergeState
from companies.services import merges
from companies.workflow import R
from placements.services.transitions import move
from placements.workflow import S
from tests.browser import LAPTOP, assert_good_page, press, screenshot
from tests.factories import CompanyFactory, ContactFactory, PlaceFactory, PlacementFactory, PostFactory, RecognitionFactory, actor_for, login_as

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.queries(most=10_000, repeats=10_000)]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Each act in a thread of its own, at the same moment; what each answered or raised."""
    barrier, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def work(number: int) -> None:
        try:
            barrier.wait(30)
            answers[number] = acts[number]()
        except Exception as error:  # noqa: BLE001
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def test_of_a_into_b_and_b_into_a_one_is_done_while_a_student_agrees() -> None:
    placement = PlacementFactory(told=True)
    first, second = placement.place.company, CompanyFactory()
    decides, student = actor_for(PostFactory(kind=HatKind.ADVISOR_PRACTICE)), actor_for(placement.request.student)
    there = CompanyMerge.objects.create(kept=second, merged=first, reason="Zelfde deur")
    back = CompanyMerge.objects.create(kept=first, merged=second, reason="Zelfde deur")

    def approve(merge: CompanyMerge) -> Callable[[], Any]:
        return lambda: merges.approve(merge=merge, actor=decides)

    answers = at_once(approve(there), approve(back), approve(there), lambda: move(placement=placement, to=S.CONFIRMED, actor=student))
    assert sorted(type(answer).__name__ for answer in answers[:3]) in (
        ["CompanyMerge", "CompanyMerge", "MergeRefused"],  # one, its double click, and the other way round
        ["CompanyMerge", "MergeRefused", "MergeRefused"],
    )
    assert CompanyMerge.objects.filter(state=MergeState.MERGED).count() == 1
    assert isinstance(next(answer for answer in answers if isinstance(answer, MergeRefused)), MergeRefused)
    placement.refresh_from_db()
    assert placement.state == S.CONFIRMED, answers[3]
    assert placement.place.company == Company.objects.standing().get()


@pytest.mark.browser
@pytest.mark.timeout(180)
def test_an_advisor_looks_merges_and_undoes(visitor: Callable[..., Page], site: str) -> None:
    kept, merged = CompanyFactory(name="Bakkerij Jansen"), CompanyFactory(name="Bakkerij Jansen BV", street="Waalkade 1a")
    place = PlaceFactory(company=merged, title="Brood bakken")
    ContactFactory(company=kept)
    RecognitionFactory(company=kept, qualification=place.qualifications.get(), state=R.SUBMITTED, decided_at=None)
    asks, decides = PostFactory(kind=HatKind.ADVISOR_PRACTICE), PostFactory(kind=HatKind.ADVISOR_PRACTICE)
    page = visitor(LAPTOP)

    def sign_in(post: Any) -> None:
        client = Client()
        login_as(client, post)
        page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])

    sign_in(asks)
    page.goto(site + reverse("companies:doubles"))
    screenshot(page, "dubbel")
    press(page.get_by_role("link", name="Bekijk beide"))
    screenshot(page, "dubbel-naast-elkaar")
    page.locator("textarea[name=reason]").fill("Gebeld: de eigenaar heeft zich twee keer aangemeld.")
    press(page.locator("form[method=post] button.nl-button--primary").last)
    sign_in(decides)
    page.goto(site + reverse("companies:merge", args=[CompanyMerge.objects.get().public_id]))
    assert_good_page(page)
    screenshot(page, "samenvoeging-gevraagd")
    press(page.locator("button[value=merge]"))
    undo = page.locator("form[action$='/ongedaan/'] button")
    expect(undo).to_be_visible()
    screenshot(page, "samenvoeging-gedaan")
    place.refresh_from_db()
    assert place.company == kept
    press(undo)
    expect(undo).to_have_count(0)
    screenshot(page, "samenvoeging-ongedaan")
    place.refresh_from_db()
    assert (place.company, CompanyMerge.objects.get().left) == (merged, {})
