"""Loading means the same however it is done: by batch or bulk, twice, in halves, reversed, after a kill."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import BusyError, GraphUnavailableError, UsageError
from core.files import locked
from core.graph import Graph
from core.server.local import LocalServer
from core.settings import Settings
from graph_schema import live
from loaders.batch import BatchWriter
from loaders.load import Loader, LoadReport
from tests.conftest import ROOT, dump, wipe
from tests.loaders.small_lender import SmallLender, tables, write_lender, write_rows
from tests.loaders.staging import GOOD, HEAD, OUTCOMES, TABLE, mapping, put

pytestmark = pytest.mark.server


def load(settings: Settings, lender: SmallLender, mode: str = "batch") -> LoadReport:
    report = Loader(settings).load(lender.mapping, lender.data, mode)  # type: ignore[arg-type]
    assert report.read == report.accepted + report.rejected + report.conflicts
    return report


def environment(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "FINGRAPH_HOME": str(settings.home),
        "FINGRAPH_CACHE": str(settings.cache),
        "FINGRAPH_PORT_OFFSET": str(settings.port_offset),
        "FINGRAPH_NEO4J_HEAP_MB": str(settings.heap_mb),
        "FINGRAPH_NEO4J_PAGECACHE_MB": str(settings.pagecache_mb),
    }


def start_load(settings: Settings, lender: SmallLender, mode: str = "batch") -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "cli", "load", str(lender.mapping), "--data", str(lender.data)]
    return subprocess.Popen(
        [*command, "--mode", mode, "--json"],
        cwd=ROOT,
        env=environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


@pytest.fixture
def lender(tmp_path: Path) -> SmallLender:
    return write_lender(tmp_path)


def test_every_row_is_accepted_rejected_or_a_conflict_and_every_fact_is_as_declared(
    server: Settings, empty_graph: Graph, lender: SmallLender
) -> None:
    report = load(server, lender)
    rows = sum(len(content) for content in tables(300, 1).values())
    assert report.read == rows
    assert (report.rejected, report.conflicts, report.unchanged) == (0, 0, 0)
    assert report.dropped_links > 0
    assert live.check(empty_graph, live.live_schema(empty_graph)) == []
    found = empty_graph.read(
        "MATCH (u:User)-[:SUBMITTED]->(a:Application {key: 'small:a0'})-[r:GAVE_PHONE {role: 'self'}]->(p:Phone) "
        "RETURN a.known_at AS known_at, a.seq AS seq, r.known_at AS link_at, a.note AS note, p.masked AS masked"
    )[0]
    assert found["seq"] == 0
    assert found["link_at"] == found["known_at"]
    assert "138" in found["masked"]
    assert "00000001" not in found["masked"]


def test_the_same_rows_twice_change_nothing_and_leave_no_trace(
    server: Settings, empty_graph: Graph, lender: SmallLender
) -> None:
    first = load(server, lender)
    before = dump(empty_graph)
    loads = empty_graph.read("MATCH (l:Load) RETURN properties(l) AS l")
    second = load(server, lender)
    assert (second.created, second.unchanged) == (0, first.accepted)
    assert dump(empty_graph) == before
    assert empty_graph.read("MATCH (l:Load) RETURN properties(l) AS l") == loads


def test_rows_taken_as_new_are_looked_up_where_another_load_wrote_them_meanwhile(
    server: Settings, empty_graph: Graph, lender: SmallLender, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load(server, lender)
    before = dump(empty_graph)
    monkeypatch.setattr(BatchWriter, "_unseen", lambda *_: {"Application", "Event", "Outcome", "Product"})
    second = load(server, lender)
    assert (second.created, second.unchanged) == (0, first.accepted)
    assert dump(empty_graph) == before


def test_two_halves_and_reversed_rows_and_files_give_the_same_graph(
    server: Settings, empty_graph: Graph, lender: SmallLender, tmp_path: Path
) -> None:
    load(server, lender)
    whole = dump(empty_graph)
    wipe(empty_graph)
    content = tables(300, 1)
    for part in (1, 0):
        half = SmallLender(tmp_path / f"half{part}", lender.mapping)
        for name, rows in content.items():
            # Users and applications come whole with the first half: a reference to nothing is refused.
            some = rows[part::2] if name in ("logins", "calls", "devices", "outcomes") else rows
            write_rows(half.data / f"{name}.csv", some[::-1])
        applications = content["applications"][::-1]
        (half.data / "applications.csv").unlink()
        write_rows(half.data / "applications-a.csv", applications[part * 150 :] if part else applications)
        write_rows(half.data / "applications-b.csv", applications[: part * 150] or applications[:1])
        load(server, half)
    assert dump(empty_graph) == whole


def test_batch_and_bulk_give_the_same_graph_node_by_node(
    server: Settings, empty_graph: Graph, lender: SmallLender
) -> None:
    if not server.is_local:
        pytest.skip("bulk loads need a local server")
    # A conflict, a repeated row and references to nothing are told apart alike.
    applications = tables(300, 1)["applications"]
    changed = {**applications[5], "amount": "1.00"}
    write_rows(lender.data / "applications-more.csv", [*applications[:9], changed])
    write_rows(
        lender.data / "outcomes.csv",
        [
            *tables(300, 1)["outcomes"],
            *[{"application": "nobody", "target": "fraud", "value": 1, "known": "2024-05-01"}] * 2,
        ],
    )
    batch = load(server, lender)
    by_batch = dump(empty_graph)
    wipe(empty_graph)
    bulk = load(server, lender, "bulk")
    assert dump(empty_graph) == by_batch
    counted = ("read", "accepted", "rejected", "conflicts", "created", "unchanged", "reasons")
    assert [getattr(bulk, name) for name in counted] == [getattr(batch, name) for name in counted]
    assert (batch.rejected, batch.conflicts, batch.unchanged) == (2, 1, 9)
    assert live.check(empty_graph, live.live_schema(empty_graph)) == []


@pytest.mark.parametrize("mode", ["batch", "bulk"])
def test_where_the_first_row_of_an_id_is_refused_the_next_stands(
    server: Settings, empty_graph: Graph, tmp_path: Path, mode: str
) -> None:
    if not server.is_local:
        pytest.skip("bulk loads need a local server")
    put(tmp_path, HEAD + GOOD)
    rows = [("nobody", "yes"), ("a1", "no"), ("a1", "no"), ("a1", "yes"), ("nobody", "yes")]
    lines = [f"o1,{application},{value},2024-04-01" for application, value in rows]
    put(tmp_path, "id,application,value,known\n" + "\n".join(lines), "outcomes.csv")
    report = load(
        server, SmallLender(tmp_path / "data", mapping(tmp_path, TABLE, OUTCOMES + 'id = "id"\n')), mode
    )
    assert (report.created, report.unchanged, report.rejected, report.conflicts) == (2, 1, 2, 1)
    found = empty_graph.read(
        "MATCH (:Application {key: 't:a1'})-->(o:Outcome) RETURN o.key AS k, o.value AS v"
    )
    assert found == [{"k": "t:o1", "v": 0.0}]


def test_a_bulk_load_into_a_graph_that_holds_something_is_refused(
    server: Settings, empty_graph: Graph, lender: SmallLender
) -> None:
    empty_graph.write("CREATE (:Lender {key: 'x:y', source: 'x', id: 'y'})")
    with pytest.raises(UsageError, match="empty graph"):
        load(server, lender, "bulk")


def test_a_load_killed_at_any_moment_and_run_again_gives_the_whole_graph(
    server: Settings, empty_graph: Graph, tmp_path: Path
) -> None:
    lender = write_lender(tmp_path, rows=3_000, seed=3)
    dice = random.Random(5)
    killed = 0
    for _ in range(3):
        process = start_load(server, lender)
        time.sleep(dice.uniform(1.5, 5))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            killed += 1
        process.wait()
    assert killed
    load(server, lender)
    after_kills = dump(empty_graph)
    wipe(empty_graph)
    load(server, lender)
    assert after_kills == dump(empty_graph)


def test_a_bulk_load_killed_while_importing_is_started_afresh(
    server: Settings, empty_graph: Graph, lender: SmallLender
) -> None:
    if not server.is_local:
        pytest.skip("bulk loads need a local server")
    marker = LocalServer(server).folder / "import-under-way"
    process = start_load(server, lender, "bulk")
    deadline = time.monotonic() + 120
    while not marker.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert marker.exists()
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    report = load(server, lender, "bulk")
    assert not marker.exists()
    assert empty_graph.read("MATCH (a:Application) RETURN count(a) AS n")[0]["n"] == 300
    assert report.mode == "bulk"


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
from cli.main import main
main()
"""


