"""What a bulk load costs beyond Neo4j's own importer: reading, checking, normalising, hashing, constraints.

The bare import runs with the importer's defaults, on the files as the load writes them, into an empty database.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.command import own_home, run_fingraph
from benchmarks.goal import Figure, MeasuringError
from benchmarks.world import described, write_applications
from cli.output import Terminal
from core.clock import now_us
from core.graph import connect
from core.progress import SILENT
from core.server.local import LocalServer
from core.settings import Settings
from loaders.bulk import BulkWriter
from loaders.hashing import load_hasher
from loaders.mapping import read_mapping
from loaders.mapping.read import schema_of
from loaders.stage import Stager

PORT_OFFSET = 510
_IMPORTED = re.compile(r"(\d+) (nodes|relationships|properties)")


def measure_bulk_load(size: int) -> Mapping[str, Figure]:
    """Load `size` applications by `fingraph load --mode bulk`; then import the same CSV files by themselves."""
    with own_home(PORT_OFFSET) as settings:
        world = settings.home / "world"
        with Terminal() as terminal:
            mapping = write_applications(size, world, terminal)
            LocalServer(settings, terminal).start()
        load = run_fingraph(settings, "load", str(mapping), "--data", str(world), "--mode", "bulk")
        loaded = _count(settings)
        bare_seconds, imported = _bare_import(settings, mapping, world)
    if loaded != imported["nodes"] or load.result["accepted"] != size:
        raise MeasuringError(
            "goals.differs",
            f"The load made {loaded} nodes of {load.result['accepted']} rows, the bare import {imported['nodes']}.",
        )
    details = {
        "load_seconds": round(load.seconds, 1),
        "load_cpu_seconds": load.cpu_seconds,
        "import_seconds": round(bare_seconds, 1),
        "peak_mb": round(load.peak_mb),
        **imported,
    }
    return {
        "bulk_load": Figure(load.seconds / bare_seconds, described(size), details),
        "bulk_load_memory": Figure(load.peak_mb / 1024, described(size), details),
    }


def _count(settings: Settings) -> int:
    with connect(settings) as graph:
        found = graph.read(
            "MATCH (n) WHERE NOT n:Load AND NOT n:SchemaState RETURN count(n) AS nodes", seconds=600
        )
    return int(found[0]["nodes"])


def _bare_import(settings: Settings, mapping: Path, data: Path) -> tuple[float, dict[str, Any]]:
    """Seconds of the admin tool alone, and how much it says it imported."""
    folder = settings.home / "bare"
    # In a process of its own, whose memory is free again before the importer asks how much there is.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        arguments = pool.submit(_write_csv, settings, mapping, data, folder).result()
    server = LocalServer(settings)
    server.reset()
    lines: list[str] = []
    began = time.perf_counter()
    server.admin("database", "import", "full", "neo4j", "--id-type=string", *arguments, on_line=lines.append)
    seconds = time.perf_counter() - began
    size = sum(path.stat().st_size for path in (folder / "csv").iterdir())
    shutil.rmtree(folder)
    found = {what: int(count) for count, what in _IMPORTED.findall("\n".join(lines))}
    if set(found) != {"nodes", "relationships", "properties"}:
        raise MeasuringError(
            "goals.import", f"The importer's account is not understood: {json.dumps(lines[-8:])}"
        )
    return seconds, {**found, "csv_mb": size // 1_000_000}


def _write_csv(settings: Settings, mapping_file: Path, data: Path, folder: Path) -> list[str]:
    """Write the files that the load's importer reads; returns the importer's arguments."""
    mapping = read_mapping(mapping_file)
    stager = Stager(mapping, data, schema_of(mapping), load_hasher(settings), now_us(), folder, SILENT)
    tables = stager.run()
    server = LocalServer(settings)
    return BulkWriter(server, stager.schema, folder, stager.counts, stager.journal, SILENT).prepare(tables)
