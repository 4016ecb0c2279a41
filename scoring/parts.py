"""What a schema's graph is written and read with, and from what was seen to features."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from core.clock import Clock
from core.errors import IncompatibleError
from core.graph import Graph, Row
from core.ids import seq_of
from features import Catalogue
from features.compute import Features, compute, first_pass, plan_of
from features.online import Online
from features.words import Kernel
from graph_schema import Schema
from loaders.arrive import Arrival, Arrivals
from policy.check import CARRIED, GRAPH
from policy.list_columns import lists_read, with_standing
from policy.lists import Listed
from queries.neighbourhood import TARGET, Asked
from risk import Model
from scoring.looking import Early
from scoring.own import Own, catalogues_for
from scoring.pool import Loaded
from scoring.reasons import Evidence
from snapshot.columns import Columns
from snapshot.online import Given, Unseen, columns_from

if TYPE_CHECKING:
    from risk.amount import AmountModel

Values = dict[str, float | str | None]


@dataclass(frozen=True)
class Seen:
    """What an application could see, and where it stands in the order of facts."""

    known_at: int
    seq: int
    values: Values = field(repr=False)
    """Features by name."""
    degraded: tuple[str, ...]
    evidence: Evidence | None = field(repr=False)
    listed: tuple[Listed, ...] = ()
    """What of it stood on lists at its point."""
    why: str | None = None
    """Code of the error for which the graph was left out."""


class Parts:
    """The statements, the catalogue and the writer of one schema. Many threads may use one."""

    def __init__(self, graph: Graph, schema: Schema, clock: Clock, own: Own | None = None) -> None:
        """Raises as `catalogues_for`."""
        self.schema = schema
        self.catalogues = catalogues_for(schema, own)
        self.catalogue = self.catalogues.whole
        self.lists = lists_read(self.catalogue)
        self.online = Online(schema, self.catalogue)
        self.arrivals = Arrivals(
            graph, schema, self.online.read, clock=clock, version=self.catalogues.carried,
            carry=lambda record: self._carried(self._met(record)),
        )  # fmt: skip

    @cached_property
    def ring_features(self) -> frozenset[str]:
        """Features that are made of rings."""
        return frozenset(v.name for v in self.catalogue.variants if v.of.type.kernel is Kernel.RINGS)

    @cached_property
    def own(self) -> frozenset[str]:
        """Features of an application's own attributes, which need no graph."""
        return frozenset(variant.name for _, variant in plan_of(self.catalogue).own)

    def met_after(self, graph: Graph, arrival: Arrival, seconds: float, early: Early) -> Evidence:
        """Write it, and what it meets at its point: told `early`, before that is committed. Raises as `Arrivals.arrive`."""
        told: list[Evidence] = []

        def carry(record: Row) -> Sequence[float]:
            told.append(self._met(record))
            early(told[-1])
            return self._carried(told[-1])

        arrived = self.arrivals.arrive(arrival, seconds=seconds, graph=graph, carry=carry)
        if arrived.seen is None or arrived.known_at is None or arrived.seq is None:
            raise IncompatibleError(
                "score.undated",
                "This application came by a file without any time; it has no point to be judged at.",
            )
        newest = told[-1] if told else None
        return newest if newest is not None and newest.record is arrived.seen else self._met(arrived.seen)

    def met_again(self, graph: Graph, key: str, seconds: float) -> Evidence:
        """What an application in the graph met at its own point. Raises as `NeighbourhoodRead.run`."""
        return self._met(self.online.read.run(graph, key, self.catalogues.carried, seconds=seconds))

    def met_from(self, graph: Graph, arrival: Arrival, now: int, seconds: float) -> Evidence:
        """What it would meet now; nothing is written."""
        unseen = _unseen(arrival, (now, seq_of(arrival.key)))
        record = self.online.read.of(
            graph, unseen.named, unseen.point, self.catalogues.carried, key=arrival.key, seconds=seconds
        )
        return self._met(record, unseen)

    def seen(
        self, met: Evidence, listed: tuple[Listed, ...] = (), catalogue: Catalogue | None = None
    ) -> Seen:
        """The features of what it met, being `listed`; of an older `catalogue` than the newest."""
        record = met.record
        values = self._values(met.columns, met.position, listed, catalogue)
        bare = zip(record["met_event"], record["met_carried"], strict=True)
        degraded = (CARRIED,) if any(not event and not carried for event, carried in bare) else ()
        return Seen(record["known_at"], record["seq"], values, degraded, met, listed)

    def unseen(
        self, arrival: Arrival, point: tuple[int, int], why: str, listed: tuple[Listed, ...] = (),
        catalogue: Catalogue | None = None,
    ) -> Seen:  # fmt: skip
        """Its own attributes and lists alone, where the graph does not answer; as `seen`."""
        unseen = _unseen(arrival, point)
        nothing = _nothing(point, self.online.asked)
        columns, position = columns_from(nothing, self.online.asked, unseen)
        values = self._values(columns, position, listed, catalogue)
        own = {name: value if name in self.own else None for name, value in values.items()}
        return Seen(*point, own, (GRAPH,), Evidence(columns, position, nothing, read=False), listed, why)

    def alone(self, models: Sequence[Loaded]) -> list[Loaded]:
        """Those of some models that can speak without the graph, as they do then. See `knowing`."""
        made = ((one, knowing(one.model, self.own)) for one in models)
        return [replace(one, model=model) for one, model in made if model is not None]

    def _values(
        self, columns: Columns, position: int, listed: Sequence[Listed], catalogue: Catalogue | None
    ) -> Values:
        """The features of one application by name; null where there is none."""
        told = with_standing(columns, position, self.lists, {one.list for one in listed})
        return _named(compute(told, catalogue or self.catalogue, np.array([position])))

    def _met(self, record: Row, unseen: Unseen | None = None) -> Evidence:
        return Evidence(*columns_from(record, self.online.asked, unseen), record)

    def _carried(self, met: Evidence) -> Sequence[float]:
        block = first_pass(met.columns, self.catalogue).block(np.array([met.position]))
        carried: Sequence[float] = block.values[:, 0].tolist()
        return carried


