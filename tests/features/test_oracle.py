"""Every feature, on random graphs, against the slow obvious version."""

from __future__ import annotations

import math

import numpy as np
import pytest

from features import compute, house_catalogue, with_carried
from features.words import MEASURES
from tests.features.oracle import HUBS, OWN, Oracle, Value
from tests.features.oracle import MEASURES as VIEWED
from tests.features.worlds import columns, random_world


def agree(found: Value, expected: Value) -> bool:
    if found is None or expected is None or isinstance(expected, str):
        return found == expected
    return isinstance(found, float) and math.isclose(found, float(expected), rel_tol=1e-9, abs_tol=1e-9)


def test_the_oracle_knows_every_measure() -> None:
    assert {*VIEWED, *HUBS, *OWN} == set(MEASURES)


@pytest.mark.parametrize("seed", range(8))
def test_every_feature_is_what_the_obvious_version_says(seed: int) -> None:
    world, catalogue = random_world(seed), house_catalogue()
    whole = with_carried(columns(world), catalogue)
    at = np.flatnonzero(~whole.event).astype(np.int64)
    frame, oracle = compute(whole, catalogue, at).frame(), Oracle(world, catalogue)
    wrong = [
        (variant.name, int(p), found, expected)
        for variant in catalogue.variants
        for p, found in zip(at, frame[variant.name].to_list(), strict=True)
        if not agree(found, expected := oracle.value(variant.name, int(p)))
    ]
    assert not wrong
