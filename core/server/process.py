"""One process of ours, known by its id and the moment it was created, so that a reused id is never mistaken."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from core.errors import EnvironmentMissingError
from core.files import write_whole

SAME_S = 2.0
"""Two creation times closer than this are the same process: clocks are stepped, ids are not reused so fast."""


@dataclass(frozen=True)
class Recorded:
    """What the pid file says."""

    pid: int
    created: float
    """Seconds since 1970 at which the process was created."""


def read_record(path: Path) -> Recorded | None:
    """The pid file's content; None when there is none or it is no pid file."""
    try:
        data = json.loads(path.read_text())
        return Recorded(int(data["pid"]), float(data["created"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_ours(record: Recorded) -> bool:
    """Whether the recorded process still runs."""
    created = _created(record.pid)
    return created is not None and abs(created - record.created) < SAME_S


def is_reused(record: Recorded) -> bool:
    """Whether another process has the recorded id now."""
    created = _created(record.pid)
    return created is not None and abs(created - record.created) >= SAME_S


def _created(pid: int) -> float | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return None
    except psutil.AccessDenied:
        return 0.0  # another user's process, so not ours


def spawn(command: Sequence[str], env: Mapping[str, str], log: Path, pid_file: Path, folder: Path) -> None:
    """Start `command` in a session of its own, its output appended to `log`, and record it in `pid_file`."""
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        child = subprocess.Popen(
            command,
            env=dict(env),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    # No process table lists a process before it exists, so this cannot fail for a child that just started.
    created = psutil.Process(child.pid).create_time()
    write_whole(pid_file, json.dumps({"pid": child.pid, "created": created}) + "\n")
    _let_go(child)


def _let_go(child: subprocess.Popen[bytes]) -> None:
    """The server outlives us on purpose; without this the interpreter warns that it still runs."""
    child.returncode = 0


def end(record: Recorded, timeout_s: float) -> bool:
    """End the recorded process and its group: SIGTERM, after `timeout_s` seconds SIGKILL.

    Returns whether it ended by itself. Touches nothing when the id is not ours any more.
    """
    for name, wait_s in ((signal.SIGTERM, timeout_s), (signal.SIGKILL, 10.0)):
        if not is_ours(record):
            return name is signal.SIGTERM
        _signal(record.pid, name)
        until = time.monotonic() + wait_s
        while time.monotonic() < until:
            reap(record.pid)
            if not is_ours(record):
                return name is signal.SIGTERM
            time.sleep(0.1)
    return False


def _signal(pid: int, name: signal.Signals) -> None:
    try:
        if os.getpgid(pid) == pid:
            os.killpg(pid, name)
        else:
            os.kill(pid, name)
    except ProcessLookupError:
        return


def reap(pid: int) -> None:
    """Collect our own ended child, if it is one, so that its id does not linger."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def listener_of(port: int) -> int | None:
    """The id of the process that listens on `port`, when this user may know it."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except (psutil.AccessDenied, PermissionError):
        return None
    for connection in connections:
        local = connection.laddr
        if connection.status == psutil.CONN_LISTEN and local and local[1] == port:
            return connection.pid
    return None


def port_is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1 and this port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            return False  # some systems would still let us bind beside it
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def require_free(ports: Mapping[str, int]) -> None:
    """Raise `EnvironmentMissingError` (`server.port_used`) naming the first port that is taken, and by whom."""
    for purpose, port in ports.items():
        if not port_is_free(port):
            pid = listener_of(port)
            by = f" by process {pid}" if pid else ""
            raise EnvironmentMissingError(
                "server.port_used",
                f"Port {port} ({purpose}) is already used{by}.",
                hints=(
                    "Choose other ports: set FINGRAPH_PORT_OFFSET, for example to 100 (7574 and 7787)",
                    f"Or end what uses it{f': process {pid}' if pid else ''}, then run: fingraph db start",
                    "Or, if a Neo4j answers there already, set NEO4J_URI, NEO4J_USER and NEO4J_PASSWORD to it",
                ),
            )
