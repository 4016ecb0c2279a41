"""When a policy that was promoted begins to decide: once what it needs is at hand, and never later than whoever asks may wait."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from core.settings import load_settings
from core.sql import Sql, open_sql
from policy import read_policy
from policy.model import Policy
from policy.store import SHADOW, promote, take_back
from scoring import policies
from scoring.policies import Policies
from tests.scoring.models import POLICY


class Models:
    """What policies wait for."""

    def __init__(self) -> None:
        self.loaded: set[str] = set()
        self.may_load = Event()

    def has(self, policy: Policy) -> bool:
        return policy.label in self.loaded

    def load(self, policy: Policy) -> None:
        assert self.may_load.wait(10)
        self.loaded.add(policy.label)


@pytest.fixture
def sql(tmp_path: Path) -> Iterator[Sql]:
    settings = replace(load_settings({}), home=tmp_path, sql_url=f"sqlite:///{tmp_path}/decisions.db")
    with open_sql(settings) as opened:
        yield opened


@pytest.fixture(autouse=True)
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "REFRESH_S", 0.0)


def give(sql: Sql, version: int, role: str = "champion") -> None:
    promote(sql, read_policy(POLICY.replace("version = 1", f"version = {version}")), role)


def label(held: Policies) -> str | None:
    found = held.champion()
    return None if found is None else found.label


def decides(held: Policies, wanted: str) -> bool:
    """Whether it comes to decide."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if label(held) == wanted:
            return True
        time.sleep(0.01)
    return False


def test_the_policy_before_decides_until_the_models_of_a_new_one_are_in_memory(sql: Sql) -> None:
    models = Models()
    held = Policies(sql, models.has, models.load)
    give(sql, 1)
    assert label(held) == "house@1"  # the first is not waited for: there is none before
    give(sql, 2)
    assert [label(held) for _ in range(20)] == ["house@1"] * 20
    give(sql, 3, SHADOW)
    assert held.shadow() is None
    models.may_load.set()
    assert decides(held, "house@2")
    assert models.loaded >= {"house@2"}


def test_what_is_promoted_while_another_loads_takes_its_place(sql: Sql) -> None:
    models = Models()
    held = Policies(sql, models.has, models.load)
    give(sql, 1)
    models.loaded.add("house@1")
    assert label(held) == "house@1"
    give(sql, 2)
    assert label(held) == "house@1"
    give(sql, 1)
    models.may_load.set()
    seen = set()
    for _ in range(50):
        seen.add(label(held))
        time.sleep(0.01)
    assert seen == {"house@1"}


def test_nobody_is_decided_about_by_a_policy_of_long_ago(sql: Sql, monkeypatch: pytest.MonkeyPatch) -> None:
    models = Models()
    held = Policies(sql, models.has, models.load)
    give(sql, 1)
    assert label(held) == "house@1"
    give(sql, 2)
    monkeypatch.setattr(policies, "RECENT_S", 0.0)
    assert label(held) == "house@2"


def test_what_is_taken_back_asks_nobody_from_then_on(sql: Sql) -> None:
    models = Models()
    held = Policies(sql, models.has, models.load)
    give(sql, 1)
    give(sql, 2, SHADOW)
    assert held.shadow() is not None
    take_back(sql)
    assert held.shadow() is None
