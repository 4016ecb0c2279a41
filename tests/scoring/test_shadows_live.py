"""A policy that is tried beside the one that decides: asked by its own models, and no hindrance."""

from __future__ import annotations

import pytest

from core.errors import GraphUnavailableError
from policy import read_policy
from policy.store import SHADOW, promote, take_back
from scoring import Asked, Decision
from scoring.scorer import Scorer
from tests.scoring.conftest import Home, sent
from tests.scoring.models import POLICY


def scored_beside(home: Home, shadow: str, number: int) -> Decision:
    """A decision that was made while another policy was asked beside the one that decides."""
    promote(home.sql, read_policy(shadow), SHADOW)
    home.scoring.policies._held = {}
    told = home.scoring.score(Asked(sent(number)))
    take_back(home.sql)
    home.scoring.policies._held = {}
    return told


def test_a_shadow_policy_is_asked_and_decides_nothing(home: Home) -> None:
    strict = POLICY.replace("version = 1", "version = 2").replace(
        'otherwise = "approve"', 'otherwise = "decline"'
    )
    told = scored_beside(home, strict, 450)
    assert told.record["shadow"]["label"] == "house@2"
    assert told.record["policy"]["label"] == "house@1"
    assert told.rule == "otherwise"
    assert (told.outcome, told.record["shadow"]["outcome"]) == ("approve", "decline")


def test_a_shadow_policy_is_asked_by_its_own_models(home: Home) -> None:
    own = POLICY.replace("version = 1", "version = 3").replace('"fraud", "approval"', '"fraud", "ability"')
    own = own.replace('"overdue", ', "").replace(
        "degraded.graph and ability.score < 500", "ability.score > 0"
    )
    told = scored_beside(home, own, 451)
    assert told.record["shadow"]["missing"] is False
    assert (told.rule, told.record["shadow"]["rule"]) == ("otherwise", "unable")
    assert "ability" not in told.reply["models"]


def test_a_shadow_policy_without_the_graph_is_asked_by_its_own_model_of_attributes(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = POLICY.replace("version = 1", "version = 4").replace("ability", "overdue")
    own = own.replace('"approval", "overdue"', '"approval"').replace(
        "overdue.score < 500", "overdue.score > 0"
    )
    monkeypatch.setattr(home.scoring.parts, "alone", lambda one: one)
    with monkeypatch.context() as away:
        away.setattr(home.scoring.parts, "met_after", _away)
        told = scored_beside(home, own, 452)
    assert told.reply["degraded"] == ["graph"] and list(told.reply["models"]) == ["ability"]
    assert told.record["shadow"] | {"digest": ""} == {
        "label": "house@4", "digest": "", "outcome": "decline", "rule": "unable", "missing": False,
    }  # fmt: skip


def _away(*_: object) -> None:
    raise GraphUnavailableError("graph.unavailable", "away")


def test_a_shadow_policy_that_breaks_refuses_nobody(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scorer, "_shadow", lambda *_: 1 / 0)
    told = scored_beside(home, POLICY.replace("version = 1", "version = 5"), 453)
    assert told.record["shadow"]["missing"] is True and told.record["shadow"]["outcome"] is None
    assert home.scoring.replay(told).differs == ()
