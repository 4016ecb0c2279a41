"""Files below a home: locks, full disks, the ends of logs."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import BusyError, EnvironmentMissingError, FinGraphError

MB = 1024 * 1024
_FULL_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL = re.compile(
    r"No space left on device|Disk quota exceeded|not enough space on the disk|File too large", re.IGNORECASE
)


@contextmanager
def locked(path: Path, wait_s: float, doing: str) -> Iterator[None]:
    """Hold the lock file `path` for this process, waiting at most `wait_s` seconds.

    The kernel lets go of it when the process ends, however it ends.
    Raises `BusyError` (`home.busy`) when another process keeps it longer.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        until = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise BusyError(
                        "home.busy",
                        f"Another fingraph command holds {path} while this one wants to {doing}; "
                        "wait for it to end and try again.",
                    ) from None
                time.sleep(0.1)
        yield
    finally:
        os.close(handle)


def disk_full(where: Path, need_mb: int | None = None) -> EnvironmentMissingError:
    """The error of a full disk at `where`, naming what is needed when that is known (MB)."""
    need = f"; about {need_mb} MB are needed" if need_mb else ""
    return EnvironmentMissingError(
        "disk.full",
        f"The disk that holds {where} is full{need}. Free some space, or move FINGRAPH_HOME or FINGRAPH_CACHE.",
    )


def require_disk(where: Path, need_mb: int) -> None:
    """Raise `EnvironmentMissingError` (`disk.full`) unless `need_mb` MB are free at `where`."""
    if shutil.disk_usage(where).free < need_mb * MB:
        raise disk_full(where, need_mb)


def says_disk_full(text: str) -> bool:
    """Whether a log tells of a full disk."""
    return _FULL.search(text) is not None


@contextmanager
def disk_errors(where: Path) -> Iterator[None]:
    """Turn a write that found no space, of Python or of a library, into `EnvironmentMissingError` (`disk.full`)."""
    try:
        yield
    except FinGraphError:
        raise
    except Exception as error:
        # Libraries that write files wrap the system's error; its words stay.
        if getattr(error, "errno", None) in _FULL_ERRORS or says_disk_full(str(error)):
            raise disk_full(where) from error
        raise


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log, at most 8 kB; empty when there is none."""
    if not path.exists():
        return ""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - 8_192))
        text = log.read().decode(errors="replace")
    return "\n".join(text.strip().splitlines()[-lines:])


def draft_of(path: Path) -> Path:
    """A name beside `path` that no other thread, process or machine writes to."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}")


def write_whole(path: Path, text: str) -> None:
    """Write `path` (mode 600) so that a reader sees the old or the new text, never a part."""
    draft = draft_of(path)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


def size_of(folder: Path) -> int:
    """Bytes that the files below `folder` take on disk."""
    if not folder.exists():
        return 0
    total = 0
    for path in folder.rglob("*"):
        try:
            found = path.lstat()
        except FileNotFoundError:
            continue  # a running server removes files while we count
        total += found.st_blocks * 512
    return total
