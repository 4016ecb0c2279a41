"""Fifty kills at random moments, of the server and of the database, while applications, and what comes after some of them, are sent and
sent again.

Whatever was answered is in the record and in the graph, once. `make proofs` runs it; it takes some forty minutes.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from core.clock import DAY, now_us
from core.graph import connect
from core.server.local import LocalServer
from core.settings import Settings, load_settings
from core.sql import Sql, open_sql
from graph_schema import FINGRAPH, live
from loaders.hashing import load_hasher
from policy import read_policy
from policy.store import promote
from scoring import list_decisions
from scoring.outbox import drain
from scoring.record import count_waiting, of_id, waiting
from scoring.service import open_scoring
from security import Scope, create_key
from tests.conftest import ROOT
from tests.scoring.killed_facts import PATIENCE_S, Facts, Sender, require_facts
from tests.scoring.models import POLICY, keep_models
from tests.scoring.test_score_http_live import body

KILLS = int(os.environ.get("FINGRAPH_TEST_KILLS", "50"))
PORT_OFFSET = 940
SENDERS, TELLERS = 6, 3
PAUSE_S = 0.5
"""Of a sender between two applications: some ten a second."""
BEHIND = 30
"""Decisions that the graph may always be behind by, at work."""


@pytest.fixture
def settings_killed(tmp_path: Path) -> Iterator[Settings]:
    cache = Path(os.environ.get("FINGRAPH_CACHE") or ROOT / ".fingraph" / "cache")
    made = replace(
        load_settings({}),
        home=tmp_path / "home",
        cache=cache,
        port_offset=PORT_OFFSET,
        heap_mb=1_000,
        pagecache_mb=512,
    )
    yield made
    LocalServer(made).stop()
    shutil.rmtree(made.home, ignore_errors=True)


class Killed:
    """The server under test, which dies and comes back."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.local = settings, LocalServer(settings)
        self.url = f"http://127.0.0.1:{8_000 + settings.port_offset}"
        self.server = self._serve()

    def _serve(self) -> subprocess.Popen[bytes]:
        env = {**os.environ, "FINGRAPH_HOME": str(self.settings.home), "FINGRAPH_CACHE": str(self.settings.cache),
               "FINGRAPH_PORT_OFFSET": str(self.settings.port_offset), "FINGRAPH_WARM_SECONDS": "1", "PYTHONPATH": str(ROOT)}  # fmt: skip
        log = (self.settings.home / "serve.log").open("a")
        command = [sys.executable, "-m", "cli", "serve"]
        return subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True)

    def ready(self) -> None:
        until = time.monotonic() + 300
        while time.monotonic() < until:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/readyz", timeout=30).status_code == 200:
                    return
            time.sleep(0.3)
        raise AssertionError("the server was not ready")

    def kill_server(self) -> None:
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait(30)
        self.server = self._serve()

    def kill_database(self) -> None:
        pid = self.local.status().pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        time.sleep(1.0)
        self.local.start()

    def stop(self) -> None:
        self.server.terminate()
        self.server.wait(30)


