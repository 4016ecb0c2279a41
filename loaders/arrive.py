"""Arrivals: one application, event, outcome or amendment written as it comes, at a point of its own.

One write transaction holds the user and the identifiers that are no hubs, takes a point above everything that was
ever known through them, writes, and reads what may be seen from there. Whoever shares one of them comes wholly before
or wholly after, so what an arrival saw is what the facts before its point are, for ever.

The point is a hybrid logical clock: the time, or one microsecond after the newest link of what is held where the clock
is behind. `seq` is the hash of the key, as for files without an order.
"""

from __future__ import annotations

import secrets
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from core.clock import DAY, HOUR, Clock, now_us
from core.errors import FinGraphError, IncompatibleError, NotFoundError, UsageError
from core.graph import Graph, Row, Transaction
from core.ids import seq_of
from graph_schema import Identifier, Schema, arriving, cypher
from loaders.plan import DIGEST, EVENT_AT, KEY, LinkFact, Part
from loaders.rows import Staged
from loaders.run import LoadRun
from queries import statement
from queries.neighbourhood import NeighbourhoodRead

SECONDS = 10.0
"""Longest time an arrival takes in the database."""
WARM_SECONDS = 120.0
_REHEARSED = "fingraph:rehearsed"
_COMMITS = 10
"""That make something, and as many that take it away."""
Carry = Callable[[Row], Sequence[float]]
"""From what an application saw to what it carries from then on. It runs inside the transaction: keep it short."""


class Rehearsed(FinGraphError):
    """Undoes a rehearsal."""


@dataclass(frozen=True)
class Named:
    """An identifier that a row names."""

    label: str
    key: str
    role: str | None = None
    properties: Row = field(default_factory=dict, repr=False)
    """What its node says when it comes to be: mask, derived properties."""


@dataclass(frozen=True)
class Arrival:
    """One row, normalised and hashed."""

    label: str
    """Application, Event or Outcome; for an amendment the type of the relationship that it adds."""
    key: str
    digest: str | None
    properties: Row = field(default_factory=dict, repr=False)
    """Of its node, without its point."""
    user: Row | None = field(default=None, repr=False)
    """key, source, id."""
    named: tuple[Named, ...] = ()
    about: str | None = None
    """Key of the application that an outcome or amendment is about."""


@dataclass(frozen=True)
class Arrived:
    """What became of an arrival."""

    key: str
    known_at: int | None
    """µs; with `seq` the point: that of the first, where the same row had come before (None: it came undated)."""
    seq: int | None
    unchanged: bool
    """It stood already, with the same content."""
    seen: Row | None = field(default=None, repr=False)
    """The record of the neighbourhood read at its point, for applications."""


def arrivals(staged: Staged) -> list[Arrival]:
    """The rows of a batch as arrivals.

    Raises `UsageError` (`arrive.along`) for rows that bring outcomes or events of another moment along, and
    (`arrive.kind`) for a table that becomes something that does not arrive by itself.
    """
    plan = staged.plan
    if any(fact.part is Part.ALONG for fact in plan.nodes):
        raise UsageError(
            "arrive.along",
            f"table '{plan.table}': outcomes and events arrive on their own; give them tables of their own.",
        )
    ties = "Application" if plan.own is None and plan.links[0].link.start == "Application" else None
    if (plan.own.label if plan.own else ties) not in ("Application", "Event", "Outcome"):
        raise UsageError("arrive.kind", f"table '{plan.table}': {plan.about} comes by files only.")
    return [_arrival(staged, row) for row in staged.frame.iter_rows(named=True)]


def _arrival(staged: Staged, row: Row) -> Arrival:
    plan = staged.plan
    told = {fact.key: {name: row[column] for name, column in fact.columns.items()} for fact in plan.nodes}
    user = next((told[fact.key] for fact in plan.nodes if fact.label == "User"), None)
    about = next((row[fact.key] for fact in plan.nodes if fact.part is Part.REFERENCE), None)
    itself = plan.own.key if plan.own else None
    named = (_named(fact, row, told) for fact in plan.links if fact.end in told and fact.end != itself)
    own = dict(told[itself]) if itself else {"event_at": row[EVENT_AT]}
    own = {name: value for name, value in own.items() if name not in ("known_at", "seq")}
    once = {(one.label, one.key, one.role): one for one in named if one is not None}
    user = user if user is not None and user["key"] is not None else None
    return Arrival(plan.about, row[KEY], row[DIGEST], own, user, tuple(once.values()), about)


def _named(fact: LinkFact, row: Row, told: dict[str, Row]) -> Named | None:
    if row[fact.end] is None:
        return None
    role = row[fact.columns["role"]] if "role" in fact.columns else None
    return Named(fact.link.end, row[fact.end], role, told[fact.end])


