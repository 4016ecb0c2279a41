"""An application of the past sees of lists what it would have seen when it arrived, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from core.sql import Sql
from policy import lists
from policy.lists import Listed, Wanted, entries_of
from policy.on_lists import on_lists
from snapshot.manifest import Manifest, require_manifest
from snapshot.read import read_columns
from tests.policy.small_snapshot import Fact, Named, write_snapshot

SHARED: Named = ("Device", "d-z", None)
FACTS = (
    Fact("first", 100, "s:u1", (SHARED, ("Phone", "p-1", "self"), ("Phone", "p-2", "contact"))),
    Fact("second", 200, "s:u2", (("Device", "d-a", None),), amended=((300, SHARED),)),
    Fact("event", 250, "s:u2", (SHARED,), label="Event"),
    Fact("third", 400, "s:u1", (SHARED,)),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("snapshot")
    write_snapshot(made, FACTS)
    return made


def entry(
    label: str, key: str, known_at: int = 50, *, expires_at: int | None = None, removed_at: int | None = None
) -> Listed:
    return Listed("i", "watched", label, key, "r", "o", known_at, expires_at, removed_at)


def seen(folder: Path, made: Manifest, entries: Mapping[str, Sequence[Listed]]) -> dict[str, set[str]]:
    """By list the applications that were on it."""
    columns = read_columns(folder, made, keys=True)
    at = np.flatnonzero(~columns.event)
    found = on_lists(columns, folder, made, at, entries)
    return {name: {columns.keys[i] for i in at[on]} for name, on in found.items()}


@pytest.mark.parametrize(
    ("put", "expected"),
    [
        pytest.param(entry("Device", "d-z", 99), {"first", "third"}, id="known before the first"),
        pytest.param(entry("Device", "d-z", 100), {"third"}, id="known at the first's own moment"),
        pytest.param(entry("Device", "d-z", 101), {"third"}, id="known after the first"),
        pytest.param(entry("Device", "d-z", 400), set(), id="known at the last's own moment"),
        pytest.param(entry("Device", "d-z", expires_at=100), set(), id="expired by the first's moment"),
        pytest.param(entry("Device", "d-z", expires_at=101), {"first"}, id="expired just after the first"),
        pytest.param(entry("Device", "d-z", removed_at=100), set(), id="removed by the first's moment"),
        pytest.param(entry("Device", "d-z", removed_at=101), {"first"}, id="removed just after the first"),
        pytest.param(entry("Device", "d-z", expires_at=900, removed_at=101), {"first"}, id="removed earlier"),
        pytest.param(entry("Device", "d-z", expires_at=101, removed_at=900), {"first"}, id="expired earlier"),
        pytest.param(entry("Device", "d-z", 60, expires_at=70), set(), id="stood between two applications"),
        pytest.param(entry("User", "s:u1"), {"first", "third"}, id="a user"),
        pytest.param(entry("User", "s:u1", 100), {"third"}, id="a user, known at the first's own moment"),
        pytest.param(entry("Phone", "p-2"), {"first"}, id="whatever its role"),
        pytest.param(entry("Device", "d-q"), set(), id="a key that nobody named"),
        pytest.param(entry("Phone", "d-z"), set(), id="a key of another type"),
        pytest.param(entry("Nothing", "d-z"), set(), id="a type that the snapshot does not know"),
    ],
)
def test_an_entry_is_seen_while_it_stands_by_what_came_with_it(
    folder: Path, put: Listed, expected: set[str]
) -> None:
    assert seen(folder, require_manifest(folder), {"watched": [put]}) == {"watched": expected}


def test_what_an_amendment_added_is_not_what_it_came_with(folder: Path) -> None:
    made = require_manifest(folder)
    columns = read_columns(folder, made, keys=True)
    device = columns.relations["Device"]
    assert (device.known_at > columns.known_at[device.target]).sum() == 1
    assert "second" not in seen(folder, made, {"watched": [entry("Device", "d-z")]})["watched"]
    amended_at_once = replace(FACTS[1], seq=-1, amended=((200, SHARED),))
    at_once = write_snapshot(folder / "at once", (FACTS[0], amended_at_once))
    assert seen(folder / "at once", at_once, {"watched": [entry("Device", "d-z")]}) == {"watched": {"first"}}


def test_lists_are_kept_apart_and_one_without_entries_is_one_that_nobody_was_on(folder: Path) -> None:
    trusted = replace(entry("Device", "d-a"), list="trusted")
    told = {"watched": [entry("Device", "d-z")], "trusted": [trusted], "empty": []}
    assert seen(folder, require_manifest(folder), told) == {
        "watched": {"first", "third"}, "trusted": {"second"}, "empty": set(),
    }  # fmt: skip


def test_of_two_entries_of_one_thing_one_that_stands_is_enough(folder: Path) -> None:
    both = [entry("Device", "d-z", removed_at=80), entry("Device", "d-z", 90, expires_at=300)]
    assert seen(folder, require_manifest(folder), {"watched": both}) == {"watched": {"first"}}
    beside_one_that_never_stood = [entry("Device", "d-z"), entry("Device", "d-z", 100, removed_at=100)]
    found = seen(folder, require_manifest(folder), {"watched": beside_one_that_never_stood})
    assert found == {"watched": {"first", "third"}}


def test_what_is_told_follows_the_positions_asked_for(folder: Path) -> None:
    made = require_manifest(folder)
    columns = read_columns(folder, made, keys=True)
    at = np.array([columns.keys.index(name) for name in ("third", "second")])
    found = on_lists(columns, folder, made, at, {"watched": [entry("Device", "d-z")]})
    assert found["watched"].tolist() == [True, False]


def test_all_that_ever_stood_is_read_by_list(sql: Sql) -> None:
    def put(name: str, key: str, at: int, until: int | None = None) -> Listed:
        return lists.add(sql, Wanted(name, "Device", key, "r", "o", until), clock=lambda: at)

    expired, gone, other = (
        put("watched", "a", 10, 20),
        put("watched", "b", 11),
        put("trusted", "a", 12),
    )
    put("third", "a", 13)
    gone = lists.remove(sql, gone.id, clock=lambda: 15)
    assert gone.removed_at == 15
    found = entries_of(sql, ("watched", "trusted", "never"))
    assert found == {"watched": [expired, gone], "trusted": [other], "never": []}
    assert entries_of(sql, ()) == {}


def drawn(dice: Random) -> list[Fact]:
    """Facts at few moments, of few users and identifiers: many share."""
    pool: list[Named] = [("Device", f"{dice.random():.3f}-{i}", None) for i in range(5)]
    pool += [("Phone", f"p{i}", role) for i in range(4) for role in ("self", "contact")]
    facts = []
    for i in range(80):
        at = dice.randrange(1, 60)
        own = tuple(dice.sample(pool, dice.randrange(4)))
        later = tuple((at + dice.randrange(1, 20), one) for one in pool if one not in own)
        label = dice.choice(["Application"] * 4 + ["Event"])
        amended = tuple(dice.sample(later, dice.randrange(3)))
        facts.append(Fact(f"f{i}", at, f"s:u{dice.randrange(12)}", own, amended, label, i))
    return facts


@pytest.mark.parametrize("seed", range(4))
def test_it_is_what_scoring_reads_of_an_arrival(sql: Sql, tmp_path: Path, seed: int) -> None:
    """Against the statement that scoring asks, one application after another."""
    dice = Random(seed)
    facts = drawn(dice)
    things = sorted({(label, key) for fact in facts for label, key, _ in fact.named})
    things += [("User", f"s:u{i}") for i in range(12)] + [("Device", "nobody's")]
    for _ in range(60):
        at = dice.randrange(60)
        until = dice.choice([None, None, at + dice.randrange(1, 30)])
        wanted = Wanted(dice.choice(["watched", "trusted"]), *dice.choice(things), "r", f"o{at}", until)
        put = lists.add(sql, wanted, clock=lambda at=at: at)  # type: ignore[misc]
        if put.removed_at is None and dice.random() < 0.4:
            lists.remove(sql, put.id, clock=lambda at=at: at + dice.randrange(1, 30))  # type: ignore[misc]
    expected: dict[str, set[str]] = {"watched": set(), "trusted": set()}
    for fact in facts:
        if fact.label == "Application":
            named = [*((label, key) for label, key, _ in fact.named), ("User", fact.user)]
            for one in lists.standing(sql, named, fact.known_at):
                expected[one.list].add(fact.key)
    made = write_snapshot(tmp_path / "snapshot", facts)
    found = seen(tmp_path / "snapshot", made, entries_of(sql, expected))
    assert found == expected
    assert all(0 < len(some) < 60 for some in expected.values())
