"""The local server on a real Neo4j: two homes side by side, a kill, a backup that brings data back."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from neo4j import GraphDatabase

from core.errors import BusyError, FinGraphError
from core.secrets import secret_file
from core.server import process
from core.server.backup import backup, record_path, restore
from core.server.local import LocalServer
from core.settings import load_settings

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.xdist_group("ports")]

CACHE = Path(os.environ.get("FINGRAPH_CACHE", Path(__file__).parents[2] / ".fingraph" / "cache"))


def server_in(home: Path, offset_from: int) -> LocalServer:
    """A server of its own home on ports that nobody uses, small, with the shared jars."""
    offset = next(
        n
        for n in range(offset_from, offset_from + 40)
        if process.port_is_free(7474 + n) and process.port_is_free(7687 + n)
    )
    return LocalServer(
        load_settings(
            {
                "FINGRAPH_HOME": str(home),
                "FINGRAPH_CACHE": str(CACHE),
                "FINGRAPH_PORT_OFFSET": str(offset),
                "FINGRAPH_NEO4J_HEAP_MB": "512",
                "FINGRAPH_NEO4J_PAGECACHE_MB": "128",
            }
        )
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    made = server_in(tmp_path_factory.mktemp("home"), 200)
    secret_file(made.settings.secrets / "neo4j.password", lambda: "-begins as an option")
    made.start()
    yield made
    made.stop()


def ask(server: LocalServer, query: str) -> list[object]:
    """The first column of a query's rows."""
    auth = (server.settings.neo4j_user, server.password())
    with GraphDatabase.driver(server.settings.uri, auth=auth) as driver:
        return [record[0] for record in driver.execute_query(query).records]


def test_a_started_server_says_what_it_is_and_a_second_start_leaves_it(server: LocalServer) -> None:
    first = server.status()
    assert (first.state, first.neo4j, first.gds) == ("running", "5.26.31", "2.13.9")
    assert server.start().pid == first.pid
    assert ask(server, "CALL gds.list() YIELD name RETURN count(*) > 300") == [True]


def test_nothing_outside_this_machine_can_reach_it_and_files_are_not_read(server: LocalServer) -> None:
    bolt, http = server.settings.bolt_port, server.settings.http_port
    hexes = {f"{bolt:04X}", f"{http:04X}"}
    if Path("/proc/net/tcp6").exists():
        lines = (
            Path("/proc/net/tcp").read_text().splitlines() + Path("/proc/net/tcp6").read_text().splitlines()
        )
        local = [line.split()[1] for line in lines[1:] if " 0A " in line]
        hosts = {address.split(":")[0] for address in local if address.split(":")[1] in hexes}
        assert hosts <= {"0100007F", "0000000000000000FFFF00000100007F"}
    with pytest.raises(Exception, match="file"):
        ask(server, "LOAD CSV FROM 'file:///etc/hostname' AS line RETURN line")


def test_the_password_is_in_no_file_but_its_own(server: LocalServer) -> None:
    password = server.password().encode()
    own = server.settings.secrets / "neo4j.password"
    assert own.stat().st_mode & 0o777 == 0o600
    for path in server.settings.home.rglob("*"):
        if path.is_file() and path != own and not path.is_symlink():
            assert password not in path.read_bytes(), path


def test_the_admin_tool_refuses_a_running_server(server: LocalServer) -> None:
    with pytest.raises(BusyError) as caught:
        server.admin("database", "info")
    assert caught.value.code == "server.running"


def test_two_homes_run_side_by_side(server: LocalServer, tmp_path: Path) -> None:
    other = server_in(tmp_path / "other", 250)
    try:
        assert other.start().state == "running"
        ask(other, "CREATE (:Mark)")
        assert ask(server, "MATCH (n:Mark) RETURN count(n)") == [0]
        assert other.password() != server.password()
    finally:
        assert other.stop().state == "stopped"
    assert server.status().state == "running"
    with pytest.raises(FinGraphError) as failed:
        other.admin("database", "nonsense")
    assert failed.value.code == "server.admin_failed"


def test_a_backup_brings_back_what_a_reset_deleted(server: LocalServer, tmp_path: Path) -> None:
    ask(server, "CREATE (:Kept {n: 42})")
    dump, record = backup(server, tmp_path / "backups" / "one.dump")
    assert server.status().state == "running", "it ran before, so it runs again"
    assert record.bytes == dump.stat().st_size
    assert sorted(path.name for path in dump.parent.iterdir()) == ["one.dump", "one.dump.json"]
    assert server.reset().state == "stopped"
    whole = dump.read_bytes()
    dump.write_bytes(whole[:-1] + b"?")
    with pytest.raises(FinGraphError) as refused:
        restore(server, dump)
    assert refused.value.code == "backup.damaged"
    dump.write_bytes(whole)
    assert record_path(dump).exists()
    server.import_marker.touch()
    restore(server, dump)
    assert not server.import_marker.exists(), "what a backup brings back is whole"
    assert server.status().state == "stopped", "it was stopped before, so it stays stopped"
    garbage = tmp_path / "garbage.dump"
    garbage.write_bytes(b"no dump")
    digest = hashlib.sha256(b"no dump").hexdigest()
    record_path(garbage).write_text(json.dumps({**asdict(record), "sha256": digest}))
    with pytest.raises(FinGraphError) as failed:
        restore(server, garbage)
    assert failed.value.code == "server.admin_failed"
    server.start()
    assert ask(server, "MATCH (k:Kept) RETURN k.n") == [42], "a restore that failed changed nothing"


def test_a_killed_server_is_called_crashed_and_starts_again(server: LocalServer) -> None:
    pid = server.status().pid
    assert pid is not None
    os.killpg(pid, signal.SIGKILL)
    while server.is_alive():
        process.reap(pid)
    while not process.port_is_free(server.settings.bolt_port):
        time.sleep(0.05)  # the system closes a killed process's sockets a moment later
    assert server.status().state == "crashed"
    assert server.start().state == "running"
    assert ask(server, "MATCH (k:Kept) RETURN k.n") == [42]
