"""Dates as people and machines write them."""

from datetime import date


def read_day(text: str) -> date:
    """`2026-11-21` or `21-11-2026`; raises ValueError for anything else."""
    text = text.strip()
    try:
        return date.fromisoformat(text) if len(text) == len("2026-11-21") else date.fromisoformat("")
    except ValueError:
        day, month, year = text.split("-")
        return date(int(year), int(month), int(day))
