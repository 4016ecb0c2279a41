"""Secrets as files of mode 600 in a folder of mode 700."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from core.errors import IncompatibleError
from core.files import draft_of


def secret_file(path: Path, make: Callable[[], str]) -> str:
    """The secret in `path`, made by `make` and written with mode 600 when the file does not exist.

    Threads or processes that arrive together agree: the file is created exclusively and the losers read it.
    Raises `IncompatibleError` (`secrets.permissions`) when others could read the file.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        draft = draft_of(path)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(make() + "\n")
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise IncompatibleError("secrets.permissions", f"{path} can be read by others; run: chmod 600 {path}")
    return path.read_text().strip()
