"""What the invented country is drawn from: postcodes with their youth and establishments, and courses with their goals.

A share of the country is a compact region at full density (the postcodes nearest to Nijmegen that hold that share of the youth), so
that what lies within somebody's reach is the same at every size. Reads the reference files; knows no Django.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reference.projection import rd_new

DATA = Path(__file__).parent.parent.parent / "reference" / "data"
STUDENTS, COMPANIES, PLACES, OPEN_PLACES = 540_000, 250_000, 500_000, 300_000
CENTRE = (187_500, 428_500)
CAPACITY, CAPACITY_SHARES = (1, 2, 3, 4, 6), (0.53, 0.26, 0.11, 0.06, 0.04)
PART_WEEKS = (0b00111, 0b11100, 0b01111)
SUPPORT_OFFERED, SUPPORT_WANTED = (0.15, 0.25, 0.35, 0.25), (0.4, 0.3, 0.2, 0.1)
ALLOWANCES_OFFERED, ALLOWANCES_HOPED = (0, 50, 150, 300, 400), (0, 0, 100, 250, 350)
MINUTES, MINUTES_SHARES = (30, 45, 60, 75), (0.25, 0.35, 0.25, 0.15)
MODE_SHARES = (0.4, 0.4, 0.12, 0.08)  # bicycle, public transport, car, on foot
TIER_SHARES = (0.06, 0.2, 0.74)


def read(name: str) -> list[dict[str, str]]:
    """The rows of a reference file."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


class Land:
    """The postcodes of a region at full density: points, weights of youth, inhabitants, and of establishments per kind."""

    def __init__(self, share: float) -> None:
        areas = read("postcode_areas")
        points = [rd_new(float(a["lat"]), float(a["lon"])) for a in areas]
        x, y = (np.array([getattr(point, axis) for point in points], np.int64) for axis in ("x", "y"))
        youth = np.array([int(a["youth"] or 0) for a in areas], float)
        near = np.argsort(np.hypot(x - CENTRE[0], y - CENTRE[1]), kind="stable")
        kept = near[: np.searchsorted(np.cumsum(youth[near]), share * youth.sum()) + 1]
        self.x, self.y, self.youth = x[kept], y[kept], youth[kept]
        firms: dict[str, dict[str, float]] = {}
        for row in read("establishments"):
            firms.setdefault(row["municipality"], {})[row["sector"]] = float(row["count"])
        self.sectors = sorted({sector for counts in firms.values() for sector in counts})
        people = np.array([int(a["inhabitants"] or 0) + 1.0 for a in areas])
        town = [a["municipality"] for a in areas]
        total: dict[str, float] = {}
        for name, number in zip(town, people, strict=True):
            total[name] = total.get(name, 0.0) + number
        self.firms = np.array([[firms.get(town[k], {}).get(s, 0.0) * people[k] / total[town[k]] for s in self.sectors] for k in kept])
        self.people = people[kept]
        self.pc4, self.town, self.municipality = ([areas[k][name] for k in kept] for name in ("pc4", "place", "municipality"))


class Courses:
    """Current qualifications: level, pathways as bits, kin of the same dossier, goals, and how many students follow each."""

    def __init__(self, draw: np.random.Generator) -> None:
        rows = [row for row in read("qualifications") if row["current"] == "1"]
        self.codes = [row["crebo"] for row in rows]
        self.names = [row["name"] for row in rows]
        self.chambers = [row["sector_chamber"] for row in rows]
        self.level = np.array([int(row["level"] or 2) for row in rows])
        self.pathways = np.array([("BOL" in row["pathways"]) + 2 * ("BBL" in row["pathways"]) or 3 for row in rows])
        dossiers: dict[str, list[int]] = {}
        for number, row in enumerate(rows):
            dossiers.setdefault(row["dossier_code"], []).append(number)
        self.kin = [dossiers[row["dossier_code"]] for row in rows]
        numbers = {code: number for number, code in enumerate(dossiers)}
        self.dossier = np.array([numbers[row["dossier_code"]] for row in rows])
        weight = 1 / (3 + np.arange(len(rows)))  # a few large courses and a long tail
        self.students = draw.permutation(weight / weight.sum())
        self.places = 0.85 * self.students + 0.15 / len(rows)
        goals: dict[str, list[str]] = {}
        for row in read("qualification_goals"):
            goals.setdefault(row["crebo"], []).append(row["goal"])
        self.goal_codes = sorted({goal for some in goals.values() for goal in some})
        number_of = {code: number for number, code in enumerate(self.goal_codes)}
        self.goals: list[NDArray[np.int64]] = [
            np.array([number_of[g] for g in goals.get(code, draw.choice(self.goal_codes, 12, replace=False).tolist())[:12]]) for code in self.codes
        ]
