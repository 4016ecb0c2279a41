"""One implementation: alone or among many, in blocks or at once, by one thread or two, values are the same bits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.clock import DAY
from core.errors import IncompatibleError, NotFoundError, UsageError
from features import compute, house_catalogue, prepare, with_carried
from features.dataset import (
    HEAD,
    Wanted,
    combine,
    folds,
    labels,
    read_dataset,
    training_table,
    write_dataset,
)
from features.explain import explain
from features.hubs import summarise
from features.neighbourhood import neighbourhood
from snapshot.columns import SUMMARY, Columns
from tests.features.oracle import Oracle
from tests.features.worlds import World, columns, random_world


@pytest.fixture(scope="module")
def whole() -> Columns:
    return with_carried(columns(random_world(11, 200)), house_catalogue())


def applications(facts: Columns) -> np.ndarray:  # type: ignore[type-arg]
    return np.flatnonzero(~facts.event).astype(np.int64)


def place(world: World, target: int) -> tuple[int, int]:
    return world.targets[target].known_at, world.targets[target].seq


def test_one_application_alone_has_the_bits_that_it_has_among_all(whole: Columns) -> None:
    prepared, at = prepare(whole, house_catalogue()), applications(whole)
    together = prepared.block(at).values
    for place, p in enumerate(at[:40]):
        alone = prepared.block(np.array([p])).values[:, 0]
        assert alone.tobytes() == np.ascontiguousarray(together[:, place]).tobytes()


def test_blocks_and_threads_change_no_bit(whole: Columns) -> None:
    at = applications(whole)
    expected = prepare(whole, house_catalogue()).block(at).values
    made = prepare(whole, house_catalogue(), threads=2).blocks(at, 7, threads=2)
    assert np.concatenate([one.values for one in made], axis=1).tobytes() == expected.tobytes()


def test_a_link_known_before_its_application_counts_as_if_it_had_come_with_it() -> None:
    world = random_world(3)
    early = [
        replace(link, known_at=link.known_at - (number % 3) * DAY, seq=link.seq - (number % 3 == 0))
        if number % 2 and (link.known_at, link.seq) == place(world, link.target) and link.label != "User"
        else link
        for number, link in enumerate(world.links)
    ]
    assert sum(one != other for one, other in zip(early, world.links, strict=True)) > 20
    catalogue = house_catalogue()
    came, known = columns(world), columns(replace(world, links=early))
    at = applications(came)
    expected = compute(with_carried(came, catalogue), catalogue, at).values
    assert compute(with_carried(known, catalogue), catalogue, at).values.tobytes() == expected.tobytes()


def test_a_part_of_the_catalogue_gives_the_same_values(whole: Columns) -> None:
    at = applications(whole)
    some = compute(whole, house_catalogue(), at, ["users", "rate"]).frame()
    every = compute(whole, house_catalogue(), at).frame()
    assert some.equals(every.select(some.columns))
    with pytest.raises(NotFoundError, match="There is no feature"):
        compute(whole, house_catalogue(), at, ["moon"])


def test_every_feature_takes_different_values_in_these_worlds() -> None:
    seen: dict[str, set[object]] = {}
    for seed in range(14):
        facts = with_carried(columns(random_world(seed)), house_catalogue())
        frame = compute(facts, house_catalogue(), applications(facts)).frame()
        for name in frame.columns:
            seen.setdefault(name, set()).update(frame[name].drop_nulls().to_list())
    never = {name for name, values in seen.items() if len(values) < 2}
    assert not never


def test_a_late_outcome_changes_only_later_points(whole: Columns) -> None:
    at, catalogue = applications(whole), house_catalogue()
    known = whole.outcomes
    changed = len(known.value) // 2
    value = known.value.copy()
    value[changed] = 1.0 - min(value[changed], 1.0)
    other = replace(whole, outcomes=replace(known, value=value))
    differs = (compute(whole, catalogue, at).values != compute(other, catalogue, at).values) & ~np.isnan(
        compute(whole, catalogue, at).values
    )
    assert (whole.known_at[at[differs.any(axis=0)]] >= known.known_at[changed]).all()


def test_carried_of_another_catalogue_is_refused(whole: Columns) -> None:
    assert whole.carried is not None
    with pytest.raises(UsageError, match="carry other features"):
        compute(replace(whole, carried=whole.carried[:, :3]), house_catalogue(), applications(whole))


def test_a_value_is_explained_with_the_rows_behind_it(whole: Columns) -> None:
    catalogue, world = house_catalogue(), random_world(11, 200)
    oracle = Oracle(world, catalogue)
    prepared = prepare(whole, catalogue, ["applications", "other_applications", "known"])
    for p in applications(whole)[-5:]:
        for one in explain(prepared, catalogue, int(p), most=10_000):
            view = catalogue.by_name[one.name].view
            assert view is not None
            if one.value is not None and not one.name.endswith("_30d"):
                assert len(one.rows.items) == one.value or "known" in one.name
            if one.name.endswith("known_fraud_all") and one.value is not None:
                assert len(one.rows.items) == oracle.value(one.name, int(p))
            assert one.en and one.zh


def test_only_a_closed_day_is_summarised(whole: Columns) -> None:
    day = int(whole.known_at[100]) // DAY * DAY
    with pytest.raises(UsageError, match="closed day"):
        summarise(whole, "Device", day, day + DAY - 1)
    for figures in summarise(whole, "Device", day, day + DAY).values():
        told = dict(zip(SUMMARY, figures, strict=True))
        assert 1 <= told["users"] + 1 <= told["applications"] + 1
        assert 0 <= told["newcomers"] <= 1


WANTED = Wanted("fraud", 0, 200 * DAY, maturity=10 * DAY, known_until=110 * DAY)


def test_a_label_is_what_was_known_in_time(whole: Columns) -> None:
    at, known = applications(whole), whole.outcomes
    told = labels(whole, WANTED, at)
    for place, p in enumerate(at):
        rows = range(known.start[p], known.start[p + 1])
        end = min(whole.known_at[p] + WANTED.maturity, WANTED.known_until - 1)
        seen = [o for o in rows if known.names[known.name[o]] == "fraud" and known.known_at[o] <= end]
        expected = float(known.value[seen[-1]]) if seen else None
        assert told.value[place] == expected if expected is not None else np.isnan(told.value[place])
        assert told.matured[place] == (whole.known_at[p] + WANTED.maturity <= WANTED.known_until)


def test_a_training_table_holds_features_of_the_point_and_labels_of_later(whole: Columns) -> None:
    table = training_table(whole, house_catalogue(), WANTED)
    assert table.columns[: len(HEAD)] == list(HEAD)
    assert table.height == len(applications(whole))
    assert table.filter(~table["matured"])["label"].null_count() == (~table["matured"]).sum()
    test = table.filter(table["split"] == "test")["known_at"].min()
    train = table.filter(table["split"] == "train")["known_at"].max()
    assert isinstance(test, int) and isinstance(train, int)
    assert train + WANTED.maturity <= test
    values = compute(whole, house_catalogue(), applications(whole)).frame()
    assert table.select(values.columns).equals(values)


def test_nobody_is_in_two_folds(whole: Columns) -> None:
    at = applications(whole)
    found = folds(whole, at)
    for user in set(whole.user[at].tolist()) - {-1}:
        assert len(set(found[whole.user[at] == user].tolist())) == 1


def test_a_dataset_is_whole_or_refused(whole: Columns, tmp_path) -> None:  # type: ignore[no-untyped-def]
    house = house_catalogue()
    made = write_dataset(whole, house, WANTED, tmp_path / "one", threads=2)
    frame, manifest = read_dataset(tmp_path / "one", house)
    assert manifest == made
    assert frame.height == made.rows == sum(made.splits.values())
    with pytest.raises(UsageError, match="name another folder"):
        write_dataset(whole, house, WANTED, tmp_path / "one")
    other = replace(house, carried=(), definitions=house.definitions[:3])
    with pytest.raises(IncompatibleError, match="do not mix"):
        read_dataset(tmp_path / "one", other)
    with pytest.raises(IncompatibleError, match="do not mix"):
        combine([(frame, made), (frame, replace(made, catalogue="another"))])
    assert combine([(frame, made), (frame, made)]).height == 2 * frame.height
    (tmp_path / "one" / "table.parquet").write_bytes(b"changed")
    with pytest.raises(IncompatibleError, match="not what was written"):
        read_dataset(tmp_path / "one")


@pytest.mark.parametrize("seed", range(40, 43))
def test_a_neighbourhood_alone_gives_the_bits_that_all_facts_give(seed: int) -> None:
    catalogue = house_catalogue()
    everything = with_carried(columns(random_world(seed)), catalogue)
    among = prepare(everything, catalogue)
    for p in applications(everything):
        near, place = neighbourhood(everything, int(p))
        alone = compute(near, catalogue, np.array([place]))
        assert alone.frame().equals(among.block(np.array([p])).frame(), null_equal=True)
