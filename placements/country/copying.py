"""Rows into tables by COPY, in chunks of text; what a table has and nobody names gets its model's default."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from django.db import connection, models
from numpy.typing import NDArray

CHUNK = 50_000
NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def escape(text: str) -> str:
    """A text as COPY reads it."""
    return text.translate(_ESCAPES)


class Copier:
    """Copies columns into tables within one transaction and counts rows and seconds by table."""

    def __init__(self) -> None:
        self.figures: dict[str, dict[str, float]] = {}

    def copy(self, model: type[models.Model], count: int, columns: Mapping[str, Sequence[str] | NDArray[Any] | str], key: int = 1) -> None:
        """Copy so many rows; a column is a text for all of them, or an array or list of texts or numbers. Keys count from `key`."""
        began = time.perf_counter()
        names, makers = [], []
        for field in model._meta.concrete_fields:
            if isinstance(field, models.GeneratedField):
                continue
            names.append(field.column)
            value = columns.get(field.attname, columns.get(field.name))
            if value is None and field.primary_key and field.attname not in columns:
                value = np.arange(key, key + count)
            makers.append(_default(field) if value is None else value)
        table = model._meta.db_table
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(json.dumps(name) for name in names)}) FROM STDIN") as pipe:
            for start in range(0, count, CHUNK):
                end = min(count, start + CHUNK)
                cells = [_texts(maker, start, end) for maker in makers]
                pipe.write("\n".join(map("\t".join, zip(*cells, strict=True))) + "\n")
        if model._meta.auto_field and count:
            with connection.cursor() as cursor:
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [table, model._meta.auto_field.column, key + count - 1])
        self.note(table, count, time.perf_counter() - began)

    def note(self, name: str, rows: int, seconds: float) -> None:
        """Remember how long so many rows took."""
        self.figures[name] = {"rows": rows, "seconds": round(seconds, 2), "rows_per_second": round(rows / max(seconds, 1e-9))}


def uuids(draw: np.random.Generator, count: int) -> list[str]:
    """Random identifiers (version 4), the same for the same seed."""
    raw = draw.integers(0, 256, (count, 16), dtype=np.uint8)
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    text = raw.tobytes().hex()
    return [text[at : at + 32] for at in range(0, 32 * count, 32)]


def sets(bits: NDArray[np.int64], vocabulary: Sequence[str]) -> list[str]:
    """Bits as arrays of words: every different value is written once."""
    different, at = np.unique(bits, return_inverse=True)
    texts = np.array(["{" + ",".join(word for bit, word in enumerate(vocabulary) if value >> bit & 1) + "}" for value in different.tolist()], object)
    found: list[str] = texts[at].tolist()
    return found


def pick(words: Sequence[str], numbers: NDArray[np.int64]) -> list[str]:
    """The word with each number."""
    found: list[str] = np.array(words, object)[numbers].tolist()
    return found


def _texts(maker: Sequence[str] | NDArray[Any] | str, start: int, end: int) -> Iterable[str]:
    if isinstance(maker, str):
        return [maker] * (end - start)
    if isinstance(maker, np.ndarray):
        return list(map(str, maker[start:end].tolist()))
    return maker[start:end]


def _default(field: models.Field[Any, Any]) -> str:
    if field.null and not field.has_default():
        return NULL
    value = field.get_default()
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if isinstance(value, (list, tuple)):
        return "{" + ",".join(map(str, value)) + "}"
    return escape(str(value))
