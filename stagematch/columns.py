"""The columns of a table that people upload: what may stand in a cell, and what a wrong cell is told.

A parser takes the cell's text (never empty) and returns a value or raises ValidationError; a form field's `clean` is one.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override

Text = str | Promise
Parser = Callable[[str], Any]
SHOWN = 40  # characters of a wrong value that are shown back


@dataclass(frozen=True)
class Column:
    """One column.

    label, aliases: headings it is known by, next to its name; case, spaces and punctuation do not matter, and a lazy label
    counts in every language. required: the column must be there and no cell may be empty. default: an empty optional cell.
    expects: one sentence on what a cell holds; example: a cell of the sample file.
    """

    name: str
    label: Text
    expects: Text
    parse: Parser = str
    aliases: Sequence[str] = ()
    required: bool = True
    default: Any = None
    example: str = ""

    def headings(self) -> set[str]:
        """All folded headings that this column answers to."""
        labels = set()
        for language, _name in settings.LANGUAGES:
            with override(language):
                labels.add(str(self.label))
        return {fold(heading) for heading in (self.name, *labels, *self.aliases)}


@dataclass(frozen=True)
class CellError:
    """One thing wrong in a row: where, what stood there (shortened), why it is wrong, and what is expected."""

    column: str
    value: str
    reason: str
    expects: str


@dataclass
class Row:
    """A row by its number in the file as a spreadsheet shows it; `values` is complete only while there are no errors.

    broken: why the line itself cannot be trusted, whatever its cells say.
    """

    number: int
    cells: dict[str, str]
    broken: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[CellError] = field(default_factory=list)

    def wrong(self, column: Column | None, reason: Text) -> None:
        """Add an error; without a column it concerns the whole row."""
        if column is None:
            self.errors.append(CellError("", "", str(reason), ""))
            return
        self.errors.append(CellError(str(column.label), shorten(self.cells.get(column.name, "")), str(reason), str(column.expects)))


def parse_row(columns: Iterable[Column], number: int, cells: dict[str, str], broken: str = "") -> Row:
    """Read one row's cells; wrong ones become errors of the row."""
    row = Row(number, cells, broken)
    if broken:
        row.wrong(None, broken)
    for column in columns:
        text = cells.get(column.name, "")
        if not text:
            if column.required:
                row.wrong(column, _("This cell is empty."))
            row.values[column.name] = column.default
            continue
        try:
            row.values[column.name] = column.parse(text)
        except ValidationError as error:
            row.wrong(column, " ".join(error.messages))
        except ValueError:
            row.wrong(column, _("This cannot be read."))
    return row


def fold(heading: str) -> str:
    """A heading without case, spaces, punctuation and byte order mark: "E-mail adres" is "emailadres"."""
    return re.sub(r"[\W_]+", "", heading.casefold())


def shorten(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN else flat[: SHOWN - 1] + "…"


def text(longest: int) -> Parser:
    """Any text of at most so many characters."""

    def parse(cell: str) -> str:
        if len(cell) > longest:
            raise ValidationError(_("This text has %(length)d characters, at most %(longest)d fit.") % {"length": len(cell), "longest": longest})
        return cell

    return parse


def whole_number(lowest: int, highest: int) -> Parser:
    """A whole number between two bounds, both included; "€", "1.000" and "12,00" are understood."""

    def parse(cell: str) -> int:
        plain = re.sub(r"^(€|EUR)\s*|\s", "", cell, flags=re.IGNORECASE)
        plain = re.sub(r"([.,]0{1,2}|,-)$", "", re.sub(r"(?<=\d)\.(?=\d{3}(\D|$))", "", plain))
        if not re.fullmatch(r"[+-]?\d{1,12}", plain):
            raise ValidationError(_("This is not a whole number."))
        if not lowest <= int(plain) <= highest:
            raise ValidationError(_("This number is not between %(lowest)d and %(highest)d.") % {"lowest": lowest, "highest": highest})
        return int(plain)

    return parse


def day(cell: str) -> date:
    """A date as Dutch people, spreadsheets and ISO write it: 21-11-2026, 21/11/2026, 21.11.2026, 2026-11-21."""
    plain = re.sub(r"[/.]", "-", cell.split("T")[0].split(" ")[0])
    for pattern in ("%Y-%m-%d", "%d-%m-%Y"):
        try:
            found = datetime.strptime(plain, pattern).date()  # noqa: DTZ007  a day has no time zone
        except ValueError:
            continue
        if 1900 <= found.year <= 2100:
            return found
    raise ValidationError(_("This is not a date. Write it like 21-11-2026."))


def one_of(choices: Mapping[str, Any], told: Iterable[Text] = ()) -> Parser:
    """One of a few words, whatever their case or punctuation: `one_of({"BOL": Pathway.BOL, "school": Pathway.BOL})`.

    told: which of the words to name when it is none of them (nothing: all).
    """
    folded = {fold(word): value for word, value in choices.items()}

    def parse(cell: str) -> Any:
        if fold(cell) not in folded:
            words = ", ".join(str(word) for word in told or choices)
            raise ValidationError(_("“%(word)s” is none of: %(words)s.") % {"word": shorten(cell), "words": words})
        return folded[fold(cell)]

    return parse


YES_OR_NO = {"ja": True, "nee": False, "yes": True, "no": False, "j": True, "y": True, "n": False, "x": True, "1": True, "0": False}


def yes_or_no(cell: str) -> bool:
    """Yes or no in Dutch or English, a cross, 1 or 0."""
    answer: bool = one_of(YES_OR_NO)(cell)
    return answer


def several(parse_one: Parser) -> Parser:
    """A list in one cell, separated by comma, semicolon, vertical bar, slash or line break; doubles count once."""

    def parse(cell: str) -> list[Any]:
        parts = [part.strip() for part in re.split(r"[,;|/\n]", cell) if part.strip()]
        if not parts:
            raise ValidationError(_("This cell is empty."))
        return list(dict.fromkeys(parse_one(part) for part in parts))

    return parse
