"""Every way a local server can fail to start has its own name and says what to do."""

from __future__ import annotations

import dataclasses
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from core.errors import BusyError, EnvironmentMissingError, FinGraphError, GraphUnavailableError, UsageError
from core.files import disk_errors, locked, tail
from core.server import process, runtime
from core.server.backup import backup, read_backup, restore
from core.server.config import config_text, memory
from core.server.local import LocalServer, ServerCrashedError
from core.server.runtime import ensure_runtime, runtime_of
from core.settings import Settings, load_settings

pytestmark = pytest.mark.xdist_group("ports")  # two at once might take the same free one


def free_offset() -> int:
    """An offset at which neither port is taken."""
    return next(
        n for n in range(240, 300) if process.port_is_free(7474 + n) and process.port_is_free(7687 + n)
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(
        {
            "FINGRAPH_HOME": str(tmp_path / "home"),
            "FINGRAPH_CACHE": str(tmp_path / "cache"),
            "FINGRAPH_PORT_OFFSET": str(free_offset()),
            "FINGRAPH_JAVA": str(script(tmp_path / "java", JAVA_17)),
            "FINGRAPH_NEO4J_HEAP_MB": "512",
        }
    )


JAVA_17 = """
case "$1" in
  -version) echo 'openjdk version "17.0.9"' >&2; exit 0;;
  @*) exit 0;;
esac
"""


def script(path: Path, body: str) -> Path:
    """An executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def fake_runtime(settings: Settings) -> None:
    """A cache that holds (empty) jars, so that nothing is fetched."""
    made = runtime_of(settings)
    for folder in (made.lib, made.plugins):
        folder.mkdir(parents=True)
    for jar in (f"lib/neo4j-{made.neo4j_version}.jar", f"lib/neo4j-server-{made.neo4j_version}.jar"):
        (made.folder / jar).touch()
    (made.plugins / f"proc-{made.gds_version}.jar").touch()


@pytest.fixture
def listener(settings: Settings) -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", settings.bolt_port))
        taken.listen()
        yield settings.bolt_port


def test_a_used_port_is_named_with_the_process_that_has_it(settings: Settings, listener: int) -> None:
    fake_runtime(settings)
    with pytest.raises(EnvironmentMissingError) as caught:
        LocalServer(settings).start()
    assert caught.value.code == "server.port_used"
    assert str(listener) in caught.value.message
    assert str(os.getpid()) in caught.value.message
    assert "FINGRAPH_PORT_OFFSET" in " ".join(caught.value.hints)
    assert LocalServer(settings).status().state == "stopped"


def test_a_server_that_ends_at_start_is_reported_with_the_end_of_its_log(settings: Settings) -> None:
    assert settings.java is not None
    server = LocalServer(settings)
    script(
        settings.java,
        JAVA_17 + f'echo "Could not reserve memory for $(cat {server.settings.secrets}/*)"; exit 3',
    )
    fake_runtime(settings)
    with pytest.raises(ServerCrashedError) as caught:
        server.start(wait_s=20)
    assert caught.value.code == "server.crashed"
    assert "Could not reserve memory" in caught.value.message
    assert server.password() not in caught.value.message
    assert server.status().state == "crashed"


def test_a_server_that_fills_the_disk_is_told_from_other_crashes(settings: Settings) -> None:
    assert settings.java is not None
    script(settings.java, JAVA_17 + 'echo "java.io.IOException: No space left on device"; exit 1')
    fake_runtime(settings)
    with pytest.raises(EnvironmentMissingError) as caught:
        LocalServer(settings).start(wait_s=20)
    assert caught.value.code == "disk.full"


def test_a_server_that_never_answers_is_slow_and_can_be_stopped(settings: Settings) -> None:
    assert settings.java is not None
    script(settings.java, JAVA_17 + "trap '' TERM; sleep 300 & wait; wait")
    fake_runtime(settings)
    server = LocalServer(settings)
    with pytest.raises(GraphUnavailableError) as caught:
        server.start(wait_s=1)
    assert caught.value.code == "server.slow"
    status = server.status()
    assert status.state == "starting"
    assert status.pid is not None
    group = [p for p in psutil.process_iter(["pid"]) if _group(p.pid) == status.pid]
    assert server.stop(timeout_s=1).note is not None, "it ignored SIGTERM, so it was killed"
    psutil.wait_procs(group, timeout=5)
    assert not [p for p in group if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    assert server.status().state == "stopped"


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def test_a_reused_pid_is_recognised_and_its_process_left_alone(settings: Settings) -> None:
    server = LocalServer(settings)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as other:
        created = psutil.Process(other.pid).create_time()
        server.folder.mkdir(parents=True)
        server.pid_file.write_text(json.dumps({"pid": other.pid, "created": created - 3_600}))
        assert server.status().state == "stale"
        server.stop()
        assert other.poll() is None
        assert server.status().state == "stopped"
        other.kill()


def test_a_pid_file_whose_process_is_gone_or_that_is_damaged_is_said_in_status(settings: Settings) -> None:
    server = LocalServer(settings)
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    server.folder.mkdir(parents=True)
    server.pid_file.write_text(json.dumps({"pid": gone.pid, "created": time.time()}))
    assert server.status().state == "crashed"
    server.pid_file.write_text("not json")
    assert server.status().state == "stale"


def test_waiting_for_a_server_that_does_not_run_says_so_at_once(settings: Settings) -> None:
    with pytest.raises(GraphUnavailableError) as caught:
        LocalServer(settings).wait(timeout_s=30)
    assert caught.value.code == "server.not_running"


def test_another_server_is_never_started_stopped_or_emptied(settings: Settings, tmp_path: Path) -> None:
    server = LocalServer(dataclasses.replace(settings, neo4j_uri="bolt://127.0.0.1:1"))
    for act in (
        server.start,
        server.stop,
        server.reset,
        lambda: server.admin("database", "info"),
        lambda: backup(server, tmp_path / "b.dump"),
        lambda: restore(server, tmp_path / "b.dump"),
    ):
        with pytest.raises(UsageError) as caught:
            act()
        assert caught.value.code == "server.not_local"
        assert "NEO4J_URI" in caught.value.message
    assert server.status().state == "unreachable"


def test_a_second_command_on_one_home_waits_and_then_says_who_is_busy(tmp_path: Path) -> None:
    with (
        locked(tmp_path / "lock", 1, "hold"),
        pytest.raises(BusyError) as caught,
        locked(tmp_path / "lock", 0.2, "start the server"),
    ):
        pass
    assert caught.value.code == "home.busy"
    with locked(tmp_path / "lock", 0.2, "start the server"):
        pass


def maven_of(tmp_path: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path / "bin" / "mvn", body)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    for name in ("MAVEN_HOME", "M2_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("output", "code"),
    [
        ("Could not transfer artifact: Unknown host", "maven.failed"),
        ("write failed: No space left on device", "disk.full"),
    ],
)
def test_a_failing_maven_is_explained_and_leaves_nothing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str, code: str
) -> None:
    maven_of(tmp_path, f"echo '[ERROR] {output}'; exit 1", monkeypatch)
    with pytest.raises(EnvironmentMissingError) as caught:
        ensure_runtime(settings)
    assert caught.value.code == code
    assert code != "maven.failed" or output in caught.value.message
    assert [path.name for path in settings.cache.iterdir() if path.is_dir()] == []


MAVEN = """
for a in "$@"; do case "$a" in -DoutputDirectory=*) out="${a#*=}";; esac; done
mkdir -p "$out"; echo x >> "$COUNT"
touch "$out/neo4j-$NEO.jar" "$out/neo4j-server-$NEO.jar" "$out/proc-$GDS.jar"
sleep 0.3
"""


def test_callers_at_once_fetch_the_runtime_once(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maven_of(tmp_path, MAVEN, monkeypatch)
    wanted = runtime_of(settings)
    monkeypatch.setenv("NEO", wanted.neo4j_version)
    monkeypatch.setenv("GDS", wanted.gds_version)
    monkeypatch.setenv("COUNT", str(tmp_path / "count"))
    left = settings.cache / f".{wanted.folder.name}-killed"
    left.mkdir(parents=True)
    threads = [threading.Thread(target=ensure_runtime, args=(settings,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wanted.complete
    assert (tmp_path / "count").read_text().count("x") == 2, "lib and plugins, once each"
    assert not left.exists(), "what a killed fetch left is cleared"


def test_a_runtime_with_a_missing_jar_is_fetched_again(settings: Settings) -> None:
    fake_runtime(settings)
    assert runtime_of(settings).complete
    next(runtime_of(settings).plugins.iterdir()).unlink()
    assert not runtime_of(settings).complete


def test_the_runtime_folder_changes_with_the_pom(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = runtime_of(settings).folder
    changed = runtime.pom() + b"<!-- other -->"
    monkeypatch.setattr(runtime, "pom", lambda: changed)
    assert runtime_of(settings).folder != before


@pytest.mark.parametrize(
    ("total_mb", "heap", "pagecache"), [(2_048, 512, 256), (16_384, 2_048, 2_048), (262_144, 3_072, 3_072)]
)
def test_memory_is_an_eighth_of_the_machine_within_bounds(total_mb: int, heap: int, pagecache: int) -> None:
    size = memory(load_settings({}), total_mb)
    assert (size.heap_mb, size.pagecache_mb) == (heap, pagecache)


def test_the_configuration_keeps_the_server_to_this_machine(settings: Settings) -> None:
    lines = dict(
        line.split("=", 1) for line in config_text(settings).splitlines() if line and not line.startswith("#")
    )
    addresses = {v for k, v in lines.items() if k.endswith(("listen_address", "advertised_address"))}
    assert all(address.startswith("127.0.0.1") for address in addresses)
    assert lines["server.bolt.listen_address"].endswith(f":{settings.bolt_port}")
    assert lines["dbms.security.allow_csv_import_from_file_urls"] == "false"
    assert lines["dbms.usage_report.enabled"] == "false"
    assert lines["db.logs.query.parameter_logging_enabled"] == "false"
    assert lines["server.memory.heap.max_size"] == "512m"


def test_a_backup_that_is_damaged_or_has_no_record_is_refused(tmp_path: Path) -> None:
    dump = tmp_path / "a.dump"
    dump.write_bytes(b"dump")
    with pytest.raises(FinGraphError) as missing:
        read_backup(dump)
    assert missing.value.code == "backup.missing"
    record = {
        "format": 1,
        "file": "a.dump",
        "taken_at": "",
        "neo4j": "5.26.31",
        "gds": "",
        "bytes": 4,
        "sha256": "0",
    }
    (tmp_path / "a.dump.json").write_text(json.dumps(record))
    with pytest.raises(FinGraphError) as damaged:
        read_backup(dump)
    assert damaged.value.code == "backup.damaged"


@pytest.mark.parametrize(
    "moved", ["one folder", "both, and the new one is half made", "nothing, as it was empty"]
)
def test_a_restore_that_was_killed_gives_the_old_database_back(settings: Settings, moved: str) -> None:
    server = LocalServer(settings)
    places = {
        "one folder": {server.aside_folders()[0]: "old", server.store_folders()[1]: "old"},
        "both, and the new one is half made": {
            server.aside_folders()[0]: "old",
            server.aside_folders()[1]: "old",
            server.store_folders()[0]: "half",
        },
        "nothing, as it was empty": {server.store_folders()[0]: "half"},
    }[moved]
    server.aside.mkdir(parents=True)
    for folder, text in places.items():
        folder.mkdir(parents=True)
        (folder / "file").write_text(text)
    if moved != "one folder":
        server.aside_whole.touch()
    server.recover()
    found = [(path / "file").read_text() for path in server.store_folders() if path.exists()]
    assert found == ([] if moved.startswith("nothing") else ["old", "old"])
    assert not server.aside.exists()


def test_a_full_disk_becomes_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissingError) as caught, disk_errors(tmp_path):
        raise OSError(28, "No space left on device")
    assert caught.value.code == "disk.full"


def test_the_end_of_a_long_log_is_its_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("\n".join(f"line {n}" for n in range(10_000)))
    assert tail(log, 2) == "line 9998\nline 9999"
    assert tail(tmp_path / "none") == ""


def command(home: Path, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The `fingraph` command, with nobody at the keyboard."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("FINGRAPH_", "NEO4J_"))}
    return subprocess.run(
        [sys.executable, "-c", "from cli.main import main; main()", *args],
        env={**kept, "FINGRAPH_HOME": str(home), "FINGRAPH_PORT_OFFSET": str(free_offset()), **env},
        cwd=Path(__file__).parents[2],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_doctor_says_what_is_missing_and_leaves_with_4_when_no_graph_can_be_had(tmp_path: Path) -> None:
    bad = command(tmp_path, "doctor", "--json", FINGRAPH_JAVA=str(tmp_path / "no" / "java"))
    assert bad.returncode == 4
    told = json.loads(bad.stdout)
    assert told["graph_possible"] is False
    assert [f["name"] for f in told["findings"] if f["verdict"] == "missing"] == ["Java"]
    java = script(tmp_path / "java", JAVA_17)
    fake_runtime(load_settings({"FINGRAPH_HOME": str(tmp_path)}))
    good = command(tmp_path, "doctor", "--json", FINGRAPH_JAVA=str(java))
    assert good.returncode == 0, good.stdout
    assert json.loads(good.stdout)["graph_possible"] is True
    remote = command(tmp_path, "doctor", "--json", FINGRAPH_JAVA=str(java), NEO4J_URI="bolt://127.0.0.1:1")
    assert remote.returncode == 4
    assert "NEO4J_URI" in remote.stdout


def test_nothing_is_deleted_when_nobody_answers_the_question(tmp_path: Path) -> None:
    store = tmp_path / "neo4j" / "data" / "databases" / "neo4j"
    store.mkdir(parents=True)
    (store / "neostore").touch()
    done = command(tmp_path, "db", "reset", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"] == "cli.not_confirmed"
    assert store.exists()
    assert command(tmp_path, "db", "reset", "--yes").returncode == 0
    assert not store.exists()


def test_status_leaves_with_5_when_no_server_runs(tmp_path: Path) -> None:
    done = command(tmp_path, "db", "status", "--json")
    assert done.returncode == 5
    assert json.loads(done.stdout)["state"] == "stopped"
