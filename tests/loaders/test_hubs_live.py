"""The point at which an identifier became a hub is right whoever writes at the same time."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from core.graph import Graph, Transaction
from graph_schema import FINGRAPH
from graph_schema.cypher import constraints, create_links, hub_candidates, mark_hubs

pytestmark = pytest.mark.server

WALK = 80
DEVICE = replace(FINGRAPH.identifier("Device"), walk=WALK)
LINK = FINGRAPH.relationship("USED_DEVICE", "Application", "Device")


@pytest.mark.parametrize(("writers", "before", "each"), [(2, 60, 15), (2, 0, 50), (6, 60, 9)])
@pytest.mark.parametrize("seed", range(3))
def test_writers_at_once_push_an_identifier_past_its_limit_and_the_point_is_the_one_of_all_their_links(
    empty_graph: Graph, writers: int, before: int, each: int, seed: int
) -> None:
    for statement in constraints(FINGRAPH):
        empty_graph.implicit(statement)
    total = before + writers * each
    points = random.Random(seed).sample(range(10 * total), total)
    empty_graph.write("CREATE (:Device {key: 'd'})")
    chunks = [points[:before], *(points[before + n * each : before + (n + 1) * each] for n in range(writers))]
    write(empty_graph, chunks[0])
    together = threading.Barrier(writers)
    with ThreadPoolExecutor(writers) as pool:
        done = [pool.submit(write, empty_graph, chunk, together) for chunk in chunks[1:]]
        for one in done:
            one.result()
    found = empty_graph.read(
        "MATCH (d:Device) RETURN d.hub_since AS since, COUNT { (d)<-[:USED_DEVICE]-() } AS links, d.hub_seq AS seq"
    )
    expected = sorted(points)[WALK] if total > WALK else None
    assert found == [{"since": expected, "links": total, "seq": None if expected is None else -expected}]


def write(graph: Graph, points: list[int], together: threading.Barrier | None = None) -> None:
    """One transaction of a load: applications with a link each to the device, then its hubs."""
    make = hub_candidates(create_links(LINK, ["known_at", "seq"]), DEVICE)
    tries: list[int] = []

    def work(tx: Transaction) -> None:
        ids = tx.run(
            "MATCH (d:Device {key: 'd'}) UNWIND $points AS at CREATE (a:Application {key: toString(at)}) "
            "RETURN id(d) AS device, collect(id(a)) AS applications",
            points=points,
        )
        tries.append(1)
        if together and len(tries) == 1:
            together.wait(60)  # all of them have begun before the first writes its links
        if not ids:
            return
        end = [ids[0]["device"]] * len(points)
        past = tx.run(
            make,
            start=ids[0]["applications"], end=end, known_at=points, seq=[-at for at in points], walk=WALK,
        )  # fmt: skip
        if past:
            tx.run(mark_hubs(DEVICE), id=[row["id"] for row in past], walk=WALK)

    graph.in_write(work)
