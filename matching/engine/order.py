"""The lottery: splitmix64 over the seed and the ids, the same on every machine.

Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
FIRST = 0xBF58476D1CE4E5B9
SECOND = 0x94D049BB133111EB
PAIR_SHIFT = 34


def splitmix64(x: int) -> int:
    """One step of splitmix64: any integer in, an unsigned 64-bit integer out."""
    z = (x + GOLDEN) & MASK
    z = ((z ^ (z >> 30)) * FIRST) & MASK
    z = ((z ^ (z >> 27)) * SECOND) & MASK
    return z ^ (z >> 31)


def lottery_rank(seed: int, student_id: int) -> int:
    """The student's draw: inside a tier the lower one goes first."""
    return splitmix64((seed ^ student_id) & MASK)


def pair_hash(seed: int, student_id: int, place_id: int) -> int:
    """30 bits that decide between assignments of equal score: the higher sum wins."""
    return splitmix64(lottery_rank(seed, student_id) ^ place_id) >> PAIR_SHIFT


def splitmix64_array(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """splitmix64 of each element; uint64 [n] in and out."""
    z = x + np.uint64(GOLDEN)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(FIRST)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(SECOND)
    return z ^ (z >> np.uint64(31))


def lottery_ranks(seed: int, ids: NDArray[np.int64]) -> NDArray[np.uint64]:
    """lottery_rank of each id; int64 [n] in, uint64 [n] out."""
    return splitmix64_array(ids.astype(np.uint64) ^ np.uint64(seed & MASK))


def student_order(seed: int, tier: NDArray[np.int64], ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Row numbers in the order of places: tier, then lottery, then id; int64 [n]."""
    return np.lexsort((ids, lottery_ranks(seed, ids), tier))
