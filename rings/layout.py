"""Where the nodes of a ring's picture stand: users around what they share, applications beside their user. In inches.

Deterministic: the same graph gives the same places.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from rings.ring_graph import APPLICATION, USER, RingGraph, RingNode

Place = tuple[float, float]
Neighbours = Mapping[str, set[str]]

EDGE = 1.15
"""From a user to what they share, in inches, where there is room."""
APART = 0.72
"""Between two things or users without applications, at least."""
BESIDE = 0.34
"""From a user to each of their applications, at least."""
TURN = math.radians(42)
"""Between two applications of one user, where they fit."""
BEND = 0.75
"""Power of the steps between two nodes that is their distance: below 1 a long chain bends and fits a page."""
MANY = 250
ROUNDS = 200


def places(ring_graph: RingGraph) -> dict[str, Place]:
    """A place for each node id. Hubs stand in a column apart: they hold nothing together."""
    satellites = _satellites(ring_graph)
    users = {app: user for user, apps in satellites.items() for app in apps}
    hubs = [node for node in ring_graph.identifiers if node.is_hub]
    apart = {node.id for node in hubs}
    anchors = [node.id for node in ring_graph.nodes if node.id not in users and node.id not in apart]
    near = _neighbours(anchors, ((users.get(e.source, e.source), e.target) for e in ring_graph.edges))
    room = {
        name: APART / 2 + (_reach(len(satellites[name])) if satellites.get(name) else 0) for name in anchors
    }
    placed = _packed([_component(part, near, room) for part in _components(anchors, near)])
    targets: dict[str, list[str]] = defaultdict(list)
    for edge in ring_graph.edges:
        targets[edge.source].append(edge.target)
    for user, apps in satellites.items():
        placed |= _beside(user, apps, targets, placed)
    return placed | _column(hubs, placed)


def _satellites(ring_graph: RingGraph) -> dict[str, list[str]]:
    """The applications of each user; those of several users or of none stand by themselves."""
    known = {node.id: node for node in ring_graph.nodes}
    owners: dict[str, list[str]] = defaultdict(list)
    for edge in ring_graph.edges:
        if known[edge.source].type == USER and known[edge.target].type == APPLICATION:
            owners[edge.target].append(edge.source)
    found: dict[str, list[str]] = defaultdict(list)
    for application in ring_graph.of_type(APPLICATION):
        if len(owners[application.id]) == 1:
            found[owners[application.id][0]].append(application.id)
    return found


def _reach(applications: int) -> float:
    """How far from their user so many applications stand."""
    return max(BESIDE, applications * BESIDE * TURN / math.tau)


def _neighbours(names: Sequence[str], pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    near: dict[str, set[str]] = {name: set() for name in names}
    for a, b in pairs:
        if a != b and a in near and b in near:
            near[a].add(b)
            near[b].add(a)
    return near


def _components(names: Sequence[str], near: Neighbours) -> list[list[str]]:
    """Connected parts, largest first, each in the order of `names`."""
    part: dict[str, int] = {}
    for name in names:
        if name not in part:
            part[name] = number = len(part)
            waiting = [name]
            while waiting:
                for other in near[waiting.pop()] - part.keys():
                    part[other] = number
                    waiting.append(other)
    parts: dict[int, list[str]] = defaultdict(list)
    for name in names:
        parts[part[name]].append(name)
    return sorted(parts.values(), key=len, reverse=True)


def _component(names: Sequence[str], near: Neighbours, room: Mapping[str, float]) -> dict[str, Place]:
    """Places by forces, pushed apart until nothing overlaps."""
    graph = nx.Graph()
    graph.add_nodes_from(names)
    graph.add_edges_from((a, b) for a in names for b in sorted(near[a]) if a < b)
    placed = _by_forces(graph)
    points = np.array([placed[name] for name in names])
    lengths = [math.dist(placed[a], placed[b]) for a, b in graph.edges]
    points *= EDGE / (float(np.median(lengths)) if lengths else 1.0)
    points = _spread(_upright(points), np.array([room[name] for name in names]))
    return {name: (float(x), float(y)) for name, (x, y) in zip(names, points, strict=True)}


def _by_forces(graph: nx.Graph) -> Mapping[str, NDArray[np.float64]]:
    """Kamada and Kawai's layout, whose cost grows with the square of the nodes; past `MANY`, springs."""
    if len(graph) > MANY:
        springs: Mapping[str, NDArray[np.float64]] = nx.spring_layout(graph, seed=1, iterations=100)
        return springs
    steps = dict(nx.all_pairs_shortest_path_length(graph))
    bent = {a: {b: far**BEND for b, far in row.items()} for a, row in steps.items()}
    strained: Mapping[str, NDArray[np.float64]] = nx.kamada_kawai_layout(graph, dist=bent)
    return strained


