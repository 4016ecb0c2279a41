"""Pairs and components in the database are those of the columns, on a real server."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from ring_worlds import SCHEMA, World, constrain, facts_of, farm, random_world, stored_rings, write

from core.clock import DAY
from core.errors import GraphUnavailableError
from core.graph import Graph
from core.progress import SILENT
from core.settings import Settings
from graph_schema import Bond, Schema
from graph_schema.declaration import identifier_type
from graph_schema.live import live_schema
from loaders.load import Loader
from rings import EngineName, gds, run_rings
from rings.bonds import JOINT, pair_strengths
from rings.choose import Finder
from rings.components import LEVELS, in_columns
from rings.found import found_rings
from rings.gds import PREFIX, engine
from rings.read import read_facts
from simulator import order, simulate

pytestmark = pytest.mark.server

MOMENT = 1_800_000_000_000_000
TERMINAL = identifier_type(
    "Terminal",
    "Where it was typed in.",
    "AT_TERMINAL",
    normaliser="code",
    bind=4,
    bonds=(Bond(0.3), Bond(0.6, 5 * DAY), Bond(0.8, undated=True)),
)
EXTENDED: Schema = replace(SCHEMA, identifiers=(*SCHEMA.identifiers, TERMINAL))


def test_random_worlds_hold_all_that_the_comparison_is_about() -> None:
    """A hub past all limits, applications of two users, roles, events, links without time, nobody's applications."""
    world = rich_world(random.Random(0))
    finder = Finder(SCHEMA, facts_of(world))
    assert not finder.bonds.filter(pl.col("type") == JOINT).is_empty()
    assert world.events and {x["role"] for x in world.links} == {"self", "contact"}
    assert any(x["user"] is None for x in world.applications)
    assert any(x["known_at"] is None for x in world.links)
    assert sum(x["key"] == "Phone-hub" for x in world.links) > 40


