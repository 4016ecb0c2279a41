"""Of several processes that share a home one tells the graph of decisions, and when it ends another goes on."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from core.graph import Graph
from core.sql import Sql
from scoring import outbox
from scoring.outbox import Drain
from scoring.parts import Parts

NOTHING = cast(Any, None)


def test_one_of_several_drains_and_another_goes_on_when_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = Counter[int]()

    def drained(_: Sql, __: Graph, parts: Callable[[], Parts], **___: object) -> int:
        rounds[id(parts)] += 1
        return 0

    monkeypatch.setattr(outbox, "drain", drained)
    monkeypatch.setattr(outbox, "WAIT_S", 0.01)
    monkeypatch.setattr(outbox, "WAIT_LONG_S", 0.05)
    asks = [lambda: NOTHING, lambda: NOTHING, lambda: NOTHING]
    drains = {id(ask): Drain(NOTHING, NOTHING, ask, tmp_path / "outbox.lock") for ask in asks}
    for one in drains.values():
        one.start()
    seen = []
    while drains:
        rounds.clear()
        _wait_for(lambda: rounds.total() > 20)
        (only,) = rounds
        seen.append(only)
        drains.pop(only).stop()
    assert len(set(seen)) == len(asks)
    assert not [one for one in threading.enumerate() if one.name == "fingraph-outbox"]


def test_a_folder_that_cannot_be_written_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = Counter[str]()
    monkeypatch.setattr(outbox, "drain", lambda *_, **__: rounds.update(["round"]) or 0)
    monkeypatch.setattr(outbox, "WAIT_S", 0.01)
    monkeypatch.setattr(outbox, "WAIT_LONG_S", 0.05)
    place = tmp_path / "home"
    place.write_text("no folder")
    one = Drain(NOTHING, NOTHING, lambda: NOTHING, place / "outbox.lock")
    one.start()
    time.sleep(0.2)
    assert not rounds
    place.unlink()
    _wait_for(lambda: rounds.total() > 0)
    one.stop()


def _wait_for(found: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not found():
        assert time.monotonic() < until
        time.sleep(0.01)
