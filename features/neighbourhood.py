"""What one application's features need, and nothing else: the columns that an online read has to bring.

Of each identifier that the application names: its links before the application's own, where it is no hub; of each
target met there: attributes, outcomes, rings and what it carries. Of a hub: that it is one, and its summaries.
A test proves that the features of these columns are, to the bit, those of all columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from snapshot.columns import I64, Columns, Relation, Summaries
from snapshot.log import LinkRows, Log, OutcomeRows, columns_of, kept_memberships


def neighbourhood(columns: Columns, position: int) -> tuple[Columns, int]:
    """The columns of the application's neighbourhood, and its position there."""
    links = {label: _links(columns, relation, position) for label, relation in columns.relations.items()}
    met = [columns.relations[label].target[rows] for label, rows in links.items()]
    targets = np.unique(np.concatenate([*met, [position]])).astype(np.int64)
    known = columns.outcomes
    rows = _ranges(known.start, targets)
    owner = np.repeat(np.arange(len(targets)), known.start[targets + 1] - known.start[targets])
    log = Log(
        columns.known_at[targets], columns.seq[targets], columns.event_at[targets], columns.event[targets],
        columns.user[targets],
        {name: values[targets] for name, values in columns.numbers.items()},
        {name: codes[targets] for name, codes in columns.texts.items()},
        columns.words,
        {label: _rows(columns.relations[label], some, targets) for label, some in links.items()},
        OutcomeRows(owner, known.name[rows], known.value[rows], known.known_at[rows], known.seq[rows], known.names),
        kept_memberships(columns.memberships, targets) if columns.memberships else None,
        None if columns.carried is None else columns.carried[targets],
        tuple(columns.keys[i] for i in targets) if columns.keys else (),
    )  # fmt: skip
    made = columns_of(log)
    user = np.unique(made.user[made.user >= 0])
    place = np.searchsorted(user, made.user)
    return replace(made, user=np.where(made.user >= 0, place, -1).astype(np.int32)), len(targets) - 1


def _ranges(start: I64, owners: I64) -> I64:
    """All places of `start[x]:start[x + 1]` of some owners."""
    parts = [np.arange(start[x], start[x + 1]) for x in owners]
    return np.concatenate([np.empty(0, dtype=np.int64), *parts])


def _links(columns: Columns, relation: Relation, position: int) -> I64:
    """Links of the application and, of identifiers that are no hubs, those before them."""
    point = (columns.known_at[position], columns.seq[position])
    mine = relation.own[relation.own_start[position] : relation.own_start[position + 1]]
    mine = mine[relation.place[mine] <= position]
    parts: list[Sequence[int] | I64] = [mine]
    for x in np.unique(relation.identifier[mine]):
        if point <= (relation.hub_at[x], relation.hub_seq[x]):
            parts.append(np.arange(relation.start[x], mine[relation.identifier[mine] == x].max()))
    return np.unique(np.concatenate(parts)).astype(np.int64)


def _rows(relation: Relation, links: I64, targets: I64) -> LinkRows:
    named = np.unique(relation.identifier[links]).astype(np.int64)
    return LinkRows(
        target=np.searchsorted(targets, relation.target[links]).astype(np.int64),
        identifier=np.searchsorted(named, relation.identifier[links]).astype(np.int64),
        role=relation.role[links],
        known_at=relation.known_at[links],
        seq=relation.seq[links],
        hub_at=relation.hub_at[named],
        hub_seq=relation.hub_seq[named],
        code=relation.code[named],
        roles=relation.roles,
        summaries=None if relation.summaries is None else _summaries(relation.summaries, named),
    )


def _summaries(held: Summaries, named: I64) -> Summaries:
    rows = _ranges(held.start, named)
    count = held.start[named + 1] - held.start[named]
    return Summaries(
        np.concatenate([[0], np.cumsum(count)]).astype(np.int64), held.known_at[rows], held.values[rows]
    )
