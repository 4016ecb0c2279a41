"""Loads where memory is short, and where applications arrive already."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from core.errors import GraphUnavailableError, UsageError
from core.graph import Graph
from core.settings import Settings
from loaders.batch import BatchWriter
from loaders.load import Loader
from queries import statement
from tests.conftest import dump, wipe
from tests.loaders.small_lender import SmallLender, write_lender

pytestmark = pytest.mark.server


@pytest.fixture
def lender(tmp_path: Path) -> SmallLender:
    return write_lender(tmp_path)


def test_rows_that_need_more_memory_than_there_is_are_written_by_halves(
    empty_graph: Graph, server: Settings, lender: SmallLender, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = Loader(server).load(lender.mapping, lender.data, "batch")
    whole = dump(empty_graph)
    wipe(empty_graph)
    original, most = BatchWriter._chunk, 7

    def short(self: BatchWriter, plan: Any, chunk: pl.DataFrame, *rest: Any) -> Any:
        judged = original(self, plan, chunk, *rest)  # memory lacks once something is written
        if chunk.height > most:
            raise GraphUnavailableError("graph.memory", "no more")
        return judged

    monkeypatch.setattr(BatchWriter, "_chunk", short)
    with pytest.raises(GraphUnavailableError, match="no more"):
        Loader(server).load(lender.mapping, lender.data, "batch")
    monkeypatch.setattr("loaders.batch.LEAST", most)
    again = Loader(server).load(lender.mapping, lender.data, "batch")
    told = {"seconds": 0, "load": 0, "rejects_file": "", "conflicts_file": ""}
    assert replace(again, **told) == replace(report, **told)
    assert dump(empty_graph) == whole


def test_files_loaded_where_applications_arrive_are_marked_or_refused(
    empty_graph: Graph, server: Settings, lender: SmallLender
) -> None:
    about = {"source": "s", "mode": "online", "started_at": 5}
    empty_graph.in_write(lambda tx: statement("loads/begin").within(tx, about=about))
    with pytest.raises(UsageError) as refused:
        Loader(server).load(lender.mapping, lender.data, "batch")
    assert refused.value.code == "load.after_arrivals"
    assert not empty_graph.read("MATCH (a:Application) RETURN a LIMIT 1")
    Loader(server).load(lender.mapping, lender.data, "batch", backfill=True)
    marks = "MATCH (l:Load) RETURN l.mode AS mode, l.backfill AS backfill ORDER BY l.load"
    assert [tuple(row.values()) for row in empty_graph.read(marks)] == [("online", None), ("batch", True)]