def rich_world(random_: random.Random) -> World:
    """A random world with applications of two users, a hub, terminals, and names that an event and application share."""
    world = random_world(random_)
    users = sorted({x["user"] for x in world.applications if x["user"]})
    for row in random_.sample(world.applications, len(world.applications) // 4):
        world.applications.append({**row, "user": random_.choice([*users, f"s:joint{row['key']}"])})
    for i in range(60):
        at = random_.randrange(40 * DAY)
        world.apply(f"s:hub{i}", random_.choice([*users, f"s:hub-user{i}"]), at)
        world.link(f"s:hub{i}", "Phone", "Phone-hub", at, random_.choice(["self", "contact"]))
    row = {"key": "s:same", "user": None, "known_at": 5, "seq": 0, "amount": 1}
    world.applications.append(row)
    world.events.append(row)
    world.link("s:same", "Device", "Device-1", 5)
    for x in [*world.applications, *world.events]:
        if random_.random() < 0.3:
            world.link(x["key"], "Terminal", f"t{random_.randrange(8)}", x["known_at"])
    return world


@pytest.fixture
def graph_(empty_graph: Graph) -> Graph:
    constrain(empty_graph)
    return empty_graph


def write_all(graph: Graph, world: World, random_: random.Random) -> None:
    write(graph, world, random_)
    graph.write(
        "UNWIND $rows AS x MATCH (a:Application|Event {key: x.start}) MERGE (i:Terminal {key: x.key}) "
        "MERGE (a)-[r:AT_TERMINAL]->(i) SET r.known_at = x.known_at, r.seq = x.seq",
        rows=[x for x in world.links if x["label"] == "Terminal"],
    )


def projections(graph: Graph) -> list[str]:
    return [
        row["name"] for row in graph.read("CALL gds.graph.list() YIELD graphName RETURN graphName AS name")
    ]


def in_database(graph: Graph, schema: Schema, point: int, by: EngineName = EngineName.GDS) -> gds.Engine:
    return engine(by, graph, schema, point=point, run=1, progress=SILENT)


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("point", [6, 12 * DAY, MOMENT], ids=["first", "middle", "last"])
def test_random_graphs_have_the_same_groups_at_every_level_and_the_same_rings(
    graph_: Graph, seed: int, point: int
) -> None:
    random_ = random.Random(seed)
    write_all(graph_, rich_world(random_), random_)
    facts = read_facts(graph_, EXTENDED, SILENT).before(point)
    finder = Finder(EXTENDED, facts)
    pairs = pair_strengths(finder.bonds)
    names = finder.users.names
    ours, theirs = in_columns(names, pairs), in_database(graph_, EXTENDED, point)(names, pairs)
    for level, one, other in zip(LEVELS, ours, theirs, strict=True):
        assert one.tolist() == other.tolist(), level
    assert found_rings(finder) == found_rings(
        Finder(EXTENDED, facts, engine=in_database(graph_, EXTENDED, point))
    )
    assert projections(graph_) == []


@pytest.mark.slow
def test_a_simulated_world_has_the_same_groups_and_the_same_rings(
    graph_: Graph, server: Settings, tmp_path: Path
) -> None:
    simulate(order(1_000, "2025-01-01", 20, 1), tmp_path)
    Loader(server).load(tmp_path / "mapping.toml", tmp_path)
    schema = live_schema(graph_)
    facts = read_facts(graph_, schema, SILENT).before(MOMENT)
    finder = Finder(schema, facts)
    pairs, names = pair_strengths(finder.bonds), finder.users.names
    assert pairs.height > 100
    theirs = in_database(graph_, schema, MOMENT)(names, pairs)
    assert [one.tolist() for one in in_columns(names, pairs)] == [one.tolist() for one in theirs]
    first = run_rings(graph_, schema, lambda: MOMENT, by=EngineName.COLUMNS)
    rings = stored_rings(graph_)
    assert first.rings
    assert run_rings(graph_, schema, lambda: MOMENT + 1, by=EngineName.GDS).unchanged
    assert run_rings(graph_, schema, lambda: MOMENT + 2, by=EngineName.AUTO).unchanged
    assert stored_rings(graph_) == rings


def leave(graph: Graph, name: str) -> None:
    """A projection that somebody left."""
    graph.read(
        "MATCH (u:User) WITH gds.graph.project($name, u, u) AS p RETURN p.nodeCount AS n",
        name=name,
    )


def test_a_projection_is_dropped_when_a_run_fails_and_what_a_killed_one_left_by_the_next(
    graph_: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(graph_, farm(3))
    leave(graph_, "somebody-elses")
    leave(graph_, f"{PREFIX}1")
    leave(graph_, f"{PREFIX}7")

    def broken(*_: object) -> None:
        assert sorted(projections(graph_)) == [f"{PREFIX}1", "somebody-elses"]
        raise RuntimeError

    try:
        with monkeypatch.context() as patch, pytest.raises(RuntimeError):
            patch.setattr(gds, "_groups", broken)
            run_rings(graph_, SCHEMA, lambda: MOMENT, by=EngineName.GDS)
        assert projections(graph_) == ["somebody-elses"]
        assert run_rings(graph_, SCHEMA, lambda: MOMENT, by=EngineName.GDS).rings == 1
        assert projections(graph_) == ["somebody-elses"]
    finally:
        graph_.read("CALL gds.graph.drop('somebody-elses') YIELD graphName RETURN graphName")


def test_what_does_not_fit_is_refused_and_auto_computes_it_in_the_process(
    graph_: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(graph_, farm(3))
    monkeypatch.setattr(gds, "PAIR_BYTES", 10**12)
    with pytest.raises(GraphUnavailableError) as refused:
        run_rings(graph_, SCHEMA, lambda: MOMENT, by=EngineName.GDS)
    assert refused.value.code == "rings.gds_memory"
    assert run_rings(graph_, SCHEMA, lambda: MOMENT, by=EngineName.AUTO).rings == 1
    assert projections(graph_) == []
