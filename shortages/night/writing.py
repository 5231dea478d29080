"""The rows of one region: what was counted and what the engine found, joined, made public, and copied into the tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from django.db import connection

from shortages.models import COUNTS, Night, PublicFigure, RegionFigure
from shortages.night import storing, suppression
from shortages.night.cells import GROUPS, Axes, Ints
from shortages.night.engine import Found
from shortages.night.worth import STEPS

COLUMNS = ("night_id", "region_id", "qualification_id", "group", *COUNTS, "median_km", "chance", "worth")
Key = tuple[str, int, str]
Column = Sequence[float | None]


def by_region(axes: Axes, arrays: dict[str, Ints]) -> list[bytes]:
    """Arrays over all cells cut into one piece a region, each with the cells that say something."""
    pieces = []
    for start in range(0, axes.size, axes.in_a_region):
        table = np.stack([array[start : start + axes.in_a_region] for array in arrays.values()], axis=1)
        cell = np.flatnonzero(table.any(axis=1))
        pieces.append(storing.pack({"cell": cell, "table": table[cell]}, {"names": list(arrays)}))
    return pieces


def engine_arrays(found: Found, worth: Ints) -> dict[str, Ints]:
    """What the engine found of every cell; numbers that may be missing are kept one higher, so that 0 is nothing."""
    stops = {f"stop_{stop.value}": amount for stop, amount in found.stops.items()}
    return {**stops, "engine_placed": found.placed, "median": found.median_metres + 1, "worth": worth + 1}


def write(night: Night, axes: Axes, region: int) -> int:
    """Write the rows of a region in place of any that a broken-off attempt left; returns how many. The caller's transaction."""
    code = axes.regions[region]
    for model in (RegionFigure, PublicFigure):
        model._base_manager.filter(night=night, region=code).delete()
    counted, said = (_all_cells(axes, storing.get_one(night, name, region)) for name in ("counts", "engine"))
    counts = np.stack([(said if name.startswith("stop_") else counted).get(name, np.zeros(axes.in_a_region, np.int64)) for name in COUNTS], axis=1)
    cell = np.flatnonzero(counts.any(axis=1))
    counts = counts[cell]
    crebo, group = axes.parts(cell)
    keys = [(code, number, GROUPS[at].value) for number, at in zip(crebo.tolist(), group.tolist(), strict=True)]
    drawn = suppression.lots(keys, suppression.secret())
    metres, placed, worth = (said[name][cell] for name in ("median", "engine_placed", "worth"))
    medians = [None if value == 0 else round((value - 1) / 1000, 1) for value in metres.tolist()]
    values = [None if value == 0 else (value - 1) / STEPS for value in worth.tolist()]
    put(night, keys, counts, drawn, (medians, suppression.medians(metres - 1, placed, drawn)), values)
    return len(cell)


def put(night: Night, keys: Sequence[Key], counts: Ints, drawn: Ints, medians: tuple[Column, Column], worth: list[float | None]) -> None:
    """Write cells exactly, and as everybody may read them; `medians` for the one and the other. A row of which all counts are 0 is left out."""
    shown = suppression.published(counts, drawn)
    parts = ((RegionFigure, counts, medians[0], worth), (PublicFigure, shown, medians[1], suppression.worths(worth, shown)))
    for model, table, median, values in parts:
        columns = (median, suppression.chances(table), values)
        kept = np.flatnonzero(table.any(axis=1)).tolist()
        _copy(model, ((night.pk, *keys[at], *table[at].tolist(), *(column[at] for column in columns)) for at in kept))


def _all_cells(axes: Axes, data: bytes) -> dict[str, Ints]:
    arrays, told = storing.unpack(data)
    whole = np.zeros((len(told["names"]), axes.in_a_region), np.int64)
    whole[:, arrays["cell"]] = arrays["table"].T
    return dict(zip(told["names"], whole, strict=True))


def _copy(model: type[RegionFigure] | type[PublicFigure], rows: Iterable[Sequence[Any]]) -> None:
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as pipe:
        pipe.write("".join("\t".join("\\N" if value is None else str(value) for value in row) + "\n" for row in rows))
