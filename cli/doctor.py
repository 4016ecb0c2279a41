"""`fingraph doctor`: one table of what is there, what is missing and what to do about it."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import psutil
import typer

from cli.output import JsonFlag, emit, stdout, table
from core.errors import FinGraphError
from core.files import MB
from core.server.config import machine_mb, memory
from core.server.java import WAYS_ON, find_java, find_maven, installed_javas
from core.server.local import START_NEED_MB, LocalServer, Status
from core.server.process import listener_of, port_is_free
from core.server.runtime import NEED_MB, runtime_of
from core.settings import Settings, load_settings

Verdict = Literal["ok", "missing", "note"]
"""`missing` stops the local server (or the graph); `note` is worth knowing and stops nothing."""


@dataclass(frozen=True)
class Finding:
    """One row: what was looked at, how it is, what was seen, what to do."""

    name: str
    verdict: Verdict
    seen: str
    todo: str = ""


def doctor(as_json: JsonFlag = False) -> None:
    """Say what this machine has for FinGraph, what it lacks and what to do. Exit code 4 without a graph."""
    settings = load_settings()
    status = LocalServer(settings).status()
    findings = list(examine(settings, status))
    possible = graph_possible(settings, status, findings)
    if as_json:
        emit({"graph_possible": possible, "findings": [asdict(finding) for finding in findings]})
    else:
        rows = [(f.name, f.verdict, f.seen, f.todo) for f in findings]
        table("FinGraph on this machine", ("what", "", "found", "what to do"), rows)
        stdout.print(_verdict(status, possible))
        if not possible:
            for way in WAYS_ON:
                stdout.print(f"  - {way}", markup=False)
    if not possible:
        raise typer.Exit(4)


def graph_possible(settings: Settings, status: Status, findings: list[Finding]) -> bool:
    """Whether a graph answers now, or a local one can be started."""
    if status.state in ("running", "starting"):
        return True
    return settings.is_local and not any(finding.verdict == "missing" for finding in findings)


def examine(settings: Settings, status: Status) -> Iterator[Finding]:
    """Every finding, in the order of the table."""
    yield Finding("Python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield _java(settings)
    yield _runtime_and_maven(settings)
    yield _docker()
    yield _memory(settings)
    yield _disk("disk of FINGRAPH_HOME", settings.home, START_NEED_MB)
    cached = runtime_of(settings).complete
    yield _disk("disk of FINGRAPH_CACHE", settings.cache, START_NEED_MB if cached else NEED_MB)
    if settings.is_local:
        yield from _ports(settings, status)
    yield Finding(
        "home", "ok" if settings.home.exists() else "note", str(settings.home), _home_todo(settings)
    )
    yield _hash_key(settings)
    yield _sql(settings)
    yield _graph(settings, status)


def _java(settings: Settings) -> Finding:
    try:
        java = find_java(settings)
    except FinGraphError as error:
        return _unless_remote(settings, Finding("Java", "missing", error.message, error.hints[0]))
    others = [found.version for found in installed_javas(settings) if found.path != java.path]
    seen = f"{java.version} ({java.path})" + (f"; also {', '.join(others)}" if others else "")
    return Finding("Java", "ok", seen)


def _runtime_and_maven(settings: Settings) -> Finding:
    runtime = runtime_of(settings)
    versions = f"Neo4j {runtime.neo4j_version}, GDS {runtime.gds_version}"
    if runtime.complete:
        return Finding("Neo4j runtime", "ok", f"{versions} in {runtime.folder}")
    try:
        maven = find_maven()
    except FinGraphError as error:
        return _unless_remote(settings, Finding("Neo4j runtime", "missing", error.message, error.hints[0]))
    return Finding(
        "Neo4j runtime",
        "note",
        f"not fetched yet; Maven is {maven}",
        "fingraph db start fetches it (about 150 MB)",
    )


def _docker() -> Finding:
    client = shutil.which("docker")
    if client is None:
        return Finding("Docker", "note", "no client", "only needed for docker compose")
    version = _output([client, "--version"])
    engine = _output([client, "info", "--format", "{{.ServerVersion}}"])
    if not engine:
        return Finding(
            "Docker", "note", f"{version or 'a client'}, no engine answers", "only needed for docker compose"
        )
    compose = _output([client, "compose", "version", "--short"])
    return Finding("Docker", "ok", f"engine {engine}, compose {compose or 'not installed'}")


def _memory(settings: Settings) -> Finding:
    size = memory(settings)
    free = psutil.virtual_memory().available // MB
    seen = f"{free} MB free of {machine_mb()}; the server takes {size.heap_mb} heap + {size.pagecache_mb} page cache"
    if free < size.heap_mb + size.pagecache_mb:
        todo = "close something, or set FINGRAPH_NEO4J_HEAP_MB and FINGRAPH_NEO4J_PAGECACHE_MB lower"
        return Finding("memory", "note", seen, todo)
    return Finding("memory", "ok", seen)


def _disk(name: str, folder: Path, need_mb: int) -> Finding:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free // MB
    if free < need_mb:
        return Finding(name, "missing", f"{free} MB free", f"free {need_mb} MB, or move it")
    return Finding(name, "ok", f"{free:,} MB free ({folder})")


def _ports(settings: Settings, status: Status) -> Iterator[Finding]:
    for name, port in (("Bolt port", settings.bolt_port), ("browser port", settings.http_port)):
        if status.state in ("running", "starting"):
            yield Finding(name, "ok", f"{port}, this home's server")
        elif port_is_free(port):
            yield Finding(name, "ok", f"{port} is free")
        else:
            pid = listener_of(port)
            by = f" by process {pid}" if pid else ""
            yield Finding(name, "missing", f"{port} is used{by}", "set FINGRAPH_PORT_OFFSET, for example 100")


def _home_todo(settings: Settings) -> str:
    return "" if settings.home.exists() else "made at first use"


def _hash_key(settings: Settings) -> Finding:
    path = settings.secrets / "hash.key"
    if settings.hash_key:
        return Finding("hash key", "ok", "from FINGRAPH_HASH_KEY")
    if path.exists():
        return Finding(
            "hash key", "ok", str(path), "keep a copy in a safe place: without it no identifier matches"
        )
    return Finding("hash key", "note", "none yet", "made at the first load, or set FINGRAPH_HASH_KEY")


def _sql(settings: Settings) -> Finding:
    """Worth knowing at most: the graph does without."""
    from core.sql import sql_status

    try:
        found = sql_status(settings)
    except FinGraphError as error:
        return Finding("SQL database", "note", error.message, error.hints[0] if error.hints else "")
    if found.version is None:
        return Finding("SQL database", "note", f"none yet at {found.where}", "made at first use")
    seen = f"version {found.version} at {found.where}"
    if not found.up_to_date:
        return Finding("SQL database", "note", seen, f"fingraph sql upgrade brings version {found.newest}")
    return Finding("SQL database", "ok", seen)


def _graph(settings: Settings, status: Status) -> Finding:
    name = "local server" if settings.is_local else "server of NEO4J_URI"
    seen: str = status.state
    if status.state == "running":
        seen += f": Neo4j {status.neo4j}, GDS {status.gds or 'missing'}"
        return Finding(name, "ok" if status.gds else "note", seen, status.note or "")
    if settings.is_local:
        return Finding(name, "note", seen, status.note or "fingraph db start")
    return Finding(
        name, "missing", f"{seen}: {status.note}", "check NEO4J_URI, NEO4J_USER and NEO4J_PASSWORD"
    )


def _unless_remote(settings: Settings, finding: Finding) -> Finding:
    """What only the local server needs is no more than worth knowing when NEO4J_URI names another."""
    if settings.is_local:
        return finding
    return Finding(finding.name, "note", finding.seen, "only needed for a local server")


def _verdict(status: Status, possible: bool) -> str:
    if status.state == "running":
        return "[bold green]A graph answers.[/bold green]"
    if possible:
        return "[bold green]A graph can be had:[/bold green] fingraph db start"
    return "[bold red]No graph can be had on this machine as it is.[/bold red] Ways on:"


def _output(command: list[str]) -> str:
    """What a command prints, or nothing when it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=15, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
