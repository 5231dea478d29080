"""An instance solved in parts and joined is the same, to the last price, as solved at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matching.engine import POLICIES, InputError, Instance, Result, read_instance, solve, verify, write_instance
from matching.engine.parts import from_bytes, join, parts, to_bytes

from .instances import instance, place, random_rows, student


def apart(seed: int, students: int) -> Instance:
    """A random instance of which hardly any place is for two qualifications, so that there is something to divide."""
    rows, places = random_rows(seed, students, students // 2)
    few = [row | {"qualifications": row["qualifications"][: 2 if at % 40 == 0 else 1]} for at, row in enumerate(places)]
    return instance(rows, few)


def solved_in_parts(whole: Instance, folder: Path, at_most: int, policy: str, seed: int) -> list[Result]:
    """Each part as another machine gets it and sends it back: by files, as bytes; the last one first."""
    results = []
    for number, part in enumerate(parts(whole, at_most)):
        write_instance(part.instance, folder / str(number))
        results.append(from_bytes(to_bytes(solve(read_instance(folder / str(number)), policy=policy, seed=seed, threads=1))))
    return results[::-1]


def same(a: Result, b: Result) -> None:
    for name in ("student_id", "place_id", "score", "distance", "points", "places", "u", "p"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), name)
    assert a.reason == b.reason
    timeless = [{name: value for name, value in each.summary.items() if name not in ("seconds", "peak_mib")} for each in (a, b)]
    assert timeless[0] == timeless[1]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(("seed", "students", "at_most"), [(1, 0, 3), (2, 1, 3), (3, 70, 2), (4, 400, 12), (5, 90, 1)])
def test_joined_parts_are_what_one_process_finds(tmp_path: Path, seed: int, students: int, at_most: int, policy: str) -> None:
    whole = apart(seed, students)
    joined = join(whole, solved_in_parts(whole, tmp_path, at_most, policy, seed))
    same(joined, solve(whole, policy=policy, seed=seed))
    assert verify(whole, joined) == []


def test_the_heaviest_part_comes_first_and_each_row_is_in_one() -> None:
    whole = apart(8, 300)
    found = parts(whole, 4)
    assert 2 <= len(found) <= 4
    assert [part.weight for part in found] == sorted((part.weight for part in found), reverse=True)
    assert sum(part.weight for part in found) == pytest.approx(1)
    for ids, of_part in ((whole.students.id, "students"), (whole.places.id, "places")):
        assert sorted(np.concatenate([getattr(part.instance, of_part).id for part in found])) == sorted(ids)


def test_qualifications_that_share_a_place_are_not_parted() -> None:
    rows = [student(id=k, qualification=f"q{k}") for k in range(1, 5)]
    shared = [place(id=1, qualifications="q1 q2"), place(id=2, qualifications="q2 q3"), place(id=3, qualifications="q4")]
    assert sorted(len(part.instance.students) for part in parts(instance(rows, shared), 10)) == [1, 3]


def test_a_part_too_few_twice_or_of_another_draw_is_refused() -> None:
    whole = apart(9, 200)
    results = [solve(part.instance) for part in parts(whole, 3)]
    for wrong in (results[1:], [*results, results[0]], [*results[1:], replace(results[0], seed=9)]):
        with pytest.raises(InputError):
            join(whole, wrong)


@pytest.mark.parametrize("data", [b"", b"PK no zip", to_bytes(solve(instance([student()], [place()])))[:-40]])
def test_a_broken_result_of_a_part_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        from_bytes(data)
