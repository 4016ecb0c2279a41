"""A home's own features: what they may read."""

from __future__ import annotations

import pytest

from core.errors import UsageError
from graph_schema import FINGRAPH
from scoring.own import Own, catalogues_for

OWN = """
[[feature]]
name = "asked"
measure = "number"
description = "What was asked for."
columns = ["{column}"]
staff_en = "{{value}}"
staff_zh = "{{value}}"
family = "attributes"
unit = "cents"
"""


def own(column: str) -> Own:
    return Own("own.toml", OWN.format(column=column))


@pytest.mark.parametrize("column", ["amount_cents", "IdNumber.birth_year", "debt_cents", "list.known_fraud"])
def test_what_applications_have_may_be_read(column: str) -> None:
    assert "asked" in catalogues_for(FINGRAPH, own(column)).whole.by_name


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("incmoe_cents", "did you mean income_cents"),
        ("overdue", "neither applications"),
        ("digest", "neither"),
    ],
)
def test_a_column_that_nobody_has_is_refused(column: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        catalogues_for(FINGRAPH, own(column))
    assert refused.value.code == "features.invalid"
