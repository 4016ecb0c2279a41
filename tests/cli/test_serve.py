"""`fingraph serve`: ports, how it ends, workers. The graph need not be there for any of it."""

from __future__ import annotations

import http.client
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import httpx
import psutil
import pytest

from cli.listening import listen

pytestmark = [pytest.mark.slow]


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def environment(home: Path) -> dict[str, str]:
    """Of a home whose graph does not answer."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NEO4J", "FINGRAPH"))}
    return {
        **kept,
        "FINGRAPH_HOME": str(home),
        "NEO4J_URI": f"bolt://127.0.0.1:{free_port()}",
        "NEO4J_PASSWORD": "nobody-there",
    }


def serve(home: Path, *arguments: str) -> subprocess.Popen[str]:
    """The command, begun."""
    command = (sys.executable, "-m", "cli", "serve", *arguments)
    return subprocess.Popen(
        command, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_alive(url: str, process: subprocess.Popen[str]) -> None:
    """Wait until it answers."""
    until = time.monotonic() + 120
    while True:
        try:
            if httpx.get(f"{url}/healthz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.2)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_starts_without_a_graph_says_what_is_missing_and_stops_at_a_signal(
    tmp_path: Path, workers: str
) -> None:
    port = free_port()
    process = serve(tmp_path, "--port", str(port), "--workers", workers)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_alive(url, process)
        ready = httpx.get(f"{url}/readyz", timeout=30)
        assert ready.status_code == 503
        assert not {one["name"]: one["ready"] for one in ready.json()["parts"]}["graph"]
        assert httpx.get(f"{url}/v1/rings", timeout=30).status_code == 401
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=60)
        assert time.monotonic() - began < 40
    finally:
        process.kill()
    lines = [json.loads(line) for line in log.splitlines()]
    assert [line for line in lines if line["event"] == "request" and line["status"] == 401]
    assert all({"time", "level", "event"} <= set(line) for line in lines)


def test_replies_are_sent_at_once() -> None:
    for workers in (1, 2):
        with listen("127.0.0.1", free_port(), workers) as listening:
            sent = pickle.loads(pickle.dumps(listening.sockets())) if workers > 1 else listening.sockets()
            (each,) = sent
            with each:
                assert each.proto == socket.IPPROTO_TCP, (
                    "asyncio sets TCP_NODELAY where the protocol says TCP, and there alone"
                )


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the processes share one socket")
def test_connections_are_dealt_out_among_the_workers_and_nobody_else_comes_to_the_port(
    tmp_path: Path,
) -> None:
    port = free_port()
    process = serve(tmp_path, "--port", str(port), "--workers", "2")
    kept: list[http.client.HTTPConnection] = []
    try:
        assert process.stdout is not None
        process.stdout.readline()  # it has the port, and does not listen there yet
        second = serve(tmp_path, "--port", str(port), "--workers", "2")
        assert "serve.port_used" in second.communicate(timeout=120)[1]
        until = time.monotonic() + 120
        while len(_at(process, port, psutil.CONN_LISTEN)) < 2:
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.2)
        for _ in range(40):  # one after the other: whoever wakes first would have nearly all
            kept.append(http.client.HTTPConnection("127.0.0.1", port, timeout=30))
            kept[-1].request("GET", "/healthz")
            assert kept[-1].getresponse().read()
        dealt = _at(process, port, psutil.CONN_ESTABLISHED)
        assert sum(dealt.values()) == 40
        assert len(dealt) == 2 and min(dealt.values()) >= 6, (
            "of fair coins less often than once in a million times"
        )
    finally:
        for one in kept:
            one.close()
        process.terminate()
        process.communicate(timeout=60)


def _at(process: subprocess.Popen[str], port: int, status: str) -> Counter[int]:
    """How many sockets of the port each of its workers has in that state."""
    return Counter(
        child.pid
        for child in psutil.Process(process.pid).children()
        for one in child.net_connections("tcp")
        if one.laddr.port == port and one.status == status
    )


def test_a_port_that_is_taken_is_refused_with_a_code(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = serve(tmp_path, "--port", str(taken.getsockname()[1]))
        _, said = process.communicate(timeout=120)
    assert process.returncode == 4
    assert "serve.port_used" in said


def test_an_address_of_another_machine_is_refused_with_a_code(tmp_path: Path) -> None:
    process = serve(tmp_path, "--host", "192.0.2.1", "--port", str(free_port()))
    _, said = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "serve.host" in said
