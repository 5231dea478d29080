"""The growth curve as SVG, from the JSON that `python -m benchmarks.engine --growth` prints.

python -m benchmarks.engine_plot growth.json docs/images/engine-growth.svg
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 400, 70, 30, 24, 60
STYLE = "font-family:sans-serif;font-size:13px;fill:#1b1b1b"


def decades(values: list[float]) -> tuple[float, float]:
    """The powers of ten around the values, as exponents."""
    return math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))


def plot(growth: dict[str, Any]) -> str:
    """Seconds against pairs, both logarithmic: points measured, the line fitted, and its exponent."""
    pairs, seconds = [row["edges"] for row in growth["sizes"]], [row["total_s"] for row in growth["sizes"]]
    (x_low, x_high), (y_low, y_high) = decades(pairs), decades(seconds)

    def at(edges: float, s: float) -> tuple[float, float]:
        x = LEFT + (math.log10(edges) - x_low) / (x_high - x_low) * (WIDTH - LEFT - RIGHT)
        y = HEIGHT - BOTTOM - (math.log10(s) - y_low) / (y_high - y_low) * (HEIGHT - TOP - BOTTOM)
        return round(x, 1), round(y, 1)

    title = f"Growth: seconds ~ pairs^{growth['exponent']:.2f} ({growth['threads']} threads)"
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for k in range(int(x_low), int(x_high) + 1):
        x, y = at(10.0**k, 10.0**y_low)
        out.append(f'<path d="M{x} {TOP}V{y}" stroke="#d9d9d9"/><text x="{x}" y="{y + 20}" text-anchor="middle" style="{STYLE}">{10**k:,}</text>')
    for k in range(int(y_low), int(y_high) + 1):
        x, y = at(10.0**x_low, 10.0**k)
        out.append(
            f'<path d="M{x} {y}H{WIDTH - RIGHT}" stroke="#d9d9d9"/><text x="{x - 8}" y="{y + 4}" text-anchor="end" style="{STYLE}">{10.0**k:g}</text>'
        )
    ends = [at(e, math.exp(growth["intercept"]) * e ** growth["exponent"]) for e in (pairs[0], pairs[-1])]
    out.append(f'<path d="M{ends[0][0]} {ends[0][1]}L{ends[1][0]} {ends[1][1]}" stroke="#6b6b6b" stroke-dasharray="6 4" fill="none"/>')
    for row in growth["sizes"]:
        x, y = at(row["edges"], row["total_s"])
        label = f"{row['students']:,} students: {row['total_s']:.2f} s"
        out.append(f'<circle cx="{x}" cy="{y}" r="5" fill="#0b5cad"/>')
        # Beside the point, on the side where there is room.
        side, anchor = (9, "start") if x < WIDTH / 3 else (-9, "end")
        out.append(f'<text x="{x + side}" y="{y + (16 if side > 0 else -9)}" text-anchor="{anchor}" style="{STYLE}">{label}</text>')
    out.append(f'<text x="{LEFT}" y="18" style="{STYLE};font-weight:bold">{title}</text>')
    out.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle" style="{STYLE}">pairs</text>')
    out.append(f'<text x="16" y="{HEIGHT / 2}" transform="rotate(-90 16 {HEIGHT / 2})" text-anchor="middle" style="{STYLE}">seconds</text>')
    return "\n".join([*out, "</svg>", ""])


def main(arguments: list[str]) -> None:
    source, target = Path(arguments[0]), Path(arguments[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(plot(json.loads(source.read_text().splitlines()[-1])), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
