"""The view as a PDF that screen readers can read too (PDF/UA), laid out by board.typ."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typst
from django.utils import translation
from django.utils.translation import gettext as _

from shortages.board.chart import Chart
from shortages.board.page import Board
from shortages.board.shapes import HEIGHT, WIDTH

LAYOUT = Path(__file__).with_name("board.typ")
# As in static/css/board.css.
SHADES = ("#edf1f4", "#dcecf5", "#a9cfe3", "#62a4c8", "#1c6f9c", "#06344d")
LINES = {"main": "#0b5f8a", "ago": "#5d6f7e", "beside": "#b34a00", "ahead": "#0b5f8a"}
DASHES = {"main": "none", "ago": "2 5", "beside": "10 4", "ahead": "6 6"}
FONT = "font-family='Libertinus Serif'"


def printed(board: Board, about: list[tuple[str, str]]) -> bytes:
    """The PDF of a view."""
    return typst.compile(str(LAYOUT), sys_inputs={"data": json.dumps(_content(board, about))}, ignore_system_fonts=True, pdf_standards="ua-1")


def _content(board: Board, about: list[tuple[str, str]]) -> dict[str, Any]:
    """Texts, tables and drawings, as board.typ expects them."""
    measure = str(board.measure.label)
    weeks = [f"{_('a week')} {day:%d-%m-%Y}: {value} ({low} – {high})" for day, value, low, high in board.ahead]
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
        _table(_("Per region"), [_("Region"), str(board.measure.short), _("on last year")], [[row.shape.name, row.text, row.change] for row in board.regions]),
    ]  # fmt: skip
    return {
        "language": translation.get_language() or "nl",
        "title": f"{_('Shortages of placements')}: {board.name}",
        "about": about[1:],
        "cards": [[card.value, str(card.label), card.note] for card in board.cards],
        "measure": measure,
        "map": _map(board),
        "map_alt": _("Map of the labour-market regions; the table per region has the numbers"),
        "legend": [[SHADES[shade], words] for shade, words in board.legend],
        "chart": _chart(board.chart) if board.chart else "",
        "chart_title": _("Trend and the next eight weeks"),
        "chart_alt": _("Line chart, week by week"),
        "keys": [[LINES[line.kind], line.label] for line in (board.chart.lines if board.chart else [])],
        "forecast": [_("Forecast"), ", ".join(weeks)] if weeks else [],
        "tables": [table for table in tables if table["rows"]],
        "none": _("There are no figures for this day yet") if not board.nights else "",
    }


def _table(title: str, head: list[str], rows: list[list[str]]) -> dict[str, Any]:
    return {"title": title, "head": head, "rows": rows}


def _map(board: Board) -> str:
    """The map as an SVG of its own, colours within."""
    if not board.regions:
        return ""
    paths = "".join(
        f'<path d="{region.shape.path}" fill="{SHADES[region.shade]}" stroke="{"#d35b00" if region.current else "#ffffff"}" stroke-width="{3 if region.current else 1.5}"/>'
        for region in sorted(board.regions, key=lambda region: region.current)
    )
    texts = "".join(
        f'<text x="{region.shape.x}" y="{region.shape.y + 4}" font-size="13" {FONT} text-anchor="middle" fill="{"#ffffff" if region.shade > 3 else "#12212e"}">{region.text}</text>'
        for region in board.regions
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{paths}{texts}</svg>'


def _chart(chart: Chart) -> str:
    """The line chart as an SVG of its own."""
    grid = "".join(
        f'<path d="M{chart.left} {tick.at}H{chart.right}" stroke="#dde4ea"/>'
        f'<text x="{chart.left - 8}" y="{tick.at + 4}" font-size="13" {FONT} text-anchor="end" fill="#435564">{tick.text}</text>'
        for tick in chart.up
    )
    days = "".join(f'<text x="{tick.at}" y="{chart.below}" font-size="13" {FONT} text-anchor="middle" fill="#435564">{tick.text}</text>' for tick in chart.across)
    band = f'<path d="{chart.band}" fill="#b9d9e9" fill-opacity="0.6"/>' if chart.band else ""
    lines = "".join(
        f'<path d="{line.path}" fill="none" stroke="{LINES[line.kind]}" stroke-width="2.5" stroke-dasharray="{DASHES[line.kind]}"/>' for line in chart.lines
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {chart.width} {chart.height}">{grid}{days}{band}{lines}</svg>'
