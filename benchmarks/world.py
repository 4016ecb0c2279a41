"""The simulated applications that loads are measured on."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from core.progress import Progress
from simulator import order, simulate

SEED, START, DAYS = 7, "2025-01-01", 180


def described(applications: int) -> str:
    """The data in words."""
    return f"simulated, seed {SEED}, {applications:,} applications over {DAYS} days from {START}"


def write_applications(
    applications: int, folder: Path, progress: Progress, without: Collection[str] = ()
) -> Path:
    """Simulate into `folder`; returns a mapping of the application table alone.

    Identifiers of the types `without` are left out of the mapping.
    """
    return write_tables(applications, folder, progress, ("applications",), without)


def write_tables(
    applications: int,
    folder: Path,
    progress: Progress,
    wanted: Collection[str],
    without: Collection[str] = (),
) -> Path:
    """As `write_applications`, with a mapping of the tables of those names."""
    simulate(order(applications, START, DAYS, SEED), folder, progress=progress)
    head, *tables = (folder / "mapping.toml").read_text(encoding="utf-8").split("[[table]]")
    kept = [text for text in tables if any(f'name = "{name}"\n' in text for name in wanted)]
    left_out = tuple(f'{{ type = "{label}"' for label in without)
    lines = [
        line
        for line in "[[table]]".join(kept).splitlines()
        if not (left_out and line.strip().startswith(left_out))
    ]
    mapping = folder / f"{'-'.join(wanted)}.toml"
    mapping.write_text(head + "[[table]]" + "\n".join(lines) + "\n", encoding="utf-8")
    return mapping
