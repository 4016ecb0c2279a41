"""Columns of one application's neighbourhood, from the record of one read: what is computed from a snapshot offline.

The features of these columns at the application's position are, to the bit, those of all facts at its place there.
Identifiers stand in the order of their keys, so that sums over several of one application are taken in one order.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from graph_schema import Schema
from graph_schema.model import Identifier
from queries.neighbourhood import IDENTIFIER, MISSING, USER, Asked
from snapshot.columns import F64, I32, I64, NEVER, SUMMARY, UNKNOWN, Columns, Memberships, Summaries
from snapshot.log import LinkRows, Log, OutcomeRows, columns_of
from snapshot.shape import shape

Record = Mapping[str, Any]
(
    _TYPE, _KEY, _ID, _HUB_SINCE, _HUB_SEQ, _MINE,
    _MET, _LINK_AT, _LINK_SEQ, _LINK_ROLE, _GIVEN, _SUMMARY,
) = range(len(IDENTIFIER))  # fmt: skip


@dataclass(frozen=True)
class Given:
    """An identifier that an application names."""

    label: str
    key: str
    role: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    """What its type declares beyond key and mask."""


@dataclass(frozen=True)
class Unseen:
    """An application that is not in the graph, as a read at `point` would place it."""

    point: tuple[int, int]
    """(known_at µs, seq)"""
    user: str | None = None
    """Key."""
    given: tuple[Given, ...] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)
    event_at: int | None = None

    @property
    def named(self) -> dict[str, list[str]]:
        """What the read is asked by: for each label the keys."""
        found: dict[str, list[str]] = {} if self.user is None else {USER: [self.user]}
        for one in self.given:
            found.setdefault(one.label, []).append(one.key)
        return found


def asked_for(schema: Schema, met: Collection[str] | None = None) -> Asked:
    """What a read must bring for the columns of a schema.

    `met`: the columns of those met that anything is computed from (`features.plan.Plan.reads`); None: their own
    properties, and none of the identifiers that they came with, which cost a hop more each.
    """
    found = shape(schema)
    numbers = tuple(dict.fromkeys(one.property for one in found.own if not one.text))
    texts = tuple(dict.fromkeys(one.property for one in found.own if one.text))
    given: dict[str, tuple[str, ...]] = {}
    for one in found.given:
        given[one.label] = (*given.get(one.label, ()), one.property)
    wanted = {*numbers, *texts} if met is None else set(met)
    return Asked(
        schema,
        numbers,
        texts,
        given,
        tuple(name for name in numbers if name in wanted),
        tuple(name for name in texts if name in wanted),
        tuple((one.label, one.property, one.text) for one in found.given if one.column in wanted),
    )


def columns_from(record: Record, asked: Asked, unseen: Unseen | None = None) -> tuple[Columns, int]:
    """The columns of a read, and the application's position in them: the last. `unseen`: what was read about, where
    it is not in the graph."""
    return _Conversion(record, asked, unseen).made()


class _Conversion:
    """One record on its way to columns."""

    def __init__(self, record: Record, asked: Asked, unseen: Unseen | None) -> None:
        self._record, self._asked, self._unseen = record, asked, unseen
        known_at = np.array([*record["met_known_at"], record["known_at"]], dtype=np.int64)
        seq = np.array([*record["met_seq"], record["seq"]], dtype=np.int64)
        self._order = self._in_order(known_at, seq)
        self._known_at, self._seq = known_at[self._order], seq[self._order]
        self._size = len(known_at)
        ids = np.array(record["met_id"], dtype=np.int64)
        by_id = np.argsort(ids)
        place = np.empty(self._size, dtype=np.int64)
        place[self._order] = np.arange(self._size)
        self._ids, self._places = ids[by_id], place[:-1][by_id]
        rows: dict[str, list[Sequence[Any]]] = {}
        for row in sorted(record["identifiers"], key=lambda row: str(row[_KEY])):
            rows.setdefault(row[_TYPE], []).append(row)
        self._rows = rows if unseen is None else _with_unseen(rows, asked, unseen)

    def _in_order(self, known_at: I64, seq: I64) -> I64:
        """The order of facts; keys decide only where points are equal, which is rare. The application is the last."""
        order = np.lexsort((seq, known_at))
        times, places = known_at[order], seq[order]
        if not ((times[1:] == times[:-1]) & (places[1:] == places[:-1])).any():
            return order
        keys, events = self._record["met_key"], self._record["met_event"]
        met = range(len(keys))
        tied = sorted(met, key=lambda i: (known_at[i], seq[i], keys[i], events[i]))
        return np.array([*tied, len(keys)], dtype=np.int64)

    def made(self) -> tuple[Columns, int]:
        record, order = self._record, self._order
        labels = self._asked.labels
        kinds = (None, *self._asked.schema.identifiers)
        links = {
            label: self._links(kind, self._rows.get(label, []))
            for label, kind in zip(labels, kinds, strict=True)
        }
        users, outcomes, memberships = self._hanging()
        own_event_at = record["event_at"] if self._unseen is None else self._unseen.event_at
        event_at = [*record["met_event_at"], MISSING if own_event_at is None else own_event_at]
        numbers, texts, words = self._attributes()
        columns = columns_of(
            Log(
                self._known_at,
                self._seq,
                np.array(event_at, dtype=np.int64)[order],
                np.array([*record["met_event"], False], dtype=np.bool_)[order],
                users,
                numbers,
                texts,
                words,
                links,
                outcomes,
                memberships,
                self._carried(),
            )
        )
        return columns, self._size - 1

    def _targets(self, ids: Sequence[int]) -> I64:
        return self._places[np.searchsorted(self._ids, np.array(ids, dtype=np.int64))]

    def _links(self, kind: Identifier | None, rows: Sequence[Sequence[Any]]) -> LinkRows:
        """Links of one type: those of the application itself, and the earlier ones through what it names."""
        roles = (kind.roles if kind else ()) or ("",)
        role_of = {role: place for place, role in enumerate(roles)}
        met: list[int] = []
        owner: list[int] = []
        role: list[int] = []
        known_at: list[int] = []
        seq: list[int] = []
        own: list[int] = []
        for x, row in enumerate(rows):
            met += row[_MET]
            known_at += row[_LINK_AT]
            seq += row[_LINK_SEQ]
            role += [role_of[name] for name in row[_LINK_ROLE]] if len(roles) > 1 else [0] * len(row[_MET])
            owner += [x] * len(row[_MET])
        for x, row in enumerate(rows):
            for name, at, place in row[_MINE]:
                own.append(x)
                role.append(role_of.get(name, 0))
                known_at.append(at)
                seq.append(place)
        mine = np.full(len(own), self._size - 1, dtype=np.int64)
        never = [NEVER if row[_HUB_SINCE] is None else row[_HUB_SINCE] for row in rows]
        return LinkRows(
            target=np.concatenate([self._targets(met), mine]) if met else mine,
            identifier=np.array(owner + own, dtype=np.int64),
            role=np.array(role, dtype=np.int8),
            known_at=np.array(known_at, dtype=np.int64),
            seq=np.array(seq, dtype=np.int64),
            hub_at=np.array(never, dtype=np.int64),
            hub_seq=np.array([NEVER if row[_HUB_SEQ] is None else row[_HUB_SEQ] for row in rows], np.int64),
            code=np.array([row[_ID] for row in rows], dtype=np.int64),
            roles=roles,
            summaries=_summaries([row[_SUMMARY] for row in rows]),
        )

    def _hanging(self) -> tuple[I32, OutcomeRows, Memberships | None]:
        """Users, outcomes and rings of those met, by their places."""
        place_of: list[int] = np.argsort(self._order).tolist()
        users = np.full(self._size, UNKNOWN, dtype=np.int32)
        codes: dict[int, int] = {}
        for row in self._rows.get(USER, []):
            users[-1] = codes.setdefault(row[_ID], len(codes))
        outcomes: list[tuple[int, Any]] = []
        rings: list[tuple[int, Any]] = []
        for i, hanging in enumerate(self._record["met_hangs"]):
            for one in hanging:
                if one is None:
                    continue
                if len(one) == 1:
                    users[place_of[i]] = codes.setdefault(one[0], len(codes))
                elif isinstance(one[0], str):
                    outcomes.append((place_of[i], one))
                else:
                    rings.append((place_of[i], one))
        return users, _outcomes(outcomes), self._memberships(rings)

    def _memberships(self, found: list[tuple[int, Any]]) -> Memberships | None:
        """The rings of the one run that the point sees, as if it were the only one."""
        run_known_at = self._record["run_known_at"]
        if run_known_at is None:
            return None
        found.sort(key=lambda one: (one[0], one[1][0]))
        states = {ring[0]: ring for _, ring in found}
        code = {ring: place for place, ring in enumerate(states)}
        targets = np.array([target for target, _ in found], dtype=np.int64)
        return Memberships(
            start=np.searchsorted(targets, np.arange(self._size + 1)).astype(np.int64),
            ring=np.array([code[ring[0]] for _, ring in found], dtype=np.int32),
            since=np.zeros(len(found), dtype=np.int32),
            until=np.ones(len(found), dtype=np.int32),
            run_known_at=np.array([run_known_at], dtype=np.int64),
            state_start=np.arange(len(states) + 1, dtype=np.int64),
            state_run=np.zeros(len(states), dtype=np.int32),
            score=np.array([ring[1] for ring in states.values()], dtype=np.float64),
            users=np.array([ring[2] for ring in states.values()], dtype=np.int32),
            listed=np.array([ring[3] for ring in states.values()], dtype=np.bool_),
        )

    def _attributes(self) -> tuple[dict[str, I64], dict[str, I32], dict[str, tuple[str, ...]]]:
        """Numbers, codes of texts, and their words. What was not asked of those met is missing there."""
        asked, record = self._asked, self._record
        mine = self._mine()
        brought = {name: record[f"of_{name}"] for name in (*asked.met_numbers, *asked.met_texts)}
        brought |= {f"{label}.{name}": record[f"of_{label}_{name}"] for label, name, _ in asked.met_given}
        found = shape(asked.schema)
        numbers, texts, words = {}, {}, {}
        for name in found.numbers:
            column = np.full(self._size, MISSING, dtype=np.int64)
            if name in brought:
                column[:-1] = brought[name]
                column = column[self._order]
            column[-1] = MISSING if mine.get(name) is None else mine[name]
            numbers[name] = column
        for name in found.texts:
            codes: dict[str, int] = {"": UNKNOWN}
            column32 = np.full(self._size, UNKNOWN, dtype=np.int32)
            if name in brought:
                column32[:-1] = [codes.setdefault(word, len(codes) - 1) for word in brought[name]]
                column32 = column32[self._order]
            column32[-1] = codes.setdefault(mine.get(name) or "", len(codes) - 1)
            texts[name] = column32
            words[name] = tuple(codes)[1:]
        return numbers, texts, words

    def _mine(self) -> dict[str, Any]:
        """The application's own values by column."""
        asked = self._asked
        names = (*asked.numbers, *asked.texts)
        if self._unseen is not None:
            found = {name: self._unseen.properties.get(name) for name in names}
        else:
            found = dict(zip(names, self._record["own"], strict=True))
        for identifier in asked.schema.identifiers:
            properties = asked.given.get(identifier.label, ())
            rows = self._rows.get(identifier.label)
            if not properties or not rows:
                continue
            order = {role: number for number, role in enumerate(identifier.roles)}
            first = min(rows, key=lambda row: min((order.get(one[0], 0) for one in row[_MINE]), default=99))
            told = dict(zip(asked.given_names, first[_GIVEN], strict=True))
            found |= {f"{identifier.label}.{name}": told[name] for name in properties}
        return found

    def _carried(self) -> F64 | None:
        told = self._record["met_carried"]
        wide = max(map(len, told), default=0)
        if not wide:
            return None
        found = np.full((self._size, wide), np.nan)
        for i, values in enumerate(told):
            if values:
                found[i] = values
        return found[self._order]


