"""A binary heap for compiled code, lowest key first, in which each item occurs once and its key can fall."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray


class Heap(NamedTuple):
    """item [room] in heap order, size [1]; key and at (−1: not in the heap) by item [room]."""

    item: NDArray[np.int32]
    size: NDArray[np.int64]
    key: NDArray[np.int64]
    at: NDArray[np.int32]


def new_heap(room: int) -> Heap:
    return Heap(np.zeros(room, np.int32), np.zeros(1, np.int64), np.zeros(room, np.int64), np.full(room, -1, np.int32))


@njit(cache=True, nogil=True)
def heap_push(heap: Heap, key: int, item: int) -> None:
    """Put an item in, or let its key fall to `key`."""
    k = heap.at[item]
    if k < 0:
        k = heap.size[0]
        heap.size[0] += 1
    heap.key[item] = key
    while k > 0:
        up = (k - 1) >> 1
        other = heap.item[up]
        if heap.key[other] <= key:
            break
        heap.item[k] = other
        heap.at[other] = k
        k = up
    heap.item[k] = item
    heap.at[item] = k


@njit(cache=True, nogil=True)
def heap_pop(heap: Heap) -> tuple[int, int]:
    """Take out the lowest: key and item."""
    top = heap.item[0]
    heap.at[top] = -1
    heap.size[0] -= 1
    size = heap.size[0]
    if size > 0:
        item = heap.item[size]
        key = heap.key[item]
        k = 0
        while True:
            down = 2 * k + 1
            if down >= size:
                break
            if down + 1 < size and heap.key[heap.item[down + 1]] < heap.key[heap.item[down]]:
                down += 1
            other = heap.item[down]
            if heap.key[other] >= key:
                break
            heap.item[k] = other
            heap.at[other] = k
            k = down
        heap.item[k] = item
        heap.at[item] = k
    return heap.key[top], top


@njit(cache=True, nogil=True)
def heap_clear(heap: Heap) -> None:
    for k in range(heap.size[0]):
        heap.at[heap.item[k]] = -1
    heap.size[0] = 0
