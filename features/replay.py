"""A replay: arrivals sent through the graph, what was computed of each as it came, and the same from all facts later.

Law 2 is the claim that the two are equal to the bit. `send` sends; `compare` says where they differ.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from core.errors import IncompatibleError, NotFoundError
from core.graph import Row
from features.catalogue import Catalogue
from features.compute import Features, prepare
from features.online import Online
from loaders.arrive import Arrival, Arrivals, Arrived
from snapshot.columns import F64, I64, Columns

TRIES = 4
"""How often something is sent whose application has not arrived yet."""


@dataclass(frozen=True)
class Recorded:
    """What was computed of one application when it arrived."""

    key: str
    known_at: int
    seq: int
    values: F64
    """(variants) NaN where there is none, and for categories."""
    words: tuple[str | None, ...]
    """(categories)"""


@dataclass(frozen=True)
class Difference:
    """A feature that was one thing when the application arrived, and is another among all facts."""

    key: str
    feature: str
    online: float | str | None
    offline: float | str | None


@dataclass
class Replayed:
    """What became of what was sent."""

    recorded: list[Recorded] = field(default_factory=list)
    """A record a time that an application was sent: repeats have one, too."""
    counts: Counter[str] = field(default_factory=Counter)
    """By label what was new; `repeats`, `conflicts`, `early` (sent before its application), `late` (it happened before
    what had come already)."""
    missing: list[Arrival] = field(default_factory=list)
    """What is about an application that has not come."""
    newest: int = 0
    """When the newest of what came happened (µs)."""


def send(doors: Sequence[Arrivals], sent: Iterable[Arrival], online: Online, at_once: int = 1) -> Replayed:
    """Send arrivals, `at_once` at a time, through several doors in turn, as several servers would."""
    told = Replayed()
    waiting = deque((arrival, TRIES) for arrival in sent)
    turn = 0
    with ThreadPoolExecutor(at_once) as pool:
        while waiting:
            now = [waiting.popleft() for _ in range(min(at_once, len(waiting)))]
            begun: list[tuple[Arrival, int, Future[tuple[Arrived, Recorded | None]]]] = []
            for arrival, tries in now:
                begun.append((arrival, tries, pool.submit(_one, doors[turn % len(doors)], arrival, online)))
                turn += 1
            for arrival, tries, done in begun:
                if _note(told, arrival, done):
                    continue
                told.counts["early"] += 1
                if tries > 1:
                    waiting.append((arrival, tries - 1))
                else:
                    told.missing.append(arrival)
    return told


def _one(door: Arrivals, arrival: Arrival, online: Online) -> tuple[Arrived, Recorded | None]:
    arrived = door.arrive(arrival)
    if arrived.seen is None or arrived.known_at is None or arrived.seq is None:
        return arrived, None
    point = arrived.known_at, arrived.seq
    return arrived, recorded_of(arrival.key, point, online.features(arrived.seen))


def _note(told: Replayed, arrival: Arrival, done: Future[tuple[Arrived, Recorded | None]]) -> bool:
    """Count what became of one; False when what it is about has not come."""
    try:
        arrived, recorded = done.result()
    except IncompatibleError:
        told.counts["conflicts"] += 1
        return True
    except NotFoundError:
        return False
    told.counts["repeats" if arrived.unchanged else arrival.label] += 1
    happened = arrival.properties.get("event_at") or told.newest
    told.counts["late"] += happened < told.newest
    told.newest = max(told.newest, happened)
    if recorded is not None:
        told.recorded.append(recorded)
    return True


def recorded_of(key: str, point: tuple[int, int], features: Features) -> Recorded:
    """The record of one application's features."""
    values, words = _told(features)
    return Recorded(key, *point, values[:, 0], words[0])


def recorded_again(online: Online, key: str, record: Row) -> Recorded:
    """What is computed of the application from another read of it, at its own point."""
    return recorded_of(key, (record["known_at"], record["seq"]), online.features(record))


def _told(features: Features) -> tuple[F64, list[tuple[str | None, ...]]]:
    """Values with categories left out, and the categories as words, since codes are of the columns that they came from."""
    texts = [place for place, one in enumerate(features.variants) if one.of.dtype == "category"]
    words = [features.words.get(features.variants[place].column, ()) for place in texts]
    codes = features.values[texts].T
    values = features.values.copy()
    values[texts] = np.nan
    told = [
        tuple(None if np.isnan(code) else some[int(code)] for code, some in zip(row, words, strict=True))
        for row in codes
    ]
    return values, told


def compare(recorded: Sequence[Recorded], columns: Columns, catalogue: Catalogue) -> list[Difference]:
    """Where what was recorded differs from the features of all facts, to the bit.

    `columns` must name their targets (`keys`). An application whose point is another there differs in `known_at`.
    """
    place = {key: p for p, key in enumerate(columns.keys) if not columns.event[p]}
    prepared = prepare(columns, catalogue)
    found: list[Difference] = []
    at: I64 = np.array([place[one.key] for one in recorded], dtype=np.int64)
    told = iter(recorded)
    for features in prepared.blocks(at):
        values, words = _told(features)
        for i, (p, one) in enumerate(zip(features.at, told, strict=False)):
            if (columns.known_at[p], columns.seq[p]) != (one.known_at, one.seq):
                found.append(Difference(one.key, "known_at", one.known_at, float(columns.known_at[p])))
            found += _differing(one, features, values[:, i], words[i])
    return found


def _differing(
    one: Recorded, features: Features, values: F64, words: tuple[str | None, ...]
) -> Iterable[Difference]:
    both_none = np.isnan(one.values) & np.isnan(values)
    same = both_none | (one.values.view(np.int64) == np.ascontiguousarray(values).view(np.int64))
    for row in np.flatnonzero(~same):
        yield Difference(one.key, features.variants[row].name, float(one.values[row]), float(values[row]))
    names = [variant.name for variant in features.variants if variant.of.dtype == "category"]
    for name, online, offline in zip(names, one.words, words, strict=True):
        if online != offline:
            yield Difference(one.key, name, online, offline)
