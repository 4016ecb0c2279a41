"""The one local Neo4j server of a home: start, stop, status, wait, reset, and its admin tool."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import psutil

from core.errors import BusyError, FinGraphError, GraphUnavailableError, UsageError
from core.files import disk_errors, disk_full, locked, require_disk, says_disk_full, size_of, tail
from core.progress import SILENT, Progress
from core.secrets import secret_file
from core.server import process
from core.server.admin import Programs
from core.server.config import memory, write_config
from core.server.java import find_java
from core.server.ping import Versions, ping
from core.server.runtime import ensure_runtime, runtime_of
from core.settings import Settings

State = Literal["running", "starting", "stopped", "crashed", "stale", "unreachable"]
"""`stale`: the pid file names a process that is not ours. `unreachable`: NEO4J_URI does not answer."""

DATABASE = "neo4j"
START_WAIT_S, STOP_WAIT_S, LOCK_WAIT_S = 180.0, 60.0, 60.0
START_NEED_MB = 256


class ServerCrashedError(FinGraphError):
    """The server ended by itself while it was starting."""

    exit_code = 5
    status = 503


@dataclass(frozen=True)
class Status:
    """What is known of the server; a field is None where it says nothing about this state."""

    state: State
    uri: str
    browser: str | None = None
    pid: int | None = None
    uptime_s: int | None = None
    neo4j: str | None = None
    edition: str | None = None
    gds: str | None = None
    store_bytes: int | None = None
    log: str | None = None
    note: str | None = None

    def as_dict(self) -> dict[str, object]:
        """The fields that say something, as one JSON object."""
        return {name: value for name, value in asdict(self).items() if value is not None}


class LocalServer:
    """The server of one home. Every method may be called by several processes at once."""

    def __init__(self, settings: Settings, progress: Progress = SILENT) -> None:
        self.settings = settings
        self.progress = progress
        self.folder = settings.home / "neo4j"
        self.logs = self.folder / "logs"
        self.console_log = self.logs / "console.log"
        self.pid_file = self.folder / "server.pid"
        self.aside = self.folder / "before-restore"
        self.aside_whole = self.aside / "whole"

    @property
    def import_marker(self) -> Path:
        """There while a bulk import is under way: a graph beside it is not whole. The importer makes it, after
        `reset`, and deletes it; `reset` and a successful restore delete it too."""
        return self.folder / "import-under-way"

    def password(self) -> str:
        """NEO4J_PASSWORD, else the one in `secrets/neo4j.password`, made at first use."""
        return self.settings.neo4j_password or secret_file(
            self.settings.secrets / "neo4j.password", lambda: secrets.token_urlsafe(24)
        )

    def start(self, wait_s: float = START_WAIT_S) -> Status:
        """Start the server unless it runs, and wait until it answers a query.

        Raises `EnvironmentMissingError` (`java.*`, `maven.*`, `server.port_used`, `disk.full`),
        `ServerCrashedError` (`server.crashed`), `GraphUnavailableError` (`server.slow`), `BusyError`
        (`home.busy`), `IncompatibleError` (`server.password`), `UsageError` (`server.not_local`).
        """
        self.require_local("start")
        with self.hold("start the server"):
            self._launch()
        return self.wait(wait_s)

    def stop(self, timeout_s: float = STOP_WAIT_S) -> Status:
        """Stop the server; nothing happens when it does not run. After `timeout_s` seconds it is killed.

        Raises `UsageError` (`server.not_local`), `BusyError` (`home.busy`).
        """
        self.require_local("stop")
        with self.hold("stop the server"):
            note = self.halt(timeout_s)
        return Status("stopped", self.settings.uri, store_bytes=self.store_bytes(), note=note)

    def status(self) -> Status:
        """What the server is doing; raises nothing for a server that is not well."""
        if not self.settings.is_local:
            return self._remote_status()
        record = process.read_record(self.pid_file)
        common = {"store_bytes": self.store_bytes(), "log": str(self.console_log)}
        uri = self.settings.uri
        if record is None:
            broken = self.pid_file.exists()
            note = "the pid file cannot be read; the next start replaces it" if broken else None
            return Status("stale" if broken else "stopped", uri, store_bytes=self.store_bytes(), note=note)
        if process.is_reused(record):
            note = f"process {record.pid} is another one now; the next start cleans up"
            return Status("stale", uri, note=note, **common)  # type: ignore[arg-type]
        if not process.is_ours(record):
            note = f"process {record.pid} ended without being stopped; start it again: fingraph db start"
            return Status("crashed", uri, note=note, **common)  # type: ignore[arg-type]
        return self._alive_status(record)

    def wait(self, timeout_s: float = START_WAIT_S) -> Status:
        """Wait until the graph answers a query (also one that NEO4J_URI names).

        Raises `GraphUnavailableError` (`server.not_running`, `server.slow`), `ServerCrashedError`,
        `IncompatibleError` (`server.password`).
        """
        until = time.monotonic() + timeout_s
        pause = 0.2
        while True:
            versions = self._ping()
            if versions is not None:
                return self.status()
            if self.settings.is_local:
                self._require_alive()
            if time.monotonic() >= until:
                raise GraphUnavailableError(
                    "server.slow",
                    f"No answer from {self._name()} within {timeout_s:.0f} s.",
                    hints=("It may still be starting: fingraph db wait", f"Its log: {self.console_log}")
                    if self.settings.is_local
                    else ("Check NEO4J_URI and that the server runs",),
                )
            time.sleep(pause)
            pause = min(pause * 1.3, 1.0)

    def reset(self) -> Status:
        """Stop the server and delete this home's database; password, configuration and runtime stay.

        Raises `UsageError` (`server.not_local`), `BusyError` (`home.busy`).
        """
        self.require_local("reset")
        with self.hold("reset the database"):
            self.halt(STOP_WAIT_S)
            for path in (*self.store_folders(), self.aside):
                if path.exists():
                    shutil.rmtree(path)
            self.import_marker.unlink(missing_ok=True)
        return Status(
            "stopped", self.settings.uri, store_bytes=self.store_bytes(), note="the database is empty"
        )

    def admin(
        self, *args: str, heap_mb: int | None = None, on_line: Callable[[str], None] | None = None
    ) -> Path:
        """Run Neo4j's admin tool, as in `admin("database", "import", "full", …)`; returns its log.

        The server must be stopped. `heap_mb` is the tool's heap (default: the server's), `on_line` gets each
        line of output. Raises `BusyError` (`server.running`, `home.busy`), `AdminError`
        (`server.admin_failed`), `EnvironmentMissingError`.
        """
        self.require_local("administer")
        with self.hold("run Neo4j's admin tool"):
            return self.admin_held(args, heap_mb, on_line)

    # What follows is for this package: callers hold the lock of the home.

    def hold(self, doing: str) -> AbstractContextManager[None]:
        """The lock of this home."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return locked(self.folder / ".lock", LOCK_WAIT_S, doing)

    def admin_held(
        self, args: Sequence[str], heap_mb: int | None = None, on_line: Callable[[str], None] | None = None
    ) -> Path:
        """As `admin`, by a caller that holds the lock."""
        if self.is_alive():
            raise BusyError("server.running", "The server runs; stop it first: fingraph db stop")
        programs = self.prepare()
        words = [word for word in args[:3] if word.isalpha()]
        log = self.logs / f"admin-{'-'.join(words) or 'tool'}.log"
        programs.run(args, log, heap_mb=heap_mb or memory(self.settings).heap_mb, on_line=on_line)
        return log

    def prepare(self) -> Programs:
        """Java, jars, folders and configuration, ready to run; fetches the jars when the cache has none."""
        java = find_java(self.settings)
        runtime = ensure_runtime(self.settings, self.progress)
        with disk_errors(self.folder):
            for name in ("logs", "data", "import"):
                (self.folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
            for name, target in (("lib", runtime.lib), ("plugins", runtime.plugins)):
                _link(self.folder / name, target)
            write_config(self.settings, self.folder)
        return Programs(java, runtime, self.folder)

    def halt(self, timeout_s: float = STOP_WAIT_S) -> str | None:
        """End our process and forget its pid file; says when it had to be killed."""
        record = process.read_record(self.pid_file)
        gently = process.end(record, timeout_s) if record is not None else True
        self.pid_file.unlink(missing_ok=True)
        return None if gently else f"it did not stop within {timeout_s:.0f} s and was killed"

    def is_alive(self) -> bool:
        """Whether our process runs, answering or not."""
        record = process.read_record(self.pid_file)
        return record is not None and process.is_ours(record)

    def store_folders(self) -> tuple[Path, Path]:
        """The database's files and its transaction log."""
        data = self.folder / "data"
        return data / "databases" / DATABASE, data / "transactions" / DATABASE

    def store_bytes(self) -> int:
        """Bytes of the database on disk, its transaction log included."""
        return sum(size_of(path) for path in self.store_folders())

    def aside_folders(self) -> tuple[Path, Path]:
        """Where a restore keeps the old database and its transaction log until the new one is in place."""
        return self.aside / "databases", self.aside / "transactions"

    def recover(self) -> None:
        """Put back the old database when a restore did not end; its half-made successor is deleted."""
        if not self.aside.exists():
            return
        # Before the mark is set, what has not been moved aside is still the old database.
        whole = self.aside_whole.exists()
        for path, kept in zip(self.store_folders(), self.aside_folders(), strict=True):
            if path.exists() and (whole or kept.exists()):
                shutil.rmtree(path)
            if kept.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                kept.rename(path)
        shutil.rmtree(self.aside)

    def resume(self, wait_s: float = START_WAIT_S) -> Status:
        """As `start`, by a caller that holds the lock."""
        self._launch()
        return self.wait(wait_s)

    def require_local(self, doing: str) -> None:
        """Raise `UsageError` (`server.not_local`) when NEO4J_URI names another server."""
        if not self.settings.is_local:
            raise UsageError(
                "server.not_local",
                f"NEO4J_URI names a server of its own; FinGraph does not {doing} it. Use that server's own "
                "tools, or unset NEO4J_URI to use this home's local server.",
            )

    def _launch(self) -> None:
        if self.is_alive():
            return
        self.recover()
        programs = self.prepare()
        process.require_free({"Bolt": self.settings.bolt_port, "browser": self.settings.http_port})
        require_disk(self.folder, START_NEED_MB)
        with disk_errors(self.folder):
            self._set_password(programs)
            process.spawn(
                programs.server_command(memory(self.settings).heap_mb),
                programs.environment(),
                self.console_log,
                self.pid_file,
                self.folder,
            )

    def _set_password(self, programs: Programs) -> None:
        data = self.folder / "data"
        if (data / "databases" / "system").exists():
            return  # it ran before and has its password
        # An attempt that failed half-way leaves a file that the tool would not replace.
        (data / "dbms" / "auth.ini").unlink(missing_ok=True)
        password = self.password()
        programs.set_initial_password(password, self.settings.secrets, self.logs / "admin-password.log")

    def _ping(self) -> Versions | None:
        if self.settings.is_local:
            return ping(self.settings.uri, self.settings.neo4j_user, self.password())
        return ping(self.settings.uri, self.settings.neo4j_user, self.settings.neo4j_password or "")

    def _require_alive(self) -> None:
        record = process.read_record(self.pid_file)
        if record is not None:
            process.reap(record.pid)
            if process.is_ours(record):
                return
        if record is None or not self.console_log.exists() or process.is_reused(record):
            raise GraphUnavailableError(
                "server.not_running", "The local server does not run; start it: fingraph db start"
            )
        output = tail(self.console_log).replace(self.password(), "***")
        if says_disk_full(output):
            raise disk_full(self.folder)
        raise ServerCrashedError(
            "server.crashed",
            f"The server ended by itself. The end of {self.console_log}:\n{output or '(it is empty)'}",
            hints=(f"More may be in {self.logs / 'neo4j.log'} and {self.logs / 'debug.log'}",),
        )

    def _name(self) -> str:
        return self.settings.uri if self.settings.is_local else "the server that NEO4J_URI names"

    def _alive_status(self, record: process.Recorded) -> Status:
        note, versions = None, None
        try:
            versions = self._ping()
        except FinGraphError as error:
            note = error.message
        return Status(
            "running" if versions or note else "starting",
            self.settings.uri,
            browser=f"http://127.0.0.1:{self.settings.http_port}/browser/",
            pid=record.pid,
            uptime_s=max(0, int(time.time() - psutil.Process(record.pid).create_time())),
            neo4j=versions.neo4j if versions else runtime_of(self.settings).neo4j_version,
            edition=versions.edition if versions else None,
            gds=versions.gds if versions else None,
            store_bytes=self.store_bytes(),
            log=str(self.console_log),
            note=note,
        )

    def _remote_status(self) -> Status:
        try:
            versions = self._ping()
        except FinGraphError as error:
            return Status("unreachable", self._name(), note=error.message)
        if versions is None:
            return Status("unreachable", self._name(), note="nothing answers queries there")
        note = None if versions.gds else "it has no Graph Data Science; rings and embeddings need it"
        return Status(
            "running",
            self._name(),
            neo4j=versions.neo4j,
            edition=versions.edition,
            gds=versions.gds,
            note=note,
        )


def _link(path: Path, target: Path) -> None:
    """Make `path` a link to `target`, replacing an older link."""
    if path.is_symlink():
        if path.readlink() == target:
            return
        path.unlink()
    path.symlink_to(target, target_is_directory=True)
