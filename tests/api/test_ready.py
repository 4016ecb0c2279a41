"""Looks at the parts of a server go on whatever one of them comes upon."""

from __future__ import annotations

from typing import Any, cast

import pytest

from api import ready, warm
from api.ready import Readiness


class Broken:
    """A graph that answers what nobody expects."""

    def until(self, deadline: float) -> Broken:
        return self

    def ping(self) -> None:
        raise TypeError("not what was agreed")


def test_a_look_that_fails_unforeseen_is_told_and_is_not_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "sql_status", lambda settings: type("Up", (), {"up_to_date": True}))
    readiness = Readiness(cast(Any, Broken()), *cast(Any, (None, None, None, None, None)))
    readiness.look()
    readiness.look()
    assert {part.name: part.code for part in readiness.parts()} == {
        **{"sql": None, "graph": "internal"},
        **dict.fromkeys(("schema", "plans", "page_cache", "scoring"), ready.NOT_YET),
    }


def test_what_decides_is_warm_before_what_people_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a restart of the database decisions are asked for at once."""
    warmed: list[str] = []
    graph = type("Up", (), {"until": lambda self, _: self, "ping": lambda self: None})()
    readiness = Readiness(
        cast(Any, graph), *cast(Any, (None, None, None, None, lambda: warmed.append("scoring")))
    )
    for name in ("_check_sql", "_check_schema"):
        monkeypatch.setattr(readiness, name, lambda: None)
    monkeypatch.setattr(readiness, "_warm_pages", lambda: warmed.append("pages"))
    monkeypatch.setattr(readiness, "_warm_plans", lambda: warmed.append("plans"))
    readiness.look()
    assert warmed == ["scoring", "pages", "plans"]
    assert all(part.ready for part in readiness.parts())


def test_one_read_that_breaks_leaves_the_others_warm() -> None:
    def broken() -> None:
        raise TypeError("a property of another type")

    warm._try(broken)
