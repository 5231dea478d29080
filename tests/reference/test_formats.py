"""Dutch number formats: what is read, what is stored, what is refused and how that is said."""

from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from reference import form_fields
from reference.formats import (
    BRANCH,
    BRIN,
    CREBO,
    KVK,
    SBB,
    Format,
    has_bsn,
    is_bsn_heading,
    names_bsn,
    normalise_postcode,
    pc4,
    refuse_bsn,
    show_postcode,
)

# Pass the 11-test; the first two are the usual test numbers, nobody's.
PASSING = ["111222333", "123456782", "999990019", "999990020", "999990032"]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def passing_numbers() -> list[str]:
    return [number for number in PASSING if sum((9 - i) * int(d) for i, d in enumerate(number[:8])) % 11 == int(number[8])]


@pytest.mark.parametrize("typed", ["6511AB", "6511 AB", "6511ab", " 6511  ab ", "NL-6511 AB"])
def test_a_postcode_is_stored_one_way(typed: str) -> None:
    assert normalise_postcode(typed) == "6511AB"


@pytest.mark.parametrize("typed", ["", "6511", "0651AB", "6511A", "65111 AB", "6511 SA", "6511SD", "6511 ss", "٦٥١١AB"])
def test_what_is_no_postcode_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValidationError, match="6511 AB"):
        normalise_postcode(typed)


def test_a_postcode_is_shown_with_a_space_and_gives_its_area() -> None:
    assert show_postcode("6511AB") == "6511 AB"
    assert show_postcode("") == ""
    assert pc4("6511AB") == 6511


@pytest.mark.parametrize(
    ("number_format", "typed", "stored"),
    [
        (KVK, "0123 4567", "01234567"),
        (KVK, 12345678, "12345678"),
        (BRANCH, "0000.1234.5678", "000012345678"),
        (SBB, "100123456", "100123456"),
        (CREBO, " 25655 ", "25655"),
        (BRIN, "25pn", "25PN"),
    ],
)
def test_separators_and_lower_case_are_forgiven(number_format: Format, typed: object, stored: str) -> None:
    assert number_format.clean(typed) == stored


@pytest.mark.parametrize(
    ("number_format", "typed"),
    [
        (KVK, "1234567"),
        (KVK, "123456789"),
        (KVK, "1234567A"),
        (KVK, "12345678\n1"),
        (BRANCH, "12345678"),
        (SBB, "12345678"),
        (CREBO, "05655"),
        (CREBO, "2565"),
        (BRIN, "PN25"),
        (BRIN, "25PN00"),
    ],
)
def test_another_length_or_character_is_refused_with_an_example(number_format: Format, typed: str) -> None:
    with pytest.raises(ValidationError, match="for example"):
        number_format.clean(typed)


def test_a_lost_zero_is_refused_with_what_is_expected() -> None:
    with pytest.raises(ValidationError, match="8 digits"):
        KVK.clean(1234567)


def test_the_refusal_is_said_in_dutch() -> None:
    with translation.override("nl"), pytest.raises(ValidationError, match="bijvoorbeeld 6511 AB"):
        normalise_postcode("nergens")


def test_a_form_field_cleans_and_shows_with_a_space() -> None:
    field = form_fields.PostcodeField()
    assert field.clean("6511 ab") == "6511AB"
    assert field.prepare_value("6511AB") == "6511 AB"
    assert field.prepare_value("6511 A") == "6511 A"
    assert field.widget.attrs["autocomplete"] == "postal-code"


def test_a_form_field_for_digits_asks_a_phone_for_its_number_keys() -> None:
    assert form_fields.KvKField().widget.attrs["inputmode"] == "numeric"


def test_an_optional_form_field_may_stay_empty() -> None:
    assert form_fields.BranchField(required=False).clean("") == ""


def test_a_column_of_citizen_service_numbers_is_known() -> None:
    assert len(passing_numbers()) >= 3
    assert has_bsn(passing_numbers())
    assert has_bsn([*passing_numbers(), "", None, "onbekend"])
    assert has_bsn(["1112.22.333", "1234 567 82"])


def test_a_zero_that_a_spreadsheet_dropped_does_not_hide_the_column() -> None:
    assert has_bsn([12345678 + 0, 10000008, "010000008", "012345672"]) == has_bsn(["012345678", "010000008", "012345672"])
    assert has_bsn([10000008, 12345672])


def test_student_numbers_in_a_row_are_not_taken_for_citizen_service_numbers() -> None:
    assert not has_bsn(range(300_000_000, 300_000_500))


def test_one_number_proves_nothing_however_often_it_stands_there() -> None:
    assert not has_bsn(["111222333"])
    assert not has_bsn(["111222333"] * 30)


@pytest.mark.parametrize("heading", ["BSN", "bsn_nummer", "Burgerservicenummer", "Sofinummer", "PGN", "Onderwijsnummer"])
def test_a_heading_that_says_so_is_known(heading: str) -> None:
    assert is_bsn_heading(heading)


@pytest.mark.parametrize("heading", ["Studentnummer", "Naam", "KvK-nummer", "Absentie", "Opmerkingen"])
def test_another_heading_is_not(heading: str) -> None:
    assert not is_bsn_heading(heading)


@pytest.mark.parametrize("text", ["Mijn BSN is 111222333.", "burgerservicenummer: 1112.22.333", "bsn 111 222 333, graag bellen"])
def test_a_text_that_names_a_citizen_service_number_is_refused(text: str) -> None:
    assert names_bsn(text)
    with pytest.raises(ValidationError, match="take it out"):
        refuse_bsn(text)


@pytest.mark.parametrize("text", ["Studentnummer 111222333", "Ik heb mijn BSN niet bij me", "BSN 111222334", "Bel 0612345678 over het BSN", ""])
def test_a_text_without_one_is_kept(text: str) -> None:
    assert not names_bsn(text)
    refuse_bsn(text)
