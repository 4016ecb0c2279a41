"""Entries of lists are written one after another: sent twice they are one, and none is older than its commit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
from sqlalchemy import event

from core.clock import now_us
from core.errors import NotFoundError
from core.sql import Sql
from policy import lists
from policy.lists import Wanted
from security import Entry, append, list_audit

T = TypeVar("T")
WANTED = Wanted("watched", "Device", "d-1", "seen in a farm", "desk")
WAIT_S = 0.5
"""Long enough for every other writer to come and wait."""


@contextmanager
def order_of(sql: Sql) -> Iterator[tuple[list[str], Callable[[], int]]]:
    """What is done in SQL, by table, and in between when the clock is read: a list, and the clock."""
    done: list[str] = []

    def note(*told: Any) -> None:
        text = told[2]
        done.extend(f"{text.split()[0]} {name}" for name in ("audit_head", "list_entries") if name in text)

    def clock() -> int:
        done.append("clock")
        return now_us()

    event.listen(sql._engine, "before_cursor_execute", note)
    yield done, clock
    event.remove(sql._engine, "before_cursor_execute", note)


def beside_another_writer(sql: Sql, work: Callable[[], T], times: int = 2) -> tuple[list[T], int]:
    """What `work` returns, begun so often while somebody else writes; and when he ended."""
    with ThreadPoolExecutor(times) as pool:
        with sql.write() as connection:
            append(connection, now_us(), Entry("local", "a.b", "ring/1"))
            begun = [pool.submit(work) for _ in range(times)]
            time.sleep(WAIT_S)
            ended = now_us()
        return [one.result() for one in begun], ended


def test_the_clock_is_read_after_the_wait_and_before_the_look(sql: Sql) -> None:
    with order_of(sql) as (done, clock):
        put = lists.add(sql, WANTED, clock=clock)
        expected = ["SELECT audit_head", "clock", "SELECT list_entries"]
        assert done[:3] == expected
        done.clear()
        lists.remove(sql, put.id, clock=clock)
        assert done[:3] == expected


def test_what_is_sent_twice_at_once_is_one_entry_of_a_moment_after_the_wait(sql: Sql) -> None:
    (first, second), ended = beside_another_writer(sql, lambda: lists.add(sql, WANTED))
    assert first == second
    assert first.known_at >= ended
    assert lists.entries(sql, "watched").items == [first]
    (told,) = list_audit(sql, action="list.add").items
    assert (told.object, told.at) == (f"list/watched/{first.id}", first.known_at)


def test_what_is_removed_twice_at_once_goes_once_at_a_moment_after_the_wait(sql: Sql) -> None:
    put = lists.add(sql, WANTED)

    def removed() -> int | None:
        try:
            return lists.remove(sql, put.id).removed_at
        except NotFoundError:
            return None

    found, ended = beside_another_writer(sql, removed)
    (at,) = [one for one in found if one is not None]
    assert at >= ended
    assert len(list_audit(sql, action="list.remove").items) == 1


def test_another_entry_is_no_repetition(sql: Sql) -> None:
    first = lists.add(sql, WANTED)
    assert lists.add(sql, WANTED) == first
    lists.remove(sql, first.id)
    again = lists.add(sql, WANTED)
    assert again.id != first.id
    with pytest.raises(NotFoundError):
        lists.remove(sql, first.id)
