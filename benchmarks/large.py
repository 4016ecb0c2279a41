"""A graph of ten million nodes: one run of the ring finder over it, then what the API answers from it, over HTTP."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np

from benchmarks.command import environment, own_home, run_fingraph
from benchmarks.goal import Figure, MeasuringError
from benchmarks.results import ROOT
from benchmarks.world import described, write_applications
from cli.output import Terminal
from core.graph import Graph, connect
from core.server.config import memory
from core.server.local import LocalServer
from core.settings import Settings

PORT_OFFSET = 540
SEED = 5
ASKED = 400
"""Requests of each kind, one after the other, none of them for what was asked before."""
PAUSE_S = 0.03
"""Between requests, so that the allowance of a key is kept; it is not in the figures."""
WIDE, WIDE_LINKS = 40, 5_000
"""Identifiers with so many links that are added, for pages of their neighbours."""
READY_S = 600.0

Asked = tuple[str, str, Any]
"""Method, path, body."""


@dataclass(frozen=True)
class Timed:
    """Milliseconds of the replies to one kind of request, connection kept open, as the client sees them."""

    ms: Sequence[float]
    cut: int
    """Replies that said they were cut."""

    def details(self) -> dict[str, Any]:
        """p50, p95, p99 and the worst."""
        p50, p95, p99 = (round(float(np.percentile(self.ms, share)), 2) for share in (50, 95, 99))
        return {
            "p50": p50,
            "p95": p95,
            "p99": p99,
            "max": round(max(self.ms), 2),
            "n": len(self.ms),
            "cut": self.cut,
        }


def measure_large(size: int) -> Mapping[str, Figure]:
    """Minutes and memory of one `rings run` over `size` applications, then p95 of the API's reads on that graph."""
    with own_home(PORT_OFFSET) as settings, Terminal() as terminal:
        world = settings.home / "world"
        mapping = write_applications(size, world, terminal)
        LocalServer(settings, terminal).start()
        run_fingraph(settings, "load", str(mapping), "--data", str(world), "--mode", "bulk")
        with connect(settings) as graph:
            held = graph.read(
                "MATCH (n) WITH count(n) AS nodes MATCH ()-[r]->() RETURN nodes, count(r) AS links"
            )[0]
        data = f"{described(size)}, {held['nodes']:,} nodes, {held['links']:,} relationships"
        run = run_fingraph(settings, "rings", "run")
        heap = memory(settings).heap_mb
        details = {**run.result, "neo4j_heap_mb": heap, "peak_mb": round(run.peak_mb)}
        found = {
            "ring_run_minutes": Figure(run.seconds / 60, data, details),
            "ring_run_memory": Figure((heap + run.peak_mb) / 1024, data, details),
        }
        with connect(settings) as graph:
            asked = _requests(graph)
        terminal.step("Asking the API")
        with serving(settings) as (client, ready_s):
            timed = {name: _timed(client, requests) for name, requests in asked.items()}
    floor = timed.pop("floor").details()
    for name, one in timed.items():
        told = one.details()
        more = {**told, "floor": floor, "seconds_to_ready": round(ready_s, 1)}
        found[f"api_{name}_ms"] = Figure(told["p95"], f"{data}; {told['n']} requests, one at a time", more)
    return found


def _requests(graph: Graph) -> dict[str, list[Asked]]:
    """What is asked, by kind: chosen at random, each thing once."""
    dice = random.Random(SEED)  # noqa: S311 - a choice, not a secret
    applications = _keys(
        graph, "MATCH (a:Application) WHERE a.seq % 500 = 3 RETURN a.key AS key LIMIT 4000", dice
    )
    rings = _keys(graph, "MATCH (r:Ring) WHERE r.dissolved_run IS NULL RETURN r.key AS key LIMIT 4000", dice)
    together = graph.read(
        "MATCH (r:Ring) WHERE r.listed AND r.users > 3 WITH r LIMIT 200 "
        "CALL (r) { MATCH (r)<-[:MEMBER_OF]-(:Application)<-[:SUBMITTED]-(u:User) RETURN collect(DISTINCT u.key) AS users } "
        "RETURN users[0] AS a, users[-1] AS b"
    )
    users = _keys(graph, "MATCH (u:User) WHERE id(u) % 1000 = 7 RETURN u.key AS key LIMIT 1000", dice)
    pairs = [(row["a"], row["b"]) for row in together] + list(zip(users[::2], users[1::2], strict=False))
    filters = [
        {"sort": sort, "limit": limit}
        for sort in ("score", "size", "money", "recent")
        for limit in (20, 50, 100)
    ]
    lists = ["/v1/rings?" + str(httpx.QueryParams(one)) for one in filters]
    return {
        "floor": [("GET", "/healthz", None)] * ASKED,
        "ring_list": [("GET", lists[place % len(lists)], None) for place in range(ASKED)],
        "ring": [("GET", f"/v1/rings/{key}", None) for key in rings[:ASKED]],
        "application": [
            ("GET", "/v1/applications/" + "/".join(key.split(":", 1)), None) for key in applications[:ASKED]
        ],
        "expand": [("POST", "/v1/expand", body) for body in _wide(graph, dice)],
        "paths": [
            ("POST", "/v1/paths", {"user": a, "other": b})
            for a, b in dice.sample(pairs, min(ASKED, len(pairs)))
        ],
    }


