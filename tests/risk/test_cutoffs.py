"""What a cut-off would do, counted by hand."""

from __future__ import annotations

import re

import numpy as np
import polars as pl

from risk.cutoffs import HEAD, SHARES, cutoffs
from tests.risk.tables import DAY


def rows(chance: list[float], label: list[float], *, adverse: bool = True) -> dict[str, dict[str, str]]:
    frame = pl.DataFrame({"known_at": (np.arange(len(chance)) // 10 * DAY).astype(np.int64)})
    text = cutoffs(frame, np.array(chance), np.array(label), adverse=adverse)
    told = [re.findall("<td>(.*?)</td>", row) for row in re.findall("<tr>(.*?)</tr>", text)[1:]]
    assert len(told) == len(SHARES)
    return {row[0]: dict(zip(HEAD[1:], row[1:], strict=True)) for row in told}


CHANCE = [place / 100 for place in range(100)]
LABEL = [float(place in {99, 98, 95, 50}) for place in range(100)]


def test_those_above_a_cut_off_are_counted() -> None:
    one = rows(CHANCE, LABEL)["5.0%"]
    assert (one["probability"], one["applications"], one["positives"]) == ("0.9500", "5", "3")
    assert (one["share"], one["of the bad"], one["of the good"]) == ("0.6000", "0.7500", "0.0208")
    assert one["left: share bad"] == f"{1 / 95:.4f}"
    low, high = (float(bound) for bound in one["95 %"].split(" to "))
    assert low <= 1 / 95 <= high


def test_where_a_high_probability_is_good_the_lowest_are_turned_down() -> None:
    one = rows([1 - c for c in CHANCE], [1 - y for y in LABEL], adverse=False)["5.0%"]
    assert (one["probability"], one["applications"], one["positives"]) == ("0.0500", "5", "2")
    assert (one["of the bad"], one["left: share bad"]) == ("0.7500", f"{1 / 95:.4f}")


def test_who_has_the_same_probability_counts_in_part() -> None:
    one = rows([0.5] * 100, LABEL)["50.0%"]
    assert (one["applications"], one["positives"], one["of the bad"]) == ("50", "2", "0.5000")
