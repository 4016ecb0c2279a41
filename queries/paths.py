"""Paths between two people: a search from both ends that never goes on from a hub, and is cut with a word.

Every path of at most 2 n links has each of its links within n steps of one end, so a search of n steps from both ends
meets all of them. What was met is then walked from one end, length by length, where the other is near enough.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from core.graph import Row

BREADTH = 2_000
"""Nodes of one step that are gone on from; a step that meets more is cut, and says so."""
STEP_ROWS = 100_000
"""Links that one step gives, at most: its statement's LIMIT."""
TRIED = 100_000
"""Beginnings of paths looked at, at most."""

Step = Callable[[list[str]], list[Row]]
"""Links of the nodes of a frontier: rows `from, to, type, known_at, hub`, where `from` and `to` are maps `{id, type, key,
caption}`; a hub gives one row without `to`."""


@dataclass
class _Met:
    """What a search has met so far."""

    nodes: dict[str, Row] = field(default_factory=dict)
    links: dict[tuple[str, str], Row] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    hubs: set[str] = field(default_factory=set)
    cut_by: set[str] = field(default_factory=set)

    def take(self, rows: Iterable[Row]) -> None:
        """Remember rows of a step; of several links of two nodes the earliest, a dated one before an undated one."""
        for row in rows:
            one, two = row["from"], row["to"]
            self.nodes[one["id"]] = one
            if row["hub"]:
                self.hubs.add(one["id"])
            elif two is not None:
                self.nodes.setdefault(two["id"], two)
                pair = (min(one["id"], two["id"]), max(one["id"], two["id"]))
                known = self.links.get(pair)
                if known is None or _place(row) < _place(known):
                    self.links[pair] = row


@dataclass(frozen=True)
class Found:
    """The shortest paths, as rows of the question and as the links they go over."""

    rows: list[tuple[Any, ...]]
    paths: list[list[Row]]
    """Nodes of each path, from end to end."""
    links: dict[tuple[str, str], Row]
    cut_by: tuple[str, ...]


def find_paths(step: Step, start: str, end: str, *, hops: int, most: int) -> Found:
    """At most `most` shortest paths of at most `hops` links between the nodes `start` and `end` (element ids)."""
    met = _Met()
    _search(met, step, start, (hops + 1) // 2)
    _search(met, step, end, hops // 2)
    _ask_of_hubs(met, step, {start, end})
    paths, more = _shortest(met, start, end, hops, most)
    if more:
        met.cut_by.add("rows")
    if met.hubs - {start, end}:
        met.cut_by.add("hubs")
    nodes = [[met.nodes[one] for one in path] for path in paths]
    rows = [_row(met, number, path) for number, path in enumerate(paths, 1)]
    return Found(rows, nodes, met.links, tuple(sorted(met.cut_by)))


def path_links(found: Found) -> list[Row]:
    """The links of the paths, as `queries.answers.drawn` takes them."""
    return [
        {
            "a": _shown(one),
            "b": _shown(two),
            "link": _link(found.links, one["id"], two["id"]),
        }
        for path in found.paths
        for one, two in pairwise(path)
    ]


def _search(met: _Met, step: Step, start: str, steps: int) -> None:
    seen, frontier = {start}, [start]
    for _ in range(steps):
        rows = step(frontier)
        met.take(rows)
        if len(rows) >= STEP_ROWS:
            met.cut_by.add("breadth")
        met.asked.update(frontier)
        reached = {row["to"]["id"]: row["to"] for row in rows if row["to"] and not row["hub"]}
        fresh = sorted((two["type"], two["key"], one) for one, two in reached.items() if one not in seen)
        if len(fresh) > BREADTH:
            met.cut_by.add("breadth")
        frontier = [one for _, _, one in fresh[:BREADTH]]
        seen.update(frontier)
        if not frontier:
            break


def _ask_of_hubs(met: _Met, step: Step, ends: set[str]) -> None:
    """Nodes in the middle, met from both sides and gone on from by neither, may be hubs."""
    count: dict[str, int] = {}
    for pair in met.links:
        for one in pair:
            count[one] = count.get(one, 0) + 1
    middle = sorted(one for one, links in count.items() if links > 1 and one not in met.asked | ends)
    if len(middle) > BREADTH:
        met.cut_by.add("breadth")
        met.hubs.update(middle[BREADTH:])
    if middle:
        met.hubs.update(row["from"]["id"] for row in step(middle[:BREADTH]) if row["hub"])


def _shortest(met: _Met, start: str, end: str, hops: int, most: int) -> tuple[list[list[str]], bool]:
    """Simple paths by length, then by what they go through; whether there are more."""
    near = _neighbours(met, {start, end})
    left = _distances(near, end)
    found: list[list[str]] = []
    walker = _Walker(near, left, end)
    for length in range(max(1, left.get(start, hops + 1)), hops + 1):
        for path in walker.paths([start], length):
            if len(found) == most:
                return found, True
            found.append(path)
    if walker.budget <= 0:
        met.cut_by.add("breadth")
    return found, False


@dataclass
class _Walker:
    near: dict[str, list[str]]
    left: dict[str, int]
    """Links from each node to the end, at least."""
    end: str
    budget: int = TRIED

    def paths(self, path: list[str], length: int) -> Iterator[list[str]]:
        """Simple paths that begin with `path` and go on for exactly `length` links to the end."""
        if length == 0 or self.budget <= 0:
            if path[-1] == self.end and length == 0:
                yield path
            return
        self.budget -= 1
        for one in self.near[path[-1]]:
            there = one == self.end
            if there == (length == 1) and one not in path and self.left[one] < length:
                yield from self.paths([*path, one], length - 1)


def _neighbours(met: _Met, ends: set[str]) -> dict[str, list[str]]:
    """What each node is linked to, by name; hubs have no neighbours."""
    closed = met.hubs - ends
    near: dict[str, list[str]] = {}
    for one, two in met.links:
        if not closed.intersection((one, two)):
            near.setdefault(one, []).append(two)
            near.setdefault(two, []).append(one)
    return {one: sorted(others, key=lambda other: _name(met, other)) for one, others in near.items()}


def _distances(near: dict[str, list[str]], end: str) -> dict[str, int]:
    left, queue = {end: 0}, deque([end])
    while queue:
        one = queue.popleft()
        for other in near.get(one, []):
            if other not in left:
                left[other] = left[one] + 1
                queue.append(other)
    return left


def _row(met: _Met, number: int, path: list[str]) -> tuple[Any, ...]:
    links = [_link(met.links, one, two) for one, two in pairwise(path)]
    dated = [link["known_at"] for link in links if link["known_at"] is not None]
    steps = [_told(met.nodes[path[0]])]
    for one, link in zip(path[1:], links, strict=True):
        steps.append(f"{link['type']} {_told(met.nodes[one])}")
    first, last = (min(dated), max(dated)) if dated else (None, None)
    return (number, len(links), steps, first, last, len(dated) < len(links))


def _link(links: dict[tuple[str, str], Row], one: str, two: str) -> Row:
    row = links[min(one, two), max(one, two)]
    return {"type": row["type"], "known_at": row["known_at"]}


def _told(node: Row) -> str:
    return f"{node['type']} {node['caption'] or node['key']}"


def _shown(node: Row) -> Row:
    return {"type": node["type"], "key": node["key"], "caption": node["caption"]}


def _name(met: _Met, one: str) -> tuple[str, str]:
    node = met.nodes[one]
    return node["type"], node["key"]


def _place(row: Row) -> tuple[bool, int, str]:
    return row["known_at"] is None, row["known_at"] or 0, row["type"]
