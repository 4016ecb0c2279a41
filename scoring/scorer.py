"""The one path from an application to a stored decision."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from core.clock import Clock, now_us
from core.errors import FinGraphError, GraphUnavailableError
from core.graph import Graph
from core.ids import seq_of
from core.sql import Sql
from loaders.arrive import Arrival
from loaders.hashing import Hasher
from policy import lists
from policy.check import GRAPH, MODELS
from policy.decide import decide
from policy.model import Policy
from policy.store import no_policy
from scoring.breaker import Breakers
from scoring.judging import Basis, Judgement, consider, facts_of
from scoring.parts import Parts, Seen
from scoring.policies import Policies
from scoring.pool import Loaded, Pool
from scoring.record import FORMAT, Decision, keep, new_id, of_key, require_same
from scoring.reply import Shadow, names_of_models, record_of, reply_of
from scoring.request import Sent, Using, arrival_of

_log = logging.getLogger("fingraph.scoring")

REFUSED = "graph.statement"
"""Neo4j would not run a statement, after all that it was tried again: nothing was written."""
GRAPH_SECONDS = 1.0
"""What the graph has to answer in; then the model of an application's own attributes speaks."""
GRACE_SECONDS = 0.3
"""How much later it is taken for frozen."""
_LOOKERS = ThreadPoolExecutor(16, thread_name_prefix="fingraph-look")
"""Look at the graph: more than score at once, for those that a frozen server keeps."""


@dataclass(frozen=True)
class Asked:
    """What is asked about an application."""

    sent: Sent = field(repr=False)
    targets: tuple[str, ...] = ()
    """Names of models beside those of the policy."""
    explain: bool = False
    """Reasons of every model, and the features."""
    dry_run: bool = False
    """Nothing is written, and nothing is kept."""


class Timings:
    """Milliseconds of each step."""

    def __init__(self) -> None:
        self.ms: dict[str, float] = {}
        self._began = time.perf_counter()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure what is inside."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.ms[name] = round((time.perf_counter() - began) * 1_000, 3)

    @property
    def total(self) -> dict[str, float]:
        """With the whole until now."""
        return {**self.ms, "total": round((time.perf_counter() - self._began) * 1_000, 3)}


