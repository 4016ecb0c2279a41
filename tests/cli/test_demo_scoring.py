"""What the demo keeps out of its load, and sends as a lender's system would."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from api.v1.score import ScoreAsked
from cli.demo_scoring import HELD, MEMBERS, OF_RINGS, POLICY, hold_back
from core.clock import moment_us, now_us
from loaders.hashing import Hasher
from loaders.mapping.read import read_mapping, schema_of
from policy import read_policy
from scoring.request import Using, arrival_of
from simulator import Order, simulate

NOW = "2025-04-15"
"""Two weeks before the world ends."""


@pytest.fixture
def world(tmp_path: Path) -> Path:
    simulate(Order(applications=6_000, start=date(2025, 1, 1), days=120, seed=7), tmp_path)
    return tmp_path


def test_what_is_held_back_is_in_no_file_and_some_of_it_joins_rings_that_stand(world: Path) -> None:
    before = pl.read_parquet(world / "applications.parquet").height
    held = hold_back(world, moment_us(NOW))
    assert len(held) == HELD
    assert 1 <= sum(one["ring"] is not None for one in held) <= OF_RINGS
    ids = {one["id"] for one in held}
    left = pl.read_parquet(world / "applications.parquet")["application_id"]
    assert left.len() == before - HELD
    assert not ids & set(left)
    assert not ids & set(pl.read_parquet(world / "outcomes.parquet")["application_id"])
    known = pl.read_parquet(world / "outcomes.parquet")["known_at"]
    assert len(known) > 100
    assert known.dt.epoch("us").max() < moment_us(NOW)
    truth = pl.read_parquet(world / "truth" / "applications.parquet")
    for one in held:
        if one["ring"] is not None:
            members = set(truth.filter(pl.col("ring_id") == one["ring"])["application_id"])
            assert len(members & set(left)) + OF_RINGS >= MEMBERS


def test_each_is_a_request_that_scoring_takes(world: Path) -> None:
    schema = schema_of(read_mapping(world / "mapping.toml"))
    using = Using(schema, Hasher(b"k" * 32), now_us())
    for one in hold_back(world, moment_us(NOW)):
        body = {name: value for name, value in one.items() if name != "ring"}
        arrival = arrival_of(ScoreAsked.model_validate(body).asked.sent, using)
        assert arrival.user is not None
        assert {"Device", "Phone", "IdNumber"} <= {named.label for named in arrival.named}


def test_its_policy_can_be_read() -> None:
    assert read_policy(POLICY).models == ("fraud",)
