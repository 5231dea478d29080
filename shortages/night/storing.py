"""Arrays of a night in the database: as narrow as their numbers allow, in pieces that a statement can carry."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine import Criteria, Instance, Result
from matching.engine.columns import Vocabularies, Vocabulary, WordSets
from matching.engine.instance import Places, Students
from matching.engine.rules import REASONS
from shortages.models import Night, NightData

PIECE = 16 * 2**20
_NARROW = (np.int8, np.int16, np.int32)
_TIME = (1980, 1, 1, 0, 0, 0)


def pack(arrays: Mapping[str, NDArray[Any]], told: Mapping[str, Any] | None = None) -> bytes:
    """Arrays of whole numbers, and what JSON can say, as bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(name, _TIME), "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, narrowed(array), allow_pickle=False)
        archive.writestr(zipfile.ZipInfo("told.json", _TIME), json.dumps(told or {}))
    return out.getvalue()


def unpack(data: bytes) -> tuple[dict[str, NDArray[np.int64]], dict[str, Any]]:
    """What `pack` was given; numbers are int64 again."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        told = json.loads(archive.read("told.json"))
        names = [name for name in archive.namelist() if name != "told.json"]
        return {name: _array(archive, name) for name in names}, told


def _array(archive: zipfile.ZipFile, name: str) -> NDArray[np.int64]:
    with archive.open(name) as entry:
        found: NDArray[np.int64] = np.lib.format.read_array(entry, allow_pickle=False).astype(np.int64)
        return found


def narrowed(array: NDArray[Any]) -> NDArray[Any]:
    """The same numbers in the narrowest type that holds them."""
    if not array.size:
        return array.astype(np.int8)
    low, high = int(array.min()), int(array.max())
    return next((array.astype(kind) for kind in _NARROW if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max), array)


def put(night: Night, name: str, data: bytes) -> None:
    """Keep these bytes under a name, in place of what was there; the caller's transaction."""
    NightData.objects.filter(night=night, name=name).delete()
    for piece, start in enumerate(range(0, max(1, len(data)), PIECE)):
        NightData.objects.create(night=night, name=name, piece=piece, content=data[start : start + PIECE])


def put_each(night: Night, name: str, data: list[bytes]) -> None:
    """Keep a piece for each region under a name, in place of what was there; the caller's transaction."""
    NightData.objects.filter(night=night, name=name).delete()
    NightData.objects.bulk_create(NightData(night=night, name=name, piece=piece, content=content) for piece, content in enumerate(data))


def get(night: Night, name: str) -> bytes:
    """The bytes kept under a name; NightData.DoesNotExist when there are none, or no longer."""
    pieces = list(NightData.objects.filter(night=night, name=name).order_by("piece").values_list("content", flat=True))
    if not pieces:
        raise NightData.DoesNotExist(f"{night}: {name}")
    return b"".join(bytes(piece) for piece in pieces)


def get_one(night: Night, name: str, piece: int) -> bytes:
    """One region's bytes under a name."""
    return bytes(NightData.objects.values_list("content", flat=True).get(night=night, name=name, piece=piece))


def instance_bytes(instance: Instance) -> bytes:
    """Everything of an instance."""
    words = {field.name: getattr(instance.words, field.name).words for field in fields(Vocabularies)}
    arrays = {f"s.{name}": array for name, array in _arrays(instance.students).items()}
    arrays |= {f"p.{name}": array for name, array in _arrays(instance.places).items()}
    return pack(arrays, {"words": words, "criteria": instance.criteria.as_dict()})


def instance_from(data: bytes) -> Instance:
    """The instance that `instance_bytes` kept."""
    arrays, told = unpack(data)
    words = Vocabularies(**{name: Vocabulary(found) for name, found in told["words"].items()})
    return Instance(_table(Students, arrays, "s."), _table(Places, arrays, "p."), Criteria(**told["criteria"]), words)


def result_bytes(result: Result) -> bytes:
    """Everything of a result with prices; its students and places are those of the instance, in that order."""
    reasons = {"": len(REASONS), **{reason: number for number, reason in enumerate(REASONS)}}
    arrays = {name: getattr(result, name) for name in ("place_id", "score", "distance", "points", "u", "p")}
    arrays["reason"] = np.array([reasons[reason] for reason in result.reason], np.int64)
    return pack(arrays, {"policy": result.policy, "seed": result.seed, "summary": result.summary})


def result_from(data: bytes, instance: Instance) -> Result:
    """The result that `result_bytes` kept of this instance."""
    arrays, told = unpack(data)
    words = np.array([*REASONS, ""], object)
    reason = words[arrays.pop("reason")].tolist()
    return Result(student_id=instance.students.id, places=instance.places.id, reason=reason, **arrays, **told)  # type: ignore[arg-type]


def _arrays(table: Students | Places) -> dict[str, NDArray[Any]]:
    found: dict[str, NDArray[Any]] = {}
    for field in fields(table):
        value = getattr(table, field.name)
        if isinstance(value, WordSets):
            found[f"{field.name}.sizes"], found[f"{field.name}.word"] = value.sizes(), value.word
        else:
            found[field.name] = value
    return found


def _table(kind: Any, arrays: Mapping[str, NDArray[np.int64]], prefix: str) -> Any:
    found: dict[str, Any] = {}
    for field in fields(kind):
        name = prefix + field.name
        if name in arrays:
            found[field.name] = arrays[name]
        else:
            sizes = arrays[f"{name}.sizes"]
            found[field.name] = WordSets(np.concatenate(([0], np.cumsum(sizes))), arrays[f"{name}.word"].astype(np.int32))
    return kind(**found)