class Arrivals:
    """Writes arrivals into a graph; safe to use from several threads, and beside other processes."""

    def __init__(
        self,
        graph: Graph,
        schema: Schema,
        read: NeighbourhoodRead,
        *,
        source: str = "online",
        clock: Clock = now_us,
        carry: Carry | None = None,
        version: str | None = None,
    ) -> None:
        """`carry` says what an application carries, of the catalogue `version`; None: nothing."""
        self._graph, self._schema, self._read = graph, schema, read
        self._source, self._clock = source, clock
        self._carry, self._version = carry, version
        self._hold = {label: arriving.hold_named(schema, label) for label in schema.tied}
        self._write = {label: arriving.write_named(schema, label) for label in schema.tied}
        self._hold_about = arriving.hold_about(schema)
        self._walk = {identifier.label: identifier.walk for identifier in schema.identifiers}
        self._loads: dict[int, int] = {}
        self._opening = threading.Lock()

    def arrive(
        self, arrival: Arrival, *, seconds: float = SECONDS, graph: Graph | None = None, carry: Carry | None = None
    ) -> Arrived:  # fmt: skip
        """Write one arrival, and read what it may see. The same row again changes nothing and sees the same.

        `graph`: the same graph, held to the time of one request (`Graph.until`). `carry`: asked in the place of the usual one, once
        each time that the transaction is tried.

        Raises `IncompatibleError` (`arrive.conflict`) where its key stands with other content, `NotFoundError`
        (`arrive.reference`) where what it is about does not stand, `GraphUnavailableError`.
        """
        graph = graph or self._graph
        load, write = self._load(graph), self._amendment
        if arrival.label in self._schema.tied:
            write = partial(self._tied, carry=carry or self._carry)
        elif arrival.label == "Outcome":
            write = self._outcome
        return graph.in_write(lambda tx: write(tx, arrival, load), seconds=seconds)

    def warm(self, *, seconds: float = WARM_SECONDS) -> None:
        """Have the server plan what arrivals run, by what the graph holds now, which takes seconds once: by one of each kind that is
        undone, and commits of nothing that stays.

        Call it before the first arrival; without it the first may run out of its time.
        """
        works: list[Callable[[Transaction], object]] = [
            *(self._tying(self._nobodys(label, _REHEARSED)) for label in self._schema.tied),
            lambda tx: tx.run(self._hold_about, it={"key": _REHEARSED}),
            lambda tx: _begin(self._run(), tx),
        ]
        for work in works:
            for anew in (True, False):
                self._undone(work, seconds, anew=anew)
        self._commit()

    def rehearse(
        self, number: int, named: Sequence[Named] = (), user: str | None = None, *, seconds: float = SECONDS
    ) -> None:
        """One application that is undone: the server compiles what it often runs. `number`: of the rehearsal; `named` and `user`:
        what it names, as one that stands does, or what nobody has."""
        arrival = self._nobodys("Application", f"{_REHEARSED}:{number}")
        if named:
            arrival = replace(arrival, user=None if user is None else {"key": user}, named=tuple(named))
        self._undone(self._tying(arrival), seconds)

    def _commit(self) -> None:
        name, now = f"warming:{secrets.token_hex(8)}", self._clock()
        for number in range(_COMMITS):
            statement("loads/warm").run(self._graph, name=f"{name}:{number}", now=now)
            statement("loads/cool").run(self._graph, name=name, before=now - HOUR)

    def _undone(self, work: Callable[[Transaction], object], seconds: float, *, anew: bool = False) -> None:
        def undone(tx: Transaction) -> None:
            work(tx.anew() if anew else tx)
            raise Rehearsed("arrive.rehearsed", "A rehearsal is over; nothing of it stays.")

        with suppress(Rehearsed):
            self._graph.in_write(undone, seconds=seconds)

    def _tying(self, arrival: Arrival) -> Callable[[Transaction], object]:
        return partial(self._tied, arrival=arrival, load=0, carry=self._carry)

    def _nobodys(self, label: str, key: str) -> Arrival:
        """One that names of each kind what nobody has."""
        named = tuple(Named(kind, key, properties={"key": key}) for kind in self._walk)
        return Arrival(label, key, None, {"key": key}, {"key": key}, named)

    def _load(self, graph: Graph) -> int:
        """Number of this process's load of the day, begun in a transaction of its own: in one that has written already the server would
        plan every statement of an arrival anew (0.7 s)."""
        day = self._clock() // DAY
        with self._opening:
            if day not in self._loads:
                self._loads[day] = graph.in_write(partial(_begin, self._run()))
            return self._loads[day]

    def _run(self) -> LoadRun:
        return LoadRun({"source": self._source, "mode": "online", "started_at": self._clock()})

    def _tied(self, tx: Transaction, arrival: Arrival, load: int, carry: Carry | None = None) -> Arrived:
        named = self._by_label(arrival)
        held = tx.run(self._hold[arrival.label], it={"key": arrival.key}, load=load, named=named)
        standing = held.pop()
        if standing["id"] is not None:
            return self._again(tx, arrival, standing)
        known_at = self._point(row["last"] for row in held)
        seq = seq_of(arrival.key)
        ids = {(row["label"], row["key"]): row["id"] for row in held}
        links: dict[str, list[Row]] = {label: [] for label in named}
        links["User"] = [{"id": ids["User", row["key"]]} for row in named["User"]]
        for one in arrival.named:
            links[one.label].append({"id": ids[one.label, one.key], "role": one.role})
        told = {**arrival.properties, "digest": arrival.digest, "load": load}
        written = tx.run(
            self._write[arrival.label],
            properties={**told, "known_at": known_at, "seq": seq},
            known_at=known_at,
            seq=seq,
            links=links,
            walk=self._walk,
        )[0]
        self._mark(tx, written["past"])
        seen = self._seen(tx, arrival)
        if seen is not None and carry is not None:
            values = [float(value) for value in carry(seen)]
            tx.run(arriving.STORE_CARRIED, it={"key": arrival.key}, values=values, version=self._version)
        return Arrived(arrival.key, known_at, seq, unchanged=False, seen=seen)

    def _by_label(self, arrival: Arrival) -> dict[str, list[Row]]:
        found: dict[str, dict[str, Row]] = {label: {} for label in ("User", *self._walk)}
        if arrival.user is not None:
            found["User"][arrival.user["key"]] = arrival.user
        for one in arrival.named:
            found[one.label].setdefault(one.key, one.properties)
        return {
            label: [{"key": key, "properties": some[key]} for key in sorted(some)]
            for label, some in found.items()
        }

    def _again(self, tx: Transaction, arrival: Arrival, standing: Row) -> Arrived:
        _require_same(arrival, standing)
        seen = self._seen(tx, arrival) if standing["last"] is not None else None
        return Arrived(arrival.key, standing["last"], standing["seq"], unchanged=True, seen=seen)

    def _seen(self, tx: Transaction, arrival: Arrival) -> Row | None:
        return self._read.within(tx, arrival.key, self._version) if arrival.label == "Application" else None

    def _point(self, last: Iterable[int | None]) -> int:
        """A moment after everything that is held; the clock is read after it is."""
        return max([self._clock(), *(moment + 1 for moment in last if moment is not None)])

    def _mark(self, tx: Transaction, past: Sequence[tuple[str, int]]) -> None:
        for label, id_ in past:
            kind = self._schema.identifier(label)
            tx.run(cypher.mark_hubs(kind), id=[id_], walk=kind.walk)

    def _outcome(self, tx: Transaction, arrival: Arrival, load: int) -> Arrived:
        held = tx.run(self._hold_about, it={"key": arrival.about})
        if not held:
            raise _no_reference()
        standing = tx.run(_STANDING_OUTCOME, it={"key": arrival.key})
        if standing:
            _require_same(arrival, standing[0])
            return Arrived(arrival.key, standing[0]["last"], standing[0]["seq"], unchanged=True)
        known_at, seq = self._point([held[0]["last"]]), seq_of(arrival.key)
        told = {**arrival.properties, "digest": arrival.digest, "load": load}
        tx.run(
            arriving.WRITE_OUTCOME,
            id=held[0]["id"],
            properties={**told, "known_at": known_at, "seq": seq},
        )
        return Arrived(arrival.key, known_at, seq, unchanged=False)

    def _amendment(self, tx: Transaction, arrival: Arrival, load: int) -> Arrived:
        one = arrival.named[0]
        kind: Identifier = self._schema.identifier(one.label)
        given = {"key": one.key, "properties": one.properties}
        role = {"role": one.role} if kind.roles else {}
        held = tx.run(arriving.hold_amended(kind), it={"key": arrival.about}, named=given, load=load, **role)
        if not held:
            raise _no_reference()
        found = held[0]
        if found["standing"]:
            if (
                found["digest"] is not None
            ):  # without one it came with the application's own row, and says the same
                _require_same(arrival, found)
            return Arrived(arrival.key, found["known_at"], found["seq"], unchanged=True)
        known_at, seq = self._point([found["last"]]), seq_of(arrival.key)
        told = {**role, "known_at": known_at, "seq": seq, "digest": arrival.digest, "load": load}
        past = tx.run(
            arriving.write_amended(kind),
            id=found["id"],
            other=found["other"],
            properties=told,
            walk=kind.walk,
        )
        self._mark(tx, [(one.label, found["other"])] if past[0]["past"] else [])
        return Arrived(arrival.key, known_at, seq, unchanged=False)


def _begin(run: LoadRun, tx: Transaction) -> int:
    run.attempt()
    return run.number(tx)


_STANDING_OUTCOME = (
    "MATCH (n:Outcome {key: $it.key}) RETURN n.digest AS digest, n.known_at AS last, n.seq AS seq"
)


_AGAIN = defaultdict(
    lambda: "Send it with an id of its own.",
    Application="Send what changed as an amendment.",
    Outcome="Send the correction with an `id` of its own.",
)


def _require_same(arrival: Arrival, standing: Row) -> None:
    if standing["digest"] != arrival.digest:
        raise IncompatibleError(
            "arrive.conflict",
            f"A row of this key stands as {arrival.label} with other content, or came by a file; the first stands. {_AGAIN[arrival.label]}",
        )


def _no_reference() -> NotFoundError:
    return NotFoundError(
        "arrive.reference", "The application that this is about is not in the graph; send it first."
    )
