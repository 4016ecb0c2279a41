"""Facts are the same whatever the size of the blocks that they are read in, and a block holds so many links and no more."""

from __future__ import annotations

import random

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from ring_worlds import constrain, random_world, write

from core.graph import Graph
from core.progress import SILENT
from graph_schema import FINGRAPH
from rings import read
from rings.read import read_facts

ALL = ["target", "thing", "type", "role", "known_at", "seq"]


@pytest.mark.server
def test_small_blocks_read_the_same_facts(empty_graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    constrain(empty_graph)
    random_ = random.Random(4)
    write(empty_graph, random_world(random_), random_)
    whole = read_facts(empty_graph, FINGRAPH, SILENT)
    monkeypatch.setattr(read, "BLOCK", 3)
    monkeypatch.setattr(read, "MOST_LINKS", 4)
    parts = read_facts(empty_graph, FINGRAPH, SILENT)
    assert whole.links.height > 40
    assert_frame_equal(whole.links.sort(ALL), parts.links.sort(ALL))
    assert_frame_equal(whole.targets.sort("target", "user"), parts.targets.sort("target", "user"))
    assert_frame_equal(whole.outcomes, parts.outcomes, check_row_order=False)


def test_a_block_has_so_many_links_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MOST_LINKS", 10)
    degrees = [2, 3, 50, 2, 2, 9, 4, 7, 2]
    things = pl.DataFrame({"thing": range(9), "degree": degrees})
    blocks = read._by_links(things, most=8)
    assert [one for block in blocks for one in block] == list(range(9))
    assert all(sum(min(8, degrees[one]) for one in block) < 10 + 8 for block in blocks)
    assert len(blocks) == 4
    assert read._by_links(things.clear(), most=8) == []
