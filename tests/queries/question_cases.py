"""A simulated lender in the graph, and what to ask of it so that every question has something to say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.clock import DAY, moment_us, now_us
from core.graph import Graph
from core.settings import Settings
from graph_schema import Schema
from graph_schema.cypher import mark_hubs
from graph_schema.live import live_schema
from loaders.load import Loader
from queries import Kind, Question, question
from rings import backfill
from simulator import order, simulate

WALK = {"IpAddress": 12, "Employer": 12, "Address": 12}
"""Limits small enough for a small world to hold hubs."""
OVERRIDES: dict[str, dict[str, object]] = {
    "agent_shops": {"least": 2},
    "bursts": {"least": 2, "minutes": 720, "days": 30},
    "busiest": {"days": 20},
    "busy_employers": {"least": 2},
    "grown_rings": {"percent": 0, "days": 3},
    "loan_stacking": {"least": 2, "days": 20},
    "money_by_lender": {"percent": 0},
    "money_by_ring": {"percent": 0},
    "nearly_hubs": {"percent": 30, "days": 20},
    "new_rings": {"percent": 0, "days": 30},
    "passed_on": {"gap": 1, "days": 30},
    "several_identities": {"least": 2},
    "used_since_flagged": {"target": "approval"},
    "touching_fraud": {"days": 20},
}


@dataclass(frozen=True)
class Case:
    """What a question is asked about."""

    given: dict[str, Any]

    def params(self, spec: Question) -> dict[str, Any]:
        """The parameters of `spec`: what it needs from the case, the rest by default or as it has something to say."""
        names = [param.name for param in spec.params if param.required or param.kind is Kind.TIME]
        return {name: self.given[name] for name in names} | OVERRIDES.get(spec.name, {})


@dataclass(frozen=True)
class Lender:
    """The graph with its schema and moments to ask as of: `early` lies inside its history, `late` near its end."""

    graph: Graph
    schema: Schema
    early: int
    late: int
    cases: tuple[Case, ...]
    """Known by `early`."""


def load_lender(graph: Graph, settings: Settings, folder: Path) -> Lender:
    """Simulate a lender, load it, make its rings day by day, take the time of some links, and mark hubs."""
    simulate(order(1_000, "2025-01-01", 40, 5), folder)
    Loader(settings).load(folder / "mapping.toml", folder, "batch")
    live = live_schema(graph)
    for _ in backfill(graph, live, moment_us("2025-02-03"), moment_us("2025-02-09"), clock=now_us):
        pass
    graph.write(
        "MATCH (a:Application)-[r:GAVE_PHONE|USED_DEVICE]->() WHERE r.seq % 17 = 0 REMOVE r.known_at, r.seq"
    )
    limited = tuple(
        replace(i, walk=WALK.get(i.label, i.walk), bind=min(i.bind, WALK.get(i.label, i.bind)))
        for i in live.identifiers
    )
    for identifier in limited:
        if identifier.label in WALK:
            ids = graph.read(
                f"MATCH (i:{identifier.label}) WHERE COUNT {{ (i)<--() }} > $walk RETURN id(i) AS id",
                walk=identifier.walk,
            )
            graph.write(mark_hubs(identifier), id=[row["id"] for row in ids], walk=identifier.walk)
    early = moment_us("2025-02-06T12:00:00Z")
    return Lender(
        graph, replace(live, identifiers=limited), early, moment_us("2025-02-10"), _cases(graph, early)
    )


def _cases(graph: Graph, early: int) -> tuple[Case, ...]:
    """Two applications of rings with what hangs together with them, all known early."""
    rows = graph.read(
        "MATCH (x:RingRun) WHERE x.known_at <= $early WITH max(x.run) AS run "
        "MATCH (r:Ring)<-[m:MEMBER_OF]-(a:Application)-[l:USED_DEVICE]->(d:Device)<-[k:USED_DEVICE]-(b:Application) "
        "WHERE m.since <= run AND m.until IS NULL AND r.dissolved_run IS NULL AND a.known_at < $early "
        "AND b.known_at < $early AND l.known_at < $early AND k.known_at < $early "
        "MATCH (u:User)-[:SUBMITTED]->(a) MATCH (v:User)-[:SUBMITTED]->(b) WHERE u <> v "
        "WITH r, a, d, u, v, EXISTS { MATCH (d)<--()-[:HAD_OUTCOME]->(o) WHERE o.target = 'fraud' AND o.value > 0 "
        "AND o.known_at < $early } AS flagged ORDER BY flagged DESC, r.key, a.key "
        "WITH r, collect({application: a.key, ring: r.key, user: u.key, other: v.key, identifier: d.key})[0] AS case "
        "RETURN case LIMIT 2",
        early=early,
    )
    since = {"since": early - 20 * DAY, "type": "Device"}
    return tuple(Case({**row["case"], **since}) for row in rows)


def forget_after(graph: Graph, moment: int) -> None:
    """Make the graph what it was at `moment`: delete later facts and runs, and spoil what says only how things are now."""
    run = graph.read(
        "MATCH (x:RingRun) WHERE x.known_at <= $moment RETURN coalesce(max(x.run), 0) AS run", moment=moment
    )[0]["run"]
    for statement in (
        "MATCH ()-[r]->() WHERE r.known_at >= $moment DELETE r",
        "MATCH (n:Application|Event|Outcome) WHERE n.known_at >= $moment DETACH DELETE n",
        "MATCH (i) WHERE i.hub_since >= $moment REMOVE i.hub_since, i.hub_seq",
        "MATCH (x:RingRun) WHERE x.run > $run DETACH DELETE x",
        "MATCH ()-[m:MEMBER_OF]->() WHERE m.since > $run DELETE m",
        "MATCH ()-[m:MEMBER_OF]->() WHERE m.until > $run REMOVE m.until",
        "MATCH ()-[e:EVOLVED_FROM]->() WHERE e.run > $run DELETE e",
        "MATCH (r:Ring) WHERE r.born_run > $run DETACH DELETE r",
        "MATCH (s:RingState) WHERE s.run > $run DETACH DELETE s",
        "MATCH (s:RingState) WHERE s.until > $run REMOVE s.until",
        "MATCH (r:Ring) SET r.applications = -1, r.users = -1, r.at_risk_cents = -1, r.amount_cents = -1, r.score = -1.0, "
        "r.dissolved_run = CASE WHEN r.dissolved_run <= $run THEN r.dissolved_run END",
    ):
        used = {name: value for name, value in (("moment", moment), ("run", run)) if f"${name}" in statement}
        graph.write(statement, **used)


def all_questions() -> list[Question]:
    """Every question."""
    from queries import question_names

    return [question(name) for name in question_names()]
