"""One application's neighbourhood at ten million nodes: the read from Neo4j, and the columns made of it."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.command import own_home, run_fingraph
from benchmarks.goal import Figure
from benchmarks.world import described, write_tables
from cli.output import Terminal
from core.graph import Graph, connect
from core.server.local import LocalServer
from features import catalogue_for
from features.online import Online
from graph_schema.live import live_schema
from snapshot.online import columns_from

PORT_OFFSET = 560
SEED = 11
READ, WARM, WALKED = 6_000, 4_000, 300
"""Applications that are timed, each read for the first time; that are read before; and that name one of the
largest identifiers that are no hubs."""


@dataclass
class Times:
    """Milliseconds, one entry an application."""

    database: list[float] = field(default_factory=list)
    conversion: list[float] = field(default_factory=list)
    met: list[int] = field(default_factory=list)

    @property
    def both(self) -> list[float]:
        """From the question to the columns."""
        return [a + b for a, b in zip(self.database, self.conversion, strict=True)]

    def details(self) -> dict[str, Any]:
        """Percentiles of each."""
        return {
            name: {f"p{share}": round(float(np.percentile(values, share)), 2) for share in (50, 90, 99, 100)}
            for name, values in (
                ("total_ms", self.both), ("database_ms", self.database), ("conversion_ms", self.conversion),
                ("met", self.met),
            )
        } | {"n": len(self.met)}  # fmt: skip


def measure_neighbourhood(size: int) -> Mapping[str, Figure]:
    """Milliseconds (p50, p99) from the question to the columns, and how much longer large identifiers take."""
    with own_home(PORT_OFFSET) as settings, Terminal() as terminal:
        world = settings.home / "world"
        mapping = write_tables(size, world, terminal, ("applications", "outcomes"))
        LocalServer(settings, terminal).start()
        run_fingraph(settings, "load", str(mapping), "--data", str(world), "--mode", "bulk")
        with connect(settings) as graph:
            held = graph.read("MATCH (n) RETURN count(n) AS nodes", seconds=300)[0]["nodes"]
            online = Online(schema := live_schema(graph), catalogue_for(schema))
            terminal.step("Carrying")
            carry(graph, online)
            usual, large = _chosen(graph, online)
            terminal.step("Reading")
            for key in usual[READ:]:
                online.read.run(graph, key, online.catalogue.version, seconds=120)
            seen = _timed(graph, online, usual[:READ])
            walked = _timed(graph, online, large)
    data = f"{described(size)}, {held:,} nodes; {len(seen.met):,} applications, one at a time"
    p50, p99 = (float(np.percentile(seen.both, share)) for share in (50, 99))
    slow = float(np.percentile(walked.both, 99))
    told = {"usual": seen.details(), "large": walked.details()}
    return {
        "neighbourhood_p50_ms": Figure(p50, data, told),
        "neighbourhood_p99_ms": Figure(p99, data, told),
        "neighbourhood_walk_p99_ratio": Figure(slow / p99, data, told),
    }


def carry(graph: Graph, online: Online) -> None:
    """Something for every application to carry: reading it costs the same whatever it is."""
    graph.implicit(
        "MATCH (a:Application) CALL (a) { SET a.carried = [x IN range(1, $wide) | rand() * 100], a.carried_version = $version } "
        "IN TRANSACTIONS OF 20000 ROWS",
        wide=len(online.catalogue.carried),
        version=online.catalogue.version,
    )


def _chosen(graph: Graph, online: Online) -> tuple[list[str], list[str]]:
    """Keys of late applications, those to time first; and of the last ones of the largest identifiers that are no hubs."""
    dice = random.Random(SEED)  # noqa: S311 - a choice, not a secret
    latest = "MATCH (a:Application) RETURN a.key AS key ORDER BY a.known_at DESC LIMIT $most"
    keys = [row["key"] for row in graph.read(latest, seconds=300, most=10 * (READ + WARM))]
    dice.shuffle(keys)
    found: dict[str, int] = {}
    for kind in online.schema.identifiers:
        last = f"MATCH (i)<-[r:{kind.relationship}]-(a:Application) RETURN a.key AS key ORDER BY r.known_at DESC LIMIT 1"
        rows = graph.read(
            f"MATCH (i:{kind.label}) WHERE i.hub_since IS NULL WITH i, COUNT {{ (i)<-[:{kind.relationship}]-() }} AS links "
            f"ORDER BY links DESC LIMIT {WALKED} CALL (i) {{ {last} }} RETURN key, links",
            seconds=300,
        )
        found |= {row["key"]: max(row["links"], found.get(row["key"], 0)) for row in rows}
    large = sorted(found, key=lambda key: (-found[key], key))[:WALKED]
    usual = [key for key in keys if key not in set(large)]
    return usual[: READ + WARM], large


def _timed(graph: Graph, online: Online, keys: Sequence[str]) -> Times:
    told = Times()
    for key in keys:
        began = time.perf_counter()
        record = online.read.run(graph, key, online.catalogue.version)
        read = time.perf_counter()
        columns, _ = columns_from(record, online.asked)
        told.conversion.append((time.perf_counter() - read) * 1_000)
        told.database.append((read - began) * 1_000)
        told.met.append(columns.size - 1)
    return told
