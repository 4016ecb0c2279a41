"""Computations that look ahead on purpose, each by one small mistake that people make.

A mutant is the honest computation over facts that the mistake makes visible. The proof must see that what it computes
changes when the facts after the point are gone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from core.clock import DAY, SECOND
from snapshot.columns import I64, NEVER, Bools, Columns, Relation
from snapshot.log import Log, columns_of, earlier, log_of

Mistaken = tuple[int, Columns]
"""Where the application stands in the facts that a mistake shows."""
MOST_POINTS = 40


@dataclass(frozen=True)
class Mutant:
    """One mistake."""

    name: str
    change: Callable[[Columns, int], Mistaken | None]
    """From the facts and a position; None: it changes nothing in these facts."""
    points: Callable[[Columns], I64]
    """Positions where it may show."""


def _second_ahead(columns: Columns, position: int) -> Mistaken:
    """What becomes known within the next second counts as known just before; the application's clock stays."""
    log = log_of(columns)
    at, seq = int(columns.known_at[position]), int(columns.seq[position])

    def early(known_at: I64, places: I64, kept: Bools) -> tuple[I64, I64]:
        seen = ~earlier(known_at, places, (at, seq)) & (known_at <= at + SECOND) & ~kept
        return np.where(seen, at, known_at), np.where(seen, seq - 1, places)

    mine = np.arange(columns.size) == position
    times, places = early(log.known_at, log.seq, mine)
    links = {}
    for label, rows in log.links.items():
        known_at, put = early(rows.known_at, rows.seq, mine[rows.target])
        links[label] = replace(rows, known_at=known_at, seq=put)
    known_at, put = early(log.outcomes.known_at, log.outcomes.seq, mine[log.outcomes.target])
    told = replace(log.outcomes, known_at=known_at, seq=put)
    order = np.lexsort((places, times))
    changed = replace(log, known_at=times, seq=places, links=links, outcomes=told)
    return int(np.flatnonzero(order == position)[0]), columns_of(changed)


def _not_after(columns: Columns, position: int) -> Mistaken:
    """The application comes after everything of its own moment."""
    log = log_of(columns)
    places = log.seq.copy()
    places[position] = NEVER - 1
    links = {}
    for label, rows in log.links.items():
        relation = columns.relations[label]
        own = (relation.target == position) & (relation.place == position)
        links[label] = replace(rows, seq=np.where(own, NEVER - 1, rows.seq))
    order = np.lexsort((places, log.known_at))
    return int(np.flatnonzero(order == position)[0]), columns_of(replace(log, seq=places, links=links))


def _ties_reversed(columns: Columns, position: int) -> Mistaken:
    log = log_of(columns)
    back = np.arange(columns.size)[::-1]
    turned = Log(
        log.known_at[back], -log.seq[back], log.event_at[back], log.event[back], log.user[back],
        {name: values[back] for name, values in log.numbers.items()},
        {name: codes[back] for name, codes in log.texts.items()},
        log.words,
        {
            label: replace(rows, target=columns.size - 1 - rows.target, seq=-rows.seq)
            for label, rows in log.links.items()
        },
        replace(log.outcomes, target=columns.size - 1 - log.outcomes.target),
        None,
        None if log.carried is None else log.carried[back],
    )  # fmt: skip
    order = np.lexsort((turned.seq, turned.known_at))
    return int(np.flatnonzero(order == columns.size - 1 - position)[0]), columns_of(turned)


def _label_early(columns: Columns, position: int) -> Mistaken:
    """What becomes known within the next day is known already; what was known before stays where it was."""
    known, at, seq = columns.outcomes, int(columns.known_at[position]), int(columns.seq[position])
    seen = ~earlier(known.known_at, known.seq, (at, seq)) & (known.known_at < at + DAY)
    told = replace(known, known_at=np.where(seen, at, known.known_at), seq=np.where(seen, seq - 1, known.seq))
    return position, replace(columns, outcomes=told)


def _hub_early(columns: Columns, position: int) -> Mistaken | None:
    hubs = {label: one for label, one in columns.relations.items() if (one.hub_at != NEVER).any()}
    earlier = {label: _one_link_earlier(one) for label, one in hubs.items()}
    return (position, replace(columns, relations={**columns.relations, **earlier})) if hubs else None


def _one_link_earlier(relation: Relation) -> Relation:
    at, seq = relation.hub_at.copy(), relation.hub_seq.copy()
    for x in np.flatnonzero(at != NEVER):
        links = slice(relation.start[x], relation.start[x + 1])
        moments = list(zip(relation.known_at[links].tolist(), relation.seq[links].tolist(), strict=True))
        before = [moment for moment in moments if moment < (at[x], seq[x])]
        if before:
            at[x], seq[x] = before[-1]
    return replace(relation, hub_at=at, hub_seq=seq)


