"""From an application to a stored decision, on a real graph."""

from __future__ import annotations

import pytest

from core.errors import IncompatibleError
from policy import lists
from policy.lists import Wanted
from scoring import Asked, of_id
from tests.scoring.conftest import Home, clock, sent


def test_an_application_is_written_judged_kept_and_told_to_the_graph(home: Home) -> None:
    decision = home.scoring.score(Asked(sent(1)))
    reply = decision.reply
    assert reply["outcome"] in {"approve", "review", "decline"}
    assert decision.record["graph_error"] is None, (decision.record["graph_error"], reply["timings_ms"])
    assert set(reply["models"]) == {"fraud", "approval", "overdue", "amount"}
    assert 0 < reply["models"]["fraud"]["probability"] < 1
    assert reply["degraded"] == []
    assert of_id(home.sql, decision.id).record == decision.record
    rows = home.graph.read("MATCH (a:Application {key: 'web:A1'}) RETURN a.known_at AS at, a.seq AS seq")
    assert rows == [{"at": decision.known_at, "seq": decision.seq}]
    home.drain()
    told = home.graph.read(
        "MATCH (:Application {key: 'web:A1'})-[:HAD_DECISION]->(d) RETURN d.key AS key, d.outcome AS outcome"
    )
    assert told == [{"key": decision.id, "outcome": decision.outcome}]


def test_the_same_again_is_the_same_decision_and_other_content_is_refused(home: Home) -> None:
    first = home.scoring.score(Asked(sent(2)))
    assert home.scoring.score(Asked(sent(2))).record == first.record
    with pytest.raises(IncompatibleError) as refused:
        home.scoring.score(Asked(sent(2, device="another")))
    assert refused.value.code == "score.conflict"


def test_a_shared_device_is_seen_and_a_list_decides(home: Home) -> None:
    before = (30, 31, 32, 33)
    for number in before:
        home.scoring.score(Asked(sent(number, device="shared-1")))
    shared = home.scoring.score(Asked(sent(4, device="shared-1")))
    assert shared.reply["rule"]["read"] in (
        {"feature.device_other_users_all": 4.0},
        {"fraud.probability": shared.reply["models"]["fraud"]["probability"]},
    )
    reasons = {one["code"]: one for one in shared.reply["reasons"]}
    assert reasons["device_other_users_all"]["evidence_ids"] == [
        f"web:A{number}" for number in reversed(before)
    ]
    key = next(one["key"] for one in shared.record["arrival"]["named"] if one["label"] == "Device")
    lists.add(home.sql, Wanted("watched", "Device", key, "confirmed farm", "ops"), clock=clock)
    watched = home.scoring.score(Asked(sent(5, device="shared-1")))
    assert (watched.outcome, watched.rule) == ("decline", "watched")
    assert [one["code"] for one in watched.reply["applicant"]] == ["A07"]


def test_a_dry_run_says_the_same_and_leaves_nothing(home: Home) -> None:
    before = home.graph.read("MATCH (n) RETURN count(n) AS n")
    dry = home.scoring.score(Asked(sent(6), dry_run=True))
    assert home.graph.read("MATCH (n) RETURN count(n) AS n") == before
    told = home.scoring.score(Asked(sent(6)))
    assert dry.reply["models"] == told.reply["models"]
    assert dry.reply["dry_run"] and not told.reply["dry_run"]
