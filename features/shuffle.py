"""Facts dealt out anew: everything after one point, or all links."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from features.plan import USER
from snapshot.columns import I64, Columns, Memberships
from snapshot.log import LinkRows, columns_of, earlier, log_of


def shuffled(columns: Columns, position: int, seed: int) -> Columns:
    """The columns with the contents of everything after a point dealt out anew.

    Later targets swap users and attributes, later links their identifiers, later outcomes their values, later runs
    of the ring finder their members; the application at `position` and what it sees stay as they are.
    """
    dice = np.random.default_rng([seed, position])
    log = log_of(columns)
    point = (int(columns.known_at[position]), int(columns.seq[position]))
    dealt = _dealt(np.arange(columns.size) > position, dice)
    links = {
        label: _links(rows, columns.relations[label].place > position, dice)
        for label, rows in log.links.items()
    }
    unseen = ~earlier(log.outcomes.known_at, log.outcomes.seq, point)
    return columns_of(
        replace(
            log,
            event_at=log.event_at[dealt],
            user=log.user[dealt],
            numbers={name: values[dealt] for name, values in log.numbers.items()},
            texts={name: codes[dealt] for name, codes in log.texts.items()},
            links=links,
            outcomes=replace(log.outcomes, value=log.outcomes.value[_dealt(unseen, dice)]),
            memberships=_members(log.memberships, point[0], dice) if log.memberships else None,
        )
    )


def unlinked(columns: Columns, seed: int) -> Columns:
    """The columns with the identifiers of all links dealt out anew, as many links each, and no rings; people keep their own history.

    A model that is as good on features of these has learned nothing from who shares what with whom.
    """
    log, dice = log_of(columns), np.random.default_rng(seed)
    links = {
        label: rows if label == USER else _links(rows, np.ones(len(rows.target), np.bool_), dice)
        for label, rows in log.links.items()
    }
    return columns_of(replace(log, links=links, carried=None, memberships=None))


def _dealt(free: np.ndarray, dice: np.random.Generator) -> I64:
    """Places 0 to n - 1, those that are free in another order."""
    places = np.arange(len(free), dtype=np.int64)
    places[free] = dice.permutation(places[free])
    return places


def _links(rows: LinkRows, later: np.ndarray, dice: np.random.Generator) -> LinkRows:
    return replace(rows, identifier=rows.identifier[_dealt(later, dice)])


def _members(held: Memberships, moment: int, dice: np.random.Generator) -> Memberships:
    """Rings joined in later runs are dealt out; whoever left later may as well have stayed."""
    runs = int(np.searchsorted(held.run_known_at, moment))
    ring = held.ring[_dealt(held.since >= runs, dice)]
    until = np.where(held.until >= runs + 1, held.until[_dealt(held.until >= runs + 1, dice)], held.until)
    return replace(held, ring=ring, until=np.maximum(until, held.since + 1).astype(np.int32))
