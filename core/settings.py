"""Every setting, read from the environment in this one place."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import UsageError

HTTP_PORT, BOLT_PORT, API_PORT = 7474, 7687, 8000
SECONDS_MOST = 120


@dataclass(frozen=True)
class Settings:
    """What a FinGraph process is told from outside; each field names its variable."""

    home: Path
    """FINGRAPH_HOME: everything FinGraph writes lies below it (default `.fingraph`)."""
    cache: Path
    """FINGRAPH_CACHE: the Neo4j runtime, shared by homes that name the same one (default `<home>/cache`)."""
    port_offset: int
    """FINGRAPH_PORT_OFFSET: added to 7474, 7687 and 8000, so that two homes run side by side (default 0)."""
    java: Path | None
    """FINGRAPH_JAVA: a `java` binary to use instead of the one that is found."""
    heap_mb: int | None
    """FINGRAPH_NEO4J_HEAP_MB: heap of the local server (default: from the machine's memory)."""
    pagecache_mb: int | None
    """FINGRAPH_NEO4J_PAGECACHE_MB: page cache of the local server (default: from the machine's memory)."""
    neo4j_uri: str | None
    """NEO4J_URI: an existing server; without it the local one of this home is meant."""
    neo4j_user: str
    """NEO4J_USER (default `neo4j`)."""
    neo4j_password: str | None
    """NEO4J_PASSWORD; without it the local server's own, from `<home>/secrets/neo4j.password`."""
    hash_key: str | None
    """FINGRAPH_HASH_KEY: 64 hex digits; without it `<home>/secrets/hash.key`, made at first use."""
    sql_url: str | None = field(repr=False)
    """FINGRAPH_SQL_URL: `postgresql://user:password@host/database`, or `sqlite:////absolute/path`; without it
    SQLite at `<home>/fingraph.db`."""
    graph_seconds: float
    """FINGRAPH_GRAPH_SECONDS: how long a decision waits for the graph before it is made without (default 1)."""
    warm_seconds: float
    """FINGRAPH_WARM_SECONDS: longest time that a server rehearses decisions before it is ready (default 30)."""

    @property
    def http_port(self) -> int:
        """Port of the local server's browser."""
        return HTTP_PORT + self.port_offset

    @property
    def bolt_port(self) -> int:
        """Port of the local server's Bolt protocol."""
        return BOLT_PORT + self.port_offset

    @property
    def api_port(self) -> int:
        """Port of the API."""
        return API_PORT + self.port_offset

    @property
    def is_local(self) -> bool:
        """Whether the graph is the local server of this home."""
        return self.neo4j_uri is None

    @property
    def uri(self) -> str:
        """Where the graph is."""
        return self.neo4j_uri or f"bolt://127.0.0.1:{self.bolt_port}"

    @property
    def snapshot(self) -> Path:
        """Folder of the graph's snapshot."""
        return self.home / "snapshot"

    @property
    def secrets(self) -> Path:
        """Folder of mode 700 for files of mode 600."""
        return self.home / "secrets"


def debugging(environ: Mapping[str, str] | None = None) -> bool:
    """FINGRAPH_DEBUG=1: an error that nobody foresaw shows its traceback, which may quote values."""
    return (os.environ if environ is None else environ).get("FINGRAPH_DEBUG") == "1"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environ` (default: this process's environment).

    Raises `UsageError` (`settings.invalid`) naming the variable that cannot be read.
    """
    env = os.environ if environ is None else environ

    def text(name: str) -> str | None:
        return env.get(name) or None

    def integer(name: str) -> int | None:
        value = text(name)
        if value is None:
            return None
        try:
            return int(value)
        except ValueError:
            raise UsageError("settings.invalid", f"{name} must be a whole number.") from None

    def seconds(name: str, default: float) -> float:
        try:
            found = float(text(name) or default)
        except ValueError:
            found = math.nan
        if not 0 < found <= SECONDS_MOST:
            raise UsageError(
                "settings.invalid", f"{name} must be a number of seconds, at most {SECONDS_MOST}."
            )
        return found

    home = Path(text("FINGRAPH_HOME") or ".fingraph").expanduser().absolute()
    cache = text("FINGRAPH_CACHE")
    java = text("FINGRAPH_JAVA")
    offset = integer("FINGRAPH_PORT_OFFSET") or 0
    if not 0 <= offset <= 50_000:
        raise UsageError("settings.invalid", "FINGRAPH_PORT_OFFSET must be between 0 and 50000.")
    return Settings(
        home=home,
        cache=Path(cache).expanduser().absolute() if cache else home / "cache",
        port_offset=offset,
        java=Path(java).expanduser() if java else None,
        heap_mb=integer("FINGRAPH_NEO4J_HEAP_MB"),
        pagecache_mb=integer("FINGRAPH_NEO4J_PAGECACHE_MB"),
        neo4j_uri=text("NEO4J_URI"),
        neo4j_user=text("NEO4J_USER") or "neo4j",
        neo4j_password=text("NEO4J_PASSWORD"),
        hash_key=text("FINGRAPH_HASH_KEY"),
        sql_url=text("FINGRAPH_SQL_URL"),
        graph_seconds=seconds("FINGRAPH_GRAPH_SECONDS", 1.0),
        warm_seconds=seconds("FINGRAPH_WARM_SECONDS", 30.0),
    )
