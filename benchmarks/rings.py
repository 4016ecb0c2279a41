"""How well and how soon rings are found, through the whole path: simulate, bulk load, run, compare with the truth."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from statistics import mean
from typing import Any

from benchmarks.command import own_home, run_fingraph
from benchmarks.goal import Figure
from benchmarks.world import DAYS, START
from cli.output import Terminal
from core.server.local import LocalServer
from core.settings import Settings

SEEDS = (101, 102, 103)
"""Used for nothing else."""
BACKFILLED = 90
"""Days."""
PORT_OFFSET = 540


def measure_rings(size: int) -> Mapping[str, Figure]:
    """Recall and precision of the listed rings on worlds of `size` applications, seed by seed."""
    told: dict[str, dict[str, Any]] = {}
    for seed in SEEDS:
        with own_home(PORT_OFFSET) as settings, Terminal() as terminal:
            truth = _loaded(settings, terminal, size, seed)
            run_fingraph(settings, "rings", "run")
            told[str(seed)] = run_fingraph(settings, "rings", "evaluate", "--truth", truth).result
    data = _described(size, SEEDS)
    worst = {name: min(one["rings"][name] for one in told.values()) for name in ("recall", "precision")}
    plain = max(one["recall"] for result in told.values() for one in result["plain"].values())
    return {
        "ring_recall": Figure(worst["recall"], data + ", the worst seed", told),
        "ring_precision": Figure(worst["precision"], data + ", the worst seed", told),
        "ring_gain": Figure(
            worst["recall"] - plain, data + ", the worst seed against the best of theirs", told
        ),
    }


def measure_backfill(size: int) -> Mapping[str, Figure]:
    """Minutes for the daily history of the last `BACKFILLED` days, and how soon it detects rings."""
    seed = SEEDS[0]
    with own_home(PORT_OFFSET) as settings, Terminal() as terminal:
        truth = _loaded(settings, terminal, size, seed)
        last = date.fromisoformat(START) + timedelta(days=DAYS - 1)
        days = ("--from", str(last - timedelta(days=BACKFILLED - 1)), "--to", str(last))
        made = run_fingraph(settings, "rings", "backfill", *days)
        told = run_fingraph(settings, "rings", "evaluate", "--truth", truth).result
    seconds = [day["seconds"] for day in made.result["days"]]
    details = {"seconds_a_day": round(mean(seconds), 2), "peak_mb": round(made.peak_mb), **told["detection"]}
    data = f"{_described(size, (seed,))}, {BACKFILLED} days"
    median = told["detection"]["median_days"]
    return {
        "ring_backfill_minutes": Figure(made.seconds / 60, data, details),
        "ring_days": Figure(float("inf") if median is None else median, data, details),
    }


def _loaded(settings: Settings, terminal: Terminal, size: int, seed: int) -> str:
    """Load a world into a server of its own; the path of its truth."""
    world = settings.home / "world"
    LocalServer(settings, terminal).start()
    wanted = ("--applications", str(size), "--seed", str(seed), "--start", START, "--days", str(DAYS))
    run_fingraph(settings, "simulate", "--out", str(world), *wanted)
    run_fingraph(settings, "load", str(world / "mapping.toml"), "--data", str(world), "--mode", "bulk")
    return str(world / "truth" / "applications.parquet")


def _described(size: int, seeds: tuple[int, ...]) -> str:
    named = " ".join(str(seed) for seed in seeds)
    return f"simulated, {size:,} applications over {DAYS} days from {START}, seeds {named}"
