"""What a person waits for: `make demo` and `make test` on a fresh clone of HEAD, package caches warm."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.command import environment
from benchmarks.goal import Figure, MeasuringError
from benchmarks.results import ROOT
from core.server.local import LocalServer
from core.server.runtime import ensure_runtime
from core.settings import load_settings

PORT_OFFSET = 520


def measure_demo(size: int) -> Mapping[str, Figure]:
    """Minutes of `make demo`, environment, Neo4j and all, which then stops what it started."""
    with _clone() as checkout:
        arguments = f"--no-serve --json --applications {size}"
        seconds, output = _make(checkout, "demo", arguments, FINGRAPH_PORT_OFFSET=str(PORT_OFFSET))
        told = json.loads(output.strip().splitlines()[-1])
        applications = pq.read_metadata(Path(told["world"]) / "applications.parquet").num_rows
    if applications < size or told["load"]["rejected"]:
        raise MeasuringError("goals.demo", f"The demo loaded {applications} applications, not all of {size}.")
    details = {"seconds": round(seconds, 1), "steps": told["seconds"], "rows": told["load"]["accepted"]}
    return {"demo_minutes": Figure(seconds / 60, f"{applications:,} simulated applications", details)}


def measure_test(_: int) -> Mapping[str, Figure]:
    """Minutes of `make test`, environment, Neo4j and all; a suite that fails is no measurement."""
    with _clone() as checkout:
        seconds, output = _make(checkout, "test", "", FINGRAPH_TEST_PORT_OFFSET=str(PORT_OFFSET))
    last = output.strip().splitlines()[-1]
    return {
        "test_minutes": Figure(seconds / 60, "the whole suite", {"seconds": round(seconds, 1), "said": last})
    }


@contextmanager
def _clone() -> Iterator[Path]:
    """A clone of HEAD with nothing in it that git does not know, after a first one has warmed the caches."""
    with tempfile.TemporaryDirectory(prefix="fingraph-goal-") as folder:
        first, second = Path(folder) / "first" / "main", Path(folder) / "second" / "main"
        for checkout in (first, second):
            _run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(checkout)], Path(folder))
        _make(first, "setup", "")
        shutil.rmtree(first)
        ensure_runtime(replace(load_settings({}), cache=Path(folder) / "first" / "cache"))
        shutil.rmtree(first.parent)
        data = ROOT.parent / "shared"
        if data.exists():
            (second.parent / "shared").symlink_to(data)  # tests on public data look beside the checkout
        try:
            yield second
        finally:
            # Its own command has stopped it already, unless that command failed.
            LocalServer(replace(load_settings({}), home=second / ".fingraph")).stop()


def _make(checkout: Path, target: str, arguments: str, **variables: str) -> tuple[float, str]:
    """Seconds and output of a make target in a checkout."""
    command = ["make", "--no-print-directory", target, *([f"ARGS={arguments}"] if arguments else [])]
    began = time.perf_counter()
    output = _run(command, checkout, **variables)
    return time.perf_counter() - began, output


def _run(command: list[str], folder: Path, **variables: str) -> str:
    sys.stderr.write(f"{' '.join(command)}\n")
    done = subprocess.run(
        command, cwd=folder, env=environment(**variables), stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode != 0:
        end = "\n".join(done.stdout.strip().splitlines()[-30:])
        raise MeasuringError("goals.command", f"`{' '.join(command)}` failed ({done.returncode}):\n{end}")
    return done.stdout
