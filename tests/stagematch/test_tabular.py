"""Uploaded tables: what is read, what is refused whole, and what a wrong cell is told."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from openpyxl import Workbook

from stagematch import tabular
from stagematch.columns import Column, day, fold, one_of, several, text, whole_number, yes_or_no
from stagematch.tabular import Table, TableRefused, csv_safe, read_table, sample_csv, write_csv

NUMBER = Column("number", "Number", "A number your school gave.", text(20), aliases=["Studentnummer", "Student no."], example="12345")
NAME = Column("name", "Name", "First and last name.", text(80), aliases=["Naam"], example="Anna de Vries")
DAYS = Column("days", "Days a week", "A whole number from 1 to 5.", whole_number(1, 5), aliases=["Dagen"], required=False, default=5)
COLUMNS = [NUMBER, NAME, DAYS]


@pytest.fixture(autouse=True)
def english() -> Any:
    with override("en"):
        yield


def read(content: bytes | str, **options: Any) -> Table:
    data = content.encode() if isinstance(content, str) else content
    return read_table(io.BytesIO(data), columns=options.pop("columns", COLUMNS), **options)


def refusal(content: bytes | str, **options: Any) -> str:
    with pytest.raises(TableRefused) as refused:
        read(content, **options)
    return str(refused.value)


def workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def values(table: Table) -> list[tuple[Any, ...]]:
    return [tuple(row.values.values()) for row in table.rows]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_csv_in_the_forms_that_people_save_it(separator: str, encoding: str, ending: str) -> None:
    lines = [["Studentnummer", "Naam", "Dagen"], ["007", "Zoë Österreich", "4"], ["8", "Piet", ""]]
    content = ending.join(separator.join(line) for line in lines).encode(encoding)
    assert values(read(content)) == [("007", "Zoë Österreich", 4), ("8", "Piet", 5)]


def test_the_separator_is_the_one_that_gives_known_headings() -> None:
    assert values(read('number;name\n1;"Vries, de, Anna, van"\n')) == [("1", "Vries, de, Anna, van", 5)]


def test_excels_own_hint_about_the_separator_is_understood() -> None:
    table = read("sep=;\nnumber;name\n1;Anna\n")
    assert values(table) == [("1", "Anna", 5)]
    assert table.rows[0].number == 3


def test_xlsx_gives_dates_as_iso_and_numbers_without_decimals() -> None:
    columns = [NUMBER, NAME, Column("born", "Born", "A date.", day)]
    table = read(workbook([["number", "name", "born"], [12345.0, "Anna", datetime(2008, 3, 1)], ["007", "Piet", "1-3-2008"]]), columns=columns)
    assert values(table) == [("12345", "Anna", date(2008, 3, 1)), ("007", "Piet", date(2008, 3, 1))]


def test_xlsx_keeps_zeros_at_the_start_where_the_cell_shows_them() -> None:
    book = Workbook()
    book.active.append(["number", "name"])
    book.active.append([12345678, "Company"])
    book.active["A2"].number_format = "000000000000"
    out = io.BytesIO()
    book.save(out)
    assert values(read(out.getvalue()))[0][0] == "000012345678"


def test_a_formula_is_read_as_its_value_and_never_calculated() -> None:
    table = read(workbook([["number", "name"], ["=1+1", "Anna"]]))
    assert table.rows[0].errors[0].reason == "This cell is empty."


def test_headings_match_whatever_their_case_spaces_and_order() -> None:
    assert values(read("NAAM , student-NO \nAnna,1\n")) == [("1", "Anna", 5)]


def test_unknown_columns_are_reported_and_not_kept() -> None:
    table = read("number,name,shoe size\n1,Anna,38\n")
    assert table.unknown == ["shoe size"]
    assert "38" not in str(table.rows)


def test_row_numbers_are_those_that_the_spreadsheet_shows() -> None:
    table = read('\nnumber,name\n1,"two\nlines"\n\n2,Piet\n')
    assert [row.number for row in table.rows] == [3, 5]
    table = read(workbook([[], ["number", "name"], [], ["1", "Anna"]]))
    assert [row.number for row in table.rows] == [4]


def test_a_wrong_cell_says_where_what_why_and_what_is_expected() -> None:
    table = read("number,name,days\n1,Anna,nine\n2,,5\n3,Piet,7\n4,Good,3\n")
    errors = [(row.number, error.column, error.value, error.reason, error.expects) for row in table.rows for error in row.errors]
    assert errors == [
        (2, "Days a week", "nine", "This is not a whole number.", "A whole number from 1 to 5."),
        (3, "Name", "", "This cell is empty.", "First and last name."),
        (4, "Days a week", "7", "This number is not between 1 and 5.", "A whole number from 1 to 5."),
    ]


def test_a_long_wrong_value_is_shown_shortened() -> None:
    error = read(f"number,name,days\n1,Anna,{'x' * 200}\n").rows[0].errors[0]
    assert len(error.value) == 40


def test_a_row_with_more_cells_than_headings_is_wrong() -> None:
    table = read("number,name\n1,Vries, Anna\n")
    assert "more cells than there are headings" in table.rows[0].errors[0].reason


def test_missing_columns_are_named() -> None:
    assert "columns are missing: Name" in refusal("number,days\n1,3\n")


def test_a_column_that_stands_there_twice_is_named() -> None:
    assert "“Number” is in this file twice" in refusal("number,name,studentnummer\n1,Anna,2\n")


def test_a_file_without_known_headings_says_which_are_expected() -> None:
    assert "Number, Name" in refusal("1,Anna\n2,Piet\n")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b" , \n"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert "empty" in refusal(content)


def test_headings_alone_are_refused() -> None:
    assert "no rows" in refusal("number,name\n")


def test_100_000_rows_are_refused_quickly() -> None:
    assert "more than 5 000 rows" in refusal("number,name\n" + "1,Anna\n" * 100_000)


def test_exactly_the_most_rows_are_read() -> None:
    assert len(read("number,name\n" + "1,Anna\n" * 5000).rows) == 5000


def test_a_large_file_is_refused_unread() -> None:
    assert "larger than 5 MB" in refusal(b"number,name\n" + b"1,Anna\n" * 900_000)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"%PDF-1.7 \x00\x01", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00", "PNG"),
        (b"\xff\xd8\xff\xe0\x00", "JPEG"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
        (b"\x00\x01\x02\x03" * 100, "not a table"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"PK\x03\x04 but no more", "damaged"),
    ],
)
def test_what_is_no_table_is_refused_by_name(content: bytes, word: str) -> None:
    assert word in refusal(content)


def packed(files: dict[str, bytes], **options: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_another_packed_file_is_refused() -> None:
    assert "not an Excel workbook" in refusal(packed({"word/document.xml": b"<w/>"}))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = packed({"[Content_Types].xml": b"", "xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b"\0" * (200 * 1024 * 1024)})
    assert len(bomb) < tabular.MAX_BYTES
    assert "unpacks to far more" in refusal(bomb)


def test_a_zip_bomb_that_lies_about_its_size_is_refused() -> None:
    bomb = bytearray(packed({"[Content_Types].xml": b"", "xl/workbook.xml": b"", "big.xml": b"\0" * (80 * 1024 * 1024)}))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = bomb.rfind(signature)
        bomb[at + offset : at + offset + 4] = (1000).to_bytes(4, "little")
    assert refusal(bytes(bomb))


def test_an_archive_of_very_many_parts_is_refused() -> None:
    assert "unpacks to far more" in refusal(packed({f"{number}.xml": b"" for number in range(600)}))


def test_a_workbook_whose_xml_expands_entities_is_refused() -> None:
    names = zipfile.ZipFile(io.BytesIO(workbook([["number", "name"], ["1", "Anna"]])))
    parts = {part: names.read(part) for part in names.namelist()}
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = laughs + sheet.replace(b"Anna", b"&b;")
    assert "damaged" in refusal(packed(parts))


def test_a_workbook_that_claims_a_million_columns_is_read_by_what_it_holds() -> None:
    names = zipfile.ZipFile(io.BytesIO(workbook([["number", "name"], ["1", "Anna"]])))
    parts = {part: names.read(part) for part in names.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"A1:B2", b"A1:XFD1048576")
    assert values(read(packed(parts))) == [("1", "Anna", 5)]


def test_a_cell_far_below_the_table_is_refused_before_all_rows_between_are_read() -> None:
    assert "below row 2" in refusal(workbook([["number", "name"], ["1", "Anna"], *[[]] * 20_000, ["2", "Bo"]]))


def test_an_unclosed_quote_names_the_row() -> None:
    assert "Row 3" in refusal('number,name\n1,Anna\n2,"Piet\n3,Klaas\n')


def test_a_forbidden_column_refuses_the_file_and_is_named_even_if_nobody_asked_for_it() -> None:
    def forbid(heading: str, values: Sequence[str]) -> str | None:
        return "We never keep it." if all(value.startswith("9") for value in values) else None

    message = refusal("number,name,bsn\n1,Anna,99\n2,Piet,98\n", forbid=forbid)
    assert message == "The column “bsn” cannot be uploaded. We never keep it."


@pytest.mark.parametrize("cell", ["21-11-2026", "21/11/2026", "21.11.2026", "2026-11-21", "2026-11-21 00:00", "2026-11-21T00:00"])
def test_a_day_in_every_usual_form(cell: str) -> None:
    assert day(cell) == date(2026, 11, 21)


@pytest.mark.parametrize("cell", ["31-2-2026", "11-21-2026", "tomorrow", "21-11-26", "46347"])
def test_what_is_no_day_is_refused(cell: str) -> None:
    with pytest.raises(ValidationError, match="21-11-2026"):
        day(cell)


@pytest.mark.parametrize(("cell", "number"), [("450", 450), ("€ 450,-", 450), ("1.250", 1250), ("450,00", 450), ("450.0", 450), ("+3", 3)])
def test_a_whole_number_as_people_write_it(cell: str, number: int) -> None:
    assert whole_number(0, 2000)(cell) == number


@pytest.mark.parametrize("cell", ["4,5", "1.25", "four", "-1", "2001", "1e3", "٣x"])
def test_what_is_no_whole_number_is_refused(cell: str) -> None:
    with pytest.raises(ValidationError):
        whole_number(0, 2000)(cell)


def test_a_choice_names_what_is_possible() -> None:
    pathway = one_of({"BOL": "bol", "BBL": "bbl"})
    assert several(pathway)("bol; B.B.L., BOL") == ["bol", "bbl"]
    with pytest.raises(ValidationError, match="none of: BOL, BBL"):
        pathway("school")


def test_yes_and_no_in_two_languages() -> None:
    assert [yes_or_no(cell) for cell in ("Ja", "nee", "YES", "no", "x")] == [True, False, True, False, True]


def test_headings_fold() -> None:
    assert fold("\ufeffE-mail adres ") == "emailadres"


@pytest.mark.parametrize("cell", ["=HYPERLINK()", "+31612345678", "-1+1", "@SUM(A1)", "\t=1", "\r=1"])
def test_an_export_never_executes_in_a_spreadsheet(cell: str) -> None:
    assert csv_safe(cell) == f"'{cell}"


def test_numbers_and_plain_text_are_exported_as_they_are() -> None:
    assert [csv_safe(value) for value in (-5, 2.5, None, "Anna", "a=b")] == ["-5", "2.5", "", "Anna", "a=b"]


def test_our_own_exports_can_be_uploaded_again() -> None:
    assert values(read(write_csv(["number", "name"], [["1", "=Anna"], ["2", 'P "Piet"; K']]))) == [("1", "=Anna", 5), ("2", 'P "Piet"; K', 5)]


def test_the_sample_file_is_a_good_file() -> None:
    table = read(sample_csv(COLUMNS))
    assert [row.errors for row in table.rows] == [[]]
