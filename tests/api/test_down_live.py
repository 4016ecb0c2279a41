"""The graph stopped, frozen and started again under a running server. On a Neo4j of its own."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import httpx
import pytest

from api import Limits, create_app, warm
from core.server.local import LocalServer
from core.sql import open_sql
from policy import read_policy
from policy.store import promote
from rings import list_rings
from scoring.schemas import SECONDS
from security import Scope, create_key
from tests.api.served import Served, serving, wait_ready
from tests.core.test_server_live import server_in
from tests.scoring.models import POLICY, keep_models
from tests.scoring.test_score_http_live import body

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.xdist_group("ports")]

LIMITS = Limits(workers=2, queue=2, rate=10_000, burst=10_000)
BUDGET = {"X-Request-Timeout-Ms": "8000"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    made = server_in(tmp_path_factory.mktemp("home"), 320)
    made.start()
    keep_models(made.settings.home)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def served(server: LocalServer) -> Iterator[Served]:
    with open_sql(server.settings) as sql:
        promote(sql, read_policy(POLICY))
        tokens = {
            scope.value: create_key(sql, scope.value, [scope])[1] for scope in (Scope.READ, Scope.SCORE)
        }
    settings = replace(server.settings, warm_seconds=1.0)
    with pytest.MonkeyPatch.context() as patched:
        # What is asked here: all reads are tried in test_ready_live.
        patched.setattr(warm, "_reads", lambda graph, *_: iter([partial(list_rings, graph)]))
        with serving(create_app(settings, limits=LIMITS)) as url:
            wait_ready(url, 300)
            yield Served(url, tokens)


def codes_of(served: Served, requests: int) -> list[tuple[int, str | None]]:
    """Status and code of so many requests at once; each comes back within its time and a little."""

    def ask(_: int) -> tuple[int, str | None]:
        with served.client(**BUDGET) as client:
            began = time.monotonic()
            reply = client.get("/v1/rings")
            assert time.monotonic() - began < 20
            if reply.status_code == 503:
                assert int(reply.headers["retry-after"]) >= 1
                assert "bolt" not in reply.text, "where the graph is, is nobody's business"
            return reply.status_code, reply.json().get("code")

    with ThreadPoolExecutor(requests) as pool:
        return list(pool.map(ask, range(requests)))


def unready(served: Served, part: str) -> str:
    """Wait until /readyz misses a part; the code it gives."""
    until = time.monotonic() + 60
    while True:
        told = httpx.get(f"{served.url}/readyz", timeout=30)
        codes = {one["name"]: one["code"] for one in told.json()["parts"]}
        if codes[part] is not None:
            assert told.status_code == 503
            return str(codes[part])
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_stopped_graph_is_503_and_comes_back_by_itself(served: Served, server: LocalServer) -> None:
    assert codes_of(served, 1) == [(200, None)]
    server.stop()
    assert codes_of(served, 1) == [(503, "graph.unavailable")]
    assert unready(served, "graph") == "graph.unavailable"
    assert httpx.get(f"{served.url}/healthz", timeout=30).status_code == 200
    server.start()
    wait_ready(served.url, 300)
    assert codes_of(served, 1) == [(200, None)]


def test_a_frozen_graph_costs_its_threads_and_no_more(served: Served, server: LocalServer) -> None:
    wait_ready(served.url, 300)
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        found = codes_of(served, 8)
        assert {status for status, _ in found} == {503}
        assert {code for _, code in found} <= {
            "api.busy",
            "api.deadline",
            "graph.timeout",
            "graph.unavailable",
        }
        assert "api.busy" in {code for _, code in found}, "two work, two wait, the rest is told at once"
        with served.client() as client:
            began = time.monotonic()
            assert client.get("/v1/questions").status_code == 200, "what needs no graph is answered"
            assert client.get("/v1/questions", headers={"Authorization": "Bearer x"}).status_code == 401
            assert time.monotonic() - began < 10
    finally:
        os.kill(pid, signal.SIGCONT)
    until = time.monotonic() + 120
    while codes_of(served, 1) != [(200, None)]:
        assert time.monotonic() < until
        time.sleep(0.5)


def test_a_frozen_graph_keeps_no_decision_waiting(served: Served, server: LocalServer) -> None:
    """Longer than it takes until the schema, breakers and champions are looked at again, with facts that hang beside."""
    wait_ready(served.url, 300)
    pid = server.status().pid
    assert pid is not None
    told = {"source": "http", "application": "H1", "target": "fraud", "value": 1}

    def tell(_: int) -> int:
        with served.client("score", **BUDGET) as client:
            return client.post("/v1/outcomes", json=told).status_code

    with served.client("score") as client, ThreadPoolExecutor(6) as others:
        assert client.post("/v1/score", json=body(1)).json()["degraded"] == []
        os.kill(pid, signal.SIGSTOP)
        try:
            facts, until, number = others.map(tell, range(6)), time.monotonic() + 1.5 * SECONDS, 1
            while time.monotonic() < until:
                number += 1
                began = time.monotonic()
                reply = client.post("/v1/score", json=body(number))
                assert (reply.status_code, reply.json()["degraded"]) == (200, ["graph"])
                assert time.monotonic() - began < 5
            assert set(facts) == {503}
        finally:
            os.kill(pid, signal.SIGCONT)
        assert number > 15, "after the first few nobody waits for it: else 12 at most"
        until = time.monotonic() + 120
        while client.post("/v1/score", json=body(10_000 + number)).json()["degraded"]:
            assert time.monotonic() < until
            number += 1
            time.sleep(0.5)
