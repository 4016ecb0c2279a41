"""What the kill proof sends after an application, until it is answered, and how it must stand afterwards: once."""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx

from core.clock import iso
from core.graph import Graph

PATIENCE_S = 300.0
"""Longest time that one request is sent again: what the graph was not told of is set aside for a minute."""
WAITING = 30
"""Applications whose facts wait to be sent; those of others are left out."""
AGAIN = {429, 500, 503}


class Sender:
    """Sends a request until it is answered, and counts what else is said to it."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._headers = url, {"Authorization": f"Bearer {token}"}
        self.lock = threading.Lock()
        self.said: Counter[str] = Counter()
        """By status, code and address: replies after which a request was sent again."""
        self.refused: list[str] = []
        """What no server should say, and what was never answered."""

    def client(self) -> httpx.Client:
        """A client of one thread's own."""
        return httpx.Client(base_url=self._url, headers=self._headers, timeout=10)

    def until_answered(self, client: httpx.Client, path: str, told: dict[str, Any]) -> dict[str, Any] | None:
        """The answer; None where there never was one."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            with suppress(httpx.HTTPError):
                reply = client.post(path, json=told)
                if reply.status_code == 200:
                    return dict(reply.json())
                problem = reply.headers["content-type"] == "application/problem+json"
                code = reply.json()["code"] if problem else "without a problem"
                with self.lock:
                    self.said[f"{reply.status_code} {code} {path.rpartition('/')[2]}"] += 1
                if reply.status_code not in AGAIN and code != "arrive.reference":
                    self.refused.append(reply.text)
                    return None
            time.sleep(0.2)
        self.refused.append(f"{path} was never answered")
        return None


@dataclass(frozen=True)
class After:
    """A fact that comes after an application."""

    kind: str
    path: str
    told: dict[str, Any]


def facts_after(number: int) -> list[After]:
    """What comes after the application of a number: some of it shared with others, none of it with what it came with itself."""
    device = {"type": "Device", "value": f"later-device-{number % 30:05d}"}
    phone = {
        "type": "Phone",
        "value": f"139{1_001 + number % 50:08d}",
        "role": "contact",
        "options": {"country": "CN"},
    }
    about = {"source": "http", "application": f"H{number}", "target": "fraud", "value": float(number % 2)}
    event = {
        "source": "http", "id": f"E{number}", "user": f"HU{number}", "kind": "login", "identifiers": [device],
    }  # fmt: skip
    amended = f"/v1/applications/http/H{number}/amendments"
    found = [
        After("outcome", "/v1/outcomes", about),
        After("event", "/v1/events", event),
        After("amendment", amended, {"identifiers": [device, phone]}),
    ]
    return found[number % 3 :] + found[: number % 3]


class Facts(Sender):
    """Clients that send what comes after applications that were answered."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token)
        self._waiting: queue.Queue[int] = queue.Queue(WAITING)
        self.answered: dict[tuple[str, str], str] = {}
        """By kind and key: from when on it is known."""
        self.stood = 0
        """Of them those that stood already: an earlier reply was lost."""

    def after(self, number: int) -> None:
        """An application was answered; what comes after it is sent, unless there is much to do."""
        with suppress(queue.Full):
            self._waiting.put_nowait(number)

    def run(self, over: threading.Event) -> None:
        """Send until it is over, and nothing waits."""
        with self.client() as client:
            while not (over.is_set() and self._waiting.empty()):
                with suppress(queue.Empty):
                    for one in facts_after(self._waiting.get(timeout=0.2)):
                        self._keep(one, self.until_answered(client, one.path, one.told))

    def _keep(self, one: After, answer: dict[str, Any] | None) -> None:
        if answer is None:
            return
        with self.lock:
            for fact in answer.get("facts", [answer]):
                self.answered[one.kind, fact["key"]] = fact["known_at"]
                self.stood += fact["unchanged"]

    @property
    def counts(self) -> str:
        """How many were answered, in words."""
        kinds = Counter(kind for kind, _ in self.answered)
        return f"{kinds['outcome']:,} outcomes, {kinds['event']:,} events and {kinds['amendment']:,} amended links"


STANDING = {
    "outcome": "MATCH (n:Outcome) OPTIONAL MATCH (a:Application)-[r:HAD_OUTCOME]->(n) "
    "RETURN n.key AS key, n.known_at AS own, collect(r.known_at) AS known_at",
    "event": "MATCH (n:Event) OPTIONAL MATCH (u:User)-[r:DID]->(n) "
    "RETURN n.key AS key, n.known_at AS own, collect(r.known_at) AS known_at",
    "amendment": "MATCH (a:Application)-[r]->(n) WHERE r.digest IS NOT NULL "
    "WITH a.key + '|' + n.key + coalesce('|' + r.role, '') AS key, collect(r.known_at) AS known_at "
    "RETURN key, known_at[0] AS own, known_at",
}
"""By kind every fact of the graph, a row a node: key, its moment, and the moments of the links to it."""
NOT_ONCE = """MATCH (a:Application)
WHERE COUNT { (a)<-[:SUBMITTED]-() } <> 1 OR COUNT { (a)-[:HAD_OUTCOME]->() } > 1
RETURN collect(a.key)[..5] AS some"""
DOUBLED = """MATCH (a:Application|Event|User)-[r]->(n) WHERE NOT n:Decision
WITH a, n, type(r) AS type, r.role AS role, count(*) AS times WHERE times > 1
RETURN collect([a.key, type, times])[..5] AS some"""


def require_facts(graph: Graph, answered: dict[tuple[str, str], str]) -> None:
    """Every fact that was answered stands as it was answered, and every fact of the graph stands once, answered or not."""
    for statement in (NOT_ONCE, DOUBLED):
        assert graph.read(statement) == [{"some": []}]
    standing: dict[tuple[str, str], str | None] = {}
    for kind, statement in STANDING.items():
        for row in graph.read(statement):
            assert row["known_at"] == [row["own"]], (kind, row)
            assert (kind, row["key"]) not in standing, (kind, row)
            standing[kind, row["key"]] = iso(row["own"])
    lost = {key: (at, standing.get(key)) for key, at in answered.items() if standing.get(key) != at}
    assert not lost, (len(lost), list(lost.items())[:3])
