from __future__ import annotations

import hashlib
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from core.errors import UsageError
from loaders.mapping.model import Mapping
from simulator import Order, order, simulate
from simulator.habits import HABITS
from simulator.sheet import KINDS

SMALL = Order(applications=3_000, start=date(2025, 1, 1), days=30, seed=11)
TARGETS = ("fraud", "approval", "disbursement", "overdue", "amount")


def digests(folder: Path) -> dict[str, str]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def test_same_arguments_same_bytes_whatever_the_chunk(tmp_path: Path) -> None:
    for name, chunk in (("a", 50_000), ("b", 50_000), ("c", 777)):
        simulate(SMALL, tmp_path / name, chunk=chunk)
    assert digests(tmp_path / "a") == digests(tmp_path / "b") == digests(tmp_path / "c")


def test_chunks_that_cross_row_groups_change_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.write.ROW_GROUP", 500)
    for name, chunk in (("a", 3_000), ("b", 333)):
        simulate(SMALL, tmp_path / name, chunk=chunk)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_another_seed_is_another_world(tmp_path: Path) -> None:
    simulate(SMALL, tmp_path / "a")
    simulate(replace(SMALL, seed=12), tmp_path / "b")
    one, two = digests(tmp_path / "a"), digests(tmp_path / "b")
    assert {name for name in one if one[name] == two[name]} == {
        "mapping.toml",
        "products.parquet",
        "truth/incidents.parquet",
    }


@pytest.mark.parametrize("applications", [1_000, 1_001, 20_000])
def test_a_world_has_exactly_the_applications_asked_for(tmp_path: Path, applications: int) -> None:
    summary = simulate(replace(SMALL, applications=applications), tmp_path)
    assert summary.applications == applications
    assert pl.read_parquet(tmp_path / "applications.parquet").height == applications


def test_the_mapping_loads_everything_but_the_truth(world: Path) -> None:
    raw = tomllib.loads((world / "mapping.toml").read_text(encoding="utf-8"))
    mapping = Mapping.model_validate(raw)
    tables = {str(path.relative_to(world)) for path in world.rglob("*.parquet")}
    named = {table.file for table in mapping.table}
    assert tables - named == {
        "impressions.parquet",
        "truth/applications.parquet",
        "truth/rings.parquet",
        "truth/incidents.parquet",
    }
    assert named <= tables
    for table in raw["table"]:
        there = set(pl.read_parquet_schema(world / table["file"]))
        assert columns_named(table) <= there
        assert not there & {"ring_id", "fraud_chance", "innocence", "person_id", "role"}


def columns_named(table: Any) -> set[str]:
    """Every string below a key that names columns, found in the raw table."""
    names: set[str] = set()
    for key, value in table.items():
        if key in {"id", "user", "application", "from", "to", "order", "lender", "product", "level"}:
            names |= {value} if isinstance(value, str) else set(value)
        elif key in {"event_at", "known_at", "value"}:
            names.add(value["column"])
        elif key == "properties":
            names |= {part["column"] for part in value.values()}
        elif key == "identifiers":
            names |= {part["column"] for part in value}
        elif isinstance(value, str) and value.startswith("column:"):
            names.add(value.removeprefix("column:"))
    return names


def outcomes(world: Path, target: str) -> pl.DataFrame:
    return pl.read_parquet(world / "outcomes.parquet").filter(pl.col("target").cast(pl.String) == target)


def test_outcomes_become_known_after_they_happen(world: Path, applications: pl.DataFrame) -> None:
    submitted = applications.select("application_id", "submitted_at")
    for target in TARGETS:
        found = outcomes(world, target)
        assert found.height > 0
        assert found["application_id"].is_unique().all()
        joined = found.join(submitted, on="application_id")
        assert joined.height == found.height
        assert (joined["known_at"] >= joined["event_at"]).all()
        assert (joined["event_at"] > joined["submitted_at"]).all()
        if target == "amount":
            assert (joined["value"] >= 10_000).all()
        else:
            assert set(joined["value"].unique()) == {0.0, 1.0}
    late = outcomes(world, "fraud")
    waited = late.filter(pl.col("value") == 1).join(submitted, on="application_id")
    assert (waited["known_at"] - waited["submitted_at"]).dt.total_days().median() > 7


def test_labels_agree_with_the_truth(world: Path, truth: pl.DataFrame) -> None:
    labels = outcomes(world, "fraud").join(truth, on="application_id")
    assert (labels["value"].cast(pl.Int8) == labels["fraud"].cast(pl.Int8)).all()
    share = truth["fraud"].mean()
    assert 0.015 < share < 0.05
    assert abs(truth["fraud_chance"].mean() - share) < 0.005


def test_at_most_half_of_those_who_share_a_device_are_fraud(
    applications: pl.DataFrame, truth: pl.DataFrame
) -> None:
    shared = applications.filter(pl.col("user_id").n_unique().over("device_id") > 1)
    both = shared.join(truth, on="application_id")
    assert both.height > 0.05 * applications.height
    assert 0.02 < both["fraud"].mean() <= 0.5


@pytest.mark.parametrize("applications", [1_000, 10_000])
def test_small_worlds_share_innocently_too(tmp_path: Path, applications: int) -> None:
    simulate(replace(SMALL, applications=applications, days=180), tmp_path)
    rows = pl.read_parquet(tmp_path / "applications.parquet").join(
        pl.read_parquet(tmp_path / "truth" / "applications.parquet"), on="application_id"
    )
    assert rows.filter(pl.col("user_id").n_unique().over("device_id") > 1)["fraud"].mean() <= 0.5


