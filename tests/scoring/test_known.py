"""A decline tells an applicant what it was declined for, never what spoke for him."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import UsageError
from core.settings import load_settings
from core.sql import open_sql
from graph_schema import FINGRAPH
from policy import read_policy
from policy.check import Known
from registry import Registry
from scoring.known import known_of, require_meant
from scoring.own import catalogues_for
from tests.scoring.models import POLICY

BY_APPROVAL = POLICY.replace('decides = "fraud"', 'decides = "approval"').replace(
    "fraud.probability >= 0.6", "approval.probability < 0.2"
)


@pytest.fixture(scope="module")
def known(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Known:
    folder = tmp_path_factory.mktemp("known")
    settings = replace(load_settings({}), home=folder, sql_url=f"sqlite:///{folder}/decisions.db")
    with open_sql(settings) as sql:
        made = known_of(Registry(trained / "models"), catalogues_for(FINGRAPH), sql)
        return replace(made, lists=("watched", "trusted"))


def test_models_of_what_is_bad_are_known(known: Known) -> None:
    assert set(known.models) == {"fraud", "approval", "overdue", "ability", "amount"}
    assert set(known.adverse) == {"fraud", "overdue", "ability"}
    require_meant(read_policy(POLICY), known)


@pytest.mark.parametrize(
    "text",
    [
        BY_APPROVAL,
        POLICY.replace("fraud.probability >= 0.6", "approval.probability < 0.2"),
        POLICY.replace("fraud.probability >= 0.6", "feature.attribute_amount > 9"),
        BY_APPROVAL.replace('then = "decline"\n\n', 'then = "decline"\ncode = "A01"\n\n').replace(
            'otherwise = "approve"', 'otherwise = "decline"'
        ),
    ],
)
def test_a_decline_for_something_else_needs_words_of_its_own(known: Known, text: str) -> None:
    with pytest.raises(UsageError) as refused:
        require_meant(read_policy(text), known)
    assert refused.value.code == "policy.code"
    require_meant(
        read_policy(text.replace('then = "decline"\n\n', 'then = "decline"\ncode = "A01"\n\n').replace(
            'otherwise = "decline"', 'otherwise = "review"'
        )),
        known,
    )  # fmt: skip
