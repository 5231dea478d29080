"""Leads: the table by every hat, doubles, links, handing over, moving along with the company, and forgetting."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actor import SYSTEM, Actor
from accounts.hats import HatKind
from campaigns.models import Lead, LeadStep
from campaigns.scouting import links
from campaigns.scouting.errors import InvalidMove, LeadError, LeadExists, NeedMissing, ReasonMissing
from campaigns.scouting.rules import BY_LINK
from campaigns.scouting.workflow import TRANSITIONS, Need, S, Who
from campaigns.services import lead_forgetting, leads
from companies.hooks import company_registered
from companies.models import Company
from companies.services import transitions
from companies.workflow import R
from stagematch.models import OutboxMail
from tests.campaigns.making import lead, scout
from tests.companies.test_transitions import assessed
from tests.factories import (
    CompanyFactory,
    ContactFactory,
    CoordinatorFactory,
    PostFactory,
    QualificationFactory,
    RecognitionFactory,
    RegionFactory,
    StudentFactory,
    UserFactory,
    actor_for,
    login_as,
)
from tests.placements.test_races import at_once

pytestmark = pytest.mark.django_db


def elsewhere(**fields: Any) -> Any:
    """A scout of another region."""
    post = scout(**fields)
    post.regions.add(RegionFactory(code="AM99", name="Elders"))
    return post


def put(made: Lead, state: str, company: Company | None = None) -> Lead:
    """Put a lead in a state without the table."""
    Lead.objects.filter(pk=made.pk).update(state=state, company=company)
    made.refresh_from_db()
    return made


@pytest.mark.parametrize("start", S)
@pytest.mark.queries(most=2000, repeats=2000)
def test_each_hat_can_make_exactly_the_moves_of_the_table(start: S) -> None:
    post, company = scout(), CompanyFactory()
    made = lead(post)
    people: dict[str, tuple[Actor, Who | None]] = {
        "scout": (actor_for(post), Who.SCOUT),
        "link": (BY_LINK, Who.COMPANY),
        "system": (SYSTEM, Who.SYSTEM),
        "another scout": (actor_for(scout()), None),
        "advisor": (actor_for(PostFactory(kind=HatKind.ADVISOR_PRACTICE)), None),
        "administrator": (actor_for(PostFactory(kind=HatKind.ADMINISTRATOR)), None),
        "company": (actor_for(ContactFactory(company=company)), None),
        "coordinator": (actor_for(CoordinatorFactory()), None),
        "student": (actor_for(StudentFactory()), None),
    }
    for to in S:
        rule = TRANSITIONS.get((start, to))
        for name, (actor, part) in people.items():
            if to == start or (rule is None and part is None):
                continue
            put(made, start, company)
            arguments = {"lead": made, "to": to, "actor": actor, "reason": rule.reasons[0] if rule and rule.reasons else "", "company": company}
            if rule and part in rule.who:
                assert leads.move(**arguments).state == to, name
                continue
            with pytest.raises(InvalidMove):
                leads.move(**arguments)
            assert Lead.objects.get(pk=made.pk).state == start, name


@pytest.mark.parametrize(("move", "rule"), [pytest.param(m, r, id="-".join(m)) for m, r in TRANSITIONS.items() if r.needs or r.reasons])
def test_a_move_without_what_the_table_asks_is_refused(move: tuple[S, S], rule: Any) -> None:
    post = scout()
    made = lead(post, email="" if move[0] != S.INTERESTED else "a@b.example")
    put(made, move[0], CompanyFactory())
    actor = actor_for(post) if Who.SCOUT in rule.who else SYSTEM
    if rule.reasons:
        with pytest.raises(ReasonMissing):
            leads.move(lead=made, to=move[1], actor=actor)
    for need in rule.needs:
        with pytest.raises(NeedMissing):
            leads.move(lead=made, to=move[1], actor=actor, company=CompanyFactory() if need != Need.COMPANY else None)


def test_the_documentation_says_what_the_table_says_and_every_state_is_reached() -> None:
    call_command("lead_workflow", "--check")
    assert {S.NEW} | {to for _start, to in TRANSITIONS} == set(S)
    assert set(S) - {start for start, _to in TRANSITIONS} == {S.RECOGNISED, S.ALREADY_KNOWN}


FORM = {"name": "Bakkerij Bol", "postcode": "6511 AB", "language": "nl", "source": "street"}


def test_a_double_click_writes_one_lead(client: Client) -> None:
    post, wanted = scout(), QualificationFactory()
    login_as(client, post)
    lead(post)
    form = {**FORM, "kvk": "12345678", "wants": str(wanted.pk), "once": "6a1b1f0e-6a57-4c7e-9d0c-3f6f6a0f5d11"}
    for _click in range(2):
        assert client.post(reverse("campaigns:lead_add"), form).status_code == 302
    made = Lead.objects.get(kvk="12345678")
    assert (made.state, made.post_id, list(made.qualifications.all()), made.steps.count()) == (S.NEW, post.pk, [wanted], 1)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kvk": "123"}, "8 cijfers"),
        ({"email": "geen adres"}, "e-mail"),
        ({"postcode": "9999"}, "9999"),
        ({"phone": "bel maar"}, "nummer"),
        ({"branch": "000012345678"}, "KvK-nummer"),
        ({"note": "x" * 2000}, "1000"),
        ({"wants": "zzzz"}, "opleiding"),
    ],
)
def test_bad_input_is_told_near_the_field_and_nothing_is_lost(client: Client, wrong: dict[str, str], said: str) -> None:
    lead(post := scout())
    login_as(client, post)
    page = client.post(reverse("campaigns:lead_add"), {**FORM, "contact_name": "Bea Bol", **wrong}).content.decode()
    assert said in page
    assert 'value="Bea Bol"' in page
    assert Lead.objects.count() == 1


def test_a_note_of_ten_megabytes_is_refused_in_words(client: Client) -> None:
    lead(post := scout())
    login_as(client, post)
    answer = client.post(reverse("campaigns:lead_add"), {**FORM, "note": "x" * 10_000_000})
    assert "1000" in answer.content.decode()
    assert len(answer.content) < 100_000
    assert Lead.objects.count() == 1


def test_a_company_that_is_here_is_shown_instead_of_doubled(client: Client) -> None:
    lead(post := scout())
    login_as(client, post)
    known = CompanyFactory(kvk="12345678")
    answer = client.post(reverse("campaigns:lead_add"), {**FORM, "kvk": "12345678"})
    assert answer["Location"] == reverse("campaigns:company", args=[known.public_id])
    assert Lead.objects.count() == 1
    elsewhere_too = client.post(reverse("campaigns:lead_add"), {**FORM, "postcode": "6511", "kvk": "12345678", "branch": "000000000999"})
    assert Lead.objects.count() == 2  # another branch is another company
    assert elsewhere_too.status_code == 302


def test_a_lead_that_turns_out_to_be_here_is_closed_and_leads_there(client: Client) -> None:
    made = lead(post := scout())
    login_as(client, post)
    known = CompanyFactory(kvk="12345678")
    client.post(reverse("campaigns:lead_change", args=[made.public_id]), {**FORM, "kvk": "12345678", "branch": known.branch})
    made.refresh_from_db()
    assert (made.state, made.company) == (S.ALREADY_KNOWN, known)


def test_two_scouts_do_not_work_on_one_branch() -> None:
    first, second = scout(user__name="Sam"), scout()
    made = lead(first, kvk="12345678")
    double = Lead(name="Bol", kvk="12345678", postcode="6511", area=made.area, region=made.region, source="street")
    with pytest.raises(LeadExists, match="Sam"):
        leads.add(lead=double, qualifications=[], by=actor_for(second))


def test_the_link_is_mailed_once_a_day_and_changes_nothing_when_opened(client: Client) -> None:
    made = lead(post := scout())
    login_as(client, post)
    for _click in range(2):
        client.post(reverse("campaigns:lead_move", args=[made.public_id]), {"to": "interested"})
    made.refresh_from_db()
    assert (made.state, made.steps.count()) == (S.INTERESTED, 1)
    mail = OutboxMail.objects.get(to="bol@bakkerij.example")
    found = re.search(r"/bedrijf/uitnodiging/\S+", mail.body)
    assert found
    opened = Client().get(found.group())
    assert opened.status_code == 200
    assert "bol@bakkerij.example" not in opened.content.decode()  # whoever opens it learns no more than the company's name
    made.refresh_from_db()
    assert made.state == S.INTERESTED


def test_a_link_is_for_one_lead_and_one_address_and_dies_with_the_interest(client: Client, settings: Any) -> None:
    post = scout()
    made, other = put(lead(post), S.INTERESTED), lead(post, email="x@y.example")
    token = links.token_of(made)
    page = reverse("campaigns:lead_link", args=[token])
    assert client.get(page).status_code == 200
    assert client.get(reverse("campaigns:lead_link", args=[token[:-2] + "xx"])).status_code == 410
    assert client.get(reverse("campaigns:lead_link", args=[links.token_of(other)])).status_code == 410  # nobody has said yes there
    Lead.objects.filter(pk=made.pk).update(email="iemand@anders.example")
    assert client.get(page).status_code == 410
    Lead.objects.filter(pk=made.pk).update(email="bol@bakkerij.example")
    settings.LEAD_LINK_DAYS = -1
    assert client.get(page).status_code == 410


def test_no_through_the_link_deletes_the_contact_at_once(client: Client) -> None:
    made = put(lead(scout(), note="Bellen na tienen"), S.INTERESTED)
    page = reverse("campaigns:lead_refuse", args=[links.token_of(made)])
    assert client.get(page).status_code == 405
    assert client.post(page).status_code == 200
    assert client.post(page).status_code == 410
    made.refresh_from_db()
    assert (made.state, made.contact_name, made.phone, made.email, made.note) == (S.NOT_INTERESTED, "", "", "", "")
    assert made.steps.get().hat == "link"


def test_a_registration_through_the_link_and_its_recognition_move_the_lead() -> None:
    made = put(lead(scout()), S.INTERESTED)
    company = CompanyFactory()
    for _twice in range(2):
        company_registered.send(Company, company=company, new=True, lead=links.token_of(made))
    made.refresh_from_db()
    assert (made.state, made.company, made.kvk) == (S.REGISTERED, company, company.kvk)
    asked = RecognitionFactory(company=company, state=R.ASSESSED, decided_at=None)
    advisor = actor_for(PostFactory(kind=HatKind.ADVISOR_PRACTICE))
    assessed(asked, None, by=actor_for(PostFactory(kind=HatKind.ADVISOR_PRACTICE)))
    transitions.move(recognition=asked, to=R.RECOGNISED, actor=advisor)
    made.refresh_from_db()
    assert made.state == S.RECOGNISED
    assert list(made.steps.values_list("to_state", "by", "hat")) == [(S.REGISTERED, None, "link"), (S.RECOGNISED, None, "system")]


@pytest.mark.parametrize(("numbers", "goes"), [({"branch": "000000000001"}, True), ({"branch": ""}, True), ({"branch": "000000000002"}, False)])
def test_a_company_that_registers_by_itself_is_known_by_its_numbers(numbers: dict[str, str], goes: bool) -> None:
    made = lead(scout(), kvk="12345678", **numbers)
    company_registered.send(Company, company=CompanyFactory(kvk="12345678", branch="000000000001"), new=True, lead="")
    made.refresh_from_db()
    assert (made.state == S.REGISTERED) == goes


def test_a_company_that_was_here_ends_the_lead() -> None:
    made = put(lead(scout()), S.INTERESTED)
    company_registered.send(Company, company=CompanyFactory(), new=False, lead=links.token_of(made))
    made.refresh_from_db()
    assert made.state == S.ALREADY_KNOWN


def test_a_lead_is_seen_in_its_region_only_and_worked_on_by_its_scout_only(client: Client) -> None:
    made = lead(scout())
    pages = [reverse(f"campaigns:{name}", args=[made.public_id]) for name in ("lead", "lead_change")]
    acts = [reverse(f"campaigns:{name}", args=[made.public_id]) for name in ("lead_move", "lead_send", "lead_take_over", "lead_hand_over")]
    login_as(client, elsewhere())
    assert {client.get(page).status_code for page in pages} | {client.post(page).status_code for page in [pages[1], *acts]} == {404}
    login_as(client, scout())
    assert client.get(pages[0]).status_code == 200
    for act in acts:
        client.post(act, {"to": "contacted"})
    client.post(pages[1], {**FORM, "name": "Van mij"})
    made.refresh_from_db()
    assert (made.state, made.name, made.steps.count()) == (S.NEW, "Bakkerij Bol", 0)


def test_a_lead_is_handed_over_and_told_and_taken_over_from_who_left(client: Client) -> None:
    first, second, far = scout(), scout(user__email="tweede@sbb.example"), elsewhere()
    made = lead(first)
    login_as(client, first)
    address = reverse("campaigns:lead_hand_over", args=[made.public_id])
    client.post(address, {"to": far.pk})
    made.refresh_from_db()
    assert made.post == first  # not a colleague there
    for _click in range(2):
        client.post(address, {"to": second.pk})
    made.refresh_from_db()
    assert made.post == second
    assert OutboxMail.objects.filter(to="tweede@sbb.example").count() == 1
    client.post(reverse("campaigns:lead_take_over", args=[made.public_id]))
    made.refresh_from_db()
    assert made.post == second  # who is still there
    second.ended_at = timezone.now()
    second.save()
    client.post(reverse("campaigns:lead_take_over", args=[made.public_id]))
    made.refresh_from_db()
    assert made.post == first


@pytest.mark.django_db(transaction=True)
def test_three_clicks_at_once_hand_a_lead_over_once() -> None:
    first, second = scout(), scout(user__email="tweede@sbb.example")
    made, by = lead(first), actor_for(first)
    found = at_once([lambda: leads.hand_over(lead=made, to=second, by=by)] * 3)
    assert [getattr(one, "post_id", one) for one in found] == [second.pk] * 3
    assert OutboxMail.objects.filter(to="tweede@sbb.example").count() == 1


def test_each_answer_of_a_lead_is_one_tap_and_nobody_is_offered_an_empty_list_of_colleagues(client: Client) -> None:
    made = lead(post := scout())
    login_as(client, post)
    page = client.get(reverse("campaigns:lead", args=[made.public_id])).content.decode()
    for look, to in (("secondary", "contacted"), ("primary", "interested")):
        assert f'<button class="nl-button nl-button--{look}" name="to" value="{to}">' in page
    assert 'type="radio"' not in page
    assert "Er is geen andere stagejager voor deze regio" in page
    assert '<select name="to"' not in page
    again = timezone.localdate() + timedelta(days=9)
    for answer in ({"to": "contacted"}, {"to": "contacted", "again_on": again}):
        client.post(reverse("campaigns:lead_move", args=[made.public_id]), answer)
    made.refresh_from_db()
    assert (made.state, made.again_on, made.steps.count()) == (S.CONTACTED, again, 1)


def test_time_lets_go_deletes_contacts_and_then_dead_leads() -> None:
    post = scout()
    silent, later, fresh = lead(post), lead(post, again_on=timezone.localdate() + timedelta(days=300)), lead(post)

    def nothing_since(days: int) -> tuple[int, int, int]:
        Lead.objects.filter(pk__in=[silent.pk, later.pk]).update(moved_at=timezone.now() - timedelta(days=days))
        return lead_forgetting.run_due()

    assert nothing_since(179) == (0, 0, 0)
    assert nothing_since(181) == (1, 0, 0)
    silent.refresh_from_db()
    assert (silent.state, silent.email, silent.steps.get().reason) == (S.NOT_INTERESTED, "bol@bakkerij.example", "silent")
    assert nothing_since(91) == (0, 1, 0)
    silent.refresh_from_db()
    assert (silent.email, silent.contact_name, silent.phone, silent.note) == ("", "", "", "")
    assert nothing_since(364) == (0, 0, 0)
    assert nothing_since(366) == (0, 0, 1)
    assert set(Lead.objects.all()) == {later, fresh}
    assert not LeadStep.objects.filter(lead_id=silent.pk).exists()


def test_what_cannot_be_done_is_said_and_leaves_the_lead_as_it_is(client: Client) -> None:
    made = put(lead(post := scout(), email=""), S.CONTACTED)
    login_as(client, post)
    address = reverse("campaigns:lead_move", args=[made.public_id])
    for answer in ({"to": "interested"}, {"to": "not_interested"}, {"to": "registered"}, {}, {"to": "contacted", "again_on": "2020-01-01"}):
        assert client.post(address, answer).status_code == 200
    with pytest.raises(LeadError):
        leads.send_link(lead=made, by=actor_for(post))
    made.refresh_from_db()
    assert (made.state, made.steps.count()) == (S.CONTACTED, 0)


def test_nobody_who_is_no_scout_sees_leads() -> None:
    lead(scout())
    for person in (PostFactory(kind=HatKind.ADVISOR_PRACTICE), PostFactory(kind=HatKind.ADMINISTRATOR), UserFactory(), CoordinatorFactory()):
        assert not Lead.objects.visible_to(actor_for(person)).exists()