def _keys(graph: Graph, statement: str, dice: random.Random) -> list[str]:
    keys = sorted(row["key"] for row in graph.read(statement, seconds=300))
    dice.shuffle(keys)
    return keys


def _wide(graph: Graph, dice: random.Random) -> Iterator[dict[str, Any]]:
    """Pages of identifiers with `WIDE_LINKS` neighbours, made for this, every order of each."""
    add = (
        "MATCH (a:Application) WHERE (a.known_at / 1000000) % $wide = $place WITH a LIMIT $links WITH collect(a) AS chosen "
        "CREATE (i:IpAddress {key: 'wide-' + toString($place), masked: 'wide'}) WITH i, chosen UNWIND chosen AS a "
        "CREATE (a)-[:FROM_IP {known_at: a.known_at, seq: a.seq}]->(i)"
    )
    for place in range(WIDE):
        graph.write(add, seconds=300, wide=WIDE, place=place, links=WIDE_LINKS)
    for order in ("newest", "oldest"):
        for limit in (20, 50, 100, 200, 1_000):
            for place in dice.sample(range(WIDE), WIDE):
                yield {
                    "type": "IpAddress",
                    "key": f"wide-{place}",
                    "order": order,
                    "limit": limit,
                }


def _timed(client: httpx.Client, requests: Sequence[Asked]) -> Timed:
    ms: list[float] = []
    cut = 0
    for method, path, body in requests:
        time.sleep(PAUSE_S)
        began = time.perf_counter()
        reply = client.request(method, path, json=body)
        ms.append((time.perf_counter() - began) * 1_000)
        if reply.status_code != httpx.codes.OK:
            raise MeasuringError(
                "goals.reply", f"{method} {path.split('?')[0][:40]} answered {reply.status_code}."
            )
        cut += '"cut":true' in reply.text
    return Timed(ms, cut)


@contextmanager
def serving(settings: Settings) -> Iterator[tuple[httpx.Client, float]]:
    """`fingraph serve` in a process of its own, a client that may read, and how long it took to be ready (s)."""
    token = run_fingraph(settings, "keys", "create", "bench", "--scope", "read").result["token"]
    began = time.monotonic()
    with served(settings) as (url, server):
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
            wait_for(lambda: client.get("/readyz").status_code == httpx.codes.OK, server)
            yield client, time.monotonic() - began


@contextmanager
def served(settings: Settings, workers: int = 1) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address of `fingraph serve` in a process group of its own, as soon as it was started."""
    port = str(8_000 + settings.port_offset)
    with (settings.home / "serve.log").open("a") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "cli", "serve", "--port", port, "--workers", str(workers)],
            env=environment_of(settings),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield f"http://127.0.0.1:{port}", server
        finally:
            server.terminate()
            server.wait(30)


def environment_of(settings: Settings) -> dict[str, str]:
    """What a process of ours is told of a home."""
    return environment(
        FINGRAPH_HOME=str(settings.home),
        FINGRAPH_CACHE=str(settings.cache),
        FINGRAPH_PORT_OFFSET=str(settings.port_offset),
        PYTHONPATH=str(ROOT),
    )


def wait_for(ready: Callable[[], bool], server: subprocess.Popen[bytes]) -> None:
    """Wait until the server is ready; raises `MeasuringError` (`goals.serve`)."""
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        if server.poll() is not None:
            raise MeasuringError("goals.serve", "`fingraph serve` ended before it was ready.")
        try:
            if ready():
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise MeasuringError("goals.serve", f"`fingraph serve` was not ready within {READY_S:g} s.")
