"""Facts as rows of one log, and columns made from them: for proofs, for tests, and for readers of plain files.

A log may hold its rows in any order; `columns_of` puts them into the order of facts. `before` forgets everything
that a decision may not see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from snapshot.columns import (
    F64,
    I8,
    I32,
    I64,
    NEVER,
    Bools,
    Columns,
    Memberships,
    Outcomes,
    Relation,
    Summaries,
)
from snapshot.places import outcome_places
from snapshot.sorting import ascending, counted


@dataclass(frozen=True)
class LinkRows:
    """Links of one identifier type, a row each (`m`)."""

    target: I64
    """Row of the application or event in the log."""
    identifier: I64
    """0 to k - 1."""
    role: I8
    known_at: I64
    seq: I64
    hub_at: I64
    """(k)"""
    hub_seq: I64
    """(k)"""
    code: I64
    """(k)"""
    roles: tuple[str, ...] = ("",)
    summaries: Summaries | None = None


@dataclass(frozen=True)
class OutcomeRows:
    """Outcomes, a row each."""

    target: I64
    name: I8
    value: F64
    known_at: I64
    seq: I64
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Log:
    """Applications and other events (a row each, `n`) and what hangs on them.

    Rows of equal `known_at` and `seq` keep their order: give them by key, applications first.
    """

    known_at: I64
    seq: I64
    event_at: I64
    event: Bools
    user: I32
    numbers: Mapping[str, I64]
    texts: Mapping[str, I32]
    words: Mapping[str, tuple[str, ...]]
    links: Mapping[str, LinkRows]
    outcomes: OutcomeRows
    memberships: Memberships | None = None
    """By row of the log."""
    carried: F64 | None = None
    keys: tuple[str, ...] = ()


def columns_of(log: Log) -> Columns:
    """The log's facts as columns, in the order of facts."""
    sorted_already = ascending(log.known_at, log.seq)
    order = np.arange(len(log.seq)) if sorted_already else np.lexsort((log.seq, log.known_at))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    known_at, seq = log.known_at[order], log.seq[order]
    return Columns(
        known_at=known_at,
        seq=seq,
        event_at=log.event_at[order],
        event=log.event[order],
        user=log.user[order],
        numbers={name: values[order] for name, values in log.numbers.items()},
        texts={name: codes[order] for name, codes in log.texts.items()},
        words=log.words,
        relations={label: _relation(label, rows, place, known_at, seq) for label, rows in log.links.items()},
        outcomes=_outcomes(log.outcomes, place),
        memberships=kept_memberships(log.memberships, order) if log.memberships else None,
        carried=None if log.carried is None else np.ascontiguousarray(log.carried[order]),
        keys=tuple(log.keys[i] for i in order) if log.keys else (),
    )


def _relation(label: str, rows: LinkRows, place_of: I64, known_at: I64, seq: I64) -> Relation:
    target = place_of[rows.target]
    rows = _not_before(rows, known_at[target], seq[target])
    original = (rows.known_at == known_at[target]) & (rows.seq == seq[target])
    place = np.where(original, target, 0)
    amended = np.flatnonzero(~original)
    place[amended] = outcome_places(known_at, seq, rows.known_at[amended], rows.seq[amended])
    n, k, m = len(place_of), len(rows.hub_at), len(target)
    order = _link_order(rows, place, original, amended, n)
    target, role, identifier = target[order], rows.role[order], rows.identifier[order]
    own = counted(counted(np.arange(m), role.astype(np.int64), len(rows.roles)), target, n)
    return Relation(
        label=label,
        start=np.searchsorted(identifier, np.arange(k + 1)).astype(np.int64),
        target=target.astype(np.int32),
        role=role,
        known_at=rows.known_at[order],
        seq=rows.seq[order],
        place=place[order].astype(np.int32),
        hub_at=rows.hub_at,
        hub_seq=rows.hub_seq,
        own_start=np.searchsorted(target[own], np.arange(n + 1)).astype(np.int64)
        if m
        else np.zeros(n + 1, dtype=np.int64),
        own=own.astype(np.int64),
        identifier=identifier.astype(np.int32),
        code=rows.code,
        roles=rows.roles,
        summaries=rows.summaries,
    )


