"""Draws `simulator.svg`, a world's distributions: python docs/images/simulator.py (from the repository's root)."""

from __future__ import annotations

import math
import sys
import tempfile
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[2]))
from simulator import order, simulate

TARGET = Path(__file__).with_suffix(".svg")
WIDTH, HEIGHT, PANEL, LEFT, TOP = 1440, 400, 300, 60, 50
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c564b")
IDENTIFIERS = {
    "device": "device_id", "own phone": "phone", "contact phone": "contact_phone", "IP address": "ip",
    "card": "card_number", "id number": "id_number", "address": "address", "employer": "employer",
}  # fmt: skip
Series = dict[str, list[tuple[float, float]]]


def degrees(rows: pl.DataFrame) -> Series:
    """Share of identifiers with at least so many applications, by type; both as powers of ten."""
    found: Series = {}
    for name, column in IDENTIFIERS.items():
        counts = rows[column].drop_nulls().value_counts()["count"]
        marks = [
            d for d in (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000) if d <= int(counts.max() or 0)
        ]
        found[name] = [(math.log10(d), math.log10((counts >= d).mean() or 1)) for d in marks]
    return found


def ring_sizes(rings: pl.DataFrame) -> Series:
    """Share of rings with at least so many applications, by kind."""
    found: Series = {}
    for (kind,), part in sorted(
        rings.partition_by("kind", as_dict=True).items(), key=lambda one: str(one[0])
    ):
        sizes = part["applications"].sort()
        found[str(kind)] = [(math.log10(size), 1 - place / len(sizes)) for place, size in enumerate(sizes)]
    return found


def base_rates(rows: pl.DataFrame, outcomes: pl.DataFrame) -> Series:
    """Share of outcomes that are 1, by month of the application; of fraud: of all applications, by the truth."""
    month = pl.col("submitted_at").dt.month()
    parts = outcomes.filter(pl.col("target").cast(pl.String) != "amount").join(rows, on="application_id")
    rates = parts.group_by(pl.col("target").cast(pl.String), month=month).agg(pl.col("value").mean())
    found = {
        str(name): sorted(part.select("month", "value").iter_rows())
        for (name,), part in sorted(rates.partition_by("target", as_dict=True).items())
        if name != "fraud"
    }
    return found | {"fraud": sorted(rows.group_by(month).agg(pl.col("fraud").mean()).iter_rows())}


def panel(
    number: int, title: str, series: Series, ticks: tuple[dict[float, str], dict[float, str]]
) -> list[str]:
    """A chart of lines with a legend; `ticks` also set the ends of the axes."""
    across, up = ticks
    x0, y0, side = LEFT + number * 480, TOP, PANEL

    def at(x: float, y: float) -> tuple[float, float]:
        share = (x - min(across)) / (max(across) - min(across)), (y - min(up)) / (max(up) - min(up))
        return round(x0 + share[0] * side, 1), round(y0 + (1 - max(0.0, share[1])) * side, 1)

    marks = [f'<text x="{x0}" y="{y0 - 18}" font-size="15" font-weight="bold">{title}</text>']
    for value, label in across.items():
        x, _ = at(value, min(up))
        marks.append(f'<path d="M{x} {y0}V{y0 + side}" class="grid"/>')
        marks.append(f'<text x="{x}" y="{y0 + side + 18}" text-anchor="middle">{label}</text>')
    for value, label in up.items():
        _, y = at(min(across), value)
        marks.append(f'<path d="M{x0} {y}H{x0 + side}" class="grid"/>')
        marks.append(f'<text x="{x0 - 6}" y="{y + 4}" text-anchor="end">{label}</text>')
    for index, (name, points) in enumerate(series.items()):
        line = " ".join(f"{x},{y}" for x, y in (at(*point) for point in points))
        colour, y = COLOURS[index], y0 + 12 + 16 * index
        marks.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        marks.append(f'<text x="{x0 + side + 8}" y="{y}" fill="{colour}">{name}</text>')
    return marks


def main() -> None:
    """Simulate 200,000 applications, seed 7, and draw them."""
    with tempfile.TemporaryDirectory() as name:
        world = Path(name)
        simulate(order(200_000, "2025-01-01", 180, 7), world)
        truth = pl.read_parquet(world / "truth" / "applications.parquet").select("fraud")
        rows = pl.read_parquet(world / "applications.parquet").hstack(truth)
        rings = pl.read_parquet(world / "truth" / "rings.parquet").with_columns(
            pl.col("kind").cast(pl.String)
        )
        outcomes = pl.read_parquet(world / "outcomes.parquet")
    shares = {-float(power): f"{10**-power:g}" for power in range(6)}
    counts = {float(power): f"{10**power:,}" for power in range(5)}
    tenths = {tenth / 5: f"{tenth / 5:.0%}" for tenth in range(6)}
    sizes = {math.log10(size): str(size) for size in (5, 10, 20, 50, 100, 200)}
    months = {month: f"{month}" for month in range(1, 7)}
    marks = panel(0, "Identifiers with at least so many applications", degrees(rows), (counts, shares))
    marks += panel(1, "Rings with at least so many applications", ring_sizes(rings), (sizes, tenths))
    marks += panel(2, "Base rates by month of application", base_rates(rows, outcomes), (months, tenths))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">'
    style = '<style>.grid { stroke: #ddd; fill: none; }</style><rect width="100%" height="100%" fill="#fff"/>'
    TARGET.write_text("\n".join([head, style, *marks, "</svg>"]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