def knowing(model: Model | AmountModel, own: Collection[str]) -> Model | AmountModel | None:
    """A model as it speaks of an application's `own` attributes alone: it reads nothing else, or is a scorecard, whose other rows then
    say nothing. None: it cannot, and nothing would be left to say."""
    if isinstance(model, Model):
        return model.knowing(own)
    return model if all(name in own for name in model.encoding.features) else None


def _unseen(arrival: Arrival, point: tuple[int, int]) -> Unseen:
    given = tuple(Given(one.label, one.key, one.role, one.properties) for one in arrival.named)
    user = None if arrival.user is None else arrival.user["key"]
    return Unseen(point, user, given, arrival.properties, arrival.properties.get("event_at"))


def _nothing(point: tuple[int, int], asked: Asked) -> Row:
    """The record of a read that met nobody."""
    given = (f"{label}_{name}" for label, name, _ in asked.met_given)
    met: Row = {f"met_{name}": [] for name in TARGET}
    met |= {f"of_{name}": [] for name in (*asked.met_numbers, *asked.met_texts, *given)}
    return {
        "known_at": point[0], "seq": point[1], "event_at": None, "own": None, "identifiers": [],
        "run_known_at": None, **met,
    }  # fmt: skip


def _named(features: Features) -> Values:
    found: Values = {}
    for variant, value in zip(features.variants, features.values[:, 0].tolist(), strict=True):
        known = value == value  # noqa: PLR0124 - NaN is not itself
        if variant.of.dtype == "category":
            words = features.words.get(variant.column, ())
            found[variant.name] = words[int(value)] if known else None
        else:
            found[variant.name] = value if known else None
    return found
