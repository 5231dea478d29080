"""Read a table that somebody uploads (CSV or XLSX) without trusting it, and write one that a spreadsheet opens safely.

`read_table` refuses a whole file with TableRefused, whose message says how to mend it; a wrong cell is an error of its row.
"""

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import IO, Any

from django.utils.translation import gettext as _

from stagematch.columns import Column, Row, fold, parse_row, shorten

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 5000
MAX_COLUMNS = 100
# One cell far below makes a reader walk through a million rows.
MAX_EMPTY = 10_000
MAX_CELL = 5000  # characters
# 5,000 rows of 100 short cells are some 40 MB of XML; Excel packs text about 1:10, repeated rows up to 1:60.
MAX_UNPACKED = 64 * 1024 * 1024
MAX_RATIO = 200
MAX_PARTS = 500

# heading and all values of a column → why such a column may not be uploaded, or None
Forbid = Callable[[str, Sequence[str]], str | None]
Numbered = tuple[int, list[str]]


class TableRefused(Exception):
    """The file as a whole cannot be used; the message is for the person who uploaded it."""


@dataclass(frozen=True)
class Table:
    """What a file held: its rows, and the headings that nobody asked for (their cells are not kept)."""

    rows: list[Row]
    unknown: list[str]


def read_table(file: IO[bytes], *, columns: Sequence[Column], max_rows: int = MAX_ROWS, forbid: Forbid | None = None) -> Table:
    """Read and check an uploaded table.

    file: binary, at most 5 MB; the first row that is not empty holds the headings, in any order.
    Raises TableRefused when it is no table, too large, lacks a required column, has one twice, or has a forbidden one.
    """
    content = read_limited(file)
    records = list(_limited(_records(content, columns), max_rows))
    if not records:
        raise TableRefused(_("This file is empty. Put the headings in the first row and one line below it for each entry."))
    (_number, headings), body = records[0], records[1:]
    found, unknown = _match(headings, columns)
    if forbid is not None:
        _refuse_forbidden(headings, body, forbid)
    if not body:
        raise TableRefused(_("This file has headings but no rows below them."))
    return Table([_row(columns, found, len(headings), number, cells) for number, cells in body], unknown)


def read_limited(file: IO[bytes]) -> bytes:
    """The file's bytes; raises TableRefused above MAX_BYTES without reading on."""
    file.seek(0)
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise TableRefused(_("This file is larger than %(size)d MB. Split it into several files.") % {"size": MAX_BYTES // 1024 // 1024})
    return content


def _row(columns: Sequence[Column], found: dict[str, int], width: int, number: int, cells: list[str]) -> Row:
    texts = {name: cells[index].strip() if index < len(cells) else "" for name, index in found.items()}
    broken = ""
    if any(cell.strip() for cell in cells[width:]):
        broken = _("This row has more cells than there are headings. Is there a separator inside a text? Put quotes around that text.")
    return parse_row(columns, number, {name: _unguard(text) for name, text in texts.items() if text}, broken)


def _match(headings: list[str], columns: Sequence[Column]) -> tuple[dict[str, int], list[str]]:
    """Column name → position, and the headings that are none of ours."""
    names = {heading: column for column in columns for heading in column.headings()}
    found: dict[str, int] = {}
    unknown = []
    for index, heading in enumerate(headings):
        column = names.get(fold(heading))
        if column is None:
            unknown += [shorten(heading)] if heading.strip() else []
        elif column.name in found:
            raise TableRefused(_("The column “%(column)s” is in this file twice. Remove one of them.") % {"column": column.label})
        else:
            found[column.name] = index
    missing = [str(column.label) for column in columns if column.required and column.name not in found]
    if not found:
        raise TableRefused(_("No known heading was found in the first row. Expected at least: %(columns)s.") % {"columns": ", ".join(missing)})
    if missing:
        raise TableRefused(_("These columns are missing: %(columns)s. Add them and upload the file again.") % {"columns": ", ".join(missing)})
    return found, unknown


def _refuse_forbidden(headings: list[str], body: list[Numbered], forbid: Forbid) -> None:
    for index, heading in enumerate(headings):
        values = [cells[index].strip() for _number, cells in body if index < len(cells) and cells[index].strip()]
        reason = forbid(heading, values)
        if reason:
            raise TableRefused(
                _("The column “%(column)s” cannot be uploaded. %(reason)s") % {"column": shorten(heading) or index + 1, "reason": reason}
            )


def _limited(records: Iterable[Numbered], max_rows: int) -> Iterator[Numbered]:
    """The records that hold anything; raises TableRefused at the first one too many or too wide."""
    count = last = 0
    for number, cells in records:
        if not any(cell.strip() for cell in cells):
            if number - last > MAX_EMPTY:
                text = _("There are thousands of empty rows below row %(row)d. Delete them, or copy only your table into a new file.")
                raise TableRefused(text % {"row": last})
            continue
        count, last = count + 1, number
        if count > max_rows + 1:
            raise TableRefused(_("This file has more than %(rows)s rows. Split it into several files.") % {"rows": f"{max_rows:,}".replace(",", " ")})
        if len(cells) > MAX_COLUMNS:
            raise TableRefused(_("This file has more than %(columns)d columns. Keep only those that are asked for.") % {"columns": MAX_COLUMNS})
        if any(len(cell) > MAX_CELL for cell in cells):
            raise TableRefused(_("Row %(row)d has a cell of more than %(size)d characters.") % {"row": number, "size": MAX_CELL})
        yield number, cells


def _records(content: bytes, columns: Sequence[Column]) -> Iterator[Numbered]:
    if content.startswith(b"PK"):
        return _xlsx_records(content)
    return _csv_records(_decode(content), columns)


# What people upload by mistake, by its first bytes.
_KNOWN = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x1f\x8b": "GZIP",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7Z",
    b"{\\rtf": "RTF",
}


def _decode(content: bytes) -> str:
    """Text from UTF-8, UTF-16 with its mark, or cp1252 (old Excel); raises TableRefused for anything that is no text."""
    for start, kind in _KNOWN.items():
        if content.startswith(start):
            raise TableRefused(_("This is a %(kind)s file, not a table. Save your table as .xlsx or .csv.") % {"kind": kind})
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableRefused(_("This is an old .xls file or one with a password. Save it as .xlsx without a password, or as .csv."))
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if re.search(r"[\x00-\x08\x0e-\x1f]", text) or "\ufffd" in text:
        raise TableRefused(_("This file is not a table. Save your table as .xlsx or .csv."))
    if re.match(r"\s*<(!doctype|html|\?xml)", text, re.IGNORECASE):
        raise TableRefused(_("This is a web page or XML, not a table. Save your table as .xlsx or .csv."))
    return text


def _csv_records(text: str, columns: Sequence[Column]) -> Iterator[Numbered]:
    first = 1
    if text[:4].lower() == "sep=":  # Excel's own hint about the separator
        text = text.partition("\n")[2]
        first = 2
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text, columns), strict=True)
    number = first - 1
    try:
        for number, cells in enumerate(reader, start=first):
            yield number, cells
    except csv.Error as error:
        raise TableRefused(_("Row %(row)d cannot be read: a quotation mark is not closed or not doubled.") % {"row": number + 1}) from error


