"""Counts of one to four stay hidden: multiples of five by a lot that never changes, and an attacker who knows all of this."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortages.models import COUNTS
from shortages.night import suppression
from shortages.night.suppression import READY, SEEKING, STEP, STOPPED, UNUSED

KEY = b"a key of this test"
CELLS = [(f"AM{number % 35:02d}", 25_000 + number // 35, "mbo2bol") for number in range(7000)]
SLACK = STEP - 1


def table_of(seed: int) -> np.ndarray:
    """True counts of a few cells in which those stopped are among the ready, and the ready among the seeking."""
    draw = np.random.default_rng(seed)
    table = draw.integers(0, 13, (draw.integers(1, 12), len(COUNTS)))
    table[:, STOPPED] = draw.integers(0, 4, (len(table), len(STOPPED)))
    table[:, READY] = table[:, STOPPED].sum(axis=1) + draw.integers(0, 3, len(table))
    table[:, SEEKING] = table[:, READY] + draw.integers(0, 3, len(table))
    return table


tables = st.integers(0, 2**32 - 1).map(table_of)


def published(table: np.ndarray, first: int = 0) -> np.ndarray:
    return suppression.published(table, suppression.lots(CELLS[first : first + len(table)], KEY))


@given(tables, st.integers(0, 6000))
def test_every_published_count_is_a_multiple_of_five_within_five_of_the_truth_and_nothing_stays_nothing(table: np.ndarray, first: int) -> None:
    shown = published(table, first)
    assert (shown % STEP == 0).all()
    counts = [at for at in range(len(COUNTS)) if at not in (READY, SEEKING)]
    assert (np.abs(shown - table)[:, counts] < STEP).all()
    assert (shown[:, counts][table[:, counts] == 0] == 0).all()
    assert (shown[:, counts][table[:, counts] % STEP == 0] == table[:, counts][table[:, counts] % STEP == 0]).all()


@given(tables, st.integers(0, 6000))
def test_a_cell_has_one_lot_whatever_the_date_the_order_or_the_cells_beside_it(table: np.ndarray, first: int) -> None:
    cells = CELLS[first : first + len(table)]
    shown = suppression.published(table, suppression.lots(cells, KEY))
    order = np.arange(len(table))[::-1]
    again = suppression.published(table[order], suppression.lots([cells[at] for at in order], KEY))
    assert (shown[order] == again).all()
    assert (suppression.published(table[:1], suppression.lots(cells[:1], KEY)) == shown[:1]).all()


@given(tables, tables, st.integers(0, 6000), st.integers(0, 2**32 - 1))
def test_two_filtered_views_of_any_dates_differ_by_a_multiple_of_five(before: np.ndarray, after: np.ndarray, first: int, seed: int) -> None:
    shown = [published(before, first), published(after, first)]
    views, draw = [], np.random.default_rng(seed)
    for _view in range(2):
        day = shown[draw.integers(2)]
        views.append(int(day[draw.random(len(day)) < 0.5][:, draw.random(len(COUNTS)) < 0.3].sum()))
    assert (views[0] - views[1]) % STEP == 0


@given(tables, st.integers(0, 6000))
def test_no_part_is_published_larger_than_its_whole(table: np.ndarray, first: int) -> None:
    for part, whole in suppression.WHOLE.items():
        at, of = COUNTS.index(part), COUNTS.index(whole)
        table[:, of] = np.maximum(table[:, of], table[:, at])
    shown = published(table, first)
    for part, whole in suppression.WHOLE.items():
        assert (shown[:, COUNTS.index(part)] <= shown[:, COUNTS.index(whole)]).all(), f"{part} ≤ {whole}"


def test_one_lot_for_slots_and_their_parts_tells_no_hidden_count_although_confirmed_and_stale_make_up_the_offered() -> None:
    most = 12
    confirmed, stale, unused, lot = np.meshgrid(*[np.arange(most)] * 3, np.arange(STEP), indexing="ij")
    truth = np.stack([confirmed, stale, confirmed + stale, unused, lot], axis=-1).reshape(-1, 5)
    truth = truth[truth[:, 3] <= truth[:, 2]]
    counts = truth[:, :4]
    shown = suppression._in_fives(counts, truth[:, 4:])
    told: dict[tuple[int, ...], list[set[int]]] = {}
    for row, true in zip(map(tuple, shown.tolist()), counts.tolist(), strict=True):
        for possible, count in zip(told.setdefault(row, [set() for _ in range(4)]), true, strict=True):
            possible.add(count)
    assert all(len(possible) > 1 for row in told.values() for possible in row if possible & {1, 2, 3, 4})


def test_one_lot_for_the_ready_and_the_seeking_leaves_each_all_that_its_own_number_allows() -> None:
    ready, more, lot = (axis.ravel() for axis in np.meshgrid(np.arange(25), np.arange(25), np.arange(STEP), indexing="ij"))
    pair = np.stack([ready, ready + more], axis=-1)
    shown = suppression._in_fives(pair, lot[:, None])
    for one, other in {(int(a), int(b)) for a, b in shown if a <= 10 and b <= 15}:
        told = pair[(shown == (one, other)).all(axis=1)]
        assert set(told[:, 0]) == set(range(max(one - SLACK, 0), one + SLACK + 1)), "as if nothing stood beside it"


@pytest.mark.parametrize("count", range(12))
def test_published_counts_are_right_on_average(count: int) -> None:
    table = np.zeros((len(CELLS), len(COUNTS)), np.int64)
    table[:, UNUSED] = count
    assert abs(published(table)[:, UNUSED].mean() - count) < 0.12  # four standard errors at most


def feasible(shown: np.ndarray) -> dict[int, range]:
    """What an attacker who knows the method, and all that is published of a cell, can say of `ready` and of what stops students.

    A published count m is a true one between m − 4 and m + 4, 0 only if it is 0 or at most 4. Those stopped are among the ready, and
    these among the seeking. A whole may have been raised: then it is an upper bound only.
    """
    low = {at: max(int(shown[at]) - SLACK, 0) for at in STOPPED}
    high = {at: int(shown[at]) + SLACK for at in STOPPED}
    most = min(int(shown[READY]), int(shown[SEEKING])) + SLACK
    least = sum(low.values())
    raised = int(shown[READY]) == -(-(least + 1 - SLACK) // STEP) * STEP
    found = {at: range(low[at], min(high[at], most - least + low[at]) + 1) for at in STOPPED}
    return found | {READY: range(least if raised else max(least, int(shown[READY]) - SLACK), most + 1)}


@given(tables, st.integers(0, 6000))
def test_nobody_can_tell_a_hidden_count_of_one_to_four_from_all_that_is_published(table: np.ndarray, first: int) -> None:
    for truth, shown in zip(table, published(table, first), strict=True):
        for at, possible in feasible(shown).items():
            assert int(truth[at]) in possible, "the attacker reasons soundly"
            if 1 <= truth[at] <= SLACK:
                assert len(possible) > 1


def test_what_stops_four_students_would_be_told_by_the_number_of_the_ready_if_that_were_not_raised() -> None:
    table = np.zeros((len(CELLS), len(COUNTS)), np.int64)
    table[:, [*STOPPED[:4]]] = 1
    table[:, READY] = table[:, SEEKING] = 4
    drawn = suppression.lots(CELLS, KEY)
    plain = suppression._in_fives(table, drawn[:, suppression.LOT_OF])
    betrayed = (plain[:, STOPPED[:4]] == STEP).all(axis=1) & (plain[:, READY] == 0)
    assert betrayed.any(), "four published fives among at most four ready: each is exactly one"
    shown = suppression.published(table, drawn)
    assert (shown[betrayed][:, READY] == STEP).all()
    assert all(len(possible) > 1 for row in shown[betrayed] for possible in feasible(row).values())


def test_the_public_chance_is_what_anybody_can_work_out_from_the_public_counts() -> None:
    table = np.zeros((len(CELLS), len(COUNTS)), np.int64)
    table[:, READY], table[:, UNUSED] = np.arange(len(CELLS)) % 14, np.arange(len(CELLS)) % 11
    shown = published(table)
    expected = [min(100, 100 * int(row[UNUSED]) // int(row[READY])) if row[READY] else None for row in shown]
    assert suppression.chances(shown) == expected


def test_no_mean_is_published_of_few_students() -> None:
    table = np.zeros((len(CELLS), len(COUNTS)), np.int64)
    table[:, READY] = table[:, SEEKING] = 5 + np.arange(len(CELLS)) % 5
    shown = published(table)
    worths = suppression.worths([0.123] * len(CELLS), shown)
    assert [value is not None for value in worths] == [n >= 10 for n in shown[:, READY].tolist()], "that it is said follows from what is published"
    assert {*worths} == {None, 0.1}
    assert set(suppression.medians(np.full(3, 4321), np.array([4, 5, 25]), suppression.lots(CELLS[:3], KEY))) == {None, 4.0}
