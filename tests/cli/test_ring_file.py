"""`fingraph rings show --export` writes whole files, and none over another."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import networkx as nx
import pytest
import typer
from typer.testing import CliRunner

from cli import rings
from cli.ring_file import Export, place_for, write_ring
from core.errors import EnvironmentMissingError, NotFoundError, UsageError
from core.graph import Graph
from core.settings import Settings
from graph_schema import FINGRAPH, live
from rings import RingGraph, RingSummary, RingTotal


def small() -> RingGraph:
    ring = RingSummary("r1", 1, 1, None, 3, 3, None, None, 0, 0, "", 0.9, True, [])
    return RingGraph(ring, [], [], False, RingTotal(0, 0, {}), 0)


def test_a_file_is_named_for_the_ring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert place_for("r1", Export.PNG, None, force=False) == Path("r1.png")
    assert place_for("../../r1", Export.JSON, None, force=False) == Path("r1.json")


def test_a_file_that_stands_is_replaced_only_when_told_to(tmp_path: Path) -> None:
    out = tmp_path / "kept.json"
    out.write_text("mine")
    with pytest.raises(UsageError, match="--force"):
        place_for("r1", Export.JSON, out, force=False)
    told = write_ring(small(), Export.JSON, place_for("r1", Export.JSON, out, force=True))
    assert json.loads(out.read_text())["ring"]["key"] == "r1"
    assert told["bytes"] == out.stat().st_size
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("out", [".", "nowhere/ring.png"])
def test_a_place_that_is_none_is_refused(out: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="no place"):
        place_for("r1", Export.PNG, Path(out), force=True)


def test_a_full_disk_is_named_and_leaves_what_was_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    out = tmp_path / "ring.json"
    out.write_text("mine")

    def full(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[:5])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(EnvironmentMissingError, match="is full"):
        write_ring(small(), Export.JSON, out)
    assert out.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [out]


@pytest.fixture
def ring(server: Settings, empty_graph: Graph, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A ring of three users of one device; commands run in an empty folder."""
    monkeypatch.setattr(rings, "load_settings", lambda: server)
    monkeypatch.chdir(tmp_path)
    live.apply(empty_graph, FINGRAPH, "k")
    empty_graph.write(
        "CREATE (d:Device {key: 'd', masked: 'd***'}) WITH d UNWIND ['a', 'b', 'c'] AS name "
        "CREATE (:User {key: name})-[:SUBMITTED]->(:Application {key: name, lender: 'one'})-[:USED_DEVICE]->(d)"
    )
    rings.run(as_json=True)
    return str(empty_graph.read("MATCH (r:Ring) RETURN r.key AS key")[0]["key"])


def commands() -> typer.Typer:
    return rings.app


@pytest.mark.server
def test_a_ring_is_exported_in_each_form(
    ring: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    capsys.readouterr()
    for export in Export:
        rings.show(ring, export=export, as_json=True)
        told = json.loads(capsys.readouterr().out)
        assert (told["file"], told["nodes"], told["edges"], told["cut"]) == (
            f"{ring}.{export.value}",
            7,
            6,
            False,
        )
    assert (tmp_path / f"{ring}.png").read_bytes().startswith(b"\x89PNG")
    assert len(nx.read_graphml(tmp_path / f"{ring}.graphml")) == 7
    with pytest.raises(UsageError, match="exists already"):
        rings.show(ring, export=Export.PNG)


@pytest.mark.server
def test_the_command_takes_its_options(ring: str, tmp_path: Path) -> None:
    run = CliRunner().invoke(
        commands(), ["show", ring, "--export", "graphml", "--out", "mine.graphml", "--limit", "5"]
    )
    assert run.exit_code == 0
    assert (tmp_path / "mine.graphml").exists()
    assert "Wrote mine.graphml: 5 nodes, 4 edges." in run.output
    assert "The ring has 7 nodes" in run.output


@pytest.mark.server
def test_a_ring_that_nobody_knows_leaves_no_file(ring: str, tmp_path: Path) -> None:
    assert ring
    with pytest.raises(NotFoundError):
        rings.show("nobody", export=Export.PNG)
    assert not list(tmp_path.iterdir())
