"""How fast a world is simulated on one core, and whether its memory stays flat as it grows."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from benchmarks.command import Ran, run_fingraph
from benchmarks.goal import Figure
from benchmarks.world import DAYS, SEED, START, described
from core.settings import load_settings

SMALLER = 5
"""The smaller world is this many times smaller."""


def measure_simulate(size: int) -> Mapping[str, Figure]:
    """Simulate a fifth and the whole of `size` applications, each by the command, in a process on one core."""
    small, large = _simulate(size // SMALLER), _simulate(size)
    seconds = float(large.result["seconds"])
    details = {
        "seconds": seconds,
        "seconds_with_start": round(large.seconds, 2),
        "cpu_seconds": large.cpu_seconds,
        "peak_mb": round(large.peak_mb),
        "peak_mb_of_a_fifth": round(small.peak_mb),
        **{name: large.result[name] for name in ("users", "events", "outcomes", "rings")},
    }
    return {
        "simulate_rate": Figure(size / seconds, described(size), details),
        "simulate_memory": Figure(large.peak_mb / small.peak_mb, described(size), details),
    }


def _simulate(applications: int) -> Ran:
    with tempfile.TemporaryDirectory(prefix="fingraph-goal-") as folder:
        settings = replace(load_settings({}), home=Path(folder) / "home")
        wanted = (
            "--applications",
            str(applications),
            "--seed",
            str(SEED),
            "--start",
            START,
            "--days",
            str(DAYS),
        )
        return run_fingraph(settings, "simulate", "--out", f"{folder}/world", *wanted, one_core=True)
