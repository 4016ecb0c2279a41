"""A decline tells an applicant what it was declined for, never what spoke for him."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import UsageError
from core.settings import load_settings
from core.sql import open_sql
from features import house_catalogue
from graph_schema import FINGRAPH
from policy import read_policy
from policy.check import Known
from registry import Registry
from risk import Training
from scoring.known import known_of, require_meant
from scoring.own import catalogues_for
from tests.risk.tables import blocks_of
from tests.scoring.models import OWN, POLICY, SHARED, features_table, keep

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
        *(
            POLICY.replace("fraud.probability >= 0.6", when)
            for when in (
                "feature.attribute_amount > 9",
                "feature.attribute_amount > 9 or fraud.probability >= 0.9",
                "feature.attribute_amount > 9 and not fraud.probability >= 0.9",
                "feature.attribute_amount > 9 and known(fraud.probability)",
                "fraud.probability < 0.2",
                "fraud.score > 700",
            )
        ),
        POLICY.replace("fraud.probability >= 0.6", "ability.score < 480").replace(
            '"overdue", "amount"', '"overdue", "ability"'
        ),
        BY_APPROVAL.replace('then = "decline"\n\n', 'then = "decline"\ncode = "A01"\n\n').replace(
            'fallback = "review"', 'fallback = "decline"'
        ),
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
        ).replace('fallback = "decline"', 'fallback = "review"')),
        known,
    )  # fmt: skip


@pytest.mark.parametrize(
    "when",
    [
        "fraud.probability >= 0.6 or fraud.score < 300",
        "0.6 <= fraud.probability < 0.9 and feature.attribute_amount > 9",
        "ability.score < 480",
    ],
)
def test_a_decline_for_a_risk_that_is_told_needs_none(known: Known, when: str) -> None:
    require_meant(read_policy(POLICY.replace("fraud.probability >= 0.6", when)), known)


def test_a_card_of_what_only_the_graph_knows_speaks_for_nobody_without_it(
    trained: Path, tmp_path: Path
) -> None:
    shutil.copytree(trained / "models", tmp_path / "models")
    registry, version = Registry(tmp_path / "models"), house_catalogue().version
    frame = blocks_of(features_table())
    for name, features in (("fraud-seen", SHARED), ("fraud-some", (*SHARED[:1], *OWN))):
        keep(registry, name, Training(frame, features, parts=("scorecard",)), version)
    settings = replace(load_settings({}), home=tmp_path, sql_url=f"sqlite:///{tmp_path}/decisions.db")
    with open_sql(settings) as sql:
        own = known_of(registry, catalogues_for(FINGRAPH), sql).own
    assert {name: own[name] for name in ("fraud-seen", "fraud-some", "fraud", "ability")} == {
        "fraud-seen": False, "fraud-some": True, "fraud": False, "ability": True,
    }  # fmt: skip
