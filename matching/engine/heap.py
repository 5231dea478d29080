"""A binary heap for compiled code, lowest key first, in which each item occurs once and its key can fall."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .compiled import UNCOUNTED


class Heap(NamedTuple):
    """item [room] in heap order, size [1]; key and at (−1: not in the heap) by item [room]."""

    item: NDArray[np.int32]
    size: NDArray[np.int64]
    key: NDArray[np.int64]
    at: NDArray[np.int32]


def new_heap(room: int) -> Heap:
    return Heap(np.zeros(room, np.int32), np.zeros(1, np.int64), np.zeros(room, np.int64), np.full(room, -1, np.int32))


@njit(**UNCOUNTED)
def heap_push(heap: Heap, key: int, item: int) -> None:
    """Put an item in, or let its key fall to `key`."""
    items, size, keys, at = heap.item, heap.size, heap.key, heap.at
    k = at[item]
    if k < 0:
        k = size[0]
        size[0] += 1
    keys[item] = key
    while k > 0:
        up = (k - 1) >> 1
        other = items[up]
        if keys[other] <= key:
            break
        items[k] = other
        at[other] = k
        k = up
    items[k] = item
    at[item] = k


@njit(**UNCOUNTED)
def heap_pop(heap: Heap) -> tuple[int, int]:
    """Take out the lowest: key and item."""
    items, sizes, keys, at = heap.item, heap.size, heap.key, heap.at
    top = items[0]
    at[top] = -1
    sizes[0] -= 1
    size = sizes[0]
    if size > 0:
        item = items[size]
        key = keys[item]
        k = 0
        while True:
            down = 2 * k + 1
            if down >= size:
                break
            if down + 1 < size and keys[items[down + 1]] < keys[items[down]]:
                down += 1
            other = items[down]
            if keys[other] >= key:
                break
            items[k] = other
            at[other] = k
            k = down
        items[k] = item
        at[item] = k
    return keys[top], top


@njit(**UNCOUNTED)
def heap_clear(heap: Heap) -> None:
    items, size, at = heap.item, heap.size, heap.at
    for k in range(size[0]):
        at[items[k]] = -1
    size[0] = 0
