from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from core.errors import UsageError
from simulator import World, respond
from simulator.lenders import PRODUCT_IDS
from simulator.taste import liking, wish
from simulator.traits import traits
from tests.simulator.conftest import WANTED

AT = datetime(2025, 7, 1, 12, tzinfo=UTC)
MOMENT = int(AT.timestamp()) * 1_000_000
TEN = list(PRODUCT_IDS[:10])


@pytest.fixture(scope="module")
def lender() -> World:
    return World(WANTED)


@pytest.fixture(scope="module")
def people(truth: pl.DataFrame) -> list[str]:
    return truth["person_id"].unique(maintain_order=True)[:6_000].to_list()


def test_the_same_question_has_the_same_answer_alone_or_among_many(lender: World, people: list[str]) -> None:
    many = respond(lender, people[:50], [TEN] * 50, AT, seed=3)
    for row in (0, 17, 49):
        alone = respond(lender, people[row], TEN, MOMENT, seed=3)
        for name, values in vars(alone).items():
            assert values.shape == (10,)
            assert np.array_equal(values, getattr(many, name)[row])
    other = respond(lender, people[:50], [TEN] * 50, AT, seed=4)
    assert not np.array_equal(many.clicked, other.clicked)


def test_each_step_follows_the_one_before(lender: World, people: list[str]) -> None:
    found = respond(lender, people, [TEN] * len(people), AT)
    steps = (found.clicked, found.applied, found.approved, found.disbursed, found.overdue)
    for before, after in pairwise(steps):
        assert (before | ~after).all()
        assert 0 < after.sum() < before.sum()
    assert found.applied.sum(axis=1).max() == 1
    assert ((found.amount > 0) == found.approved).all()


def test_places_lower_down_are_clicked_less(lender: World, people: list[str]) -> None:
    down = respond(lender, people, [TEN] * len(people), AT)
    up = respond(lender, people, [TEN[::-1]] * len(people), AT)
    assert down.clicked[:, 0].mean() > 2 * up.clicked[:, 9].mean()
    assert (down.clicked[:, 0] | ~up.clicked[:, 9]).all()


def test_what_people_like_on_top_brings_more_applications(lender: World, people: list[str]) -> None:
    person = np.array([int(name[1:]) for name in people])
    wished = wish(lender.dice, traits(lender.dice, person).income, person)
    liked = liking(lender.dice, person[:, None], wished[:, None], np.arange(len(PRODUCT_IDS)))
    best = [[PRODUCT_IDS[place] for place in row] for row in np.argsort(-liked, axis=1)[:, :8]]
    good = respond(lender, people, best, AT).applied.sum()
    worst = respond(lender, people, [row[::-1] for row in best], AT).applied.sum()
    assert good > 1.1 * worst


def test_a_user_answers_as_the_person_behind_it(
    lender: World, applications: pl.DataFrame, truth: pl.DataFrame
) -> None:
    rows = applications.hstack(truth.drop("application_id")).filter(
        pl.col("kind").cast(pl.String).is_in(["none", "bust_out"])
    )
    lists = [TEN] * rows.height
    users = respond(lender, rows["user_id"].to_list(), lists, AT)
    persons = respond(lender, rows["person_id"].to_list(), lists, AT)
    for name, values in vars(users).items():
        assert np.array_equal(values, getattr(persons, name))


def test_rings_apply_and_do_not_pay(lender: World, truth: pl.DataFrame) -> None:
    farm = truth.filter(pl.col("kind").cast(pl.String) == "device_farm")["person_id"].unique().to_list()
    moments = MOMENT + np.arange(len(farm) * 200) * 60_000_000
    found = respond(lender, farm * 200, [TEN] * len(moments), moments)
    assert found.overdue.sum() > 0.5 * found.disbursed.sum()


def test_shorter_lists_end_in_nothing(lender: World, people: list[str]) -> None:
    found = respond(lender, people[:2], [["P01", "P02", "P03"], ["P01", "", ""]], AT)
    assert not found.clicked[1, 1:].any()
    whole = respond(lender, people[1], ["P01"], AT)
    assert whole.clicked[0] == found.clicked[1, 0]


@pytest.mark.parametrize(
    ("person", "products", "at", "code"),
    [
        ("P000000000", ["P99"], MOMENT, "simulate.product"),
        (["P000000000"], [["P01"], ["P02"]], MOMENT, "simulate.product"),
        (["P000000000"] * 2, [["P01"], ["P02", "P03"]], MOMENT, "simulate.product"),
        ("somebody", ["P01"], MOMENT, "simulate.person"),
        ("P999999999", ["P01"], MOMENT, "simulate.person"),
        ("P033000000", ["P01"], MOMENT, "simulate.person"),
        ("U99999999999", ["P01"], MOMENT, "simulate.person"),
        ("P000000000", ["P01"], datetime(2025, 7, 1), "simulate.moment"),
        (["P000000000"] * 3, [["P01"]] * 3, [1, 2], "simulate.moment"),
    ],
)
def test_unknown_people_products_and_moments_are_refused(
    lender: World, person: str, products: list[str], at: int, code: str
) -> None:
    with pytest.raises(UsageError) as refused:
        respond(lender, person, products, at)
    assert refused.value.code == code


@pytest.fixture(scope="module")
def impressions(world: Path) -> pl.DataFrame:
    return pl.read_parquet(world / "impressions.parquet").with_columns(pl.col("product_id").cast(pl.String))


def test_a_list_holds_each_product_once_from_the_top(impressions: pl.DataFrame) -> None:
    by_list = impressions.group_by("list_id").agg(
        pl.col("position").sort(),
        products=pl.col("product_id").n_unique(),
        users=pl.col("user_id").n_unique(),
        moments=pl.col("shown_at").n_unique(),
        applied=pl.col("applied_application_id").count(),
    )
    assert (by_list["position"] == pl.Series([list(range(8))], dtype=pl.List(pl.Int32)).first()).all()
    assert (by_list["products"] == 8).all()
    assert (by_list["users"] == 1).all()
    assert (by_list["moments"] == 1).all()
    assert set(by_list["applied"].unique()) == {0, 1}


def test_an_application_that_came_of_a_list_is_for_the_product_clicked(
    impressions: pl.DataFrame, applications: pl.DataFrame
) -> None:
    came = impressions.drop_nulls("applied_application_id")
    both = came.join(applications, left_on="applied_application_id", right_on="application_id")
    assert both.height == came.height > 0.2 * applications.height
    assert came["applied_application_id"].is_unique().all()
    assert (both["product_id"] == both["product_id_right"].cast(pl.String)).all()
    assert (both["user_id"] == both["user_id_right"]).all()
    assert both["clicked"].all()
    assert (both["shown_at"] < both["submitted_at"]).all()


def test_clicks_fade_from_the_top(impressions: pl.DataFrame) -> None:
    rate = impressions.group_by("position").agg(pl.col("clicked").mean()).sort("position")["clicked"]
    assert rate.is_sorted(descending=True)
    assert rate[0] > 2 * rate[7] > 0.02
