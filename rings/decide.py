"""Deciding about a ring by hand: exclude members, split them off, merge two rings, and take a decision back.

A decision is written down at once and takes effect with the next run, and every later one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.clock import Clock, now_us
from core.errors import NotFoundError, UsageError
from core.graph import Graph
from queries import statement
from rings.decisions import GOES, STAYS, Kind
from rings.view import last_run, unknown_ring

NOTE_LONGEST = 2_000
Said = tuple[int, str, str | None]
"""When (µs), by whom, and why."""


@dataclass(frozen=True)
class Decided:
    """A decision as it stands in the graph. Times are µs; `stays` and `goes` count applications."""

    key: str
    kind: Kind
    ring: str
    made_at: int
    made_by: str
    note: str | None
    stays: int
    goes: int
    undone_at: int | None = None


def exclude_members(
    graph: Graph,
    ring: str,
    members: Collection[str],
    *,
    by: str,
    note: str | None = None,
    clock: Clock = now_us,
) -> Decided:
    """The users behind `members` (keys of users or applications of the ring `ring`) do not belong to it.

    Raises `NotFoundError` (`rings.unknown`), `UsageError` (`rings.not_members`, `rings.all_members`, `rings.note`).
    """
    return _part(graph, Kind.EXCLUDE, ring, members, _said(by, note, clock))


def split_ring(
    graph: Graph,
    ring: str,
    members: Collection[str],
    *,
    by: str,
    note: str | None = None,
    clock: Clock = now_us,
) -> Decided:
    """The users behind `members` are a ring of their own; raises as `exclude_members`."""
    return _part(graph, Kind.SPLIT, ring, members, _said(by, note, clock))


def merge_rings(
    graph: Graph, ring: str, other: str, *, by: str, note: str | None = None, clock: Clock = now_us
) -> Decided:
    """`ring` and `other` are one ring; raises as `exclude_members`, and `UsageError` (`rings.same`)."""
    if ring == other:
        raise UsageError("rings.same", "A ring cannot be merged with itself.")
    said = _said(by, note, clock)
    first, second = _living(graph, ring), _living(graph, other)
    listed = first[0]["listed"] or second[0]["listed"]
    stays, goes = ([row["application"] for row in rows] for rows in (first, second))
    return _write(graph, Decided("", Kind.MERGE, ring, *said, len(stays), len(goes)), listed, (stays, goes))


def undo_decision(graph: Graph, key: str, *, clock: Clock = now_us) -> Decided:
    """Take a decision back: runs from now on no longer follow it. Raises `NotFoundError` (`rings.no_decision`)."""
    if not statement("rings/undo_decision").run(graph, key=key, undone_at=clock()):
        raise NotFoundError(
            "rings.no_decision",
            f"There is no decision '{key[:60]}'.",
            hints=("See: fingraph rings decisions",),
        )
    return next(one for one in list_decisions(graph) if one.key == key)


def list_decisions(graph: Graph) -> list[Decided]:
    """All decisions, taken back or not, in the order in which they were made."""
    return [_decided(row) for row in statement("rings/decisions").stream(graph)]


def _said(by: str, note: str | None, clock: Clock) -> Said:
    if note is not None and len(note) > NOTE_LONGEST:
        raise UsageError("rings.note", f"A note has at most {NOTE_LONGEST:,} characters.")
    return clock(), by, note


def _part(graph: Graph, kind: Kind, ring: str, members: Collection[str], said: Said) -> Decided:
    rows = _living(graph, ring)
    wanted = set(members)
    known = {name for row in rows for name in (row["application"], *row["users"])}
    if not wanted or wanted - known:
        raise UsageError(
            "rings.not_members",
            f"{len(wanted - known)} of {len(wanted)} names are no users or applications of this ring.",
            hints=(f"See them: fingraph rings show {ring}",),
        )
    users = {user for row in rows for user in row["users"] if wanted & {row["application"], *row["users"]}}
    goes = [row["application"] for row in rows if row["application"] in wanted or users & set(row["users"])]
    stays = [row["application"] for row in rows if row["application"] not in set(goes)]
    if not stays:
        raise UsageError("rings.all_members", "Somebody must stay in the ring; these are all of its users.")
    decided = Decided("", kind, ring, *said, len(stays), len(goes))
    return _write(graph, decided, rows[0]["listed"], (stays, goes))


def _living(graph: Graph, ring: str) -> list[dict[str, Any]]:
    rows = statement("rings/member_users").run(graph, key=ring, run=last_run(graph))
    if not rows or rows[0]["dissolved_run"] is not None:
        raise unknown_ring()
    return rows


def _write(graph: Graph, new: Decided, listed: bool, parts: tuple[Sequence[str], Sequence[str]]) -> Decided:
    content = "\n".join((new.kind, new.ring, str(new.made_at), *sorted(parts[GOES])))
    made = replace(new, key="d" + hashlib.blake2b(content.encode(), digest_size=5).hexdigest())
    statement("rings/decide").run(
        graph,
        key=made.key,
        kind=made.kind,
        ring=made.ring,
        listed=listed,
        made_at=made.made_at,
        made_by=made.made_by,
        note=made.note,
        stays=list(parts[STAYS]),
        goes=list(parts[GOES]),
    )
    return made


def _decided(row: dict[str, Any]) -> Decided:
    return Decided(
        row["key"],
        Kind(row["kind"]),
        row["ring"],
        row["made_at"],
        row["made_by"],
        row["note"],
        len(row["stays"]),
        len(row["goes"]),
        row["undone_at"],
    )
