"""A policy on a past window decides as it would have when nothing was missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
import pytest

from policy import read_policy
from policy.simulate import Block, simulate

POLICY = """
name = "p"
version = 1
models = ["fraud"]
decides = "fraud"
otherwise = "approve"
fallback = "review"

[[rule]]
name = "one"
when = "{}"
then = "decline"
"""


class Risky:
    """Sees a risk of .7 in everybody."""

    def told(self, rows: pl.DataFrame) -> Mapping[str, Any]:
        return {"probability": np.full(rows.height, 0.7), "score": np.full(rows.height, 400)}


@pytest.mark.parametrize(
    ("when", "declined"),
    [
        ("fraud.probability >= 0.5", 3),
        ("fraud.probability >= 0.5 and degraded.graph == False", 3),
        ("fraud.probability >= 0.5 and not degraded.models", 3),
        ("known(degraded.carried) and fraud.score < 500", 3),
        ("degraded.graph", 0),
        ("feature.seen > 1", 2),
    ],
)
def test_nothing_is_missing_in_the_past(when: str, declined: int) -> None:
    block = Block(pl.DataFrame({"seen": [1.0, 2.0, 3.0]}), {"fraud": [0.0, 1.0, float("nan")]}, {})
    made = simulate(read_policy(POLICY.format(when)), [block], {"fraud": Risky()})
    assert {line.rule: line.applications for line in made.lines} == {
        "one": declined, "otherwise": 3 - declined, "fallback": 0,
    }  # fmt: skip
