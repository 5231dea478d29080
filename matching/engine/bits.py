"""Sets of goals as bits, numbered inside each qualification so that one or two machine words are enough."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def place_of(keys: NDArray[np.int64], key: int) -> int:
    """The number of keys below `key` in sorted keys."""
    low, high = 0, len(keys)
    while low < high:
        middle = (low + high) >> 1
        if keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def fill_bits(
    start: NDArray[np.int64],
    word: NDArray[np.int32],
    rows: NDArray[np.int64],
    rank: NDArray[np.int64],
    total: int,
    keys: NDArray[np.int64],
    at: NDArray[np.int64],
) -> NDArray[np.uint64]:
    """Bits of the sets of `rows` [k] into flat words: set i starts at at[i]; keys are sorted rank·total + word."""
    out = np.zeros(at[-1], np.uint64)
    for i in range(len(rows)):
        low = place_of(keys, rank[i] * total)
        for e in range(start[rows[i]], start[rows[i] + 1]):
            key = rank[i] * total + word[e]
            found = place_of(keys, key)
            if found < len(keys) and keys[found] == key:
                bit = found - low
                out[at[i] + (bit >> 6)] |= np.uint64(1) << np.uint64(bit & 63)
    return out
