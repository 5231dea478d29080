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
    """Bits of the sets of `rows` [k], by rising rank, into flat words: set i starts at at[i]; keys are sorted rank·total + word."""
    out = np.zeros(at[-1], np.uint64)
    bit = np.full(total, -1, np.int64)
    current, low, high = -1, 0, 0
    for i in range(len(rows)):
        if rank[i] != current:
            for t in range(low, high):
                bit[keys[t] - current * total] = -1
            current = rank[i]
            low, high = place_of(keys, current * total), place_of(keys, (current + 1) * total)
            for t in range(low, high):
                bit[keys[t] - current * total] = t - low
        for e in range(start[rows[i]], start[rows[i] + 1]):
            b = bit[word[e]]
            if b >= 0:
                out[at[i] + (b >> 6)] |= np.uint64(1) << np.uint64(b & 63)
    return out
