"""A measurement in a process of its own: what came before in this one neither warms it nor counts as its memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.command import environment
from benchmarks.goal import MeasuringError
from benchmarks.results import ROOT


def measured_apart(module: str, *arguments: str) -> dict[str, Any]:
    """What `python -m module` prints last, as JSON; raises `MeasuringError` (`goals.part`) when it fails."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode != 0:
        raise MeasuringError("goals.part", f"`python -m {module}` failed with {done.returncode}.")
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def peak_mb() -> float:
    """The most memory that this process held at once."""
    line = next(
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:")
    )
    return round(int(line.split()[1]) / 1024, 1)
