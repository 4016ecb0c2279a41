"""What a policy decides that does not say what was meant, and what is told of whom."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from core.clock import now_us
from policy import read_policy
from policy.store import promote
from risk.parts import Reason
from scoring import Asked
from scoring.reasons import Evidence, adverse, explained
from scoring.record import summary_of
from scoring.request import Given, Using, arrival_of
from tests.scoring.conftest import Home, sent
from tests.scoring.models import POLICY
from tests.scoring.test_shadows_live import scored_beside

LOST = POLICY.replace("feature.device_other_users_all >= 1", "not known(feature.gone)").replace(
    'then = "review"\nabout = "Another user', 'then = "approve"\nabout = "Another user'
)


@contextmanager
def decided_by(home: Home, text: str) -> Iterator[None]:
    promote(home.sql, read_policy(text))
    home.scoring.policies._held = {}
    yield
    promote(home.sql, read_policy(POLICY))
    home.scoring.policies._held = {}


def test_a_policy_that_reads_a_feature_which_is_gone_decides_nothing(home: Home) -> None:
    with decided_by(home, LOST.replace("version = 1", "version = 11")):
        told = home.scoring.score(Asked(sent(860)))
    assert (told.outcome, told.rule, told.reply["degraded"]) == ("review", "fallback", ["features"])
    assert home.scoring.replay(told).differs == ()
    beside = scored_beside(home, LOST.replace("version = 1", "version = 12"), 861)
    assert beside.reply["degraded"] == []
    assert (beside.record["shadow"]["missing"], beside.record["shadow"]["outcome"]) == (True, None)


def test_the_graph_is_told_what_the_deciding_model_said(home: Home) -> None:
    turned = POLICY.replace("version = 1", "version = 13").replace(
        '"fraud", "approval", "overdue"', '"approval", "overdue", "fraud"'
    )
    with decided_by(home, turned):
        told = home.scoring.score(Asked(sent(862)))
    said = told.reply["models"]
    assert next(iter(said)) == "approval" and said["approval"] != said["fraud"]
    properties = summary_of(told)["properties"]
    assert (properties["model"], properties["probability"]) == ("fraud@1", said["fraud"]["probability"])


def test_a_decline_is_told_in_fixed_words_that_name_nobody(home: Home) -> None:
    for number in range(863, 867):
        home.scoring.score(Asked(sent(number, device="farm-of-declined", phone="13900863000")))
    strict = POLICY.replace("version = 1", "version = 14").replace("probability >= 0.6", "probability > 0")
    with decided_by(home, strict):
        told = home.scoring.score(
            Asked(sent(867, device="farm-of-declined", phone="13900863000"), explain=True)
        )
    assert (told.outcome, told.rule) == ("decline", "sure")
    reasons, codes = told.reply["reasons"], [one["code"] for one in told.reply["applicant"]]
    assert reasons and codes == list(dict.fromkeys(one["adverse"] for one in reasons))[:4]
    for one in told.reply["applicant"]:
        fixed = adverse()[one["code"]]
        assert one == {"code": fixed.code, "en": fixed.en, "zh": fixed.zh}


def test_a_feature_without_a_value_is_told_by_why_it_has_none(home: Home) -> None:
    """Nobody reads that details are not his alone because he left them out, or because they are new."""
    parts = home.scoring.parts
    phone = Given("Phone", "13900868000", "self", {"country": "CN"})
    arrival = arrival_of(sent(868, identifiers=(phone,)), Using(parts.schema, home.hasher, now_us()))
    met = parts.met_from(home.graph, arrival, now_us(), 60.0)

    def told(name: str, value: float | None = None, seen: Evidence | None = met) -> str:
        (found,) = explained([Reason(name, 0.5)], parts.catalogue, {name: value}, seen)
        assert "nknown" not in found["staff"]["en"] and "未知" not in found["staff"]["zh"]
        return str(found["adverse"])

    assert told("own_phone_since_other", 60.0) == told("device_since_other", 60.0) == "A07"
    assert told("attribute_income") == told("attribute_income", seen=None) == told("delay") == "A02"
    assert told("user_same_employer", 0.0) == "A04" and told("own_phone_same_employer") == "A02", (
        "he names none"
    )
    assert (told("device_since_other"), told("own_phone_since_other")) == ("A02", "A08")
    assert told("device_since_other", seen=None) == "A90", "without the graph nothing is known of why"
    shared = met.columns.relations["Phone"]
    hub = replace(shared, hub_at=np.zeros_like(shared.hub_at))
    among = replace(met.columns, relations={**met.columns.relations, "Phone": hub})
    assert told("own_phone_since_other", seen=replace(met, columns=among)) == "A07"
