"""What a batch load costs beyond the database: a whole load against a bare statement that writes the same.

The bare statement gets its rows ready-made: hashed keys, the application's own properties, the order. It writes
no derived properties of identifiers (masked forms, regions), looks for no conflicts and marks no hubs. What it takes
when it writes those properties too stands in the details.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median

import polars as pl

from benchmarks.command import own_home
from benchmarks.goal import Figure, MeasuringError
from benchmarks.world import described, write_applications
from cli.output import Terminal
from core.clock import now_us
from core.graph import Graph, Row, connect
from core.progress import SILENT
from core.server.local import LocalServer
from core.settings import Settings
from graph_schema import FINGRAPH, live
from loaders.hashing import load_hasher
from loaders.load import Loader
from loaders.mapping import read_mapping
from loaders.mapping.read import schema_of
from loaders.plan import NodeFact, Part
from loaders.stage import Stager

PORT_OFFSET = 500
ROUNDS = 3
CHUNKS = (1_000, 2_000, 5_000)
"""Rows a transaction of the bare statement; its best size counts."""
LEFT_OUT = ("Address", "Employer", "Email")
"""What remains are seven identifiers: device, IP, three phones, card, identity number."""

BARE = """
UNWIND $rows AS row
MERGE (u:User {key: row.user})
MERGE (a:Application {key: row.key}) SET a += row.application
MERGE (u)-[:SUBMITTED {known_at: row.known_at, seq: row.seq}]->(a)
MERGE (device:Device {key: row.device})
MERGE (a)-[:USED_DEVICE {known_at: row.known_at, seq: row.seq}]->(device)
MERGE (ip:IpAddress {key: row.ip})
MERGE (a)-[:FROM_IP {known_at: row.known_at, seq: row.seq}]->(ip)
MERGE (own:Phone {key: row.self})
MERGE (a)-[:GAVE_PHONE {role: 'self', known_at: row.known_at, seq: row.seq}]->(own)
MERGE (contact:Phone {key: row.contact})
MERGE (a)-[:GAVE_PHONE {role: 'contact', known_at: row.known_at, seq: row.seq}]->(contact)
MERGE (employer:Phone {key: row.employer})
MERGE (a)-[:GAVE_PHONE {role: 'employer', known_at: row.known_at, seq: row.seq}]->(employer)
MERGE (card:BankCard {key: row.card})
MERGE (a)-[:PAID_TO {known_at: row.known_at, seq: row.seq}]->(card)
MERGE (number:IdNumber {key: row.id_number})
MERGE (a)-[:HAS_ID {known_at: row.known_at, seq: row.seq}]->(number)
"""
WHOLE = re.sub(
    r"(?m)MERGE \((\w+):(\w+) \{key: row\.(\w+)\}\)$",
    r"MERGE (\1:\2 {key: row.\3.key}) ON CREATE SET \1 = row.\3",
    BARE,
)
"""The same, with every property that a load gives users and identifiers."""
_KEYS = {
    "SUBMITTED": "user", "USED_DEVICE": "device", "FROM_IP": "ip", "PAID_TO": "card", "HAS_ID": "id_number",
    "self": "self", "contact": "contact", "employer": "employer",
}  # fmt: skip


def measure_batch_load(size: int) -> Mapping[str, Figure]:
    """All in turn on one warm server, emptied between; medians of three, after one round that is discarded."""
    with own_home(PORT_OFFSET) as settings:
        world = settings.home / "world"
        with Terminal() as terminal:
            mapping = write_applications(size, world, terminal, without=LEFT_OUT)
            LocalServer(settings, terminal).start()
            with connect(settings) as graph:
                bench = _Bench(settings, graph, mapping, world)
                seconds: dict[str, list[float]] = {way: [] for way in bench.ways}
                for number in range(-1, ROUNDS):
                    terminal.step(f"round {number + 1} of {ROUNDS}" if number >= 0 else "warming up")
                    for way in list(bench.ways) if number % 2 else reversed(bench.ways):
                        took = bench.measure(way)
                        seconds[way] += [took] if number >= 0 else []
    return {"batch_load": _figure(size, seconds)}


def _figure(size: int, seconds: Mapping[str, list[float]]) -> Figure:
    rates = {way: size / median(took) for way, took in seconds.items()}
    best = max((way for way in rates if way.startswith("bare")), key=lambda way: rates[way])
    details = {
        "load_applications_per_second": round(rates["load"]),
        "bare_applications_per_second": round(rates[best]),
        "best": best,
        "against_all_properties": round(rates["load"] / rates["all properties"], 4),
        "rates": {way: round(rate) for way, rate in rates.items()},
        "seconds": {way: [round(one, 2) for one in took] for way, took in seconds.items()},
    }
    return Figure(rates["load"] / rates[best], described(size) + ", seven identifiers", details)


class _Bench:
    """Ways of writing the same applications; each begins with an empty graph and is checked."""

    def __init__(self, settings: Settings, graph: Graph, mapping: Path, data: Path) -> None:
        self.settings, self.graph = settings, graph
        self.mapping, self.data = mapping, data
        self.made: tuple[int, int] | None = None
        keys, whole = (_ready_rows(settings, mapping, data, whole=whole) for whole in (False, True))
        self.ways: dict[str, Callable[[], None]] = {
            "load": self._load,
            **{f"bare, {chunk} a transaction": partial(self._bare, BARE, keys, chunk) for chunk in CHUNKS},
            "all properties": partial(self._bare, WHOLE, whole, CHUNKS[1]),
        }

    def measure(self, way: str) -> float:
        """Seconds of one way, beginning with an empty graph."""
        self._empty()
        began = time.perf_counter()
        self.ways[way]()
        return self._checked(time.perf_counter() - began)

    def _load(self) -> None:
        """The whole load: read, check, normalise, hash, stage, write."""
        Loader(self.settings).load(self.mapping, self.data, "batch")

    def _bare(self, statement: str, rows: Sequence[Row], chunk: int) -> None:
        for first in range(0, len(rows), chunk):
            self.graph.write(statement, rows=rows[first : first + chunk])

    def _empty(self) -> None:
        live.apply(self.graph, FINGRAPH, load_hasher(self.settings).key_id)  # constraints stand for every way
        self.graph.implicit(
            "MATCH (n) WHERE NOT n:SchemaState CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"
        )

    def _checked(self, seconds: float) -> float:
        """`seconds`, if the graph holds as much as after the first load."""
        counts = self.graph.read(
            "MATCH (n) WHERE NOT n:Load AND NOT n:SchemaState WITH count(n) AS nodes "
            "MATCH ()-[r]->() RETURN nodes, count(r) AS links"
        )[0]
        made = (counts["nodes"], counts["links"])
        self.made = self.made or made
        if made != self.made or not made[0]:
            raise MeasuringError(
                "goals.differs", f"One way made {self.made} nodes and links, the other {made}."
            )
        return seconds


def _ready_rows(settings: Settings, mapping_file: Path, data: Path, *, whole: bool) -> list[Row]:
    """A row an application for a bare statement, with the keys that a load gives, or with all properties."""
    mapping = read_mapping(mapping_file)
    folder = settings.home / "ready"
    stager = Stager(mapping, data, schema_of(mapping), load_hasher(settings), now_us(), folder, SILENT)
    (table,) = stager.run()
    frame = pl.concat([pl.read_parquet(path) for path in table.parts])
    shutil.rmtree(folder)
    properties = {fact.key: _properties(fact) for fact in table.plan.nodes}
    columns = [pl.col("known_at"), pl.col("seq")]
    for fact in table.plan.nodes:
        if fact.part is Part.OWN:
            columns += [pl.col(fact.key).alias("key"), properties[fact.key].alias("application")]
    for link in table.plan.links:
        node = link.start if link.link.end == "Application" else link.end
        role = frame[link.columns["role"]][0] if "role" in link.columns else None
        columns.append((properties[node] if whole else pl.col(node)).alias(_KEYS[role or link.link.type]))
    return frame.select(columns).to_dicts()


def _properties(fact: NodeFact) -> pl.Expr:
    return pl.struct(pl.col(column).alias(name) for name, column in fact.columns.items())
