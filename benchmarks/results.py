"""Results as files, one a goal, and whether the code they measured is still the code that is here."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.goal import Figure, Goal
from core.errors import FinGraphError
from core.server.config import machine_mb
from core.server.java import find_java
from core.settings import load_settings

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results"
LOCK = "requirements.lock"
CHANGED = "+changes"
"""Follows the commit of a figure that was measured on code which no commit holds."""


@dataclass(frozen=True)
class Result:
    """A figure that was kept; the fields of its file."""

    name: str
    goal: str
    figure: float
    unit: str
    holds: bool
    command: str
    commit: str
    machine: dict[str, Any]
    date: str
    data: str
    details: dict[str, Any]


def read_result(name: str, folder: Path = RESULTS) -> Result | None:
    """The kept result of a goal; None when it was never measured."""
    path = folder / f"{name}.json"
    return Result(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def result_of(goal: Goal, figure: Figure, root: Path = ROOT) -> Result:
    """A figure with where and when it was measured."""
    return Result(
        name=goal.name,
        goal=goal.text,
        figure=round(figure.value, 4),
        unit=goal.unit,
        holds=goal.holds(figure.value),
        command=goal.command,
        commit=commit_measured(root, () if goal.committed else goal.measures),
        machine=machine(),
        date=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        data=figure.data,
        details=dict(figure.details),
    )


def write_result(result: Result, folder: Path = RESULTS) -> Path:
    """Keep a result in place of the one before."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result.name}.json"
    path.write_text(json.dumps(asdict(result), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def commit_measured(root: Path, measures: Sequence[str]) -> str:
    """HEAD, marked when the measured paths differ from it."""
    head = _git(root, "rev-parse", "HEAD")
    if head.returncode != 0:
        return "unknown"
    commit = head.stdout.strip()
    return commit + CHANGED if measures and is_stale(root, commit, measures) else commit


def is_stale(root: Path, commit: str, measures: Sequence[str]) -> bool:
    """Whether the measured paths differ from what they were at `commit`, also when that cannot be known.

    Of `LOCK` only the versions of what stood in it then: what was measured had no package that came later.
    """
    paths = [path for path in measures if path != LOCK]
    if _git(root, "diff", "--quiet", commit, "--", *paths).returncode != 0:
        return True
    if LOCK in measures and not _locked(root, commit).items() <= _locked(root).items():
        return True
    added = _git(root, "ls-files", "--others", "--exclude-standard", "--", *measures)
    return added.returncode != 0 or bool(added.stdout.strip())


def _locked(root: Path, commit: str | None = None) -> dict[str, str]:
    """Versions by package, as locked at a commit or now."""
    here = root / LOCK
    if commit is not None:
        text = _git(root, "show", f"{commit}:{LOCK}").stdout
    else:
        text = here.read_text(encoding="utf-8") if here.exists() else ""
    return dict(re.findall(r"(?m)^([A-Za-z0-9_.-]+)==(\S+)", text))


def machine() -> dict[str, Any]:
    """What the figures were measured on: processor, cores this process may use, memory, Python, Java; and how quick it was, since
    one that is shared with others is half as quick on another day."""
    try:
        java = find_java(load_settings()).version
    except FinGraphError:
        java = "none"
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_mb": machine_mb(),
        "python": platform.python_version(),
        "java": java,
        "system": f"{platform.system()} {platform.release()}",
        "loop_ms": loop_ms(),
    }


@cache
def loop_ms() -> float:
    """`pace_ms`, once a process: compare figures of two days by it."""
    return pace_ms()


def pace_ms() -> float:
    """Milliseconds of a million steps of Python, the median of nine, as the machine is now."""

    def once() -> float:
        began, found = perf_counter(), 0
        for step in range(1_000_000):
            found += step * step
        return (perf_counter() - began) * 1_000

    return round(median(once() for _ in range(9)), 1)


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(errors="replace").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
