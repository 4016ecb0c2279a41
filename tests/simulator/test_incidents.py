from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

from core.errors import UsageError
from simulator import Order, order, simulate

BASE = Order(applications=20_000, start=date(2025, 1, 1), days=90, seed=5)
DAY = 60


class World(NamedTuple):
    applications: pl.DataFrame
    truth: pl.DataFrame
    incident: dict[str, object]


def happened(folder: Path, kind: str, *more: str) -> World:
    wanted = order(BASE.applications, "2025-01-01", BASE.days, BASE.seed, [f"{kind}@{DAY}", *more])
    simulate(wanted, folder)
    incidents = pl.read_parquet(folder / "truth" / "incidents.parquet").with_columns(
        pl.col("kind", "lender").cast(pl.String)
    )
    rows = pl.read_parquet(folder / "applications.parquet").with_columns(pl.col("lender").cast(pl.String))
    truth = pl.read_parquet(folder / "truth" / "applications.parquet")
    assert incidents["kind"][0] == kind
    assert incidents["from_at"][0] == datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=DAY)
    return World(rows, truth, incidents.row(0, named=True))


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("quiet")
    simulate(BASE, folder)
    rows = pl.read_parquet(folder / "applications.parquet").with_columns(pl.col("lender").cast(pl.String))
    return World(rows, pl.read_parquet(folder / "truth" / "applications.parquet"), {})


def test_a_farm_bursts_on_its_day(tmp_path: Path) -> None:
    world = happened(tmp_path, "device_farm", "device_farm@2025-03-02")
    farm = world.truth.filter(pl.col("ring_id") == world.incident["ring_id"])
    rows = farm.join(world.applications, on="application_id")
    assert rows.height >= 20
    assert rows["submitted_at"].dt.date().unique().to_list() == [date(2025, 3, 2)]
    assert rows["device_id"].n_unique() < rows["user_id"].n_unique() / 2
    assert rows["fraud"].mean() > 0.8
    assert world.applications.height == BASE.applications


def test_a_new_office_brings_many_honest_people_behind_one_address(tmp_path: Path, quiet: World) -> None:
    world = happened(tmp_path, "office_wifi")
    rows = world.applications.hstack(world.truth.drop("application_id"))
    there = rows.filter(pl.col("employer") == world.incident["employer"])
    assert there["submitted_at"].min() >= world.incident["from_at"]
    assert there.height > 50
    assert there["user_id"].n_unique() > 30
    assert there["fraud"].mean() < 0.05
    assert rows.filter(pl.col("ip") == world.incident["ip"]).height > 15
    same = pl.any_horizontal(pl.col("employer") != world.incident["employer"])
    before = quiet.applications.join(rows.filter(same), on="application_id", suffix="_after")
    assert (before["device_id"] == before["device_id_after"]).all()


def test_a_broken_loader_writes_one_device_or_none_and_amounts_a_hundredfold(
    tmp_path: Path, quiet: World
) -> None:
    world = happened(tmp_path, "broken_loader")
    wrong = (pl.col("lender") == world.incident["lender"]) & pl.col("submitted_at").is_between(
        world.incident["from_at"], world.incident["until_at"], closed="left"
    )
    rows, before = world.applications, quiet.applications
    assert rows.filter(wrong)["device_id"].n_unique() == 2
    assert rows.filter(wrong).height > 10
    assert (rows.filter(wrong)["amount"] == 100 * before.filter(wrong)["amount"]).all()
    assert rows.filter(~wrong).equals(before.filter(~wrong))
    assert world.truth.equals(quiet.truth)


def test_a_policy_changes_for_one_lender_from_its_day_on(tmp_path: Path, quiet: World) -> None:
    world = happened(tmp_path, "policy_change")
    assert world.applications.equals(quiet.applications)
    later = pl.col("submitted_at") >= world.incident["from_at"]
    both = world.applications.with_columns(
        change=world.truth["approval_chance"] - quiet.truth["approval_chance"],
        hit=(pl.col("lender") == world.incident["lender"]) & later,
    )
    assert (both.filter(~pl.col("hit"))["change"] == 0).all()
    assert both.filter("hit")["change"].abs().min() > 0
    assert abs(both.filter("hit")["change"].mean()) > 0.1


@pytest.mark.parametrize(
    "text", ["flood@3", "device_farm", "device_farm@", "device_farm@90", "office_wifi@-1", "@3",
             "broken_loader@2024-12-31", "policy_change@soon"],
)  # fmt: skip
def test_unknown_incidents_and_days_outside_the_world_are_refused(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        order(1_000, "2025-01-01", 90, 7, [text])
    assert refused.value.code == "simulate.incident"


def test_too_many_incidents_are_refused() -> None:
    with pytest.raises(UsageError):
        order(1_000, "2025-01-01", 90, 7, ["device_farm@3"] * 21)


def test_chunks_change_no_byte_of_a_world_with_incidents(tmp_path: Path) -> None:
    texts = ["device_farm@20", "office_wifi@5", "broken_loader@10", "policy_change@9"]
    wanted = order(3_000, "2025-01-01", 30, 3, texts)
    for name, chunk in (("a", 50_000), ("b", 333)):
        simulate(wanted, tmp_path / name, chunk=chunk)
    for path in (tmp_path / "a").rglob("*.parquet"):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()
