"""The view as a PDF that screen readers can read too (PDF/UA), laid out by board.typ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from shortages.board.chart import Chart
from shortages.board.page import Board
from shortages.board.regions import Region
from shortages.board.shapes import HEIGHT, WIDTH
from stagematch.pdf import drawn

LAYOUT = Path(__file__).with_name("board.typ")
# As in static/css/board.css.
SHADES = ("#edf1f4", "#dcecf5", "#a9cfe3", "#62a4c8", "#1c6f9c", "#06344d")
LINES = {"main": "#0b5f8a", "ago": "#5d6f7e", "beside": "#b34a00", "ahead": "#0b5f8a"}
DASHES = {"main": "none", "ago": "2 5", "beside": "10 4", "ahead": "6 6"}


def printed(board: Board, about: list[tuple[str, str]]) -> bytes:
    """The PDF of a view."""
    return drawn(LAYOUT, _content(board, about), at=timezone.now())


def _content(board: Board, about: list[tuple[str, str]]) -> dict[str, Any]:
    """Texts, tables and drawings, as board.typ expects them."""
    measure = str(board.measure.label)
    week = _("week of %(day)s: %(value)s (%(low)s – %(high)s)")
    weeks = [week % {"day": f"{day:%d-%m-%Y}", "value": value, "low": low, "high": high} for day, value, low, high in board.ahead]
    year = [_("on last year")] if board.year_known else []
    tables = [
        _table(_("What keeps students from a place"), [_("Cause"), _("students")], [[str(bar.label), bar.text] for bar in board.causes]),
        _table(
            _("Reports: in and out"), [_("Week until"), _("came in"), _("solved"), _("open")],
            [[f"{row['day']:%d-%m-%Y}", *(f"{row[name]:.0f}" for name in ("new", "solved", "open"))] for row in board.flows],
        ),
        _table(
            _("Per course"), [_("Course"), *(str(label) for label, _text in (board.lines[0]["cells"] if board.lines else []))],
            [[f"{row['line'].name} ({row['line'].crebo})", *(text for _label, text in row["cells"])] for row in board.lines],
        ),
        _table(
            _("Per region"), [_("Region"), str(board.measure.short), *year],
            [[row.shape.name, row.text, *([row.change] if year else [])] for row in board.regions],
        ),
    ]  # fmt: skip
    return {
        "language": translation.get_language() or "nl",
        "title": f"{_('Shortages of placements')}: {board.name}",
        "about": about[1:],
        "cards": [[card.value, str(card.label), card.note] for card in board.cards],
        "measure": measure,
        "map": _map(board),
        "map_note": board.map_note,
        "map_alt": _("Map of the labour-market regions; the table per region has the numbers"),
        "legend": [[SHADES[shade], words] for shade, words in board.legend],
        "chart": _chart(board.chart) if board.chart else "",
        "chart_title": _("Trend and the next eight weeks"),
        "chart_alt": _("Line chart, week by week"),
        "keys": [[LINES[line.kind], DASHES[line.kind], line.label] for line in (board.chart.lines if board.chart else [])],
        "forecast": [_("Forecast"), ", ".join(weeks), board.outlook_error] if weeks else [],
        "tables": [table for table in tables if table["rows"]],
        "none": _("There are no figures for this day yet") if not board.nights else "",
    }


def _table(title: str, head: list[str], rows: list[list[str]]) -> dict[str, Any]:
    return {"title": title, "head": head, "rows": rows}


def _map(board: Board) -> str:
    """The map as an SVG of its own, colours within."""
    if not board.regions:
        return ""
    ordered = sorted(board.regions, key=lambda region: region.current)
    edges = {False: ("#ffffff", 1.5), True: ("#d35b00", 3)}
    paths = "".join(
        '<path d="{}" fill="{}" stroke="{}" stroke-width="{}"/>'.format(region.shape.path, SHADES[region.shade], *edges[region.current])
        for region in ordered
    )
    texts = "".join(_number(region) for region in ordered if region.room != "none")
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{paths}{texts}</svg>'


def _number(region: Region) -> str:
    """A region's number on the map, in an edge of the region's own colour: over a border it stays readable."""
    edge, ink = SHADES[region.shade], "#ffffff" if region.shade > 3 else "#12212e"
    drawn = _word(region.shape.x, region.shape.y, region.text, "middle", ink)
    return drawn.replace("<text ", f'<text font-weight="bold" stroke="{edge}" stroke-width="3" paint-order="stroke" ', 1)


def _word(x: float, y: float, text: str, anchor: str, colour: str = "#435564") -> str:
    return f'<text x="{x}" y="{y + 4}" font-size="13" font-family="Libertinus Serif" text-anchor="{anchor}" fill="{colour}">{text}</text>'


def _chart(chart: Chart) -> str:
    """The line chart as an SVG of its own."""
    grid = "".join(
        f'<path d="M{chart.left} {tick.at}H{chart.right}" stroke="#dde4ea"/>{_word(chart.left - 8, tick.at, tick.text, "end")}' for tick in chart.up
    )
    days = "".join(_word(tick.at, chart.below, tick.text, "middle") for tick in chart.across)
    band = f'<path d="{chart.band}" fill="#b9d9e9" fill-opacity="0.6"/>' if chart.band else ""
    line = '<path d="{}" fill="none" stroke="{}" stroke-width="2.5" stroke-dasharray="{}"/>'
    lines = "".join(line.format(drawn.path, LINES[drawn.kind], DASHES[drawn.kind]) for drawn in chart.lines)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {chart.width} {chart.height}">{grid}{days}{band}{lines}</svg>'
