"""The folder of files that holds an instance: students.csv, places.csv and, if wanted, criteria.toml."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from .columns import ALL_DAYS, DAYS, LEVELS, PATHWAYS, PLACE_COLUMNS, STUDENT_COLUMNS, Vocabulary, WordSets
from .criteria import FILE as CRITERIA_FILE
from .criteria import Criteria
from .errors import InputError, Problem
from .instance import Instance, Places, Students

HEADER_ROW = 1


def read_instance(path: str | Path) -> Instance:
    """Read a folder of instance files; raises InputError with file, row (line) and column of what is wrong."""
    folder = Path(path)
    warnings: list[str] = []
    students = read_table(folder, "students.csv", STUDENT_COLUMNS, warnings)
    places = read_table(folder, "places.csv", PLACE_COLUMNS, warnings)
    criteria_file = folder / CRITERIA_FILE
    criteria = Criteria.read(criteria_file) if criteria_file.exists() else Criteria()
    instance = Instance.from_columns(students, places, criteria, first_row=HEADER_ROW + 1)
    instance.warnings.extend(warnings)
    return instance


def read_table(folder: Path, name: str, table: Mapping[str, Any], warnings: list[str]) -> dict[str, list[str]]:
    """The cells of each known column of a CSV file, plain or gzipped."""
    try:
        rows = list(csv.reader(io.StringIO(read_text(folder, name), newline=""), strict=True))
    except csv.Error as error:
        raise InputError([Problem(name, None, None, f"comma-separated cells: {error}")]) from None
    if not rows:
        raise InputError([Problem(name, 1, None, f"a header with the columns {', '.join(table)}")])
    header = [cell.strip() for cell in rows[0]]
    check_header(name, header, table)
    warnings.extend(f"{name}: column {column!r} is unknown and ignored" for column in header if column not in table)
    body = rows[1:]
    wrong = [
        Problem(name, HEADER_ROW + 1 + index, None, f"{len(header)} cells, not {len(row)}")
        for index, row in enumerate(body)
        if len(row) != len(header)
    ]
    if wrong:
        raise InputError(wrong)
    columns = list(zip(*body, strict=True)) if body else [()] * len(header)
    return {column: list(columns[header.index(column)]) for column in table}


def read_text(folder: Path, name: str) -> str:
    plain, packed = folder / name, folder / f"{name}.gz"
    try:
        if plain.exists():
            return plain.read_bytes().decode("utf-8-sig")
        if packed.exists():
            return gzip.decompress(packed.read_bytes()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError([Problem(name, None, None, f"text in UTF-8 (byte {error.start} is not)")]) from None
    except (OSError, EOFError) as error:
        raise InputError([Problem(name, None, None, f"a readable file: {error}")]) from None
    raise InputError([Problem(name, None, None, f"a file {name} or {name}.gz in the folder")])


def check_header(name: str, header: list[str], table: Mapping[str, Any]) -> None:
    problems = [Problem(name, HEADER_ROW, column, "a column of this name") for column in table if column not in header]
    problems += [Problem(name, HEADER_ROW, column, "a column once, not twice") for column in sorted(set(header)) if header.count(column) > 1]
    if problems:
        raise InputError(problems)


def write_instance(instance: Instance, path: str | Path) -> None:
    """Write the three files; reading them back gives the same input digest."""
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    write_table(folder / "students.csv", STUDENT_COLUMNS, student_cells(instance))
    write_table(folder / "places.csv", PLACE_COLUMNS, place_cells(instance))
    (folder / CRITERIA_FILE).write_text(instance.criteria.toml(), "utf-8")


def write_table(file: Path, table: Mapping[str, Any], cells: Mapping[str, list[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(table)
        writer.writerows(zip(*(cells[name] for name in table), strict=True))


def student_cells(instance: Instance) -> dict[str, list[str]]:
    """The canonical text of every student cell, column by column: sets sorted, dates ISO."""
    s, words = instance.students, instance.words
    cells = number_cells(s, ("id", "x", "y", "level", "weeks", "max_distance", "days_needed", "support"))
    cells |= number_cells(s, ("allowance", "tier"))
    return cells | {
        "qualification": word_cells(s.qualification, words.qualifications),
        "pathway": [PATHWAYS[code] for code in s.pathway.tolist()],
        "from": date_cells(s.start),
        "until": date_cells(s.until),
        "needs": set_cells(s.needs, words.tags),
        "has": set_cells(s.has, words.tags),
        "days": mask_cells(s.days, DAYS),
        "goals": set_cells(s.goals, words.goals),
        "kind1": word_cells(s.kind1, words.kinds),
        "kind2": word_cells(s.kind2, words.kinds),
    }


def place_cells(instance: Instance) -> dict[str, list[str]]:
    """The canonical text of every place cell, column by column."""
    p, words = instance.places, instance.words
    return number_cells(p, ("id", "company", "x", "y", "capacity", "support", "allowance")) | {
        "qualifications": set_cells(p.qualifications, words.qualifications),
        "levels": mask_cells(p.levels, LEVELS),
        "pathways": mask_cells(p.pathways, PATHWAYS),
        "from": date_cells(p.start),
        "until": date_cells(p.until),
        "offers": set_cells(p.offers, words.tags),
        "demands": set_cells(p.demands, words.tags),
        "days": mask_cells(p.days, DAYS),
        "goals": set_cells(p.goals, words.goals),
        "kind": word_cells(p.kind, words.kinds),
    }


def number_cells(table: Students | Places, names: tuple[str, ...]) -> dict[str, list[str]]:
    return {name: list(map(str, getattr(table, name).tolist())) for name in names}


def date_cells(days: Any) -> list[str]:
    seen = {day: date.fromordinal(day).isoformat() for day in set(days.tolist())}
    return [seen[day] for day in days.tolist()]


def word_cells(codes: Any, vocabulary: Vocabulary) -> list[str]:
    return ["" if code < 0 else vocabulary.words[code] for code in codes.tolist()]


def set_cells(sets: WordSets, vocabulary: Vocabulary) -> list[str]:
    start, words = sets.start.tolist(), [vocabulary.words[code] for code in sets.word.tolist()]
    return [" ".join(sorted(words[a:b])) for a, b in pairwise(start)]


def mask_cells(masks: Any, words: tuple[str, ...]) -> list[str]:
    text = {bits: " ".join(word for place, word in enumerate(words) if bits >> place & 1) for bits in set(masks.tolist())}
    if words is DAYS:
        text[ALL_DAYS] = ""  # empty means all seven, so one spelling of it is enough
    return [text[bits] for bits in masks.tolist()]
