"""Advice of a night: what an act promises is what happens, the best comes first, and it says why without naming anybody."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone
from django.utils.translation import override

from matching.engine import Instance, Result, solve
from matching.engine.again import take
from matching.engine.columns import PLACE_COLUMNS
from matching.engine.gain import as_places, joined
from matching.engine.instance import by_column
from shortages.advice import choose, packing, words
from shortages.advice.candidates import KINDS, Candidates, all_candidates, together
from shortages.models import ActKind, Advice, Night
from shortages.services import advice, night_here, nights
from stagematch import jobs
from stagematch.models import Job
from tests.engine.instances import instance, random_rows
from tests.factories import RecognitionFactory
from tests.shortages.making import Country, crowded

DATABASE = (pytest.mark.django_db, pytest.mark.queries(most=1000, repeats=1000))


def drawn(seed: int, students: int = 40, places: int = 14, count: int = 12) -> tuple[Instance, Result, Candidates]:
    """A small scarce instance and candidates in two regions, some with several slots, some of the same company."""
    found = instance(*random_rows(seed, students, places, most_capacity=2))
    rows = [row | {"id": 1 + at} for at, row in enumerate(random_rows(seed, students, places + count)[1][places:])]
    new = as_places(by_column(rows, PLACE_COLUMNS), found, "candidates", 1)
    new = replace(new, capacity=np.ones(count, np.int64))
    slots = np.array([1 + (at % 5 == 0) * 2 for at in range(count)])
    zeros = np.zeros(count, np.int64)
    kinds = np.where(slots > 1, KINDS.index(ActKind.CONFIRM), KINDS.index(ActKind.OPEN))
    whole = Candidates(
        kinds, np.arange(count) // 2, zeros + 10_000, zeros, zeros - 1, slots, np.arange(count) % 2, new, found.words, ["AM01", "AM02"]
    )
    return found, solve(found, seed=seed), whole


def with_rows(found: Instance, candidates: Candidates, rows: list[int]) -> Instance:
    both = joined(found.places, take(candidates.places, np.array(rows, np.int64)))
    capacity, ids = both.capacity.copy(), both.id.copy()
    capacity[len(found.places) :] = candidates.slots[rows]
    ids[len(found.places) :] = 1_000_000 + np.array(rows)
    return Instance(found.students, replace(both, capacity=capacity, id=ids), found.criteria, found.words)


def changes(before: Result, after: Result, tier: np.ndarray) -> tuple[list[int], int]:
    came = (after.place_id >= 0) & (before.place_id < 0)
    return sorted(tier[came].tolist()), int(after.summary["score"]) - int(before.summary["score"])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_choice_is_that_of_solving_every_possibility_again(seed: int) -> None:
    found, result, candidates = drawn(seed)
    acts = choose.Field(found, result, candidates).choose(0, count=3, tried=99)
    taken: list[int] = []
    left, before = set(np.flatnonzero(candidates.region == 0).tolist()), result
    for act in acts:
        solved = {row: solve(with_rows(found, candidates, [*taken, row]), seed=seed) for row in sorted(left)}
        ranks = {row: choose.rank_of(*changes(before, after, found.students.tier), row) for row, after in solved.items()}
        assert act.row == min(ranks, key=lambda row: ranks[row])
        assert act.rank == ranks[act.row]
        before, taken = solved[act.row], [*taken, act.row]
        left = {row for row in left if candidates.company[row] != candidates.company[act.row]}
    assert taken


def test_regions_choose_on_their_own_and_no_company_twice() -> None:
    found, result, candidates = drawn(4, students=80)
    field = choose.Field(found, result, candidates)
    first, other, again = (field.choose(region) for region in (0, 1, 0))
    assert [act.row for act in first] == [act.row for act in again]
    for acts, region in ((first, 0), (other, 1)):
        rows = [act.row for act in acts]
        assert set(candidates.region[rows]) == {region}
        assert len(set(candidates.company[rows])) == len(rows)
        after = solve(with_rows(found, candidates, rows), seed=4)
        promised = sorted(itertools.chain(*(act.tiers for act in acts))), sum(act.points for act in acts)
        assert changes(result, after, found.students.tier) == promised


def night() -> Night:
    return night_here.work(nights.start_night(day=timezone.localdate()), threads=1)


@pytest.fixture
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No heartbeat: its connection does not see what these tests never commit."""
    monkeypatch.setattr("stagematch.jobs.WRITE_EVERY", 60)
    monkeypatch.setattr("stagematch.jobs._wake", lambda job: None)


