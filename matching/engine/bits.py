"""Sets of goals as bits, numbered inside each qualification so that one or two machine words are enough."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


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
        low = np.searchsorted(keys, rank[i] * total)
        high = np.searchsorted(keys, (rank[i] + 1) * total)
        for e in range(start[rows[i]], start[rows[i] + 1]):
            key = rank[i] * total + word[e]
            a, b = low, high
            while a < b:
                middle = (a + b) >> 1
                if keys[middle] < key:
                    a = middle + 1
                else:
                    b = middle
            if a < high and keys[a] == key:
                bit = a - low
                out[at[i] + (bit >> 6)] |= np.uint64(1) << np.uint64(bit & 63)
    return out