def _wait_for(holds: Callable[[], bool], otherwise: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until, otherwise
        time.sleep(0.05)


class Sending(Sender):
    """Clients that send each application until it is answered, and pass some of them on."""

    def __init__(self, url: str, token: str, facts: Facts) -> None:
        super().__init__(url, token)
        self._facts = facts
        self.sent = self.whole = 0
        self.answered: dict[str, str] = {}

    def wait_for_more(self, answers: int) -> None:
        """Wait until so many more are answered whole, the graph and all."""
        enough = self.whole + answers
        _wait_for(lambda: self.whole >= enough, "nobody is answered whole")

    def run(self, over: threading.Event) -> None:
        with self.client() as client:
            while not over.is_set():
                with self.lock:
                    self.sent += 1
                    number = self.sent
                told = body(number, identifiers=body(1_001 + number % 40)["identifiers"])
                answer = self.until_answered(client, "/v1/score", told)
                if answer is not None:
                    with self.lock:
                        self.answered[answer["application"]] = answer["decision_id"]
                        self.whole += not answer["degraded"]
                    if number % 3 == 0:
                        self._facts.after(number)
                time.sleep(PAUSE_S)


def _require_kept(
    settings: Settings, answered: dict[str, str], facts: dict[tuple[str, str], str]
) -> tuple[int, int, int]:
    """Whatever was answered is in the record and the graph, once. → decisions; of the first thousand those without the graph; those
    that waited longer to be told to it, since it did not take them in time."""
    with connect(settings) as graph, open_sql(settings) as sql:
        scoring = open_scoring(settings, graph, sql, load_hasher(settings))
        aside = count_waiting(sql) - len(waiting(sql, now_us(), most=1_000_000))
        while drain(sql, graph, lambda: scoring.parts, clock=lambda: now_us() + DAY):
            pass  # what was set aside, too
        assert count_waiting(sql) == 0
        kept: dict[str, str] = {}
        after = None
        while True:
            page = list_decisions(sql, limit=1_000, after=after)
            for one in page.items:
                assert one.key not in kept
                kept[one.key] = one.id
            after = page.next
            if not page.cut:
                break
        assert {key: kept.get(key) for key in answered} == answered
        told = {
            row["key"]: row["decisions"]
            for row in graph.read(
                "MATCH (a:Application) OPTIONAL MATCH (a)-[:HAD_DECISION]->(d) RETURN a.key AS key, collect(d.key) AS decisions"
            )
        }
        lost = {key: of_id(sql, id_).record for key, id_ in answered.items() if told.get(key) != [id_]}
        assert {key: (one["degraded"], one["graph_error"], one["point"]) for key, one in lost.items()} == {}
        require_facts(graph, facts)
        degraded = sum("graph" in one.record["degraded"] for one in list_decisions(sql, limit=1_000).items)
    return len(kept), degraded, aside


def _kill(killed: Killed, sending: Sending, sql: Sql) -> None:
    """Kill the server twice and the database once, and so on, at work or just starting."""
    dice = random.Random(5)
    for number in range(KILLS):
        if number % 4:
            sending.wait_for_more(dice.randrange(1, 60))  # one at work
        time.sleep(dice.uniform(0.0, 3.0))  # or else one that is just starting
        if number % 3 == 2:
            # Servers die while the graph catches up; the database dies once more when it has.
            _wait_for(lambda: count_waiting(sql) <= BEHIND, "the graph does not catch up")
            killed.kill_database()
        else:
            killed.kill_server()
        if number % 10 == 9:
            said = f"{number + 1} kills, {len(sending.answered):,} answered, the graph not told of {count_waiting(sql):,}\n"
            sys.stdout.write(said)
            sys.stdout.flush()


@pytest.mark.proof
@pytest.mark.timeout(4_800)
def test_whatever_dies_every_answer_is_kept_and_no_fact_is_doubled(settings_killed: Settings) -> None:
    settings = settings_killed
    LocalServer(settings).start()
    with connect(settings) as graph, open_sql(settings) as sql:
        live.apply(graph, FINGRAPH, load_hasher(settings).key_id)
        keep_models(settings.home)
        promote(sql, read_policy(POLICY))
        tokens = [create_key(sql, name, [Scope.SCORE])[1] for name in ("facts", "proof")]
    killed, over = Killed(settings), threading.Event()
    killed.ready()
    facts = Facts(killed.url, tokens[0])
    sending = Sending(killed.url, tokens[1], facts)
    work = [sending] * SENDERS + [facts] * TELLERS
    threads = [threading.Thread(target=one.run, args=(over,)) for one in work]
    for one in threads:
        one.start()
    try:
        with open_sql(settings) as sql:
            _kill(killed, sending, sql)
    finally:
        over.set()
        for one in threads:
            one.join(2 * PATIENCE_S)
        killed.ready()
        killed.stop()
    refused, said = sending.refused + facts.refused, sending.said + facts.said
    unforeseen = {what: times for what, times in said.items() if what.startswith(("404", "500"))}
    assert not refused, refused[:3]
    kept, degraded, aside = _require_kept(settings, sending.answered, facts.answered)
    sys.stdout.write(
        f"\n{KILLS} kills, {sending.sent:,} sent, {len(sending.answered):,} answered, {kept:,} kept, {degraded:,} of the first "
        f"thousand without the graph, {aside:,} set aside until later\n{facts.counts} answered, {facts.stood:,} of them stood "
        f"when they were sent again\n{sum(unforeseen.values()):,} replies of 500 and 404; sent again after {dict(said.most_common())}\n"
    )
    assert not unforeseen  # a database that dies meanwhile is a 503, and what was answered is known
    assert len(sending.answered) > 15 * KILLS
    assert len(facts.answered) > 4 * KILLS
