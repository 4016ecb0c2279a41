"""Runs FinGraph's own command as people do, and says what it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.goal import MeasuringError
from benchmarks.results import ROOT
from core.server.local import LocalServer
from core.settings import Settings, load_settings

FOREIGN = ("NEO4J_", "FINGRAPH_", "MAKE", "MFLAGS", "VIRTUAL_ENV", "PYTEST_")
"""Beginnings of variables that would make a measured command another one."""


@dataclass(frozen=True)
class Ran:
    """A command that ended well."""

    seconds: float
    """Wall clock, from start to end of the process."""
    cpu_seconds: float
    peak_mb: float
    """The most memory its process held at once; processes it started are not in it."""
    result: dict[str, Any]
    """What `--json` printed."""


def environment(**more: str) -> dict[str, str]:
    """This process's environment without what would lead a command elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return {**kept, **more}


def run_fingraph(settings: Settings, *arguments: str, one_core: bool = False) -> Ran:
    """Run `fingraph … --json` in a process of its own, on one core if wanted (where the system can do that).

    Raises `MeasuringError` (`goals.command`) when it fails.
    """
    env = environment(
        FINGRAPH_HOME=str(settings.home),
        FINGRAPH_CACHE=str(settings.cache),
        FINGRAPH_PORT_OFFSET=str(settings.port_offset),
        PYTHONPATH=str(ROOT),
    )
    with tempfile.TemporaryDirectory(prefix="fingraph-goal-") as folder:
        report = Path(folder) / "report.json"
        cores = "one-core" if one_core else "all-cores"
        command = [sys.executable, "-m", "benchmarks.child", str(report), cores, *arguments, "--json"]
        began = time.perf_counter()
        done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=False)
        seconds = time.perf_counter() - began
        if done.returncode != 0:
            raise MeasuringError("goals.command", f"`fingraph {arguments[0]}` failed: {done.stdout.strip()}")
        took = json.loads(report.read_text())
    return Ran(seconds, took["cpu_seconds"], took["peak_mb"], json.loads(done.stdout))


@contextmanager
def own_home(port_offset: int) -> Iterator[Settings]:
    """Settings of a home below the temporary folder; its server is stopped and the home deleted at the end.

    The Neo4j runtime of this checkout is used, so that nothing is fetched while the clock runs.
    """
    given = load_settings()
    cache = given.cache if "FINGRAPH_CACHE" in os.environ else ROOT / ".fingraph" / "cache"
    with tempfile.TemporaryDirectory(prefix="fingraph-goal-") as folder:
        home = Path(folder) / "home"
        settings = replace(
            load_settings({}), home=home, cache=cache, port_offset=port_offset, java=given.java
        )
        try:
            yield settings
        finally:
            LocalServer(settings).stop()