@pytest.fixture
def country() -> Country:
    """Five students and one place; a company that is recognised, one of the same file, a hidden place, a place without Monday."""
    country = Country()
    country.cook.dossier_code = country.baker.dossier_code = "23086"
    country.cook.save()
    country.baker.save()
    country.place(country.cook, days=["tu", "we"], capacity=1)
    for _number in range(5):
        country.request(country.cook)
    country.request(country.baker)
    country.place(country.cook, capacity=2, confirmed_at=timezone.now() - timedelta(days=300))
    country.company(country.cook, name="De Pan")
    country.company(country.baker, name="De Oven")
    country.company(country.baker, name="De Korst")
    return country


class TestNight:
    """A night with the database."""

    pytestmark = [*DATABASE, pytest.mark.usefixtures("_alone")]

    def test_what_was_promised_is_found_when_everything_is_solved_again(self) -> None:
        crowded(2)
        done = night()
        assert done.state == "done", done.error
        for region in set(Advice.objects.values_list("region", flat=True)):
            for first in (1, None):
                found = advice.check(done, region, first)
                assert found.holds, found
        assert Advice.objects.filter(students__gt=0).exists()

    def test_every_kind_of_act_is_weighed(self, country: Country) -> None:
        done = night()
        acts = {act.kind: act for act in Advice.objects.select_related("company")}
        assert acts["confirm"].students == acts["confirm"].slots == 2
        assert {act.company.name for act in Advice.objects.filter(kind="open", qualification=country.cook)} >= {"De Pan"}
        assert acts["recognise"].company.name in ("De Oven", "De Korst")
        assert acts["recognise"].qualification == country.cook
        assert (acts["day"].day, acts["day"].students) == ("mo", 1)
        assert sum(act.students for act in acts.values()) == 5
        assert advice.check(done, acts["open"].region_id).holds

    def test_acts_are_told_in_words_in_both_languages(self, country: Country) -> None:
        night()
        for language in ("nl", "en"):
            with override(language):
                for act in Advice.objects.select_related("company", "qualification", "place"):
                    said = words.words_of(act)
                    assert act.company.name in said.what
                    assert str(act.reason["within"]) in said.why
                    assert said.brings
                    assert said.ask

    def test_a_region_that_is_done_again_finds_the_same(self, country: Country, monkeypatch: pytest.MonkeyPatch) -> None:
        started = nights.start_night(day=timezone.localdate())
        monkeypatch.setattr("shortages.services.advice.Advice.objects.bulk_create", _broken_once())
        monkeypatch.setattr("shortages.services.night_here.jobs.run", _handing_out_again(jobs.run))
        done = night_here.work(started, threads=1)
        assert done.state == "done", done.error
        assert Advice.objects.filter(night=done).exists()
        assert Job.objects.filter(kind=advice.PART, state="done").count() == len(set(Advice.objects.values_list("region", flat=True)))

    def test_a_shortlist_survives_the_database(self, country: Country) -> None:
        night()
        instance_, result = advice.engine.load(Night.objects.get())
        few = together(list(all_candidates(instance_, result)))
        again = packing.unpack(*packing.pack(few, instance_))
        assert np.array_equal(again.company, few.company)
        assert [choose.as_row(again, row) for row in range(len(few))] == [choose.as_row(few, row) for row in range(len(few))]

    def test_a_company_that_asked_for_the_recognition_already_is_not_advised_to(self, country: Country) -> None:
        for company in {recognition.company for recognition in country.baker.recognitions.all()}:
            RecognitionFactory(company=company, qualification=country.cook, requested=True)
        night()
        assert not Advice.objects.filter(kind="recognise", qualification=country.cook).exists()


def _handing_out_again(real: Callable[[int], None]) -> Callable[[int], None]:
    """As the sweeper does when a lease has run out, without the wait."""

    def run(job: int) -> None:
        real(job)
        Job.objects.filter(pk=job, state="running").update(state="queued", lease_until=None)

    return run


def _broken_once() -> object:
    real, broken = Advice.objects.bulk_create, []

    def write(rows: list[Advice]) -> list[Advice]:
        if not broken:
            broken.append(1)
            raise jobs.LeaseLost
        return real(rows)

    return write