def _summary_early(columns: Columns, position: int) -> Mistaken | None:
    changed = {
        label: replace(one, summaries=replace(one.summaries, known_at=one.summaries.known_at - DAY))
        for label, one in columns.relations.items()
        if one.summaries is not None
    }
    return (position, replace(columns, relations={**columns.relations, **changed})) if changed else None


def _run_unfinished(columns: Columns, position: int) -> Mistaken | None:
    held = columns.memberships
    if held is None:
        return None
    early = np.concatenate([[np.iinfo(np.int64).min], held.run_known_at[:-1]])
    return position, replace(columns, memberships=replace(held, run_known_at=early))


def _followed(within: int) -> Callable[[Columns], I64]:
    """Applications with another target on one of their identifiers at most `within` later (µs)."""

    def points(columns: Columns) -> I64:
        found = [np.empty(0, dtype=np.int64)]
        for relation in columns.relations.values():
            close = (np.diff(relation.known_at) <= within) & (np.diff(relation.identifier) == 0)
            close &= np.diff(relation.target) != 0
            found.append(relation.target[:-1][close].astype(np.int64))
        return _applications(columns, np.concatenate(found))

    return points


def _before_outcomes(columns: Columns) -> I64:
    """Applications within a day before the outcome of somebody whom they share an identifier with becomes known."""
    known = columns.outcomes
    target = np.repeat(np.arange(columns.size), np.diff(known.start))
    found: list[int] = []
    for o in np.random.default_rng(0).permutation(len(target))[:2_000]:
        for relation in columns.relations.values():
            mine = relation.own[relation.own_start[target[o]] : relation.own_start[target[o] + 1]]
            for x in relation.identifier[mine]:
                links = relation.known_at[relation.start[x] : relation.start[x + 1]]
                low, high = np.searchsorted(links, [known.known_at[o] - DAY, known.known_at[o]])
                found += relation.target[relation.start[x] + low : relation.start[x] + high].tolist()
        if len(found) > 4 * MOST_POINTS:
            break
    return _applications(columns, np.array(found, dtype=np.int64))


def _near_hubs(columns: Columns) -> I64:
    """Applications on identifiers that are hubs, the first ones past the limit among them."""
    found = [np.empty(0, dtype=np.int64)]
    for relation in columns.relations.values():
        hub_at = relation.hub_at[relation.identifier]
        near = (hub_at != NEVER) & (
            np.abs(relation.known_at - np.where(hub_at == NEVER, 0, hub_at)) < 10 * DAY
        )
        found.append(relation.target[near].astype(np.int64))
    return _applications(columns, np.concatenate(found), most=4 * MOST_POINTS)


def _at_hub_limit(columns: Columns) -> I64:
    """The applications whose own link makes an identifier a hub."""
    found = [np.empty(0, dtype=np.int64)]
    for relation in columns.relations.values():
        passed = (relation.known_at == relation.hub_at[relation.identifier]) & (
            relation.seq == relation.hub_seq[relation.identifier]
        )
        found.append(relation.target[passed].astype(np.int64))
    return _applications(columns, np.concatenate(found))


def _near_rings(columns: Columns) -> I64:
    held = columns.memberships
    if held is None:
        return np.empty(0, dtype=np.int64)
    members = np.flatnonzero(np.diff(held.start) > 0)
    sharing = [members]
    for relation in columns.relations.values():
        touched = np.unique(relation.identifier[np.isin(relation.target, members)])
        sharing.append(relation.target[np.isin(relation.identifier, touched)].astype(np.int64))
    return _applications(columns, np.concatenate(sharing), most=4 * MOST_POINTS)


def _applications(columns: Columns, found: I64, most: int = MOST_POINTS) -> I64:
    """At most so many of the applications among some positions, the same ones each time."""
    kept = np.unique(found[~columns.event[found]])
    if len(kept) > most:
        kept = np.sort(np.random.default_rng(0).choice(kept, most, replace=False))
    return kept


MUTANTS = (
    Mutant("one second ahead", _second_ahead, _followed(SECOND)),
    Mutant("not after instead of before", _not_after, _followed(0)),
    Mutant("ties in reverse order", _ties_reversed, _followed(0)),
    Mutant("a label one day early", _label_early, _before_outcomes),
    Mutant("a hub one link early", _hub_early, _at_hub_limit),
    Mutant("a hub's summary one day early", _summary_early, _near_hubs),
    Mutant("a ring run before it finished", _run_unfinished, _near_rings),
)
"""Every mistake that the proof must see."""
