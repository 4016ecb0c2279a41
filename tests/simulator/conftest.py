"""One small world for all tests that only read it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from simulator import Order, simulate

WANTED = Order(applications=20_000, start=date(2025, 1, 1), days=180, seed=7)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    simulate(WANTED, folder)
    return folder


@pytest.fixture(scope="session")
def applications(world: Path) -> pl.DataFrame:
    return pl.read_parquet(world / "applications.parquet")


@pytest.fixture(scope="session")
def truth(world: Path) -> pl.DataFrame:
    return pl.read_parquet(world / "truth" / "applications.parquet")


@pytest.fixture(scope="session")
def world_ips(world: Path) -> list[str]:
    files = ("applications.parquet", "events.parquet")
    return pl.concat([pl.read_parquet(world / name)["ip"] for name in files]).unique().to_list()


@pytest.fixture(scope="session")
def world_products(world: Path) -> pl.DataFrame:
    return pl.read_parquet(world / "products.parquet")
