"""How fast a graph leaves Neo4j as columns, and how fast and small these are read back.

`python -m benchmarks.snapshot read FOLDER` reads in this process and prints JSON; the goal calls it in one of its own,
so that memory is what reading alone took.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.command import own_home, run_fingraph
from benchmarks.goal import Figure
from benchmarks.part import measured_apart, peak_mb
from benchmarks.world import DAYS, SEED, START, described
from cli.output import Terminal
from core.files import MB, size_of
from core.server.local import LocalServer
from simulator import order, simulate
from snapshot.read import read_columns

PORT_OFFSET = 560


def measure_snapshot(size: int) -> Mapping[str, Figure]:
    """Links a second of a first export, whole process; then seconds and memory of reading the columns."""
    with own_home(PORT_OFFSET) as settings, Terminal() as terminal:
        world = settings.home / "world"
        simulate(order(size, START, DAYS, SEED), world, progress=terminal)
        LocalServer(settings, terminal).start()
        run_fingraph(settings, "load", str(world / "mapping.toml"), "--data", str(world), "--mode", "bulk")
        ran = run_fingraph(settings, "snapshot")
        again = run_fingraph(settings, "snapshot")
        links = ran.result["links"]
        told = measured_apart("benchmarks.snapshot", "read", str(settings.snapshot))
        held = {name: ran.result[name] for name in ("nodes", "links", "files")}
        size_mb = round(size_of(settings.snapshot) / MB)
    data = f"{described(size)}, {held['nodes']:,} nodes, {links:,} relationships"
    details = {
        **held, "seconds": round(ran.seconds, 1), "cpu_seconds": ran.cpu_seconds, "peak_mb": round(ran.peak_mb),
        "snapshot_mb": size_mb, "seconds_with_nothing_new": round(again.seconds, 1),
    }  # fmt: skip
    return {
        "snapshot_export_rate": Figure(links / ran.seconds, data, details),
        "snapshot_read_seconds": Figure(told["seconds"], data, told),
        "snapshot_read_memory": Figure(told["peak_mb"] / 1024, data, told),
    }


def _read(folder: Path) -> dict[str, Any]:
    began, cpu = time.perf_counter(), time.process_time()
    columns = read_columns(folder, keys=True)
    return {
        "targets": columns.size,
        "links": sum(len(relation.target) for relation in columns.relations.values()),
        "seconds": round(time.perf_counter() - began, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "peak_mb": peak_mb(),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_read(Path(sys.argv[2]))) + "\n")
