"""Staged files are read no wider than what is made of them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from loaders.mapping import read_mapping
from loaders.plan import Part
from loaders.staged import StagedTable
from tests.loaders.staging import GOOD, HEAD, TABLE, mapping, put, stager


def test_nodes_and_links_of_a_kind_need_their_own_columns_alone(tmp_path: Path) -> None:
    put(tmp_path, HEAD + GOOD)
    (whole,) = stager(tmp_path, read_mapping(mapping(tmp_path, TABLE))).run()
    phone = next(fact for fact in whole.plan.nodes if fact.label == "Phone")
    given = next(fact for fact in whole.plan.links if fact.link.end == "Phone")
    path = tmp_path / "narrow.parquet"
    pl.read_parquet(whole.parts, columns=sorted({*phone.reads, *given.reads, "_digest"})).write_parquet(path)
    narrow = StagedTable(whole.table, whole.plan, [path])
    for table in (whole, narrow):
        (nodes,) = table.nodes("Phone", 1, Part.SHARED)
        (links,) = table.links(given.link, 1)
        (keys,) = table.keys("Phone", Part.SHARED)
        assert nodes["key"].to_list() == links["end"].to_list() == keys["key"].to_list()
