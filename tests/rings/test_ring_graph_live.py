"""Rings as graphs, on a real server, against the obvious way."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ring_worlds import LIMITS, SCHEMA, World, constrain, farm, random_world, stored_rings, write

import core.settings
from core.clock import now_us
from core.errors import NotFoundError, UsageError
from core.graph import Graph
from core.settings import Settings
from graph_schema import Personal
from rings import RingGraph, list_rings, ring_graph, rings_frame, run_rings, show_ring
from rings.frames import RINGS

pytestmark = pytest.mark.server

NOW = 1_800_000_000_000_000
RELATIONSHIPS = {i.label: i.relationship for i in SCHEMA.identifiers}
ROLES = {i.label for i in SCHEMA.identifiers if i.roles}
DOCUMENT = Path(__file__).parents[2] / "docs" / "rings.md"

Edge = tuple[str, str, str, str | None, int | None]


def clock() -> int:
    return NOW


@pytest.fixture
def graph_(empty_graph: Graph) -> Graph:
    constrain(empty_graph)
    return empty_graph


def the_ring(graph: Graph, **options: Any) -> RingGraph:
    """The largest ring, as a graph."""
    key = max(stored_rings(graph).items(), key=lambda ring: (len(ring[1][0]), ring[0]))[0]
    return ring_graph(graph, SCHEMA, key, clock=clock, **options)


def slow_graph(world: World, members: frozenset[str]) -> tuple[set[str], set[Edge]]:
    """Node ids and edges of the ring of `members`, the obvious way."""
    rows = {x["key"]: x for x in (*world.applications, *world.events)}
    users = {rows[m]["user"] for m in members} - {None}
    edges: set[Edge] = {
        (f"User:{rows[m]['user']}", f"Application:{m}", "SUBMITTED", None, rows[m]["known_at"])
        for m in members
        if rows[m]["user"]
    }
    named: dict[tuple[str, str], dict[tuple[str, str | None], list[int | None]]] = defaultdict(
        lambda: defaultdict(list)
    )
    namers = defaultdict(set)
    for x in world.links:
        start, thing = x["start"], (x["label"], x["key"])
        user = rows[start]["user"]
        if LIMITS[x["label"]] and (start in members or user in users):
            source = f"Application:{start}" if start in members else f"User:{user}"
            role = x["role"] if x["label"] in ROLES else None
            named[thing][source, role].append(x["known_at"])
            namers[thing].add(user or "?" + start)
    shared = {thing for thing, who in namers.items() if len(who) > 1}
    for label, key in shared:
        for (source, role), times in named[label, key].items():
            first = min((t for t in times if t is not None), default=None)
            edges.add((source, f"{label}:{key}", RELATIONSHIPS[label], role, first))
    nodes = {f"User:{u}" for u in users} | {f"Application:{m}" for m in members}
    return nodes | {f"{label}:{key}" for label, key in shared}, edges


@pytest.mark.parametrize("seed", range(10))
def test_a_ring_has_the_nodes_and_edges_of_its_facts(graph_: Graph, seed: int) -> None:
    world = random_world(random.Random(seed))
    write(graph_, world)
    run_rings(graph_, SCHEMA, clock)
    for key, (members, _) in stored_rings(graph_).items():
        found = ring_graph(graph_, SCHEMA, key, limit=1_000, clock=clock)
        nodes, edges = slow_graph(world, members)
        assert {n.id for n in found.nodes} == nodes
        told = [(e.source, e.target, e.type, e.role, e.known_at) for e in found.edges]
        assert len(set(told)) == len(told)
        assert set(told) == edges
        assert not found.cut
        assert (found.total.nodes, found.total.edges) == (len(nodes), len(edges))


@pytest.mark.parametrize("seed", range(10, 14))
def test_identifiers_are_the_evidence_that_the_ring_shows(graph_: Graph, seed: int) -> None:
    world = random_world(random.Random(seed))
    for row in (*world.applications, *world.events):
        row["user"] = row["user"] or f"s:only-{row['key']}"
    write(graph_, world)
    run_rings(graph_, SCHEMA, clock)
    for key in stored_rings(graph_):
        found = ring_graph(graph_, SCHEMA, key, limit=1_000, clock=clock)
        shown = show_ring(graph_, SCHEMA, key, limit=1_000, clock=clock).evidence.items
        assert {(n.type, n.key, n.properties["users"], n.known_at) for n in found.identifiers} == {
            (e["type"], e["key"], e["users"], e["first_at"]) for e in shown
        }


def test_what_ties_fewest_users_is_left_out_first_and_counted(graph_: Graph) -> None:
    world = farm(6)
    for i in range(6):
        world.link(f"s:a{i:02}", "BankCard", f"c{i // 2}", i)
        world.link(f"s:a{i:02}", "Phone", f"p{i // 3}", i)
    write(graph_, world)
    run_rings(graph_, SCHEMA, clock)
    whole = the_ring(graph_)
    assert [n.key for n in whole.identifiers] == ["d1", "p0", "p1", "c0", "c1", "c2"]
    cut = the_ring(graph_, limit=14)
    assert [n.key for n in cut.identifiers] == ["d1", "p0"]
    assert len(cut.of_type("User", "Application")) == 12
    assert cut.cut
    assert cut.total == whole.total
    assert (whole.total.nodes, whole.total.edges) == (18, 24)
    assert dict(whole.total.by_type) == {"User": 6, "Application": 6, "BankCard": 3, "Device": 1, "Phone": 2}
    assert not the_ring(graph_, limit=18).cut


def test_a_ring_larger_than_the_limit_keeps_what_ties_it_and_its_first_members(graph_: Graph) -> None:
    write(graph_, farm(40))
    schema = replace(SCHEMA, identifiers=tuple(replace(i, bind=40) for i in SCHEMA.identifiers))
    run_rings(graph_, schema, clock)
    found = the_ring(graph_, limit=30)
    assert len(found.nodes) <= 30
    assert [n.key for n in found.identifiers] == ["d1"]
    assert [n.key for n in found.of_type("Application")] == [f"s:a{i:02}" for i in range(14)]
    assert len(found.of_type("User")) == 14
    ids = {n.id for n in found.nodes}
    assert all(e.source in ids and e.target in ids for e in found.edges)
    assert (found.total.nodes, found.total.edges) == (81, 80)
    for limit in (1, 2, 3):
        assert len(the_ring(graph_, limit=limit).nodes) <= limit


def test_a_hub_is_a_node_with_its_count_and_nothing_beyond(graph_: Graph) -> None:
    world = farm(3)
    for i in range(3):
        world.link(f"s:a{i:02}", "Phone", "busy", i, "contact")
    for i in range(40):
        world.apply(f"s:x{i:02}", f"s:other{i}", 100 + i)
        world.link(f"s:x{i:02}", "Phone", "busy", 100 + i, "contact")
    write(graph_, world)
    run_rings(graph_, SCHEMA, clock)
    found = the_ring(graph_)
    device, hub = found.identifiers
    assert (device.is_hub, hub.is_hub) == (False, True)
    assert (hub.properties["links"], hub.properties["users"]) == (43, 3)
    assert not [n for n in found.nodes if "other" in n.key or n.key.startswith("s:x")]
    assert sum(e.target == hub.id for e in found.edges) == 3


def test_an_outcome_shows_once_it_is_known(graph_: Graph) -> None:
    write(graph_, farm(3))
    graph_.write(
        "UNWIND [['s:a00', 5], ['s:a01', $late]] AS x MATCH (a:Application {key: x[0]}) CREATE (a)-[:HAD_OUTCOME]->"
        "(:Outcome {key: x[0], target: 'fraud', value: 1.0, known_at: x[1], seq: 0})",
        late=NOW + 1,
    )
    run_rings(graph_, SCHEMA, clock)
    told = {n.key: n.properties.get("fraud") for n in the_ring(graph_).of_type("Application")}
    assert told == {"s:a00": 1.0, "s:a01": None, "s:a02": None}


def test_nothing_that_describes_or_names_a_person_leaves(graph_: Graph) -> None:
    write(graph_, farm(3))
    graph_.write("MATCH (d:Device) REMOVE d.masked")
    for label in ("User", "Application", "Device"):
        names = [p.name for p in SCHEMA.node(label).properties if p.personal is not Personal.NONE]
        secret = {name: "SECRET" for name in names if name not in ("key", "masked")}
        graph_.write(
            f"MATCH (n:{label}) SET n += $secret, n.unheard = 'SECRET', n.source = 'SECRET'", secret=secret
        )
    run_rings(graph_, SCHEMA, clock)
    found = the_ring(graph_)
    assert "SECRET" not in str(found.as_dict())
    assert [n.label for n in found.identifiers] == ["***"]
    lenders = {n.properties["lender"] for n in found.of_type("Application")}
    assert lenders == {"one"}


def test_a_dissolved_ring_is_shown_as_it_was_last(graph_: Graph) -> None:
    write(graph_, farm(3))
    run_rings(graph_, SCHEMA, clock)
    (key,) = stored_rings(graph_)
    graph_.write("MATCH (:Application)-[r:USED_DEVICE]->() DELETE r")
    run_rings(graph_, SCHEMA, lambda: NOW + 1)
    assert ring_graph(graph_, SCHEMA, key, as_of=NOW).ring.dissolved_run is None
    found = ring_graph(graph_, SCHEMA, key, as_of=NOW + 2)
    assert found.ring.dissolved_run is not None
    assert len(found.of_type("Application")) == 3


def test_a_ring_that_nobody_knows_and_a_limit_that_is_none_are_refused(graph_: Graph) -> None:
    with pytest.raises(NotFoundError):
        ring_graph(graph_, SCHEMA, "nobody")
    for limit in (0, 1_001):
        with pytest.raises(UsageError):
            ring_graph(graph_, SCHEMA, "nobody", limit=limit)


def test_the_frame_of_rings_is_their_list(graph_: Graph) -> None:
    assert rings_frame(graph_).empty
    for i in range(5):
        write(graph_, farm(3 + i, f"d{i}", f"{i}-"))
    run_rings(graph_, SCHEMA, clock)
    frame = rings_frame(graph_, as_of=NOW, everything=True)
    listed = list_rings(graph_, as_of=NOW, everything=True).items
    assert list(frame["ring"]) == [ring.key for ring in listed]
    assert list(frame["applications"]) == [ring.applications for ring in listed]
    assert list(frame) == list(RINGS)
    assert str(frame["first_at"].dtype) == "datetime64[us, UTC]"
    assert frame.attrs["cut"] is False
    part = rings_frame(graph_, as_of=NOW, everything=True, limit=2)
    assert list(part["ring"]) == [ring.key for ring in listed[:2]]
    assert part.attrs["cut"] is True
    with pytest.raises(UsageError):
        rings_frame(graph_, limit=0)


def test_the_python_of_the_document_runs(
    graph_: Graph, server: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write(graph_, farm(3))
    run_rings(graph_, SCHEMA, now_us)
    graph_.write("MATCH (r:Ring|RingState) SET r.listed = true")
    monkeypatch.setattr(core.settings, "load_settings", lambda: server)
    monkeypatch.chdir(tmp_path)
    examples = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert examples
    for example in examples:
        names: dict[str, Any] = {}
        exec(example, names)
        assert len(names["members"]) == 3
        assert names["strangers"] == 3
        assert (tmp_path / "ring.png").read_bytes().startswith(b"\x89PNG")
