"""The comparison with the truth, on cases small enough to count by hand."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from core.clock import DAY
from core.errors import FinGraphError
from rings.evaluate import days_to_detection, evaluate, plain_components, read_truth

from ring_worlds import facts_of, farm  # isort: skip

TRUTH = pl.DataFrame(
    [
        *((f"a{i}", "R1", "device_farm", None, f"u{i}", i * DAY) for i in range(4)),
        *((f"b{i}", "R2", "sim_farm", None, f"v{i}", i * DAY) for i in range(4)),
        *((f"c{i}", "R3", "sim_farm", None, "one user", i * DAY) for i in range(4)),
        *((f"h{i}", None, "none", "household", f"w{i}", i * DAY) for i in range(4)),
    ],
    schema=["application_id", "ring_id", "kind", "innocence", "user_id", "known_at"],
    orient="row",
)


def rings(*groups: tuple[str, float, list[str]]) -> pl.DataFrame:
    rows = [(name, member, score) for name, score, members in groups for member in members]
    return pl.DataFrame(rows, schema=["ring", "application_id", "score"], orient="row")


def test_a_ring_is_found_by_half_of_what_both_hold() -> None:
    found = evaluate(
        rings(
            ("half", 0.9, ["a0", "a1", "h0"]),  # 2 of 5
            ("whole", 0.9, ["b0", "b1", "b2"]),  # 3 of 4
            ("quiet", 0.4, ["a0", "a1", "a2", "a3"]),  # not listed
        ),
        TRUTH,
    )
    assert (found.planted, found.found, found.listed, found.right) == (2, 1, 2, 1)
    assert (found.recall, found.precision) == (0.5, 0.5)
    assert (found.members, found.members_found) == (8, 5)
    assert found.by_kind["sim_farm"] == {"planted": 1, "found": 1, "recall": 1.0}
    assert found.by_kind["device_farm"]["found"] == 0
    assert found.innocent == {"household": {"applications": 4, "in_listed_rings": 1, "share": 0.25}}


def test_days_run_from_the_third_application_to_the_first_run_that_lists_the_ring() -> None:
    runs = [{"run": n, "as_of": n * DAY} for n in range(1, 7)]
    spans = pl.DataFrame(
        {
            "ring": ["r"] * 4,
            "application_id": ["a0", "a1", "a2", "a3"],
            "since": [2, 2, 3, 4],
            "until": [7] * 4,
            "runs": [[2, 4]] * 4,
            "scores": [[0.4, 0.7]] * 4,
        }
    )
    known = TRUTH.filter(pl.col("ring_id").is_in(["R1", "R2"]))
    # R1's third application is at day 2; the ring is listed in run 4, as of day 4.
    assert days_to_detection(runs, spans, known) == [2.0, None]


def test_plain_components_take_an_identifiers_first_users() -> None:
    facts = facts_of(farm(30))
    few, many = (plain_components(facts, limit) for limit in (20, 10**9))
    assert (few.height, many.height) == (20, 30)


def test_a_truth_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FinGraphError) as missing:
        read_truth(tmp_path / "no.parquet")
    assert missing.value.code == "rings.truth"
    pl.DataFrame({"x": [1]}).write_parquet(tmp_path / "x.parquet")
    with pytest.raises(FinGraphError) as wrong:
        read_truth(tmp_path / "x.parquet")
    assert wrong.value.code == "rings.truth_columns"
