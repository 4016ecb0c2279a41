"""Reasons of rings name what they are seen in: the same whatever the order of loading, and the obvious way."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from dataclasses import replace

import polars as pl
import pytest
from ring_worlds import SCHEMA, World, facts_of, farm, random_world

from graph_schema import FINGRAPH
from rings import found as found_module
from rings.bonds import JOINT
from rings.choose import Finder
from rings.facts import OUTCOMES, Facts
from rings.found import found_rings
from rings.proof import PROOFS, proofs, with_proof


def with_outcomes(facts: Facts, outcomes: dict[str, list[tuple[float, int]]]) -> Facts:
    """`facts` with outcomes of fraud, `(value, known_at)` by application."""
    target = dict(facts.targets.filter("application").select("key", "target").iter_rows())
    rows = [
        (target[key], "fraud", value, at, 0)
        for key, known in outcomes.items()
        for value, at in known
        if key in target
    ]
    return replace(facts, outcomes=pl.DataFrame(rows, schema=OUTCOMES, orient="row"))


def slow_proofs(finder: Finder, rings: pl.DataFrame) -> dict[int, dict[str, list[str]]]:
    """Evidence of binding identifiers, ring by ring and bond by bond."""
    users: dict[int, set[int]] = defaultdict(set)
    for group, who in rings.iter_rows():
        users[group].add(who)
    found: dict[int, dict[str, list[str]]] = {}
    for group, members in users.items():
        tied: dict[tuple[str, int], set[int]] = defaultdict(set)
        began: dict[tuple[str, int], int] = defaultdict(lambda: 2**62)
        for bond in finder.bonds.iter_rows(named=True):
            if bond["type"] != JOINT and {bond["a"], bond["b"]} <= members:
                thing = bond["type"], bond["thing"]
                tied[thing] |= {bond["a"], bond["b"]}
                began[thing] = min(began[thing], 2**62 if bond["known_at"] is None else bond["known_at"])
        for label in {label for label, _ in tied}:
            ranked = sorted(
                (-len(tied[thing]), began[thing], finder.facts.keys(label, [thing[1]]).item(0, "key"))
                for thing in tied
                if thing[0] == label
            )
            found.setdefault(group, {})[f"by_{label.lower()}"] = [key for _, _, key in ranked[:PROOFS]]
    return found


@pytest.mark.parametrize("seed", range(20))
def test_the_evidence_is_what_ties_most_members_first(seed: int) -> None:
    finder = Finder(SCHEMA, facts_of(random_world(random.Random(seed))))
    rings = finder.rings()
    made = {
        group: {sign: list(keys) for sign, keys in proof.items() if sign.startswith("by_")}
        for group, proof in proofs(finder, rings).items()
    }
    assert {group: proof for group, proof in made.items() if proof} == slow_proofs(finder, rings)


@pytest.mark.parametrize("seed", range(6))
def test_another_order_of_loading_gives_the_same_evidence(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found_module, "LISTED", 0.0)
    world = random_world(random.Random(seed))
    seen = [
        found_rings(Finder(SCHEMA, facts_of(world, order)))
        for order in (None, random.Random(1), random.Random(2))
    ]
    assert seen[0] == seen[1] == seen[2]


def test_a_known_fraud_is_named_by_the_applications_that_are() -> None:
    world = farm(8)
    outcomes = {f"s:a{n:02}": [(1.0, 50)] for n in range(7)} | {"s:a07": [(1.0, 50), (0.0, 60)]}
    wide = replace(SCHEMA, identifiers=tuple(replace(i, bind=20) for i in SCHEMA.identifiers))
    finder = Finder(wide, with_outcomes(facts_of(world), outcomes))
    proof = proofs(finder, finder.rings())
    (only,) = proof.values()
    assert only["fraud_known"] == [f"s:a{n:02}" for n in range(PROOFS)]
    assert only["clean_known"] == ["s:a07"]
    assert only["by_device"] == ["d1"]


def test_every_reason_has_its_whole_shape_and_only_listed_rings_name_evidence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for least, named in ((0.0, ["d1"]), (1.1, [])):
        monkeypatch.setattr(found_module, "LISTED", least)
        (ring,) = found_rings(Finder(SCHEMA, facts_of(farm(3))))
        reasons = json.loads(str(ring.properties["reasons"]))
        assert all(set(one) == {"code", "params", "weight", "evidence_ids"} for one in reasons)
        by = {one["code"]: one["evidence_ids"] for one in reasons}
        assert by.get("ring.by_device", named) == named
    assert with_proof([{"code": "ring.span"}], {}) == [{"code": "ring.span", "evidence_ids": []}]


def test_employers_and_addresses_that_members_share_are_named() -> None:
    more = (FINGRAPH.identifier("Employer"), FINGRAPH.identifier("Address"))
    schema = replace(SCHEMA, identifiers=(*SCHEMA.identifiers, *more))
    world = World()
    for n in range(4):
        world.apply(f"s:{n}", f"s:u{n}", n, Device="d", Employer="e", Address=f"home{n // 3}")
    finder = Finder(schema, facts_of(world))
    (only,) = proofs(finder, finder.rings()).values()
    assert (only["employers"], only["addresses"]) == (["e"], ["home0"])
