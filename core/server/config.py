"""The configuration of the local Neo4j, written anew at every start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psutil

from core.files import MB, write_whole
from core.settings import Settings

_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True)
class Memory:
    """What the server may use, in MB."""

    heap_mb: int
    pagecache_mb: int


def machine_mb() -> int:
    """Memory of this machine in MB, or of the container it runs in when that is less."""
    total = psutil.virtual_memory().total
    try:
        limit = _CGROUP_LIMIT.read_text().strip()
    except OSError:
        limit = "max"
    return min(total, int(limit) if limit.isdigit() else total) // MB


def memory(settings: Settings, total_mb: int | None = None) -> Memory:
    """Heap and page cache: as set, else an eighth of the machine each (heap 512 to 3072, cache 256 to 3072)."""
    eighth = (machine_mb() if total_mb is None else total_mb) // 8
    return Memory(
        heap_mb=settings.heap_mb or min(max(eighth, 512), 3_072),
        pagecache_mb=settings.pagecache_mb or min(max(eighth, 256), 3_072),
    )


def config_text(settings: Settings) -> str:
    """The text of `neo4j.conf` for these settings."""
    size = memory(settings)
    groups = {
        "reachable from this machine only": {
            "server.default_listen_address": "127.0.0.1",
            "server.default_advertised_address": "127.0.0.1",
            "server.bolt.listen_address": f"127.0.0.1:{settings.bolt_port}",
            "server.bolt.advertised_address": f"127.0.0.1:{settings.bolt_port}",
            "server.http.listen_address": f"127.0.0.1:{settings.http_port}",
            "server.http.advertised_address": f"127.0.0.1:{settings.http_port}",
            "server.https.enabled": "false",
        },
        "memory": {
            "server.memory.heap.initial_size": f"{size.heap_mb}m",
            "server.memory.heap.max_size": f"{size.heap_mb}m",
            "server.memory.pagecache.size": f"{size.pagecache_mb}m",
        },
        "stop: the databases are closed by then, nothing is left to wait for": {
            "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
        },
        "procedures": {"dbms.security.procedures.unrestricted": "gds.*"},
        "nothing leaves, nothing is read from the disk, nothing personal is logged": {
            "dbms.usage_report.enabled": "false",
            "client.allow_telemetry": "false",
            "dbms.security.allow_csv_import_from_file_urls": "false",
            "db.logs.query.enabled": "OFF",
            "db.logs.query.parameter_logging_enabled": "false",
            "db.logs.query.obfuscate_literals": "true",
        },
        "bounds: a client may ask for less time, never for more": {
            "db.transaction.timeout": "1h",
            "db.lock.acquisition.timeout": "1m",
            "db.memory.transaction.max": "512m",
        },
        "disk: a small store stays small": {
            "db.tx_log.preallocate": "false",
            "db.tx_log.rotation.retention_policy": "1 days 512M",
        },
        "a setting with a typing error stops the start": {"server.config.strict_validation.enabled": "true"},
    }
    lines = ["# Written by `fingraph db start`; a change made here is lost at the next start."]
    for title, settings_of_group in groups.items():
        lines += ["", f"# {title}", *(f"{name}={value}" for name, value in settings_of_group.items())]
    return "\n".join(lines) + "\n"


def write_config(settings: Settings, folder: Path) -> Path:
    """Write `<folder>/conf/neo4j.conf` and return its path."""
    path = folder / "conf" / "neo4j.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, config_text(settings))
    return path
