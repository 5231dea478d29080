"""Make the compact files of reference/data from the tables of a data folder (its README names the columns).

    python scripts/build_reference.py [FOLDER]

Needs no database. Sources, licences and what is left out: reference/data/SOURCES.md.
"""

import csv
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from reference.folding import fold  # noqa: E402
from reference.projection import rd_new  # noqa: E402

TARGET = ROOT / "reference" / "data"
Row = dict[str, str]

# What DUO calls the structure of a site -> the kinds of school whose students go on placement from there.
# VBO is DUO's word for the vocational tracks of vmbo; a site with only MAVO, HAVO or VWO has no work-study track.
SCHOOL_KINDS = {"MBO": "mbo", "PRO": "pro", "VSO": "vso", "(V)SO": "vso", "VBO": "vmbo"}
# Words before an occupation that say how experienced somebody is, not what the occupation is.
RANK_WORDS = re.compile(r"^(allround|eerste|1e|gespecialiseerd|leidinggevende?|mbo|uitvoerend|zelfstandig werkend) ")


def read(folder: Path, name: str) -> list[Row]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, columns: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Rows as they are given; sorted by the caller, so that a new download shows as a small difference."""
    path = TARGET / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns.split())
        writer.writerows(rows)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


def tidy(text: str) -> str:
    """One space between words, no space at the ends, no hard spaces."""
    return " ".join(text.replace("\xa0", " ").split())


def regions(folder: Path) -> None:
    rows = read(folder, "municipalities.csv")
    write("provinces.csv", "code name", sorted({(r["province_code"], r["province"]) for r in rows}))
    write(
        "labour_market_regions.csv",
        "code name",
        sorted({(r["arbeidsmarktregio_code"], r["arbeidsmarktregio"]) for r in rows}),
    )
    write(
        "municipalities.csv",
        "code name province region inhabitants",
        sorted((r["code"], r["name"], r["province_code"], r["arbeidsmarktregio_code"], r["inhabitants_2021"]) for r in rows),
    )


def postcode_areas(folder: Path) -> None:
    write(
        "postcode_areas.csv",
        "pc4 lat lon place municipality inhabitants youth",
        (
            (
                r["pc4"],
                r["lat"],
                r["lon"],
                tidy(r["place"]),
                r["municipality_code"],
                r["inhabitants"] or 0,
                int(r["inhabitants_15_19"] or 0) + int(r["inhabitants_20_24"] or 0),
            )
            for r in read(folder, "pc4.csv")
        ),
    )


def establishments(folder: Path) -> None:
    write(
        "establishments.csv",
        "municipality sector count",
        sorted(
            (r["municipality_code"], r["sector_code"], int(r["establishments"]))
            for r in read(folder, "companies_by_municipality.csv")
            if r["sector_code"] != "T"
        ),
    )


def schools(folder: Path) -> None:
    rows = []
    for r in read(folder, "schools.csv"):
        kinds = {SCHOOL_KINDS[part] for part in r["structure"].split("/") if part in SCHOOL_KINDS}
        if kinds:
            rows.append(
                (
                    r["location_code"] or r["brin"],
                    tidy(r["name"]),
                    "|".join(sorted(kinds)),
                    tidy(r["street"]),
                    tidy(r["house_number"]),
                    r["postcode"].replace(" ", ""),
                    tidy(r["place"]),
                    r["municipality_code"],
                    r["website"].strip(),
                )
            )
    write("schools.csv", "code name kinds street house_number postcode place municipality website", sorted(rows))


def official_skills(folder: Path) -> tuple[dict[str, tuple[str, str]], list[tuple[str, str]]]:
    """Goals by skill id, (code, text), and links (crebo, goal code): CompetentNL's own mapping only.

    Links that a language model picked are left out: too many are wrong.
    """
    skills = {}
    for r in read(folder, "skills.csv"):
        *_, sort, identifier = r["uri"].split("/")
        if r["scheme"] == "CompetentNL":
            mark = {"humancapability": "C", "knowledgearea": "K"}[sort]
            skills[r["skill_id"]] = (f"CNL-{mark}-{identifier}", tidy(r["label_nl"]))
    links = [(r["crebo"], skills[r["skill_id"]][0]) for r in read(folder, "qualification_skills.csv") if r["match_method"] == "crebo-direct"]
    return skills, sorted(set(links))


def occupation_words(folder: Path) -> dict[str, str]:
    """Folded occupation name -> other names for it. A name that several occupations share is kept only as a preferred one."""
    preferred: dict[str, Row] = {}
    alternative = defaultdict(list)
    for r in read(folder, "esco_occupations_nl.csv"):
        preferred[fold(r["label_nl"])] = r
        for label in set(map(fold, r["alt_labels_nl"].split("|"))) - {""}:
            alternative[label].append(r)
    found = {label: rows[0] for label, rows in alternative.items() if len(rows) == 1} | preferred
    return {label: "|".join((r["label_nl"], r["alt_labels_nl"])) for label, r in found.items()}


def new_words(name: str, labels: str) -> Iterator[str]:
    """Words of the labels that the name does not hold, each once, in their order."""
    seen = set(fold(name).split())
    for word in fold(labels).split():
        if len(word) > 3 and word not in seen:
            seen.add(word)
            yield word


def qualifications(folder: Path) -> None:
    _, links = official_skills(folder)
    mapped = {crebo for crebo, _ in links}
    words = occupation_words(folder)
    rows = [r for r in read(folder, "qualifications.csv") if r["level"]]
    catalogue = [r for r in rows if r["source"] == "A"]
    chamber_of_domain: dict[str, Counter[str]] = defaultdict(Counter)
    for r in catalogue:
        chamber_of_domain[r["domain"]][r["sectorkamer_code"]] += 1
    write("sector_chambers.csv", "code name", sorted({(r["sectorkamer_code"], r["sectorkamer"]) for r in catalogue}))
    table = []
    for r in rows:
        current = r["source"] == "A" or r["crebo"] in mapped
        chamber = r["sectorkamer_code"]
        if current and not chamber:
            chamber = chamber_of_domain[r["domain"]].most_common(1)[0][0]
        name = tidy(r["name"])
        occupation = words.get(fold(name)) or words.get(RANK_WORDS.sub("", fold(name)), "")
        table.append(
            (
                r["crebo"],
                name[0].upper() + name[1:],
                r["level"],
                r["dossier_code"],
                tidy(r["dossier_name"]),
                chamber,
                r["leerwegen"],
                int(current),
                " ".join(new_words(name, occupation)) if current else "",
            )
        )
    write(
        "qualifications.csv",
        "crebo name level dossier_code dossier sector_chamber pathways current words",
        sorted(table),
    )


def goals(folder: Path) -> None:
    skills, links = official_skills(folder)
    known = {r["crebo"] for r in read(folder, "qualifications.csv") if r["level"]}
    links = [link for link in links if link[0] in known]
    used = {code for _, code in links}
    write("learning_goals.csv", "code text", sorted(set(skills.values()) & {s for s in skills.values() if s[0] in used}))
    write("qualification_goals.csv", "crebo goal", links)


def outlines(folder: Path) -> None:
    """Outlines of the labour market regions for the map, on the national grid in steps of 50 metres: [{code, name, rings: [[x, y, …]]}]."""
    found = []
    for feature in json.loads((folder / "arbeidsmarktregios.geojson").read_text(encoding="utf-8"))["features"]:
        shape = feature["geometry"]
        rings = []
        for ring in (ring for polygon in (shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]) for ring in polygon):
            points = [(round(x / 50) * 50, round(y / 50) * 50) for x, y in (rd_new(lat, lon) for lon, lat in ring)]
            kept = [point for number, point in enumerate(points) if number == 0 or point != points[number - 1]]
            if len(kept) > 3:
                rings.append([axis for point in kept for axis in point])
        found.append({"code": feature["properties"]["code"], "name": feature["properties"]["name"], "rings": rings})
    target = ROOT / "static" / "geo" / "regions.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(found, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
    for step in (regions, postcode_areas, establishments, schools, qualifications, goals, outlines):
        step(folder)


if __name__ == "__main__":
    main()
