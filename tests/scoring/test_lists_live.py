"""What a simulation sees of lists is what decisions saw, on a real graph and its snapshot."""

from __future__ import annotations

import numpy as np

from policy import lists
from policy.lists import Wanted, entries_of
from policy.on_lists import on_lists
from scoring import Asked, Decision, Given
from snapshot.export import export
from snapshot.read import read_columns
from tests.scoring.conftest import Home, clock, sent


def test_simulations_see_the_lists_that_decisions_saw(home: Home) -> None:
    given = Given("Device", "listed-for-a-while")

    def scored(number: int, device: str | None = None) -> Decision:
        return home.scoring.score(Asked(sent(number, device=device)))

    def put(name: str, label: str, key: str) -> str:
        return lists.add(home.sql, Wanted(name, label, key, "seen", "ops"), clock=clock).id

    found = [scored(500, given.value)]
    entry = put("watched", *home.scoring.named(given))
    put("trusted", "User", "web:U502")
    found += [scored(501, given.value), scored(502), scored(503), scored(504)]
    home.scoring.amend("web", "A503", [given])
    lists.remove(home.sql, entry, clock=clock)
    found += [scored(505, given.value)]
    assert [one.record["degraded"] for one in found] == [[]] * 6
    saw = {one.key: {entry["list"] for entry in one.record["listed"]} for one in found}
    assert saw["web:A501"] == {"watched"} and saw["web:A502"] == {"trusted"}
    assert {name for one in found for told in one.record["listed"] for name in told} == {
        "id",
        "list",
        "label",
        "key",
    }
    assert all(home.scoring.replay(one).differs == () for one in found[1:3])
    folder = home.settings.home / "snapshot-of-lists"
    made = export(home.graph, home.scoring.parts.schema, folder)
    columns = read_columns(folder, made, keys=True)
    at = np.array([p for p, key in enumerate(columns.keys) if key in saw and not columns.event[p]])
    told = on_lists(columns, folder, made, at, entries_of(home.sql, ("watched", "trusted")))
    assert {columns.keys[p]: {name for name, on in told.items() if on[i]} for i, p in enumerate(at)} == saw
