"""A graph without rings says why, and what to do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cli import rings
from core.graph import Graph
from core.settings import Settings
from graph_schema import FINGRAPH, live
from graph_schema.declaration import identifier_type

pytestmark = pytest.mark.server


@pytest.fixture
def terminals(server: Settings, empty_graph: Graph, monkeypatch: pytest.MonkeyPatch) -> Graph:
    """Users who paid at one terminal, a type that never binds."""
    monkeypatch.setattr(rings, "load_settings", lambda: server)
    terminal = identifier_type("Terminal", "A till.", "AT_TERMINAL", normaliser="code", bind=0)
    live.apply(empty_graph, FINGRAPH.extended([terminal]), "k")
    empty_graph.write(
        "CREATE (t:Terminal {key: 't'}) WITH t UNWIND ['a', 'b', 'c'] AS name "
        "CREATE (:User {key: name})-[:SUBMITTED]->(:Application {key: name})-[:AT_TERMINAL]->(t)"
    )
    return empty_graph


def test_no_rings_are_explained_by_what_the_graph_holds(
    terminals: Graph, capsys: pytest.CaptureFixture[str]
) -> None:
    def why() -> str:
        return str(json.loads(capsys.readouterr().out)["why"])

    rings.list_(as_json=True)
    assert why() == "Nobody has looked for rings in this graph yet: fingraph rings run"
    rings.run(as_json=True)
    told = why()
    assert told.startswith("This graph holds no identifier of a type that ties users into rings.")
    assert "Device: 20 users, 0 in the graph" in told
    assert "never do: Terminal (1)" in told
    rings.list_()
    assert capsys.readouterr().out.strip() == told
    terminals.write("CREATE (:Device {key: 'd'})")
    rings.list_(as_json=True)
    assert why().startswith("Too few applications of different users share an identifier")


def test_a_list_as_of_a_day_before_any_run_is_empty_and_one_of_now_shows_them(
    terminals: Graph, capsys: pytest.CaptureFixture[str]
) -> None:
    terminals.write(
        "CREATE (d:Device {key: 'd'}) WITH d MATCH (a:Application) CREATE (a)-[:USED_DEVICE]->(d)"
    )
    rings.run(as_json=True)
    capsys.readouterr()

    def listed(**how: Any) -> dict[str, Any]:
        rings.list_(everything=True, as_json=True, **how)
        return dict(json.loads(capsys.readouterr().out))

    (one,) = listed()["items"]
    assert listed()["total"] == 1
    assert isinstance(one["reasons"], list)
    assert (listed(as_of=1)["items"], listed(as_of=1)["why"]) == ([], None)
    assert listed(lender="nobody")["items"] == []
    rings.show(one["key"])
    assert one["key"] in capsys.readouterr().out


def test_rings_need_no_explanation(terminals: Graph, capsys: pytest.CaptureFixture[str]) -> None:
    terminals.write(
        "CREATE (d:Device {key: 'd'}) WITH d MATCH (a:Application) CREATE (a)-[:USED_DEVICE]->(d)"
    )
    rings.run(as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert (found["rings"], found["listed"]) == (1, 0)
    assert found["why"] == "1 groups share something; none scores as a ring. See: fingraph rings list --all"
    rings.list_(everything=True, as_json=True)
    assert json.loads(capsys.readouterr().out)["why"] is None