def _separator(text: str, columns: Sequence[Column]) -> str:
    """The separator under which the first filled line has the most known headings, then the most cells."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    known = {heading for column in columns for heading in column.headings()}

    def fit(separator: str) -> tuple[int, int]:
        cells = next(csv.reader([line], delimiter=separator), [])
        return sum(fold(cell) in known for cell in cells), len(cells)

    return max(";,\t", key=fit)


def _xlsx_records(content: bytes) -> Iterator[Numbered]:
    _refuse_bomb(content)
    from openpyxl import load_workbook  # half a second, which no process need spend before somebody uploads a workbook

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not sheets:
            raise TableRefused(_("This workbook has no visible sheet."))
        # The size that a file declares is not to be trusted: without it, rows are read as they come.
        sheets[0].reset_dimensions()
        for number, cells in enumerate(sheets[0].iter_rows(), start=1):
            yield number, _without_tail([_cell_text(cell) for cell in cells[: 2 * MAX_COLUMNS]])
    except TableRefused:
        raise
    except Exception as error:
        # openpyxl raises whatever a broken file makes it stumble on; entities are refused by defusedxml.
        raise TableRefused(_("This workbook is damaged. Open it, save it again as .xlsx or .csv, and upload that.")) from error


def _without_tail(cells: list[str]) -> list[str]:
    """Without the empty cells at the end, which a workbook has wherever somebody coloured a row."""
    filled = [index for index, cell in enumerate(cells, start=1) if cell]
    return cells[: filled[-1]] if filled else []


def _refuse_bomb(content: bytes) -> None:
    """Refuse an archive that is no workbook or unpacks to much more than a table does; sizes declared and real."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            declared = sum(part.file_size for part in parts)
            if len(parts) > MAX_PARTS or declared > MAX_UNPACKED or declared > MAX_RATIO * len(content):
                raise TableRefused(_("This file unpacks to far more than a table does. Save only your table, as .csv."))
            if not {"[Content_Types].xml", "xl/workbook.xml"} <= {part.filename for part in parts}:
                raise TableRefused(_("This file is packed but is not an Excel workbook. Save your table as .xlsx or .csv."))
            real = 0
            for part in parts:
                with archive.open(part) as stream:
                    while chunk := stream.read(1024 * 1024):
                        real += len(chunk)
                        if real > MAX_UNPACKED:
                            raise TableRefused(_("This file unpacks to far more than a table does. Save only your table, as .csv."))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as error:
        raise TableRefused(_("This workbook is damaged. Open it, save it again as .xlsx or .csv, and upload that.")) from error


def _cell_text(cell: Any) -> str:
    """What a person sees in a cell: dates as ISO, whole numbers without decimals, zeros at the start where formatted so."""
    match cell.value:
        case None:
            return ""
        case bool() as value:
            return "ja" if value else "nee"
        case int() | float() as value if value == int(value):
            zeros = cell.number_format if re.fullmatch(r"0+", cell.number_format or "") else ""
            return str(int(value)).zfill(len(zeros))
        case datetime() as value:
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
        case date() as value:
            return value.isoformat()
        case value:
            return str(value).strip()


FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_safe(value: object) -> str:
    """Text for a cell of an export that a spreadsheet will show and not execute (CSV injection, OWASP)."""
    text = "" if value is None else str(value)
    if isinstance(value, int | float) or not text.startswith(FORMULA_STARTS):
        return text
    return f"'{text}"


def _unguard(text: str) -> str:
    """Take back what `csv_safe` put in front, so that our own files can be uploaded again."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS) else text


def write_csv(headings: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV that Dutch Excel opens by double click: UTF-8 with mark, semicolons, no formulas."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([csv_safe(heading) for heading in headings])
    writer.writerows([csv_safe(cell) for cell in row] for row in rows)
    return codecs.BOM_UTF8 + out.getvalue().encode()


def sample_csv(columns: Sequence[Column], own: Mapping[str, str] | None = None) -> bytes:
    """A file to start from: all headings and one row of examples. own: examples that fit who asks, by the column's name."""
    return write_csv([column.label for column in columns], [[(own or {}).get(column.name, column.example) for column in columns]])
