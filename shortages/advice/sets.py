"""Sets of words as numbers in SQL, and as the engine holds them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.engine.columns import Vocabulary, WordSets

Ints = NDArray[np.int64]


def bits_of(column: str) -> str:
    """SQL: an array of words as a number, bit k for the k-th of the parameter, a list of all words (at most 62)."""
    return f"COALESCE((SELECT sum(1::bigint << (array_position(%s::text[], word::text) - 1)) FROM unnest({column}) AS word), 0)::bigint"  # noqa: S608 a column of ours


def bit_sets(bits: Ints, words: Sequence[str], vocabulary: Vocabulary) -> WordSets:
    """The sets that such numbers stand for, as the engine holds them."""
    codes = np.array([vocabulary.code(word) for word in words], np.int32)
    row, bit = np.nonzero(bits[:, None] >> np.arange(len(words)) & 1)
    return WordSets(np.searchsorted(row, np.arange(len(bits) + 1)), codes[bit])