def _not_before(rows: LinkRows, known_at: I64, seq: I64) -> LinkRows:
    """Nobody sees a link before what it is of: one that a file knows earlier counts as if it had come with it."""
    early = (rows.known_at < known_at) | ((rows.known_at == known_at) & (rows.seq < seq))
    if not early.any():
        return rows
    return replace(
        rows, known_at=np.where(early, known_at, rows.known_at), seq=np.where(early, seq, rows.seq)
    )


def _link_order(rows: LinkRows, place: I64, original: Bools, amended: I64, targets: int) -> I64:
    """Links by identifier, place, moment and role. An amendment comes before the target at its place, whose own links
    follow: these share its moment, so that only amendments are sorted by theirs."""
    late = amended[np.lexsort((rows.role[amended], rows.seq[amended], rows.known_at[amended]))]
    own = counted(np.flatnonzero(original), rows.role.astype(np.int64), len(rows.roles))
    order = counted(np.concatenate([late, own]), place * 2 + original, 2 * targets + 2)
    return counted(order, rows.identifier.astype(np.int64), len(rows.hub_at))


def _outcomes(rows: OutcomeRows, place: I64) -> Outcomes:
    target = place[rows.target]
    sorted_already = ascending(target, rows.known_at, rows.seq)
    order = np.arange(len(target)) if sorted_already else np.lexsort((rows.seq, rows.known_at, target))
    return Outcomes(
        start=np.searchsorted(target[order], np.arange(len(place) + 1)).astype(np.int64),
        name=rows.name[order],
        value=rows.value[order],
        known_at=rows.known_at[order],
        seq=rows.seq[order],
        names=rows.names,
    )


def kept_memberships(old: Memberships, order: I64) -> Memberships:
    """The rings of some targets, in their order."""
    counts = np.diff(old.start)[order]
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    taken = np.repeat(old.start[:-1][order] - start[:-1], counts) + np.arange(start[-1])
    return replace(old, start=start, ring=old.ring[taken], since=old.since[taken], until=old.until[taken])


def log_of(columns: Columns) -> Log:
    """The facts of columns as a log: `columns_of(log_of(columns))` are the same columns."""
    counts = np.diff(columns.outcomes.start)
    old = columns.outcomes
    return Log(
        columns.known_at, columns.seq, columns.event_at, columns.event, columns.user,
        columns.numbers, columns.texts, columns.words,
        {label: _link_rows(relation) for label, relation in columns.relations.items()},
        OutcomeRows(np.repeat(np.arange(columns.size), counts), old.name, old.value, old.known_at, old.seq, old.names),
        columns.memberships, columns.carried, columns.keys,
    )  # fmt: skip


def _link_rows(relation: Relation) -> LinkRows:
    return LinkRows(
        relation.target.astype(np.int64), relation.identifier.astype(np.int64), relation.role,
        relation.known_at, relation.seq, relation.hub_at, relation.hub_seq, relation.code, relation.roles,
        relation.summaries,
    )  # fmt: skip


def before(columns: Columns, position: int) -> Columns:
    """What the application at `position` may see, and itself: every later fact is gone, as if it never came.

    Its position is the same in both. Whether an identifier became a hub later, and what runs of the ring finder
    and summaries came later, is forgotten too.
    """
    log = log_of(columns)
    point = (int(columns.known_at[position]), int(columns.seq[position]))
    kept = np.arange(columns.size) <= position
    links = {
        label: _links_before(rows, columns.relations[label].place, position, point)
        for label, rows in log.links.items()
    }
    seen = earlier(log.outcomes.known_at, log.outcomes.seq, point) & kept[log.outcomes.target]
    size = position + 1
    return columns_of(
        Log(
            log.known_at[:size], log.seq[:size], log.event_at[:size], log.event[:size], log.user[:size],
            {name: values[:size] for name, values in log.numbers.items()},
            {name: codes[:size] for name, codes in log.texts.items()},
            log.words, links, _rows(log.outcomes, seen),
            _memberships_before(log.memberships, size, point[0]) if log.memberships else None,
            None if log.carried is None else log.carried[:size], log.keys[:size],
        )
    )  # fmt: skip


