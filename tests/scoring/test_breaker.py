"""The circuit breaker over time: what it holds back keeps it open."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cli.demo_scoring import POLICY
from core.clock import HOUR, SECOND
from core.errors import GraphUnavailableError
from core.settings import load_settings
from core.sql import Sql, open_sql
from policy import read_policy
from policy.decide import CLOSED, Tripped
from policy.model import Policy
from scoring.breaker import Breakers
from scoring.record import COUNT, Decision, keep, new_id

BREAKER = """
[breaker]
decline_share = 0.5
window = "1h"
least = 20
ring_applications = 100
"""


class Away:
    """A graph that does not answer: rings stay as they were."""

    def until(self, _: float) -> Away:
        return self

    def in_read(self, *_: object, **__: object) -> None:
        raise GraphUnavailableError("graph.unavailable", "away")

    read = in_read


@pytest.fixture
def sql(tmp_path: Path) -> Iterator[Sql]:
    settings = replace(load_settings({}), home=tmp_path, sql_url=f"sqlite:///{tmp_path}/decisions.db")
    with open_sql(settings) as opened:
        yield opened


def decided(sql: Sql, count: int, at: int, outcome: str, *, held_back: bool = False) -> None:
    record = {"degraded": [], "policy": {"label": "one@1"}, "reply": {"models": {}}}
    for number in range(count):
        id_ = new_id()
        keep(sql, Decision(id_, f"web:{id_}", "d", at, number, at, outcome, "sure", "p", held_back, record))


def test_what_it_holds_back_does_not_close_it_again(sql: Sql) -> None:
    now = [100 * HOUR]
    breakers, policy = Breakers(sql, Away(), lambda: now[0]), read_policy(POLICY + BREAKER)  # type: ignore[arg-type]
    decided(sql, 10, now[0], "decline")
    assert breakers.look(policy) == CLOSED, "ten are too few"
    decided(sql, 10, now[0], "decline")
    assert breakers.look(policy) == Tripped(declines=True)
    for _ in range(3):
        now[0] += SECOND
        decided(sql, 40, now[0], "review", held_back=True)
        assert breakers.look(policy) == Tripped(declines=True)
    now[0] += HOUR + SECOND
    decided(sql, 30, now[0], "approve")
    decided(sql, 10, now[0], "review")
    assert breakers.look(policy) == CLOSED, "what a person looks at for another reason is no decline"


def test_counting_reads_no_record(sql: Sql) -> None:
    with sql.read() as connection:
        text = str(COUNT.compile(connection, compile_kwargs={"render_postcompile": True}))
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", (0,) * text.count("?")).all()
    assert any("COVERING INDEX ix_decisions_decided_at_outcome_held_back" in str(row) for row in plan)


def test_a_frozen_graph_keeps_no_decision_from_a_policy_that_is_new(sql: Sql) -> None:
    thawed = threading.Event()

    class Frozen(Away):
        def in_read(self, *_: object, **__: object) -> None:
            thawed.wait(10)
            super().in_read()

        read = in_read

    breakers, policy = Breakers(sql, Frozen(), lambda: 100 * HOUR), read_policy(POLICY + BREAKER)  # type: ignore[arg-type]
    decided(sql, 30, 100 * HOUR, "decline")
    began = time.monotonic()
    assert breakers.state(policy) == breakers.state(policy) == Tripped(declines=True)
    assert time.monotonic() - began < 5
    thawed.set()


def test_a_shadows_look_is_not_left_out_for_the_champions(sql: Sql) -> None:
    busy, looked = threading.Event(), set()

    class Slow(Breakers):
        def look(self, policy: Policy) -> Tripped:
            looked.add(policy.label)
            busy.wait(10)
            return CLOSED

    breakers = Slow(sql, Away())  # type: ignore[arg-type]
    champion = read_policy(POLICY + BREAKER)
    shadow = read_policy((POLICY + BREAKER).replace("version = 1", "version = 2"))
    for policy in (champion, shadow):
        breakers.state(policy)
    until = time.monotonic() + 10
    while len(looked) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    busy.set()
    assert looked == {champion.label, shadow.label}
