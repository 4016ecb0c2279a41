"""Everything that scoring needs in one process, made once: models, policies, breakers, the outbox."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from core.clock import Clock, now_us
from core.errors import GraphUnavailableError
from core.graph import Graph
from core.settings import Settings
from core.sql import Sql
from features import catalogue_for
from graph_schema import FINGRAPH, Schema
from graph_schema.live import live_schema
from loaders.arrive import Arrived
from loaders.hashing import Hasher
from loaders.identify import identify
from policy.model import Policy
from registry import Registry
from risk import targets
from scoring.breaker import Breakers
from scoring.facts import Told, amendments_of, event_of, outcome_of, require_target
from scoring.outbox import Drain
from scoring.parts import Parts
from scoring.policies import Policies
from scoring.pool import Pool
from scoring.record import Decision, count_waiting
from scoring.replay import Replayed, replay
from scoring.request import Given, Sent, Using, arrival_of
from scoring.scorer import Asked, Scorer

FACT_SECONDS = 10.0
"""Longest time that a fact takes in the graph."""
SCHEMA_S = 10.0
LOOK_SECONDS = 0.5
"""What the look at the schema may take; then the last one known goes on."""
SAMPLE = "13900001234"
NOBODY = Sent("fingraph", "warming", user="nobody")


@dataclass(frozen=True)
class Open:
    """What stands behind a `Scoring`."""

    graph: Graph
    sql: Sql
    hasher: Hasher
    registry: Registry
    clock: Clock = now_us


class Scoring:
    """Scores, keeps and replays; many threads may use one."""

    def __init__(self, opened: Open) -> None:
        self._opened = opened
        self._lock = threading.Lock()
        self._schema: Schema = FINGRAPH
        self._looked = -SCHEMA_S
        self.policies = Policies(opened.sql)
        self.breakers = Breakers(opened.sql, opened.graph, opened.clock)
        self._pool: Pool | None = None
        self._scorer: Scorer | None = None
        self._drain = Drain(opened.sql, opened.graph, lambda: self.parts)

    @property
    def parts(self) -> Parts:
        """What the graph's schema is read and written with; the last one known where the graph is away."""
        return self.scorer.parts(self._opened.graph, self._schema_now())

    @property
    def pool(self) -> Pool:
        """The models in memory, of the schema's catalogue."""
        version = catalogue_for(self._schema_now()).version
        with self._lock:
            if self._pool is None or self._pool.catalogue != version:
                self._pool = Pool(self._opened.registry, version)
            return self._pool

    @property
    def scorer(self) -> Scorer:
        """The path itself."""
        pool, opened = self.pool, self._opened
        with self._lock:
            if self._scorer is None or self._scorer.pool is not pool:
                self._scorer = Scorer(
                    opened.sql, opened.hasher, pool, self.policies, self.breakers, clock=opened.clock
                )
            return self._scorer

    def score(self, asked: Asked) -> Decision:
        """Raises as `Scorer.score`."""
        return self.scorer.score(self._opened.graph, self.parts, asked)

    def amend(self, source: str, id_: str, identifiers: Sequence[Given]) -> list[Arrived]:
        """Add links to an application. Raises as `amendments_of` and `Arrivals.arrive`."""
        parts = self.parts
        made = amendments_of(source, id_, identifiers, self._using(parts))
        return [parts.arrivals.arrive(one, graph=self._graph()) for one in made]

    def outcome(self, told: Told) -> Arrived:
        """Tell what became of an application. Raises as `outcome_of` and `Arrivals.arrive`, `UsageError` (`facts.target`)."""
        parts = self.parts
        require_target(told.target, [one.outcome for one in targets().values()])
        return parts.arrivals.arrive(outcome_of(told, self._using(parts)), graph=self._graph())

    def event(self, sent: Sent) -> Arrived:
        """Tell of another event. Raises as `event_of` and `Arrivals.arrive`."""
        parts = self.parts
        return parts.arrivals.arrive(event_of(sent, self._using(parts)), graph=self._graph())

    def named(self, given: Given, source: str = "") -> tuple[str, str]:
        """The type and key of an identifier as somebody wrote it. Raises `InvalidError`."""
        sent = Sent(source or NOBODY.source, NOBODY.id, identifiers=(given,))
        (one,) = arrival_of(sent, self._using(self.parts)).named
        return one.label, one.key

    def _using(self, parts: Parts) -> Using:
        return Using(parts.schema, self._opened.hasher, self._opened.clock())

    def _graph(self) -> Graph:
        return self._opened.graph.until(time.monotonic() + FACT_SECONDS)

    def replay(self, decision: Decision) -> Replayed:
        """Raises as `scoring.replay.replay`."""
        return replay(decision, self._opened.graph, self.parts, self.pool, self.policies)

    def warm(self) -> None:
        """Plan what arrivals run, load the policy's models, compile the kernels: by a dry run of an application of nobody's."""
        parts, policy = self.parts, self.policies.champion()
        parts.arrivals.warm()
        for kind in parts.schema.identifiers:  # some normalisers read data of their own first
            identify(pl.Series([SAMPLE]), kind, NOBODY.source, self._opened.hasher, {})
        if policy is None:
            return
        self.pool.warm(_models(policy))
        self.breakers.look(policy)
        self.scorer.score(self._opened.graph, parts, Asked(NOBODY, dry_run=True), seconds=30.0)
        parts.unseen(arrival_of(NOBODY, self._using(parts)), (0, 0), "warming")

    def waiting(self) -> int:
        """Decisions of which the graph has not been told."""
        return count_waiting(self._opened.sql)

    def start(self) -> None:
        """Begin to tell the graph what was decided."""
        self._drain.start()

    def stop(self) -> None:
        """End that; what is left waits on disk."""
        self._drain.stop()

    def _schema_now(self) -> Schema:
        with self._lock:
            if time.monotonic() < self._looked + SCHEMA_S:
                return self._schema
            self._looked = time.monotonic()
        try:
            found = live_schema(self._opened.graph.until(time.monotonic() + LOOK_SECONDS))
        except GraphUnavailableError:
            return self._schema
        with self._lock:
            if found != self._schema:
                self._schema = found
            return self._schema


def _models(policy: Policy) -> list[str]:
    return [*policy.models, *([policy.attributes] if policy.attributes else [])]


def open_scoring(
    settings: Settings, graph: Graph, sql: Sql, hasher: Hasher, clock: Clock = now_us
) -> Scoring:
    """The scoring of a home."""
    return Scoring(Open(graph, sql, hasher, Registry(settings.home / "models"), clock))