@pytest.mark.parametrize(
    ("kilobytes", "note", "imports"),
    [(160, "x" * 1_500, False), (200, "x", True)],
    ids=["writing CSV", "importing"],
)
def test_a_disk_that_fills_during_a_bulk_load_is_named_and_a_second_run_repairs_everything(
    server: Settings, empty_graph: Graph, lender: SmallLender, kilobytes: int, note: str, imports: bool
) -> None:
    if not server.is_local:
        pytest.skip("bulk loads need a local server")
    applications = tables(300, 1)["applications"]
    write_rows(lender.data / "applications.csv", [{**row, "note": note} for row in applications])
    command = [sys.executable, "-c", LIMITED, str(kilobytes << 10), "load", str(lender.mapping)]
    done = subprocess.run(
        [*command, "--data", str(lender.data), "--mode", "bulk", "--json"],
        cwd=ROOT, env=environment(server), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert json.loads(done.stdout)["error"] == "disk.full", done.stdout + done.stderr
    assert LocalServer(server).import_marker.exists() == imports
    assert not list((server.home / "loads").glob("*/csv"))
    report = load(server, lender, "bulk")
    assert report.created == sum(len(content) for content in tables(300, 1).values())
    assert _rows_of(empty_graph) == 300


def test_a_server_killed_during_a_load_is_named_and_a_second_run_repairs_everything(
    server: Settings, empty_graph: Graph, tmp_path: Path
) -> None:
    if not server.is_local:
        pytest.skip("only a local server may be killed")
    lender = write_lender(tmp_path, rows=3_000, seed=4)
    local = LocalServer(server)
    process = start_load(server, lender)
    while not _rows_of(empty_graph) and process.poll() is None:
        time.sleep(0.1)
    os.killpg(int(local.status().pid or 0), signal.SIGKILL)
    output, _ = process.communicate(timeout=200)
    assert process.returncode == GraphUnavailableError.exit_code
    assert json.loads(output)["error"].startswith("graph.")
    local.start()
    load(server, lender)
    repaired = dump(empty_graph)
    wipe(empty_graph)
    load(server, lender)
    assert repaired == dump(empty_graph)


def _rows_of(graph: Graph) -> int:
    return int(graph.read("MATCH (a:Application) RETURN count(a) AS n")[0]["n"])


def test_a_second_load_of_the_same_home_says_that_one_runs(server: Settings, lender: SmallLender) -> None:
    with locked(server.home / "loads" / ".lock", 0, "load"), pytest.raises(BusyError) as caught:
        load(server, lender)
    assert caught.value.code == "home.busy"


def test_what_only_reads_goes_on_while_a_load_runs_and_leaves_what_that_has_staged(
    settings: Settings, lender: SmallLender
) -> None:
    loads = settings.home / "loads"
    with locked(loads / ".lock", 0, "load"), locked(loads / "running" / ".lock", 0, "stage"):
        staged = loads / "running" / "rows-00000.parquet"
        left = loads / "killed" / "rows-00000.parquet"
        left.parent.mkdir(exist_ok=True)
        for path in (staged, left):
            path.write_bytes(b"")
        assert Loader(settings).sample(lender.mapping, lender.data, 10).read > 0
        assert Loader(settings).load(lender.mapping, lender.data, dry_run=True).read > 0
        assert staged.exists()
        assert not left.exists()


def test_two_loads_of_two_homes_into_one_graph_give_what_one_gives(
    server: Settings, empty_graph: Graph, tmp_path: Path
) -> None:
    lender = write_lender(tmp_path, rows=1_500, seed=6)
    secret = (server.secrets / "hash.key").read_text().strip()
    password = server.neo4j_password or (server.secrets / "neo4j.password").read_text().strip()
    loads = []
    for name in ("one", "two"):
        other = replace(server, home=tmp_path / name)
        env = {
            **environment(other),
            "NEO4J_URI": server.uri,
            "NEO4J_PASSWORD": password,
            "FINGRAPH_HASH_KEY": secret,
        }
        command = [sys.executable, "-m", "cli", "load", str(lender.mapping), "--data", str(lender.data)]
        loads.append(
            subprocess.Popen(
                [*command, "--mode", "batch", "--json"], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True
            )
        )
    reports = [json.loads(process.communicate(timeout=300)[0]) for process in loads]
    assert [r.get("error") for r in reports] == [None, None]
    assert sum(r["created"] for r in reports) == reports[0]["accepted"]
    both = dump(empty_graph)
    wipe(empty_graph)
    load(server, lender)
    assert both == dump(empty_graph)


def test_the_same_id_with_other_content_is_a_conflict_and_the_first_stands(
    server: Settings, empty_graph: Graph, lender: SmallLender
) -> None:
    load(server, lender)
    before = dump(empty_graph)
    applications = tables(300, 1)["applications"]
    write_rows(lender.data / "applications.csv", [{**row, "amount": "1.00"} for row in applications[:7]])
    report = load(server, lender)
    assert report.conflicts == 7
    assert dump(empty_graph) == before
    kept = [json.loads(line) for line in Path(report.conflicts_file or "").read_text().splitlines()]
    assert {row["own.amount_cents"] for row in kept} == {100}


def test_a_reference_to_nothing_is_refused_with_its_line(
    server: Settings, empty_graph: Graph, lender: SmallLender
) -> None:
    write_rows(lender.data / "relations.csv", [{"a": "u0", "b": "stranger", "kind": "relative", "level": 1}])
    report = load(server, lender)
    assert report.reasons["reference.missing"] == 1
    refused = [json.loads(line) for line in Path(report.rejects_file or "").read_text().splitlines()]
    assert [(r["table"], r["line"]) for r in refused if r["reason"] == "reference.missing"] == [
        ("relations", 2)
    ]


def test_an_identifier_type_is_added_by_its_declaration_alone(
    server: Settings, empty_graph: Graph, lender: SmallLender
) -> None:
    load(server, lender)
    schema = live.live_schema(empty_graph)
    terminal = schema.identifier("Terminal")
    assert (terminal.relationship, terminal.bind, terminal.walk) == ("AT_TERMINAL", 5, 10)
    found = empty_graph.read(
        "MATCH (t:Terminal)<-[r:AT_TERMINAL]-(:Application|Event) WITH t, r ORDER BY r.known_at, r.seq "
        "WITH t, collect(r) AS links RETURN t.hub_since AS since, t.hub_seq AS seq, links[10].known_at AS at, "
        "links[10].seq AS eleventh"
    )
    assert len(found) == 4
    for row in found:
        assert (row["since"], row["seq"]) == (row["at"], row["eleventh"])


def test_a_graph_hashed_with_another_key_is_not_mixed(
    server: Settings, empty_graph: Graph, lender: SmallLender
) -> None:
    load(server, lender)
    other = replace(server, hash_key="ab" * 32)
    with pytest.raises(Exception, match="hashed with key"):
        load(other, lender)