def _outcomes(found: list[tuple[int, Any]]) -> OutcomeRows:
    names: dict[str, int] = {}
    code = [names.setdefault(one[0], len(names)) for _, one in found]
    return OutcomeRows(
        np.array([target for target, _ in found], dtype=np.int64),
        np.array(code, dtype=np.int8),
        np.array([one[1] for _, one in found], dtype=np.float64),
        np.array([one[2] for _, one in found], dtype=np.int64),
        np.array([NEVER if one[3] is None else one[3] for _, one in found], dtype=np.int64),
        tuple(names),
    )


def _summaries(told: Sequence[Sequence[Any] | None]) -> Summaries | None:
    known = [one for one in told if one is not None]
    if not known:
        return None
    counts = [0, *(one is not None for one in told)]
    return Summaries(
        np.cumsum(counts).astype(np.int64),
        np.array([one[0] for one in known], dtype=np.int64),
        np.array([one[1:] for one in known], dtype=np.float64).reshape(len(known), len(SUMMARY)),
    )


def _with_unseen(
    rows: dict[str, list[Sequence[Any]]], asked: Asked, unseen: Unseen
) -> dict[str, list[Sequence[Any]]]:
    """The rows of a read with the links of an application that the graph does not have, and what it names first."""
    named = [Given(USER, unseen.user)] if unseen.user is not None else []
    mine: dict[tuple[str, str], list[Given]] = {}
    for one in (*named, *unseen.given):
        mine.setdefault((one.label, one.key), []).append(one)
    known = {(label, row[_KEY]): row for label, some in rows.items() for row in some}
    found: dict[str, list[Sequence[Any]]] = {}
    for number, (label, key) in enumerate(sorted(mine)):
        links = mine[label, key]
        row = list(
            known.get((label, key), [label, key, -1 - number, None, None, [], [], [], [], [], [], None])
        )
        row[_MINE] = [[one.role or "", *unseen.point] for one in links]
        row[_GIVEN] = [links[0].properties.get(name) for name in asked.given_names]
        found.setdefault(label, []).append(row)
    return found
