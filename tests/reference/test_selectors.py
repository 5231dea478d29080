"""Finding qualifications, points and schools."""

import pytest

from reference import selectors
from reference.models import Qualification, QualificationKind, SchoolKind
from reference.selectors import (
    goals_for,
    postcode_area,
    postcode_point,
    qualifications_for,
    regions,
    search_qualifications,
    search_schools,
)

pytestmark = pytest.mark.usefixtures("reference")


def names(words: str) -> list[str]:
    return [qualification.name for qualification in search_qualifications(words)]


def test_a_qualification_is_found_by_part_of_its_name_the_best_first() -> None:
    assert names("timmer")[0] == "Timmerman"
    assert names("kok")[0] == "Kok"


@pytest.mark.parametrize("words", ["Verpleegkundige mbo", "VERPLEEGKUNDIGE", "25655"])
def test_order_capitals_and_crebo_do_not_matter(words: str) -> None:
    assert "Mbo-Verpleegkundige" in names(words)


def test_another_name_of_the_occupation_finds_it() -> None:
    assert "Kapper" in names("kapster")
    assert "Opticien" in names("brillenverkoper")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("ouderenzorg", "Verzorgende"),
        ("ouderen verzorgen", "Verzorgende"),
        ("zorg", "zorg"),
        ("netwerk", "ICT"),
        ("loodgieter", "nstallati"),
        ("winkel", "Retail"),
        ("bloemen", "bloem"),
        ("auto repareren", "voertuigen"),
        ("websites maken", "oftware"),
        ("brood bakken", "akker"),
        ("verpleegkindige", "erpleegkundige"),
    ],
)
def test_a_companys_own_words_find_it_among_the_first_eight(words: str, name: str) -> None:
    assert any(name in found for found in names(words)[:8]), names(words)[:8]


def test_an_expired_qualification_is_not_offered() -> None:
    assert not Qualification.objects.get(pk=25491).current
    assert 25491 not in [qualification.pk for qualification in search_qualifications("verzorgende")]


@pytest.mark.parametrize("words", ["", "   ", "!?", "qwertyuiop"])
def test_nothing_found_is_an_empty_list(words: str) -> None:
    assert names(words) == []


@pytest.mark.parametrize(
    ("school", "kind", "count"),
    [
        (SchoolKind.MBO, QualificationKind.MBO, 521),
        (SchoolKind.PRO, QualificationKind.PRO, 10),
        (SchoolKind.VSO, QualificationKind.VSO, 10),
        (SchoolKind.VMBO, QualificationKind.VMBO_LWT, 10),
    ],
)
def test_each_kind_of_school_teaches_its_own(school: SchoolKind, kind: QualificationKind, count: int) -> None:
    found = list(qualifications_for(school))
    assert len(found) == count
    assert {qualification.kind for qualification in found} == {kind}


def test_goals_come_in_their_order() -> None:
    goals = goals_for(Qualification.objects.get(pk=25655))
    assert goals[0].text == "Verplegen"
    assert len(goals) == 12


def test_a_postcode_gives_its_point_and_region(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    area = postcode_area("6511AB")
    assert area is not None
    assert postcode_point("6511AB") == (area.x, area.y)
    assert area.municipality.region.code == "AM08"
    with django_assert_max_num_queries(0):
        assert postcode_point("6512AB") is not None


def test_an_unknown_postcode_has_no_point() -> None:
    assert postcode_point("1000AA") is None
    assert postcode_area("1000AA") is None


def test_an_area_added_after_the_first_use_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "_points", {1011: (0, 0)})
    assert postcode_point("6511AB") is not None


def test_there_are_35_regions_by_name() -> None:
    found = [region.name for region in regions()]
    assert len(found) == 35
    assert found[0] == "Achterhoek"


def test_a_school_is_found_by_name_and_place_among_its_kind() -> None:
    assert [record.pk for record in search_schools("pro college nijmegen 6543", [SchoolKind.PRO])] == ["26JR00"]
    assert not search_schools("pro college nijmegen", [SchoolKind.VSO])
    assert "25PN" in [record.pk for record in search_schools("25pn")]
    assert not search_schools("")
