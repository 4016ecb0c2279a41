"""Backups of the local server's database: one dump file, and beside it a small record that proves it whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from core.clock import Clock, iso, now_us
from core.errors import IncompatibleError, NotFoundError, UsageError
from core.files import disk_errors, write_whole
from core.server.local import DATABASE, LocalServer
from core.server.runtime import runtime_of

FORMAT = 1


@dataclass(frozen=True)
class BackupRecord:
    """What the JSON file beside a dump says."""

    format: int
    file: str
    taken_at: str
    neo4j: str
    gds: str
    bytes: int
    sha256: str


def record_path(dump: Path) -> Path:
    """`monday.dump.json` for `monday.dump`."""
    return dump.with_name(dump.name + ".json")


def backup(server: LocalServer, to: Path, clock: Clock = now_us) -> tuple[Path, BackupRecord]:
    """Dump the database to the file `to` (or into the folder `to`), stopping the server meanwhile if it runs.

    The dump appears under its name only when it is whole; its record is written first.
    Raises `UsageError` (`server.not_local`, `backup.exists`), `NotFoundError` (`backup.empty`) and what
    `LocalServer.start` and `LocalServer.admin` raise.
    """
    server.require_local("back up")
    moment = iso(clock() // 1_000_000 * 1_000_000) or ""
    target = _target(to.expanduser().absolute(), moment)
    if target.exists():
        raise UsageError("backup.exists", f"{target} exists; choose another name.")
    with server.hold("back up the database"):
        if not server.store_folders()[0].exists():
            raise NotFoundError("backup.empty", "This home has no database yet; start the server once first.")
        with _stopped(server), disk_errors(target.parent):
            target.parent.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
            try:
                server.admin_held(["database", "dump", DATABASE, f"--to-path={draft}"])
                record = _finish(server, draft / f"{DATABASE}.dump", target, moment)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
    return target, record


def restore(server: LocalServer, dump: Path) -> BackupRecord:
    """Replace the database with a backup; the old one stays until the new one is in place.

    The server is stopped meanwhile and started again if it ran. Raises `NotFoundError` (`backup.missing`),
    `IncompatibleError` (`backup.damaged`, `backup.newer`), `UsageError` (`server.not_local`) and what
    `LocalServer.start` and `LocalServer.admin` raise.
    """
    server.require_local("restore")
    source = dump.expanduser().absolute()
    record = read_backup(source)
    mine = runtime_of(server.settings).neo4j_version
    if _number(record.neo4j) > _number(mine):
        raise IncompatibleError(
            "backup.newer", f"The backup was taken with Neo4j {record.neo4j}; this FinGraph runs {mine}."
        )
    with (
        server.hold("restore a backup"),
        _stopped(server),
        disk_errors(server.folder),
        _set_aside(server),
        tempfile.TemporaryDirectory(prefix=".restore-", dir=server.folder) as place,
    ):
        (Path(place) / f"{DATABASE}.dump").symlink_to(source)
        server.admin_held(
            ["database", "load", DATABASE, f"--from-path={place}", "--overwrite-destination=true"]
        )
    return record


def read_backup(dump: Path) -> BackupRecord:
    """The record of a dump whose content matches it.

    Raises `NotFoundError` (`backup.missing`) and `IncompatibleError` (`backup.damaged`).
    """
    beside = record_path(dump)
    for path in (dump, beside):
        if not path.is_file():
            raise NotFoundError(
                "backup.missing", f"{path} is not there; a backup is a .dump and its .dump.json."
            )
    try:
        data = json.loads(beside.read_text())
        record = BackupRecord(**data)
    except (ValueError, TypeError):
        raise IncompatibleError("backup.damaged", f"{beside} is no record of a backup.") from None
    if record.format != FORMAT:
        raise IncompatibleError(
            "backup.newer", f"{beside} has format {record.format}; this FinGraph reads {FORMAT}."
        )
    if _sha256(dump) != record.sha256:
        raise IncompatibleError(
            "backup.damaged",
            f"{dump} is not the file that was written: its SHA-256 differs. Use another backup.",
        )
    return record


def _target(to: Path, moment: str) -> Path:
    if to.is_dir():
        return to / f"fingraph-{moment.replace(':', '').replace('-', '')}.dump"
    return to


def _finish(server: LocalServer, dumped: Path, target: Path, moment: str) -> BackupRecord:
    runtime = runtime_of(server.settings)
    dumped.chmod(0o600)
    with dumped.open("rb") as handle:
        os.fsync(handle.fileno())
    record = BackupRecord(
        format=FORMAT,
        file=target.name,
        taken_at=moment,
        neo4j=runtime.neo4j_version,
        gds=runtime.gds_version,
        bytes=dumped.stat().st_size,
        sha256=_sha256(dumped),
    )
    write_whole(record_path(target), json.dumps(asdict(record), indent=2) + "\n")
    dumped.rename(target)
    return record


@contextmanager
def _stopped(server: LocalServer) -> Iterator[None]:
    """The server stopped for a while; started again afterwards, however that went, if it ran before."""
    ran = server.is_alive()
    server.halt()
    try:
        yield
    finally:
        if ran:
            server.resume()


@contextmanager
def _set_aside(server: LocalServer) -> Iterator[None]:
    """The present database moved aside; back in place when the block fails, gone when it succeeds."""
    server.recover()
    server.aside.mkdir()
    for path, kept in zip(server.store_folders(), server.aside_folders(), strict=True):
        if path.exists():
            path.rename(kept)
    server.aside_whole.touch()
    try:
        yield
    except BaseException:
        server.recover()
        raise
    shutil.rmtree(server.aside)
    server.import_marker.unlink(missing_ok=True)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
