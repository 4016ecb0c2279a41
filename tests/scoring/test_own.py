"""What a home computes: what its own features may read, and which catalogues of before still stand."""

from __future__ import annotations

from itertools import permutations

import pytest

from core.errors import IncompatibleError, UsageError
from features import house_catalogue
from graph_schema import FINGRAPH, Schema
from graph_schema.declaration import identifier_type
from graph_schema.live import extended_by, extensions
from scoring import own as module
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


def test_what_applications_carry_is_the_houses() -> None:
    text = 'carried = ["card_applications_7d"]\n' + OWN.format(column="amount_cents")
    with pytest.raises(UsageError, match="what applications carry is the house's") as refused:
        catalogues_for(FINGRAPH, Own("own.toml", text))
    assert refused.value.code == "features.invalid"
    assert catalogues_for(FINGRAPH, Own("own.toml", "carried = []")).carried == house_catalogue().version


def declaring(*labels: str) -> Schema:
    """A graph's schema after these types were declared in it, one after the other."""
    schema = FINGRAPH
    for label in labels:
        more = identifier_type(label, "One's own.", f"USED_{label.upper()}", normaliser="code")
        schema = extended_by(FINGRAPH, extensions(schema.extended([more])))
    return schema


@pytest.mark.parametrize("order", list(permutations(("Branch", "Shop", "Terminal"))))
@pytest.mark.parametrize("with_own", [False, True])
def test_catalogues_of_before_a_type_was_declared_stand(order: tuple[str, ...], with_own: bool) -> None:
    added = own("amount_cents") if with_own else None
    now = catalogues_for(declaring(*order), added)
    for count in range(4):
        then = catalogues_for(declaring(*order[:count]), added)
        assert then.carried == now.carried == house_catalogue().version
        assert then.versions <= now.versions
        for one in (then.house, then.whole):
            assert now.held_against(one.version) == one.version
            assert now.of(one.version).definitions == one.definitions
            assert set(one.by_name) <= set(now.whole.by_name)


def test_own_features_of_a_declared_type_were_not_there_before_it() -> None:
    text = OWN.format(column="amount_cents").replace(
        'measure = "number"', 'measure = "mean"\nviews = ["shop"]\nwindows = ["7d"]'
    )
    now = catalogues_for(declaring("Shop", "Terminal"), Own("own.toml", text))
    then = catalogues_for(declaring("Shop"), Own("own.toml", text))
    assert now.versions > then.versions > {house_catalogue().version}
    assert now.of(then.whole.version).version == then.whole.version
    assert now.held_against("0123456789abcdef") == now.whole.version
    with pytest.raises(IncompatibleError) as refused:
        now.of("0123456789abcdef")
    assert refused.value.code == "features.version"


def test_of_many_declared_types_those_that_leave_few_out_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FORMER", 3)
    labels = ("Branch", "Shop", "Terminal")
    now = catalogues_for(declaring(*labels))
    assert len(now.versions) == 5
    assert now.versions > {catalogues_for(declaring(*labels[:2])).whole.version, house_catalogue().version}
