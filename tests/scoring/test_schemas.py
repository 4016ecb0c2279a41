"""What mappings declared is known at a start while the graph is away."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from core.errors import GraphUnavailableError
from graph_schema import FINGRAPH
from graph_schema.declaration import identifier_type
from scoring import schemas
from scoring.schemas import Schemas


class Nothing:
    """A graph; what is asked of it is patched."""

    def until(self, _: float) -> Nothing:
        return self


def away(_: Any) -> None:
    raise GraphUnavailableError("graph.unavailable", "away")


def test_the_last_schema_is_kept_for_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wider = FINGRAPH.extended(
        [identifier_type("Terminal", "Where it was.", "USED_TERMINAL", normaliser="code")], {}
    )
    graph: Any = Nothing()
    monkeypatch.setattr(schemas, "live_schema", lambda _: wider)
    assert Schemas(tmp_path / "schema.json").of(graph) == wider
    monkeypatch.setattr(schemas, "live_schema", away)
    again = Schemas(tmp_path / "schema.json")
    assert again.known(graph) == wider
    assert again.known(graph) is again.known(graph)
    monkeypatch.setattr(schemas, "live_schema", lambda _: FINGRAPH)
    assert again.of(graph) == FINGRAPH, "asked again as soon as the graph is there"


def test_without_any_nothing_is_guessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemas, "live_schema", away)
    with pytest.raises(GraphUnavailableError):
        Schemas(tmp_path / "schema.json").known(Nothing())  # type: ignore[arg-type]


def test_a_frozen_graph_keeps_nobody_who_asks_for_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    graph: Any = Nothing()
    monkeypatch.setattr(schemas, "SECONDS", 0.05)
    monkeypatch.setattr(schemas, "live_schema", lambda _: FINGRAPH)
    asked, thawed, looks = Schemas(), threading.Event(), []
    first = asked.known(graph)

    def frozen(of: Any) -> Any:
        if of is not graph:  # a server of another test, that asks for its own
            return FINGRAPH
        looks.append(threading.current_thread().name)
        thawed.wait(10)
        return FINGRAPH

    monkeypatch.setattr(schemas, "live_schema", frozen)
    began = time.monotonic()
    for _ in range(20):
        assert asked.known(graph) is first
        time.sleep(0.01)
    assert time.monotonic() - began < 5
    assert looks == ["fingraph-schema"], "one look beside them, and no other while it goes on"
    thawed.set()
