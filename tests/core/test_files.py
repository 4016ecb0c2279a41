"""Files that several threads make at once."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from core.files import write_whole
from core.secrets import secret_file

AT_ONCE = 16


def together(work: Callable[[int], object]) -> list[object]:
    """What `work` gives in threads that begin at the same moment."""
    gate = threading.Barrier(AT_ONCE)

    def one(n: int) -> object:
        gate.wait()
        return work(n)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_threads_that_arrive_together_agree_on_a_secret(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "one"
    told = together(lambda n: secret_file(path, lambda: f"secret {n}"))
    assert set(told) == {path.read_text().strip()}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_reader_sees_the_whole_text_of_one_of_those_who_write(tmp_path: Path) -> None:
    path = tmp_path / "state"
    texts = [f"{n} " * 50_000 for n in range(AT_ONCE)]
    together(lambda n: write_whole(path, texts[n]))
    assert path.read_text() in texts
    assert list(tmp_path.iterdir()) == [path]
