"""Whole tables of whole numbers from the database into NumPy: COPY out and one parse, no object a row."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from matching.engine.columns import Vocabulary, WordSets

Ints = NDArray[np.int64]


def integers(query: str, params: Sequence[Any] | None, width: int) -> Ints:
    """The rows of a query of `width` columns of whole numbers, none of them null: int64 [rows, width]."""
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT", params) as pipe:
        text = b"".join(bytes(chunk) for chunk in pipe)
    return np.fromstring(text.decode("ascii"), dtype=np.int64, sep=" ").reshape(-1, width)


def bits_of(column: str) -> str:
    """SQL: an array of words as a number, bit k for the k-th of the parameter, a list of all words (at most 62)."""
    return f"COALESCE((SELECT sum(1::bigint << (array_position(%s::text[], word::text) - 1)) FROM unnest({column}) AS word), 0)::bigint"


def bit_sets(bits: Ints, words: Sequence[str], vocabulary: Vocabulary) -> WordSets:
    """The sets that such numbers stand for, as the engine holds them."""
    codes = np.array([vocabulary.code(word) for word in words], np.int32)
    row, bit = np.nonzero(bits[:, None] >> np.arange(len(words)) & 1)
    return WordSets(np.searchsorted(row, np.arange(len(bits) + 1)), codes[bit])
