"""Everything that scoring needs in one process, made once: models, policies, breakers, the outbox."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from core.clock import Clock, now_us
from core.errors import (
    EnvironmentMissingError,
    FinGraphError,
    GraphUnavailableError,
    NotFoundError,
    UsageError,
)
from core.graph import Graph
from core.settings import Settings
from core.sql import Sql
from graph_schema import Identifier, Schema
from loaders.arrive import Arrived, Named
from loaders.hashing import Hasher
from loaders.identify import identify
from policy.model import Policy
from queries import statement
from registry import Registry
from risk import targets
from scoring.breaker import Breakers
from scoring.facts import Told, amendments_of, event_of, outcome_of, require_target
from scoring.outbox import Drain
from scoring.own import Own, own_features
from scoring.parts import Parts
from scoring.policies import Policies
from scoring.pool import Pool
from scoring.record import Decision, count_waiting, of_key, rehearse
from scoring.replay import Replayed, replay
from scoring.request import Given, Sent, Using, arrival_of, is_personal
from scoring.schemas import SCHEMA, Schemas
from scoring.scorer import Asked, Scorer

_log = logging.getLogger("fingraph.scoring")

FACT_SECONDS = 10.0
"""Longest time that a fact takes in the graph."""
REHEARSALS = 300
"""Most applications that are rehearsed by, as arrivals and as dry runs: the JVM compiles what it often runs."""
OUTBOX = "outbox.lock"
"""Below the home: held by the process that tells the graph of decisions."""
SAMPLES = ("13900001234", "010-62781234")
"""Of a mobile and of a landline: the plans of both are read at their first."""
NOBODY = Sent("fingraph", "warming", user="nobody", identifiers=(Given("Phone", SAMPLES[0]),))


@dataclass(frozen=True)
class Open:
    """What stands behind a `Scoring`."""

    graph: Graph
    sql: Sql
    hasher: Hasher
    registry: Registry
    home: Path
    seconds: float
    """What the graph has to answer a decision in."""
    warm_seconds: float
    """Longest time of rehearsals: a server that comes back under load is wanted."""
    clock: Clock = now_us
    schemas: Schemas = field(default_factory=Schemas)
    own: Own | None = None


class Scoring:
    """Scores, keeps and replays; many threads may use one."""

    def __init__(self, opened: Open) -> None:
        self._opened = opened
        self._lock = threading.Lock()
        self._made: Scorer | None = None
        self.policies = Policies(opened.sql, lambda one: self.pool.has(one.asked), self._prepare)
        self.breakers = Breakers(opened.sql, opened.graph, opened.clock)
        self._drain = Drain(opened.sql, opened.graph, lambda: self.parts, opened.home / OUTBOX, opened.clock)

    @property
    def scorer(self) -> Scorer:
        """The path itself, made once a schema: of the last one known where the graph is away."""
        schema = self._opened.schemas.known(self._opened.graph)
        with self._lock:
            if self._made is None or self._made.parts.schema is not schema:
                self._made = self._scorer_of(schema)
            return self._made

    def _scorer_of(self, schema: Schema) -> Scorer:
        opened = self._opened
        try:
            parts = Parts(opened.graph, schema, opened.clock, opened.own)
        except UsageError as error:  # of this home's file, and no mistake of whoever asks
            if opened.own is None:
                raise
            raise EnvironmentMissingError(
                "features.own", f"The home's own features cannot be computed: {error.message}"
            ) from error
        pool = None if self._made is None else self._made.pool
        if pool is None or pool.catalogues.versions != parts.catalogues.versions:
            pool = Pool(opened.registry, parts.catalogues)
        judges = (pool, self.policies, self.breakers)
        return Scorer(opened.sql, opened.hasher, parts, judges, seconds=opened.seconds, clock=opened.clock)

    @property
    def parts(self) -> Parts:
        """What the graph's schema is read and written with."""
        return self.scorer.parts

    @property
    def pool(self) -> Pool:
        """The models in memory, of the schema's catalogue."""
        return self.scorer.pool

    def score(self, asked: Asked) -> Decision:
        """Raises as `Scorer.score`."""
        return self.scorer.score(self._opened.graph, asked)

    def amend(
        self, source: str, id_: str, identifiers: Sequence[Given], seconds: float = FACT_SECONDS
    ) -> list[Arrived]:
        """Add links to an application, within `seconds`; those that stood when they were over stand, and are no others when it is sent
        again. Raises as `amendments_of` and `Arrivals.arrive`."""
        parts = self.parts
        made, graph = amendments_of(source, id_, identifiers, self._using(parts)), self._graph(seconds)
        with self._behind(f"{source}:{id_}"):
            return [parts.arrivals.arrive(one, graph=graph) for one in made]

    def outcome(self, told: Told) -> Arrived:
        """Tell what became of an application. Raises as `outcome_of` and `Arrivals.arrive`, `UsageError` (`facts.target`)."""
        parts = self.parts
        require_target(told.target, [one.outcome for one in targets().values()])
        made = outcome_of(told, self._using(parts))
        with self._behind(made.about or ""):
            return parts.arrivals.arrive(made, graph=self._graph())

    @contextmanager
    def _behind(self, key: str) -> Iterator[None]:
        """An application that was decided, and of which the graph has not been told yet, is not unknown."""
        try:
            yield
        except NotFoundError as error:
            if error.code != "arrive.reference" or of_key(self._opened.sql, key) is None:
                raise
            raise GraphUnavailableError(
                "graph.behind",
                "This application was decided, and the graph has not been told of it yet; send it again.",
            ) from None

    def event(self, sent: Sent) -> Arrived:
        """Tell of another event. Raises as `event_of` and `Arrivals.arrive`."""
        parts = self.parts
        return parts.arrivals.arrive(event_of(sent, self._using(parts)), graph=self._graph())

    def named(self, given: Given, source: str | None = None) -> tuple[str, str]:
        """The type and key of an identifier as somebody wrote it. Raises `InvalidError`, `UsageError` (`lists.source`)."""
        parts = self.parts
        kind = parts.schema.by_label.get(given.type)
        if source is None and isinstance(kind, Identifier) and kind.scope == "source":
            raise UsageError("lists.source", f"A {kind.label} counts within a source; name the `source`.")
        sent = Sent(source or NOBODY.source, NOBODY.id, identifiers=(given,))
        (one,) = arrival_of(sent, self._using(parts)).named
        return one.label, one.key

    def keyed(self, label: str, key: str) -> tuple[str, str]:
        """A type and a key that something can have: a user's `source:id`, or the keyed hash of an identifier, never its value. Raises
        `UsageError` (`lists.key`, `schema.unknown_label`)."""
        if label == "User":
            fine = all(key.partition(":")[::2]) and not is_personal(key)
        else:
            fine = re.fullmatch("[0-9a-f]{32}", key) is not None
            self.parts.schema.identifier(label)
        if not fine:
            raise UsageError(
                "lists.key",
                "A key is 32 hex digits as replies give it, and a user's `source:id`; a value goes in `identifier`.",
            )
        return label, key

    def _using(self, parts: Parts) -> Using:
        return Using(parts.schema, self._opened.hasher, self._opened.clock())

    def _graph(self, seconds: float = FACT_SECONDS) -> Graph:
        return self._opened.graph.until(time.monotonic() + seconds)

    def replay(self, decision: Decision) -> Replayed:
        """Raises as `scoring.replay.replay`."""
        return replay(decision, self._opened.graph, self.parts, self.pool, self.policies)

    def warm(self) -> None:
        """Plan what arrivals run, load the policy's models, compile the kernels: by dry runs of an application of nobody's, and by what
        the newest ones met. A graph of few applications has no time to lose, and is rehearsed as often."""
        parts, policy = self.parts, self.policies.champion()
        newest = statement("scoring/newest").run(self._opened.graph, most=REHEARSALS)
        parts.arrivals.warm()
        for kind in parts.schema.identifiers:  # some normalisers read data of their own first
            identify(pl.Series(SAMPLES), kind, NOBODY.source, self._opened.hasher, {})
        if policy is None:
            return
        self._prepare(policy)
        nobody = Asked(NOBODY, dry_run=True)
        rehearse(self._opened.sql, self.scorer.score(self._opened.graph, nobody, seconds=30.0))
        of_key(self._opened.sql, NOBODY.key)
        until = time.monotonic() + self._opened.warm_seconds
        for number, row in enumerate(newest):
            if time.monotonic() > until:
                break
            named = [Named(**one) for one in row["named"]]
            parts.arrivals.rehearse(number, named, row["user"])
            parts.seen(parts.met_again(self._opened.graph, row["key"], seconds=30.0))
            self.scorer.score(self._opened.graph, nobody, seconds=30.0)
        parts.unseen(arrival_of(NOBODY, self._using(parts)), (0, 0), "warming")

    def _prepare(self, policy: Policy) -> None:
        """What a policy needs, in memory before it decides."""
        for name in policy.asked:
            try:
                self.pool.warm([name])
            except Exception as error:  # noqa: BLE001 - decisions go on without it, and say so
                code = error.code if isinstance(error, FinGraphError) else type(error).__name__
                _log.error("model", extra={"fields": {"name": name, "code": code}})
        self.breakers.look(policy)

    def waiting(self) -> int:
        """Decisions of which the graph has not been told."""
        return count_waiting(self._opened.sql)

    def start(self) -> None:
        """Begin to tell the graph what was decided."""
        self._drain.start()

    def stop(self) -> None:
        """End that; what is left waits on disk."""
        self._drain.stop()


def open_scoring(  # noqa: PLR0917
    settings: Settings, graph: Graph, sql: Sql, hasher: Hasher, clock: Clock = now_us, schemas: Schemas | None = None,
    own: Path | None = None,
) -> Scoring:  # fmt: skip
    """The scoring of a home; `own`: a file of own features, by default the home's. Raises as `own_features`."""
    home = settings.home
    registry, schemas = Registry(home / "models"), schemas or Schemas(home / SCHEMA)
    features = own_features(settings, own)
    seconds = (settings.graph_seconds, settings.warm_seconds)
    return Scoring(Open(graph, sql, hasher, registry, home, *seconds, clock, schemas, features))
