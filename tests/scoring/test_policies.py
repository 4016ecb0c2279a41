"""When a policy that was promoted begins to decide: once what it needs is at hand, and never later than whoever asks may wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

import pytest

from core.sql import Sql
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


@pytest.fixture(autouse=True)
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "REFRESH_S", 0.0)


def give(sql: Sql, version: int, role: str = "champion") -> None:
    promote(sql, read_policy(POLICY.replace("version = 1", f"version = {version}")), role)


def label(held: Policies) -> str | None:
    found = held.champion()
    return None if found is None else found.label


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


def decides(held: Policies, wanted: str) -> bool:
    """Whether it comes to decide."""
    wait_until(lambda: label(held) == wanted)
    return True


def test_the_policy_before_decides_until_the_models_of_a_new_one_are_in_memory(sql: Sql) -> None:
    models = Models()
    held = Policies(sql, models.has, models.load)
    give(sql, 1)
    assert label(held) == "house@1"  # the first is not waited for: there is none before
    give(sql, 2)
    assert [label(held) for _ in range(20)] == ["house@1"] * 20
    models.may_load.set()
    assert decides(held, "house@2")
    assert models.loaded == {"house@2"}


def test_what_is_promoted_while_another_loads_takes_its_place_at_once(
    sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = Models()
    held = Policies(sql, models.has, models.load)
    give(sql, 1)
    models.loaded.add("house@3")
    assert label(held) == "house@1"
    give(sql, 2)
    assert label(held) == "house@1"
    give(sql, 3)
    assert label(held) == "house@3"
    monkeypatch.setattr(
        policies, "REFRESH_S", 60.0
    )  # what the load of the second one leaves is seen as it is
    models.may_load.set()
    wait_until(lambda: "house@2" in models.loaded)
    assert label(held) == "house@3"


def test_a_shadow_keeps_no_champion_waiting(sql: Sql) -> None:
    models = Models()
    held = Policies(sql, models.has, models.load)
    give(sql, 1)
    assert label(held) == "house@1"
    models.loaded.add("house@3")
    give(sql, 2, SHADOW)
    give(sql, 3)
    assert (held.shadow(), label(held)) == (None, "house@3")
    models.may_load.set()
    wait_until(lambda: held.shadow() is not None)


@pytest.mark.parametrize("how", ["a load that hangs", "a load of nothing"])
def test_nobody_is_decided_about_by_a_policy_of_long_ago(
    sql: Sql, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    models = Models()
    load = models.load if how == "a load that hangs" else lambda _: None
    held = Policies(sql, lambda _: False, load)
    monkeypatch.setattr(policies, "WAIT_S", 0.5 if how == "a load that hangs" else 60.0)
    give(sql, 1)
    assert label(held) == "house@1"
    give(sql, 2)
    assert label(held) == "house@1"
    assert decides(held, "house@2")
    models.may_load.set()


def test_a_server_that_nobody_asked_waits_for_nothing(sql: Sql, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Policies(sql, lambda _: False, lambda _: pytest.fail("nobody waits"))
    give(sql, 1)
    assert label(held) == "house@1"
    give(sql, 2)
    monkeypatch.setattr(policies, "WAIT_S", 0.0)
    assert label(held) == "house@2"


def test_what_is_taken_back_asks_nobody_from_then_on(sql: Sql) -> None:
    models = Models()
    held = Policies(sql, models.has, models.load)
    give(sql, 1)
    give(sql, 2, SHADOW)
    assert held.shadow() is not None
    take_back(sql)
    assert held.shadow() is None