def test_every_ring_has_three_applications_of_two_users(
    world: Path, applications: pl.DataFrame, truth: pl.DataFrame
) -> None:
    members = truth.drop_nulls("ring_id").join(applications, on="application_id")
    found = members.group_by("ring_id").agg(
        applications=pl.len().cast(pl.Int64),
        users=pl.col("user_id").n_unique().cast(pl.Int64),
        first=pl.col("submitted_at").min(),
    )
    assert found["applications"].min() >= 3
    assert found["users"].min() >= 2
    rings = pl.read_parquet(world / "truth" / "rings.parquet").with_columns(pl.col("kind").cast(pl.String))
    both = rings.join(found, on="ring_id", suffix="_found")
    assert both.height == rings.height == found.height
    assert (both["applications"] == both["applications_found"]).all()
    assert (both["users"] == both["users_found"]).all()
    assert set(rings["kind"]) == {KINDS[habit.kind] for habit in HABITS}
    assert truth.filter(pl.col("kind").cast(pl.String) == "lone")["ring_id"].null_count() > 0


def test_a_lone_fraudster_is_no_ring(truth: pl.DataFrame) -> None:
    lone = truth.filter(pl.col("kind").cast(pl.String) == "lone")
    assert lone.group_by("person_id").len()["len"].max() <= 2


def test_innocent_ways_of_sharing_are_all_there(truth: pl.DataFrame) -> None:
    assert set(truth["innocence"].cast(pl.String).drop_nulls()) == {
        "household", "agent_shop", "resold_device", "recycled_phone", "second_account", "dormitory", "office",
    }  # fmt: skip


def test_a_resold_device_leaves_its_first_owner_for_good(
    applications: pl.DataFrame, truth: pl.DataFrame
) -> None:
    kind = pl.col("innocence").cast(pl.String)
    buyers = truth.filter(kind == "resold_device").join(applications, on="application_id")
    history = applications.filter(pl.col("device_id").is_in(buyers["device_id"].unique().to_list()))
    turns = (
        history.sort("arrival")
        .group_by("device_id", maintain_order=True)
        .agg(turns=(pl.col("user_id") != pl.col("user_id").shift()).sum(), users=pl.col("user_id").n_unique())
    )
    passed_on = turns.filter(pl.col("users") == 2)
    assert passed_on.height > 20
    assert (passed_on["turns"] == 1).mean() > 0.8


def test_hubs_ties_and_busy_hours_are_there(applications: pl.DataFrame) -> None:
    assert applications.group_by("ip").len()["len"].max() > 100
    assert applications.group_by("employer").len()["len"].max() > 20
    assert applications["submitted_at"].is_duplicated().mean() > 0.001
    hour = (applications["submitted_at"].dt.convert_time_zone("Asia/Shanghai").dt.hour()).value_counts()
    by_hour = dict(hour.iter_rows())
    assert by_hour[20] > 5 * by_hour[3]
    assert applications["submitted_at"].min().date() >= date(2025, 1, 1)
    assert applications["submitted_at"].max().date() < date(2025, 6, 30)


def test_events_and_relations_name_known_users(world: Path, applications: pl.DataFrame) -> None:
    users = set(applications["user_id"].unique())
    events = pl.read_parquet(world / "events.parquet")
    assert set(events["user_id"].unique()) == users
    assert events["event_id"].is_unique().all()
    signups = events.filter(pl.col("kind").cast(pl.String) == "signup")
    assert signups.height == len(users) == signups["user_id"].n_unique()
    relations = pl.read_parquet(world / "relations.parquet")
    assert relations.height > 0
    assert set(relations["user_id"]) | set(relations["relative_id"]) <= users
    assert (relations["user_id"] != relations["relative_id"]).all()
    assert not relations.select("user_id", "relative_id").is_duplicated().any()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((999, "2025-01-01", 180, 7), "simulate.applications"),
        ((10_000_001, "2025-01-01", 180, 7), "simulate.applications"),
        ((1_000, "yesterday", 180, 7), "simulate.start"),
        ((1_000, "2025-02-30", 180, 7), "simulate.start"),
        ((1_000, "0001-01-01", 180, 7), "simulate.start"),
        ((1_000, "2025-01-01", 6, 7), "simulate.days"),
        ((1_000, "2025-01-01", 180, -1), "simulate.seed"),
    ],
)
def test_bad_arguments_are_refused(arguments: tuple[int, str, int, int], code: str) -> None:
    with pytest.raises(UsageError) as refused:
        order(*arguments)
    assert refused.value.code == code


def test_a_folder_that_holds_something_is_left_alone_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(UsageError) as refused:
        simulate(SMALL, tmp_path)
    assert refused.value.code == "simulate.folder"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    simulate(SMALL, tmp_path, force=True)
    assert (tmp_path / "mine.txt").read_text() == "keep"
    with pytest.raises(UsageError):
        simulate(SMALL, tmp_path / "mine.txt", force=True)


def test_a_world_that_breaks_off_leaves_no_mapping_and_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("disk")

    monkeypatch.setattr("simulator.files.Files.write_chunk", broken)
    with pytest.raises(RuntimeError):
        simulate(SMALL, tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
