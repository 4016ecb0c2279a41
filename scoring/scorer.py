"""The one path from an application to a stored decision."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from core.clock import Clock, now_us
from core.errors import FinGraphError, GraphUnavailableError
from core.graph import Graph
from core.ids import seq_of
from core.sql import Sql
from loaders.arrive import Arrival
from loaders.hashing import Hasher
from policy import lists
from policy.check import BEHIND, FEATURES, GRAPH, MODELS
from policy.decide import Verdict, decide
from policy.model import Policy
from policy.store import no_policy
from scoring.breaker import Breakers
from scoring.judging import Basis, Judgement, consider, facts_of, speak
from scoring.looking import Early, Look
from scoring.parts import Parts, Seen
from scoring.policies import Policies
from scoring.pool import Loaded, Pool
from scoring.reasons import Evidence
from scoring.record import FORMAT, Decision, is_behind, keep, new_id, of_key, require_same
from scoring.reply import Shadow, Told, names_of_models, record_of, reply_of
from scoring.request import Sent, Using, arrival_of, require_tied

_log = logging.getLogger("fingraph.scoring")

REFUSED = "graph.statement"
"""Neo4j would not run a statement, after all that it was tried again: nothing was written."""
GRACE_SECONDS = 0.3
"""How much later than its time a graph that does not answer is taken for frozen."""


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


@dataclass(frozen=True)
class Judged:
    """A decision that is not kept yet."""

    id: str
    point: tuple[int, int]
    policy: Policy
    verdict: Verdict
    reply: Told
    """Without timings, as the record."""
    record: Told


class Scorer:
    """Scores applications; many threads may use one."""

    def __init__(
        self, sql: Sql, hasher: Hasher, parts: Parts, judges: tuple[Pool, Policies, Breakers], *,
        seconds: float, clock: Clock = now_us,
    ) -> None:  # fmt: skip
        """`seconds`: what the graph has to answer in; then the model of an application's own attributes speaks."""
        self._sql, self._hasher, self._clock, self._seconds = sql, hasher, clock, seconds
        self.parts = parts
        self.pool, self._policies, self._breakers = judges

    def score(self, graph: Graph, asked: Asked, seconds: float | None = None) -> Decision:
        """What is decided about an application, kept before it is returned; asked again, the same. `seconds`: in the place of the
        scorer's own.

        Raises `InvalidError`, `IncompatibleError` (`score.conflict`, `arrive.conflict`), `NotFoundError` (`policy.none`,
        `models.unknown`), `SqlUnavailableError`; where the graph is away it decides without.
        """
        timings = Timings()
        with timings.step("request"):
            arrival = arrival_of(asked.sent, Using(self.parts.schema, self._hasher, self._clock()))
            require_tied(arrival)
        with timings.step("record"):
            standing = None if asked.dry_run else of_key(self._sql, arrival.key)
            # Before the look: what is told between them is seen, and taken for missing.
            behind = standing is None and is_behind(self._sql)
        if standing is not None:
            return require_same(standing, arrival.digest or "")
        policy = self._policies.champion()
        if policy is None:
            raise no_policy("champion")
        for name in asked.targets:  # before anything is written
            self.pool.champion(name)
        look = self._look(graph, arrival, asked, self._seconds if seconds is None else seconds)
        with timings.step("graph"):
            met = _met(look.first)
        judged = self._judge(arrival, asked, policy, met, timings, behind=behind)
        if isinstance(met, Evidence):
            with timings.step("commit"):
                stands = _met(look.last)
            if stands is not met:
                judged = self._judge(arrival, asked, policy, stands, timings, behind=behind)
        return self._kept(arrival, asked, judged, timings)

    def _look(self, graph: Graph, arrival: Arrival, asked: Asked, seconds: float) -> Look:
        parts, held = self.parts, graph.until(time.monotonic() + seconds)

        def look(early: Early) -> Evidence:
            if asked.dry_run:
                return parts.met_from(held, arrival, self._clock(), seconds)
            return parts.met_after(held, arrival, seconds, early)

        return Look(look, seconds + GRACE_SECONDS)

    def _see(self, arrival: Arrival, met: Evidence | str, timings: Timings) -> Seen:
        """The features of what it met; without the graph, for the error `met`, of what the application says of itself."""
        known_at: int = self._clock() if isinstance(met, str) else met.record["known_at"]
        with timings.step("lists"):
            listed = tuple(lists.standing(self._sql, _named(arrival), known_at))
        with timings.step("features"):
            if isinstance(met, str):
                return self.parts.unseen(arrival, (known_at, seq_of(arrival.key)), met, listed)
            return self.parts.seen(met, listed)

    def _judge(
        self, arrival: Arrival, asked: Asked, policy: Policy, met: Evidence | str, timings: Timings, *, behind: bool
    ) -> Judged:  # fmt: skip
        parts, seen = self.parts, self._see(arrival, met, timings)
        with timings.step("models"):
            models, missing = self._models(policy, asked.targets, seen)
        lost = self._lost(policy)
        steps = ((BEHIND, behind and GRAPH not in seen.degraded), (MODELS, missing), (FEATURES, lost))
        degraded = (*seen.degraded, *(step for step, is_so in steps if is_so))
        basis = Basis(seen.values, seen.listed, degraded, self._breakers.state(policy), seen.evidence)
        with timings.step("judgement"):
            judgement = consider(
                policy, basis, models, parts.catalogue, parts.ring_features, explain=asked.explain
            )
            shadow = self._tried(basis, judgement, seen)
        id_, point = new_id(), (seen.known_at, seen.seq)
        reply = reply_of(
            id_, arrival.key, point, policy, basis, judgement, explain=asked.explain, dry_run=asked.dry_run
        )
        record = record_of(
            arrival, point, policy, basis, parts.catalogue.version, deciding=judgement.deciding,
            shadow=shadow, why=seen.why, explain=asked.explain,
        )  # fmt: skip
        return Judged(id_, point, policy, judgement.verdict, reply, record)

    def _kept(self, arrival: Arrival, asked: Asked, judged: Judged, timings: Timings) -> Decision:
        took, verdict = timings.total, judged.verdict
        record = {
            "format": FORMAT, **judged.record, "timings_ms": took, "reply": judged.reply | {"timings_ms": took},
        }  # fmt: skip
        decision = Decision(
            judged.id, arrival.key, arrival.digest or "", *judged.point, self._clock(), str(verdict.outcome),
            verdict.rule, judged.policy.digest, verdict.held_back, record,
        )  # fmt: skip
        return decision if asked.dry_run else keep(self._sql, decision)

    def _lost(self, policy: Policy) -> bool:
        """Whether it reads a feature that is no longer computed here: then it does not say what was meant, and no rule is heard."""
        lost = policy.features - self.parts.catalogue.by_name.keys()
        if lost:
            _log.error("features", extra={"fields": {"policy": policy.label, "names": sorted(lost)[:5]}})
        return bool(lost)

    def _models(self, policy: Policy, targets: Sequence[str], seen: Seen) -> tuple[list[Loaded], bool]:
        """The models that can speak, and whether one that was to speak cannot."""
        if GRAPH in seen.degraded:
            found, missing = self._loaded([policy.attributes] if policy.attributes else [])
            alone = self.parts.alone(found)
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

    def _tried(self, basis: Basis, judgement: Judgement, seen: Seen) -> Shadow | None:
        """What the shadow policy says; whatever becomes of it, the decision stands."""
        policy = self._policies.shadow()
        if policy is None:
            return None
        try:
            return self._shadow(policy, basis, judgement, seen)
        except Exception as error:  # noqa: BLE001 - a policy on trial refuses nobody
            _log.error("shadow", extra={"fields": {"policy": policy.label, "error": type(error).__name__}})
            return Shadow(policy, None, missing=True)

    def _shadow(self, policy: Policy, basis: Basis, judgement: Judgement, seen: Seen) -> Shadow:
        if self._lost(policy):
            return Shadow(policy, None, missing=True)
        models, missing = self._models(policy, (), seen)
        heard = {one.name for one in judgement.said}
        degraded = [step for step in basis.degraded if step not in (MODELS, FEATURES)]  # of the other policy
        degraded += [MODELS] if missing else []
        basis = replace(basis, tripped=self._breakers.state(policy), degraded=tuple(degraded))
        more = [speak(one, basis) for one in models if one.name not in heard]
        facts = facts_of(policy, basis, (*judgement.said, *more))
        verdict = decide(policy, facts, tripped=basis.tripped, ring_features=self.parts.ring_features)
        return Shadow(policy, verdict, missing)


def _met(look: Callable[[], Evidence]) -> Evidence | str:
    """What a look finds, or the code of the error for which the graph is left out."""
    try:
        return look()
    except FinGraphError as error:
        if not isinstance(error, GraphUnavailableError) and error.code != REFUSED:
            raise
        _log.error("without the graph", extra={"fields": {"code": error.code, "message": error.message}})
        return error.code


def _named(arrival: Arrival) -> Iterator[tuple[str, str]]:
    yield from ((one.label, one.key) for one in arrival.named)
    if arrival.user is not None:
        yield "User", arrival.user["key"]