def _upright(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turned so that the longer side lies across the page."""
    centred = points - points.mean(axis=0)
    if len(points) < 2:
        return np.asarray(centred, dtype=np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    turned = centred @ axes[:, ::-1]
    # An axis has no sign of its own: the first point stands on the left and above.
    first = turned[0]
    flip = np.array([-1.0 if first[0] > 1e-9 else 1.0, -1.0 if first[1] < -1e-9 else 1.0])
    return np.asarray(turned * flip, dtype=np.float64)


def _spread(points: NDArray[np.float64], room: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pairs that are closer than their rooms together allow give way to each other, half each, until none is."""
    least = room[:, None] + room[None, :]
    np.fill_diagonal(least, 0)
    # Points at one place have no direction to go in: each gets one of its own.
    turns = np.arange(len(points)) * math.pi * (3 - math.sqrt(5))
    points = points + 1e-3 * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    for _ in range(ROUNDS):
        between = points[:, None] - points[None, :]
        distance = np.maximum(np.hypot(between[..., 0], between[..., 1]), 1e-9)
        lack = np.maximum(least - distance, 0)
        if not (lack > 0.01).any():
            break
        points = points + (between * (lack / distance)[..., None]).sum(axis=1) * 0.4
    return points


def _packed(parts: Sequence[Mapping[str, Place]]) -> dict[str, Place]:
    """Parts side by side in rows, about half again as wide as high."""
    boxes = [_box(part.values()) for part in parts]
    gap = 2 * APART
    area = sum((x1 - x0 + gap) * (y1 - y0 + gap) for x0, y0, x1, y1 in boxes)
    widest = max([math.sqrt(1.5 * area), *(x1 - x0 + gap for x0, _, x1, _ in boxes)])
    placed: dict[str, Place] = {}
    left = top = height = 0.0
    for part, (x0, y0, x1, y1) in zip(parts, boxes, strict=True):
        if left and left + x1 - x0 + gap > widest + 1e-9:
            left, top, height = 0.0, top - height, 0.0
        placed |= {name: (left + x - x0, top + y - y1) for name, (x, y) in part.items()}
        left, height = left + x1 - x0 + gap, max(height, y1 - y0 + gap)
    return placed


def _box(points: Iterable[Place]) -> tuple[float, float, float, float]:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _beside(
    user: str, apps: Sequence[str], targets: Mapping[str, Sequence[str]], placed: Mapping[str, Place]
) -> dict[str, Place]:
    """The applications of a user in a fan that opens towards what they name."""
    x, y = placed[user]
    aims = {app: _aim(placed[user], [placed[t] for t in targets[app] if t in placed]) for app in apps}
    known = [aim for aim in aims.values() if aim is not None]
    middle = math.atan2(sum(map(math.sin, known)), sum(map(math.cos, known))) if known else math.pi / 2

    def beside_middle(app: str) -> float:
        aim = aims[app]
        return 0.0 if aim is None else math.remainder(aim - middle, math.tau)

    step, reach = min(TURN, math.tau / len(apps)), _reach(len(apps))
    turns = {
        app: middle + (place - (len(apps) - 1) / 2) * step
        for place, app in enumerate(sorted(apps, key=beside_middle))
    }
    return {app: (x + reach * math.cos(turn), y + reach * math.sin(turn)) for app, turn in turns.items()}


def _aim(start: Place, ends: Sequence[Place]) -> float | None:
    if not ends:
        return None
    x, y = np.mean(ends, axis=0) - start
    return math.atan2(y, x)


def _column(hubs: Sequence[RingNode], placed: Mapping[str, Place]) -> dict[str, Place]:
    if not hubs:
        return {}
    _, low, right, high = _box(placed.values()) if placed else (0.0, 0.0, 0.0, 0.0)
    middle = (low + high) / 2
    return {
        hub.id: (right + 1.6 * EDGE, middle + ((len(hubs) - 1) / 2 - place) * 1.2 * APART)
        for place, hub in enumerate(hubs)
    }
