"""Pages of call rounds: the audience while one chooses, the call screen, who sees what, the export."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.hats import HatKind
from campaigns.audience import Audience, Kind, count, ranked, top
from campaigns.calls import demo, home
from campaigns.calls.words import script, standard
from campaigns.calls.workflow import RoundState
from campaigns.models import Call, CallResult, CallRound, Prospect
from campaigns.services import calls
from campaigns.services.calling import take_next
from campaigns.views.calling import claimed
from companies.models import Recognition
from companies.services.reach import mark_number
from placements.models import Place, PlaceState
from shortages.services import tasks
from tests.campaigns.calling import draft, recognised, running, scout
from tests.factories import ContactFactory, PeriodFactory, PlaceFactory, PostFactory, RegionFactory, actor_for, login_as
from tests.shortages.acts import advice

pytestmark = pytest.mark.django_db


def test_an_audience_is_told_apart_by_places_and_ordered_by_what_a_call_is_worth() -> None:
    old, everybody = timezone.now() - timedelta(weeks=20), scout()
    fresh, stale = PlaceFactory().company, PlaceFactory(confirmed_at=old).company
    none = recognised()
    Recognition.objects.update(decided_at=old)
    asked = {kind: set(ranked(Audience(kind=kind, since=timezone.localdate() - timedelta(days=7)), everybody)) for kind in Kind}
    assert asked == {Kind.EVERYONE: {fresh, stale, none}, Kind.STALE: {stale}, Kind.NO_PLACES: {none}, Kind.INACTIVE: {stale, none}}
    for company, worth, unmet in ((none, 0.5, 9), (fresh, 0.5, 3)):
        crebo = company.recognitions.get().qualification_id
        Prospect.objects.create(company=company, qualification_id=crebo, region=company.municipality.region, worth=worth, unmet=unmet, best=True)
    assert list(ranked(Audience(), everybody)) == top(Audience(), everybody, 10) == [none, fresh, stale]
    assert count(Audience(qualification=crebo), everybody) == 1
    elsewhere = scout(RegionFactory(code="AM34", name="Zuid-Limburg"))
    assert count(Audience(), elsewhere) == 0


def test_the_form_says_how_many_companies_before_anything_is_made(client: Client) -> None:
    company = recognised(name="Bakkerij Bloem")
    login_as(client, PostFactory(kind=HatKind.SCOUT))
    page = client.get(reverse("campaigns:round_new")).content.decode()
    assert "Bakkerij Bloem" not in page  # it has no place that is out of date
    part = client.get(reverse("campaigns:round_audience"), {"kind": "no_places"}).content.decode()
    assert "1 bedrijf" in part
    assert "Bakkerij Bloem" in part
    sent = {
        "kind": "no_places",
        "name": "Bakkers",
        "target": "5",
        "deadline": f"{timezone.localdate() + timedelta(days=7):%d-%m-%Y}",
        "script": "Hallo",
    }
    wrong = client.post(reverse("campaigns:round_new"), sent | {"kind": "inactive", "deadline": "01-01-2020"})
    assert set(wrong.context["form"].errors) == {"deadline"}
    assert set(wrong.context["audience"].errors) == {"since"}
    answer = client.post(reverse("campaigns:round_new"), sent)
    client.post(reverse("campaigns:round_start", args=[CallRound.objects.get().public_id]))
    assert Call.objects.get().company == company
    assert "Volgende bedrijf" in client.get(answer["Location"]).content.decode()


def test_the_call_screen_has_numbers_the_script_and_what_colleagues_do(client: Client) -> None:
    act = advice()
    tasks.take(advice=act, by=actor_for(PostFactory(kind=HatKind.SCOUT, user__name="Collega Kees")))
    act.company.phone = "+31241234567"
    act.company.save()
    ContactFactory(company=act.company, user__name="Anna de Wit", user__phone="06 12345678")
    round_ = calls.start(round_=draft(script=standard(Kind.EVERYONE)), by=None)
    actor = login_as(client, PostFactory(kind=HatKind.SCOUT))
    take_next(round_=round_, actor=actor)
    page = client.get(reverse("campaigns:call", args=[Call.objects.get().public_id])).content.decode()
    for words in ("tel:+31241234567", "024 123 4567", "tel:0612345678", f"u spreekt met {actor.user.name} van SBB", "Collega Kees"):  # type: ignore[union-attr]
        assert words in page


def test_the_script_names_the_caller_and_own_words_stay_as_they_were_written() -> None:
    caller = PostFactory.build(user__name="Sam").user
    assert script("Hallo met {name}\r\nTot ziens", caller, Kind.EVERYONE) == "Hallo met Sam\nTot ziens"
    with translation.override("nl"):
        dutch = standard(Kind.EVERYONE)
    with translation.override("en"):
        said = script(dutch.replace("\n", "\r\n"), caller, Kind.STALE)
        assert said.startswith("Good morning, you speak with Sam of SBB.")
        assert "still right?" in said
        assert "still right?" not in script(dutch, caller, Kind.NO_PLACES)  # who offers none is not asked


def test_a_round_is_made_for_a_qualification_in_own_words_which_the_form_shows_again(client: Client) -> None:
    qualification = recognised().recognitions.get().qualification
    login_as(client, PostFactory(kind=HatKind.SCOUT))
    asks = {"kind": Kind.EVERYONE, "name": "Koks", "target": 5, "deadline": timezone.localdate(), "script": "Hallo"}
    found = client.post(reverse("campaigns:round_new"), asks | {"qualification_q": qualification.name})
    round_ = CallRound.objects.get()
    assert found["Location"] == reverse("campaigns:round", args=[round_.public_id])
    assert round_.asks.qualification == qualification.pk
    page = client.get(reverse("campaigns:round_edit", args=[round_.public_id])).content.decode()
    assert f'value="{qualification.name}"' in page
    assert "1 bedrijf om te bellen" in page


def test_a_round_that_ended_during_a_call_says_so_and_undoing_gives_nobody_the_company(client: Client) -> None:
    round_, actor = running(1), login_as(client, PostFactory(kind=HatKind.SCOUT))
    call = take_next(round_=round_, actor=actor)
    assert call is not None
    calls.move(round_=round_, to=RoundState.ENDED)
    address = reverse("campaigns:call", args=[call.public_id])
    page = client.get(address)
    assert "Deze belactie is intussen beëindigd" in page.content.decode()
    client.post(address, {"form": "tap", "outcome": "no", "claim": page.context["claim"]})
    undone = client.post(reverse("campaigns:call_undo", args=[CallResult.objects.get().public_id]))
    assert undone["Location"] == reverse("campaigns:round", args=[round_.public_id])
    call.refresh_from_db()
    assert (call.outcome, call.holder) == ("", None)


def test_a_paused_place_is_no_free_one_and_places_of_one_title_say_what_for(client: Client) -> None:
    company = recognised()
    place = PlaceFactory(company=company, state=PlaceState.PAUSED, title="Koken")
    take_next(round_=calls.start(round_=draft(), by=None), actor=login_as(client, PostFactory(kind=HatKind.SCOUT)))
    page = client.get(reverse("campaigns:call", args=[Call.objects.get().public_id])).content.decode()
    assert f"Koken, {place.qualifications.get().name}, {place.period}: op pauze," in page


def test_an_audience_says_how_many_have_a_telephone_number_and_can_be_those_only(client: Client) -> None:
    own, person, wrong, _none = (recognised(phone=phone) for phone in ("+31241234567", "", "+31241234568", ""))
    ContactFactory(company=person, user__phone="06 12345678")
    mark_number(company=wrong, wrong=wrong.phone)
    asks = Audience(phone=True)
    assert set(ranked(asks, scout())) == {own, person}
    assert Audience.from_json(asks.as_json()) == asks
    login_as(client, PostFactory(kind=HatKind.SCOUT))
    part = client.get(reverse("campaigns:round_audience"), {"kind": "everyone"}).content.decode()
    assert "2 daarvan met een telefoonnummer" in part


def test_places_are_offered_on_the_call_screen_and_mistakes_keep_what_was_typed(client: Client) -> None:
    company, period = recognised(), PeriodFactory()
    crebo = company.recognitions.get().qualification_id
    round_ = calls.start(round_=draft(), by=None)
    call = take_next(round_=round_, actor=login_as(client, PostFactory(kind=HatKind.SCOUT)))
    assert call is not None
    url = reverse("campaigns:call", args=[call.public_id])
    sent = {
        "form": "places",
        "claim": claimed(call.claim, call.holder),
        "places-period": period.pk,
        "places-days": ["mo"],
        "places-pathways": ["BOL"],
        "places-note": "Vanaf mei",
    }
    wrong = client.post(url, sent | {f"places-count_{crebo}": "0"})
    assert set(wrong.context["forms"]["places"].errors) == {"spoke_to", f"count_{crebo}"}
    assert "Vanaf mei" in wrong.content.decode()
    good = sent | {f"places-count_{crebo}": "2", "places-spoke_to": "Anna"}
    for _click in range(2):
        answer = client.post(url, good)
    assert answer.status_code == 302
    assert Place.objects.get().capacity == 2
    assert CallResult.objects.get().places_added == 2
    page = client.get(answer["Location"]).content.decode()
    assert "2 van 10 plekken" in page
    assert company.name in client.get(reverse("campaigns:round_csv", args=[round_.public_id])).content.decode()
    undone = client.post(reverse("campaigns:call_undo", args=[CallResult.objects.get().public_id]))
    assert undone["Location"] == url


def test_nobody_ends_a_call_under_a_holding_that_was_another_s(client: Client) -> None:
    recognised()
    round_ = calls.start(round_=draft(), by=None)
    call = take_next(round_=round_, actor=login_as(client, PostFactory(kind=HatKind.SCOUT)))
    assert call is not None
    url = reverse("campaigns:call", args=[call.public_id])
    for theirs in (str(uuid4()), claimed(uuid4(), PostFactory(kind=HatKind.SCOUT).user)):
        assert client.post(url, {"form": "tap", "claim": theirs, "outcome": "opted_out"}).status_code == 404
    assert not CallResult.objects.exists()


def test_the_right_number_lets_the_call_go_on_and_a_promise_needs_a_moment_to_come(client: Client) -> None:
    company = recognised()
    round_ = calls.start(round_=draft(), by=None)
    call = take_next(round_=round_, actor=login_as(client, PostFactory(kind=HatKind.SCOUT)))
    assert call is not None
    url = reverse("campaigns:call", args=[call.public_id])
    assert client.post(url, {"form": "number", "claim": claimed(call.claim, call.holder), "number-phone": "123"}).context["forms"]["number"].errors
    client.post(url, {"form": "number", "claim": claimed(call.claim, call.holder), "number-phone": "024-1234567"})
    company.refresh_from_db()
    assert company.phone == "+31241234567"
    later = {"form": "later", "claim": claimed(call.claim, call.holder), "later-hour": "10:00"}
    assert client.post(url, later | {"later-day": "01-01-2020"}).context["forms"]["later"].errors
    client.post(url, later | {"later-day": f"{timezone.localdate() + timedelta(days=2):%d-%m-%Y}"})
    assert CallResult.objects.get().outcome == "later"


def test_what_is_another_region_s_does_not_exist(client: Client) -> None:
    here = RegionFactory()
    recognised(here)
    round_ = calls.start(round_=draft(Audience(regions=(here.pk,))), by=None)
    login_as(client, scout(RegionFactory(code="AM34", name="Zuid-Limburg")).user)
    for name, found in (("round", round_), ("round_csv", round_), ("call", Call.objects.get())):
        assert client.get(reverse(f"campaigns:{name}", args=[found.public_id])).status_code == 404
    assert client.post(reverse("campaigns:call_next", args=[round_.public_id])).status_code == 404
    assert round_.name not in client.get(reverse("campaigns:rounds")).content.decode()


def test_the_home_names_the_company_in_hand_before_the_next_one() -> None:
    round_, actor = running(1), scout()
    (task,) = home.tasks(actor)
    assert task.url == reverse("campaigns:round", args=[round_.public_id])
    held = take_next(round_=round_, actor=actor)
    assert held is not None
    (task,) = home.tasks(actor)
    assert task.url == reverse("campaigns:call", args=[held.public_id])


def test_the_demo_has_a_round_under_way_with_outcomes() -> None:
    assert demo.play() == 0  # without people of the demo
    PeriodFactory()
    for kind in (HatKind.SCOUT, HatKind.ADVISOR_TARGET_GROUPS):
        PostFactory(kind=kind, user__is_demo=True)
    for _number in range(9):
        recognised()
    assert demo.play() == 8
    assert CallResult.objects.filter(outcome="places", places_added=1).count() == 2
    assert demo.play() == 0
