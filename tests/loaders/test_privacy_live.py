"""No raw identifier is in the graph, the logs, the files beside a load, or an error: everything is searched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.graph import Graph
from core.server.local import LocalServer
from core.settings import Settings
from loaders.load import Loader
from tests.conftest import ROOT, dump, wipe
from tests.loaders.small_lender import MAPPING, Rows, SmallLender, tables, write_rows

pytestmark = pytest.mark.server

MORE = """
[[table.identifiers]]
type = "IdNumber"
column = "id_number"
[[table.identifiers]]
type = "BankCard"
column = "card"
[[table.identifiers]]
type = "Address"
column = "address"
[[table.identifiers]]
type = "Email"
column = "email"
on_invalid = "drop"
[[table.identifiers]]
type = "IpAddress"
column = "ip"
"""
MARKS = ("qzxw", "7731977", "龘靐", "1979071377", "203.0.113.77")
"""What every raw value below holds in the part that no mask shows; ids and free text are free of it."""
ENCODINGS = ("utf-8", "utf-16-le", "gb18030")
HOSTILE = (
    "'}) DETACH DELETE n //",
    "<script>alert('x')</script>",
    'a "quoted", text',
    "ends in \\",
    '\\"',
    "two\nlines",
    "`x` $y {z}",
    "=1+1;|\t.",
    "NULL",
    "，全角　空格",
)


def _id_number(n: int) -> str:
    body = f"1101051979071377{n % 10}"[:17]
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def _card(n: int) -> str:
    body = f"62284877319770{n % 10}"
    doubled = [int(d) * (2 - i % 2) for i, d in enumerate(reversed(body))]
    return body + str(-sum(d // 10 + d % 10 for d in doubled) % 10)


def _phone(value: object) -> str:
    text = str(value)
    return f"137731977{text[-2:]}" if len(text) == 11 else text


def _personal(row: dict[str, object], n: int) -> dict[str, object]:
    """The row with raw values that are found wherever they come to lie."""
    return row | {
        "name": f"王龘靐{chr(0x4E00 + n % 50)}", "device": f"qzxw-{row['device']}", "phone": _phone(row["phone"]),
        "contact": _phone(row["contact"]), "id_number": _id_number(n), "card": _card(n), "ip": "203.0.113.77",
        "address": f"qzxw 路 {n % 40} 号", "email": f"qzxw.{n % 50}@mail.example",
    }  # fmt: skip


@pytest.fixture
def lender(tmp_path: Path) -> SmallLender:
    made: dict[str, Rows] = tables(60, 9)
    made["applications"] = [_personal(row, n) for n, row in enumerate(made["applications"])]
    for row in made["logins"] + made["devices"]:
        row["device"] = f"qzxw-{row['device']}"
    for row in made["late_links"]:
        row["email"] = f"qzxw.{row['application']}@mail.example"
    for row in made["calls"]:
        row |= {"a": _phone(row["a"]), "b": _phone(row["b"])}
    for name, rows in made.items():
        write_rows(tmp_path / "data" / f"{name}.csv", rows)
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        MAPPING.replace("[[table.outcomes]]", MORE + "[[table.outcomes]]", 1), encoding="utf-8"
    )
    return SmallLender(tmp_path / "data", mapping)


def _fingraph(settings: Settings, *arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "FINGRAPH_HOME": str(settings.home),
        "FINGRAPH_CACHE": str(settings.cache),
        "FINGRAPH_PORT_OFFSET": str(settings.port_offset),
    }
    command = [sys.executable, "-m", "cli", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def _marks_in(text: str) -> list[str]:
    return [mark for mark in MARKS if mark in text.lower()]


def _marked_files(home: Path) -> Iterator[tuple[Path, bytes]]:
    """Files below `home` that hold a mark in an encoding that a store or a log may use."""
    spelt = {text.encode(code) for mark in MARKS for text in (mark, mark.upper()) for code in ENCODINGS}
    for path in home.rglob("*"):
        if not path.is_file() or path.is_symlink():
            continue
        with path.open("rb") as file:
            before = b""
            while block := file.read(1 << 20):
                # Logs of transactions are laid out ahead of time and mostly zeros.
                if block.count(0) < len(block):
                    yield from ((path, mark) for mark in spelt if mark in before + block)
                before = block[-64:]


def test_no_raw_value_is_in_the_graph_the_logs_the_files_or_the_output(
    server: Settings, empty_graph: Graph, lender: SmallLender
) -> None:
    first = _fingraph(server, "load", lender.mapping, "--data", lender.data, "--mode", "batch", "--json")
    assert json.loads(first.stdout)["rejected"] == 0, first.stdout
    applications = [_personal(row, n) for n, row in enumerate(tables(60, 9)["applications"])]
    faults = [
        {"at": "2024-02-30"}, {"at": "1377319770"}, {"amount": "137731977x"}, {"phone": "7731977"},
        {"id_number": "110105197907137799"}, {"card": "6228487731977000"}, {"ip": "203.0.113.777"},
        {"name": "1 7731977"}, {"id": ""}, {"n": "7731977x"}, {"signed_up": "7731977"}, {"approved": "qzxw"},
        {"contact": "7731977"}, {"email": "qzxw"}, {"amount": "1.00"}, {"phone": "13773197799"},
    ]  # fmt: skip
    broken: Rows = [{**row, **fault} for row, fault in zip(applications, faults, strict=False)]
    write_rows(
        lender.data / "applications-more.csv",
        [{**row, "id": f"x{n}{row['id']}"} for n, row in enumerate(broken)],
    )
    write_rows(lender.data / "applications-other.csv", broken)
    with (lender.data / "applications-more.csv").open("ab") as out:
        out.write('x,"qzxw\nqzxw,7731977\nqzxw"7731977",龘靐\n'.encode() + "王龘靐".encode("gb18030") + b"\n")
    outputs = [
        _fingraph(server, "load", lender.mapping, "--data", lender.data, "--mode", "batch", *json_)
        for json_ in ([], ["--json"])
    ]
    assert [done.returncode for done in outputs] == [0, 0], outputs[1].stderr
    report = json.loads(outputs[1].stdout)
    assert report["rejected"] > 20
    assert report["conflicts"] >= 2
    assert report["dropped_links"] > 0
    outputs += _failing_commands(server, lender)
    for done in (first, *outputs):
        assert _marks_in(done.stdout + done.stderr) == []
    assert (
        _marks_in(str(dump(empty_graph)) + str(empty_graph.read("MATCH (n:Load|SchemaState) RETURN n"))) == []
    )
    if server.is_local:
        # What is still in memory comes to disk.
        LocalServer(server).stop()
    marked = list(_marked_files(server.home))
    if server.is_local:
        LocalServer(server).start()
    assert marked == []


def _failing_commands(server: Settings, lender: SmallLender) -> list[subprocess.CompletedProcess[str]]:
    """Commands that stop at something whose neighbourhood holds raw values."""
    text = lender.mapping.read_text(encoding="utf-8")
    wrong = {
        "columns": text.replace('file = "applications*.csv"', 'file = "headless.csv"'),
        "values": text.replace(
            'column = "note" }', 'column = "note", values = { "王龘靐" = [1], qzxw = [2] } }'
        ),
        "mixed": text.replace(
            'column = "note" }', 'column = "note", values = { "王龘靐" = 1, qzxw = "龘靐" } }'
        ),
        "constant": text.replace('column = "note" }', 'constant = "qzxw", type = "integer" }'),
        "syntax": text + '\n"13773197701" = = "qzxw"\n',
        "json": text.replace('file = "applications*.csv"', 'file = "people.jsonl"'),
    }
    head = (lender.data / "applications.csv").read_text(encoding="utf-8").split("\n")
    (lender.data / "headless.csv").write_text("\n".join(head[1:]), encoding="utf-8")
    (lender.data / "people.jsonl").write_text('{"id": 1, "13773197701": {"qzxw@mail.example": 2}}\n')
    done = []
    for name, content in wrong.items():
        assert content != text
        mapping = lender.mapping.with_name(f"{name}.toml")
        mapping.write_text(content, encoding="utf-8")
        json_ = ["--json"] if name in ("columns", "values") else []
        done.append(_fingraph(server, "mapping", "check", mapping, "--data", lender.data, *json_))
        assert done[-1].returncode == 2, (name, done[-1].stdout, done[-1].stderr)
        assert "Traceback" not in done[-1].stderr
    return done


def test_hostile_text_means_the_same_by_batch_and_by_bulk_and_raw_values_stay_out_of_both(
    server: Settings, empty_graph: Graph, lender: SmallLender
) -> None:
    if not server.is_local:
        pytest.skip("bulk loads need a local server")
    rows: Rows = [_personal(row, n) for n, row in enumerate(tables(60, 9)["applications"])]
    for n, hostile in enumerate(HOSTILE):
        plain = " ".join(hostile.split())
        rows[n] |= {"note": hostile, "user": plain, "product": plain, "device": f"qzxw {plain}"}
    write_rows(lender.data / "applications.csv", rows)
    batch = Loader(server).load(lender.mapping, lender.data, "batch")
    by_batch = dump(empty_graph)
    notes = {row["n"] for row in empty_graph.read("MATCH (a:Application) RETURN a.note AS n")}
    assert set(HOSTILE) <= notes
    wipe(empty_graph)
    bulk = Loader(server).load(lender.mapping, lender.data, "bulk")
    assert (bulk.accepted, bulk.reasons) == (batch.accepted, batch.reasons)
    assert dump(empty_graph) == by_batch
    assert list(_marked_files(server.home)) == []
