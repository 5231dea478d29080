"""The lottery gives the published numbers."""

import numpy as np

from matching.engine import lottery_rank, pair_hash, splitmix64
from matching.engine.order import lottery_ranks, student_order


def test_splitmix64_gives_the_published_vector() -> None:
    assert splitmix64(0) == 16294208416658607535
    assert splitmix64(1) == 10451216379200822465


def test_the_draw_of_a_student_and_of_a_pair_gives_the_published_vector() -> None:
    assert lottery_rank(7, 10000001) == 9432742343591795768
    assert pair_hash(7, 10000001, 50000003) == 491447542


def test_arrays_draw_as_single_numbers_do() -> None:
    ids = np.array([1, 10000001, 1 << 62], np.int64)
    assert lottery_ranks(7, ids).tolist() == [lottery_rank(7, int(i)) for i in ids]


def test_a_lower_tier_comes_first_and_then_the_lower_draw() -> None:
    ids, tier = np.arange(1, 50, dtype=np.int64), np.arange(49, dtype=np.int64) % 3
    order = student_order(3, tier, ids)
    keys = [(int(tier[row]), lottery_rank(3, int(ids[row]))) for row in order]
    assert keys == sorted(keys)
