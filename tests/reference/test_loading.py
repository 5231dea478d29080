"""What load_reference puts into the tables, and what it leaves alone."""

import shutil
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from reference.loading import DATA, load_reference
from reference.models import (
    EstablishmentCount,
    GoalOrigin,
    GoalScheme,
    LabourMarketRegion,
    LearningGoal,
    Municipality,
    PostcodeArea,
    Province,
    Qualification,
    QualificationGoal,
    QualificationKind,
    SchoolKind,
    SchoolRecord,
    SectorChamber,
)

pytestmark = pytest.mark.usefixtures("reference")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files, to be changed."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_whole_country_is_there() -> None:
    assert Province.objects.count() == 12
    assert LabourMarketRegion.objects.count() == 35
    assert Municipality.objects.count() == 342
    assert PostcodeArea.objects.count() == 4_072
    assert SectorChamber.objects.count() == 10
    assert Qualification.objects.current().mbo().count() == 521
    assert sum(PostcodeArea.objects.values_list("youth", flat=True)) > 2_000_000


def test_a_postcode_lies_in_its_municipality_and_region() -> None:
    area = PostcodeArea.objects.select_related("municipality__region", "municipality__province").get(pk=6511)
    assert (area.place, area.municipality.region.name, area.municipality.province.name) == ("Nijmegen", "Rijk van Nijmegen", "Gelderland")
    assert 187_000 < area.x < 188_500
    assert 428_000 < area.y < 429_500


def test_loading_again_writes_nothing() -> None:
    assert [loaded.written for loaded in load_reference()] == [0] * 10


def test_a_changed_row_is_replaced_and_the_others_are_left_alone(folder: Path) -> None:
    change(folder / "postcode_areas.csv", "6511,51.", "6511,52.")
    written = {loaded.model: loaded.written for loaded in load_reference(folder=folder)}
    assert written.pop("PostcodeArea") == 1
    assert set(written.values()) == {0}
    assert PostcodeArea.objects.get(pk=6511).y > 530_000


def test_a_qualification_that_left_the_file_stays_but_is_not_current(folder: Path) -> None:
    path = folder / "qualifications.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("25655,")), encoding="utf-8")
    load_reference(folder=folder)
    assert not Qualification.objects.get(pk=25655).current
    assert not Qualification.objects.get(pk=25655).goal_links.exists()


def test_a_goal_that_a_school_added_survives_a_load(folder: Path) -> None:
    goal = LearningGoal.objects.create(code="school-1-1", text="Een taart versieren", scheme=GoalScheme.SCHOOL)
    link = QualificationGoal.objects.create(qualification_id=25180, goal=goal, position=99, essential=False, origin=GoalOrigin.SCHOOL)
    load_reference(folder=folder)
    assert QualificationGoal.objects.filter(pk=link.pk, goal__text="Een taart versieren").exists()


def test_the_command_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_reference")
    assert "PostcodeArea: 4072 in the file, 0 written" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("crebo", "kind", "chamber"),
    [
        (90101, QualificationKind.PRO, "Techniek en gebouwde omgeving"),
        (90206, QualificationKind.VSO, "Voedsel, groen en gastvrijheid"),
        (90303, QualificationKind.VMBO_LWT, "Zorg, welzijn en sport"),
    ],
)
def test_pupils_without_a_crebo_have_reserved_codes(crebo: int, kind: str, chamber: str) -> None:
    qualification = Qualification.objects.get(pk=crebo)
    assert (qualification.kind, qualification.sector_chamber.name, qualification.level) == (kind, chamber, 1)
    assert qualification.is_reserved
    assert Qualification.objects.reserved().count() == 30


def test_every_current_qualification_has_six_to_twelve_goals_without_gaps() -> None:
    for qualification in Qualification.objects.current().prefetch_related("goal_links"):
        links = sorted(qualification.goal_links.all(), key=lambda link: link.position)
        assert 6 <= len(links) <= 12, qualification
        assert [link.position for link in links] == list(range(1, len(links) + 1))


def test_official_goals_come_first_and_only_they_are_essential() -> None:
    nurse = QualificationGoal.objects.filter(qualification=25655).order_by("position").select_related("goal")
    assert nurse[0].goal.text == "Verplegen"
    assert all(link.essential and link.origin == GoalOrigin.DIRECT for link in nurse)
    assert not QualificationGoal.objects.filter(essential=True).exclude(origin=GoalOrigin.DIRECT).exists()


def test_a_qualification_without_official_goals_borrows_them_from_its_kin() -> None:
    carer = QualificationGoal.objects.filter(qualification=25656)
    assert {link.origin for link in carer} == {GoalOrigin.CHAMBER}
    assert carer.filter(goal__text="Verzorgen").exists()


def test_pupils_without_a_crebo_practise_only_things_to_do() -> None:
    assert not QualificationGoal.objects.filter(qualification__crebo__gte=90_000, goal__code__startswith="CNL-K-").exists()


def test_real_schools_of_all_kinds_are_there() -> None:
    college = SchoolRecord.objects.get(pk="25PN")
    assert (college.name, college.kinds, college.municipality.name) == ("ROC Nijmegen", [SchoolKind.MBO], "Nijmegen")
    assert SchoolRecord.objects.get(pk="26JR00").kinds == [SchoolKind.PRO]
    assert SchoolRecord.objects.filter(kinds__contains=[SchoolKind.VSO]).count() == 511


def test_establishments_are_counted_per_sector() -> None:
    assert EstablishmentCount.objects.filter(municipality="GM0268").count() == 8
    assert sum(EstablishmentCount.objects.values_list("count", flat=True)) > 2_000_000


@pytest.mark.parametrize(
    "wrong",
    [
        {"crebo": 999},
        {"level": 5},
        {"pathways": []},
        {"sector_chamber_id": None},
        {"kind": QualificationKind.PRO},
    ],
)
def test_the_database_refuses_a_qualification_that_cannot_be(wrong: dict[str, object]) -> None:
    right = {"crebo": 25_999, "name": "x", "level": 2, "pathways": ["BOL"], "sector_chamber_id": "01", "search_text": "x"}
    Qualification.objects.filter(pk=25_999).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Qualification.objects.create(**{**right, **wrong})


def test_the_database_refuses_a_postcode_of_another_form() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SchoolRecord.objects.filter(pk="26JR00").update(postcode="6543SS")


def test_saving_stores_one_spelling() -> None:
    record = SchoolRecord.objects.get(pk="26JR00")
    record.postcode = "6543 jp"
    record.save()
    assert record.postcode == "6543JP"
    record.refresh_from_db()
    assert record.postcode == "6543JP"


def test_searching_for_another_spelling_finds_it_and_for_nonsense_nothing() -> None:
    assert SchoolRecord.objects.filter(postcode="6543 jp", pk="26JR00").exists()
    assert not SchoolRecord.objects.filter(postcode="nowhere").exists()