class Scorer:
    """Scores applications; many threads may use one."""

    def __init__(
        self, sql: Sql, hasher: Hasher, parts: Parts, judges: tuple[Pool, Policies, Breakers], *, clock: Clock = now_us
    ) -> None:  # fmt: skip
        self._sql, self._hasher, self._clock = sql, hasher, clock
        self.parts = parts
        self.pool, self._policies, self._breakers = judges

    def score(self, graph: Graph, asked: Asked, seconds: float = GRAPH_SECONDS) -> Decision:
        """What is decided about an application, kept before it is returned; asked again, the same.

        Raises `InvalidError`, `IncompatibleError` (`score.conflict`, `arrive.conflict`), `NotFoundError` (`policy.none`,
        `models.unknown`), `SqlUnavailableError`; where the graph is away it decides without.
        """
        timings = Timings()
        with timings.step("request"):
            arrival = arrival_of(asked.sent, Using(self.parts.schema, self._hasher, self._clock()))
        if not asked.dry_run:
            with timings.step("record"):
                standing = of_key(self._sql, arrival.key)
            if standing is not None:
                return require_same(standing, arrival.digest or "")
        policy = self._policies.champion()
        if policy is None:
            raise no_policy("champion")
        with timings.step("graph"):
            seen = self._see(graph, arrival, asked, seconds)
        return self._decide(arrival, asked, policy, seen, timings)

    def _see(self, graph: Graph, arrival: Arrival, asked: Asked, seconds: float) -> Seen:
        held = graph.until(time.monotonic() + seconds)
        try:
            if asked.dry_run:
                return self._in_time(
                    lambda: self.parts.seen_from(held, arrival, self._clock(), seconds), seconds
                )
            return self._in_time(lambda: self.parts.seen_after(held, arrival, seconds), seconds)
        except FinGraphError as error:
            if not isinstance(error, GraphUnavailableError) and error.code != REFUSED:
                raise
            _log.error("without the graph", extra={"fields": {"code": error.code, "message": error.message}})
            return self.parts.unseen(arrival, (self._clock(), seq_of(arrival.key)), error.code)

    def _in_time(self, look: Callable[[], Seen], seconds: float) -> Seen:
        """What a look at the graph finds, in a thread of its own: a server that is frozen answers no driver, and keeps the thread; what
        it writes later stands as the record's arrival does. Raises as `look`, and `GraphUnavailableError` (`graph.timeout`)."""
        looking = _LOOKERS.submit(look)
        try:
            return looking.result(seconds + GRACE_SECONDS)
        except TimeoutError:
            looking.cancel()
            raise GraphUnavailableError("graph.timeout", "The graph does not answer in time.") from None

    def _decide(
        self, arrival: Arrival, asked: Asked, policy: Policy, seen: Seen, timings: Timings
    ) -> Decision:
        parts, point = self.parts, (seen.known_at, seen.seq)
        with timings.step("models"):
            models, missing = self._models(policy, asked.targets, seen)
        with timings.step("lists"):
            listed = tuple(lists.standing(self._sql, _named(arrival), seen.known_at))
        degraded = (*seen.degraded, *((MODELS,) if missing else ()))
        basis = Basis(seen.values, listed, degraded, self._breakers.state(policy), seen.evidence)
        with timings.step("judgement"):
            judgement = consider(
                policy, basis, models, parts.catalogue, parts.ring_features, explain=asked.explain
            )
            shadow = self._shadow(basis, judgement)
        id_ = new_id()
        reply = reply_of(
            id_, arrival.key, point, policy, basis, judgement, explain=asked.explain, dry_run=asked.dry_run
        )
        took = timings.total
        record = {
            "format": FORMAT,
            **record_of(
                arrival, point, policy, basis, parts.catalogue.version, shadow=shadow, why=seen.why,
                explain=asked.explain,
            ),
            "timings_ms": took,
            "reply": reply | {"timings_ms": took},
        }  # fmt: skip
        verdict = judgement.verdict
        decision = Decision(
            id_, arrival.key, arrival.digest or "", *point, self._clock(), str(verdict.outcome), verdict.rule,
            policy.digest, verdict.held_back, record,
        )  # fmt: skip
        return decision if asked.dry_run else keep(self._sql, decision)

    def _models(self, policy: Policy, targets: Sequence[str], seen: Seen) -> tuple[list[Loaded], bool]:
        """The models that can speak, and whether one that was to speak cannot."""
        if GRAPH in seen.degraded:
            found, missing = self._loaded([policy.attributes] if policy.attributes else [])
            alone = [one for one in found if self.parts.speaks_alone(one.card)]
            return alone, missing or len(alone) < len(found)
        return self._loaded(names_of_models(policy, targets), targets)

    def _loaded(self, names: Sequence[str], required: Sequence[str] = ()) -> tuple[list[Loaded], bool]:
        """Champions, and whether one of them cannot be had; one that is `required` raises then."""
        found: list[Loaded] = []
        for name in names:
            try:
                found.append(self.pool.champion(name))
            except FinGraphError as error:
                if name in required:
                    raise
                _log.error("model", extra={"fields": {"name": name, "code": error.code}})
        return found, len(found) < len(names)

    def _shadow(self, basis: Basis, judgement: Judgement) -> Shadow | None:
        policy = self._policies.shadow()
        if policy is None:
            return None
        said, missing = judgement.said, False
        others = [name for name in policy.models if name not in {one.name for one in said}]
        if (
            others and GRAPH not in basis.degraded
        ):  # without the graph its models are silent as those of the champion are
            models, missing = self._loaded(others)
            more = consider(policy, basis, models, self.parts.catalogue, self.parts.ring_features).said
            said = (*said, *more)
        facts = facts_of(policy, basis, said)
        verdict = decide(policy, facts, tripped=basis.tripped, ring_features=self.parts.ring_features)
        return Shadow(policy, verdict, missing)


def _named(arrival: Arrival) -> Iterator[tuple[str, str]]:
    yield from ((one.label, one.key) for one in arrival.named)
    if arrival.user is not None:
        yield "User", arrival.user["key"]
