"""Runs as files: the engine's own folders, zipped into the row, and back."""

import io
import tempfile
import zipfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from matching.engine import Instance, Result, read_instance, read_result, write_instance, write_result
from matching.models import Run

# Zip files carry times; a fixed one keeps the same result the same bytes.
_TIME = (1980, 1, 1, 0, 0, 0)
# Runs of which the explanations were asked lately stay in a web process's memory; a run of a school is a few megabytes.
_KEEP = 8


def pack_instance(instance: Instance) -> bytes:
    """students.csv, places.csv and criteria.toml as a zip file."""
    return _pack(lambda folder: write_instance(instance, folder))


def pack_result(result: Result) -> bytes:
    """placements.csv, certificate.npz and summary.json as a zip file."""
    return _pack(lambda folder: write_result(result, folder))


def unpack_instance(data: bytes) -> Instance:
    """Raises engine.InputError or zipfile.BadZipFile if it is no longer what was packed."""
    with tempfile.TemporaryDirectory() as folder:
        extract(data, Path(folder))
        return read_instance(folder)


def unpack_result(data: bytes) -> Result:
    """Raises engine.InputError or zipfile.BadZipFile if it is no longer what was packed."""
    with tempfile.TemporaryDirectory() as folder:
        extract(data, Path(folder))
        return read_result(folder)


def extract(data: bytes, folder: Path) -> list[Path]:
    """Write the files of a package into a folder, which is made; returns them. zipfile keeps names inside it."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [Path(archive.extract(name, folder)) for name in archive.namelist()]


def of_run(run_id: int) -> tuple[Instance, Result]:
    """Instance and result of a finished run, which never change; Run.DoesNotExist if there is none."""
    return _cached(run_id, Run.objects.filter(pk=run_id).values_list("result_digest", flat=True).get())


@lru_cache(maxsize=_KEEP)
def _cached(run_id: int, digest: str) -> tuple[Instance, Result]:
    instance, result = Run.objects.values_list("instance", "result").get(pk=run_id, result_digest=digest)
    return unpack_instance(bytes(instance)), unpack_result(bytes(result))


def _pack(write: Callable[[Path], None]) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder)
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as archive:
            for file in sorted(folder.iterdir()):
                entry = zipfile.ZipInfo(file.name, _TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, file.read_bytes())
        return data.getvalue()