def earlier(known_at: I64, seq: I64, point: tuple[int, int]) -> Bools:
    """Which facts are before a point."""
    found: Bools = (known_at < point[0]) | ((known_at == point[0]) & (seq < point[1]))
    return found


def _rows(rows: OutcomeRows, kept: Bools) -> OutcomeRows:
    return OutcomeRows(
        rows.target[kept], rows.name[kept], rows.value[kept], rows.known_at[kept], rows.seq[kept], rows.names
    )


def _links_before(rows: LinkRows, place: I32, position: int, point: tuple[int, int]) -> LinkRows:
    kept = (place <= position) & (rows.target <= position)
    hub = earlier(rows.hub_at, rows.hub_seq, point)
    return replace(
        rows,
        target=rows.target[kept],
        identifier=rows.identifier[kept],
        role=rows.role[kept],
        known_at=rows.known_at[kept],
        seq=rows.seq[kept],
        hub_at=np.where(hub, rows.hub_at, NEVER),
        hub_seq=np.where(hub, rows.hub_seq, NEVER),
        summaries=None if rows.summaries is None else _summaries_before(rows.summaries, point[0]),
    )


def _summaries_before(old: Summaries, moment: int) -> Summaries:
    kept = old.known_at < moment
    held = np.concatenate([[0], np.cumsum(kept)])
    return Summaries(held[old.start].astype(np.int64), old.known_at[kept], old.values[kept])


def _memberships_before(old: Memberships, size: int, moment: int) -> Memberships | None:
    """The runs known before the moment; who belonged until a later run belongs still."""
    runs = int(np.searchsorted(old.run_known_at, moment))
    if not runs:
        return None
    end = old.start[size]
    kept = np.flatnonzero(old.since[:end] < runs)
    held = np.concatenate([[0], np.cumsum(old.since[:end] < runs)])
    states = old.state_run < runs
    state_held = np.concatenate([[0], np.cumsum(states)])
    return Memberships(
        start=held[old.start[: size + 1]].astype(np.int64),
        ring=old.ring[kept],
        since=old.since[kept],
        until=np.minimum(old.until[kept], runs).astype(np.int32),
        run_known_at=old.run_known_at[:runs],
        state_start=state_held[old.state_start].astype(np.int64),
        state_run=old.state_run[states],
        score=old.score[states],
        users=old.users[states],
        listed=old.listed[states],
    )


def only(log: Log, targets: I64) -> Log:
    """The log of some targets alone (rows, ascending), with what hangs on them. Identifiers keep their hubs."""
    place = np.full(len(log.known_at), -1, dtype=np.int64)
    place[targets] = np.arange(len(targets))
    return Log(
        log.known_at[targets], log.seq[targets], log.event_at[targets], log.event[targets], log.user[targets],
        {name: values[targets] for name, values in log.numbers.items()},
        {name: codes[targets] for name, codes in log.texts.items()},
        log.words,
        {label: _links_of(rows, place) for label, rows in log.links.items()},
        replace(_rows(log.outcomes, place[log.outcomes.target] >= 0), target=_kept(place[log.outcomes.target])),
        kept_memberships(log.memberships, targets) if log.memberships else None,
        None if log.carried is None else log.carried[targets],
        tuple(log.keys[i] for i in targets) if log.keys else (),
    )  # fmt: skip


def _kept(places: I64) -> I64:
    return places[places >= 0]


def _links_of(rows: LinkRows, place: I64) -> LinkRows:
    kept = place[rows.target] >= 0
    return replace(
        rows,
        target=place[rows.target[kept]],
        identifier=rows.identifier[kept],
        role=rows.role[kept],
        known_at=rows.known_at[kept],
        seq=rows.seq[kept],
    )
