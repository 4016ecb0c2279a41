"""Scoring over HTTP: bodies that are wrong, keys that may not, the same decision read back, batches, facts and lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from api import Limits, create_app
from core.errors import EnvironmentMissingError
from core.graph import Graph
from core.sql import open_sql
from scoring import Asked, Decision
from scoring.scorer import Scorer
from security import Scope, create_key
from tests.api.notebooks import ROOT, printed_by
from tests.api.served import Served, serving, wait_ready
from tests.scoring.conftest import Home

GENEROUS = Limits(rate=100_000, burst=100_000)


def body(number: int, **changed: Any) -> dict[str, Any]:
    told = {
        "source": "http",
        "id": f"H{number}",
        "user": f"HU{number}",
        "lender": "lotus",
        "identifiers": [
            {"type": "Device", "value": f"http-device-{number:05d}"},
            {"type": "Phone", "value": f"138{number:08d}", "role": "self", "options": {"country": "CN"}},
        ],
        "properties": {"amount_cents": 500_000, "term_months": 12, "income_cents": 700_000},
    }
    return {**told, **changed}


@pytest.fixture(scope="module")
def served(home: Home, trained: Any) -> Iterator[Served]:
    (home.settings.home / "models").symlink_to(trained / "models")
    with open_sql(home.settings) as sql:
        scopes = (Scope.READ, Scope.SCORE, Scope.WRITE, Scope.SANDBOX)
        tokens = {scope.value: create_key(sql, scope.value, [scope])[1] for scope in scopes}
    with serving(create_app(replace(home.settings), limits=GENEROUS)) as url:
        wait_ready(url)
        yield Served(url, tokens)
    (home.settings.home / "models").unlink()


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    with served.client("score") as opened:
        yield opened


def test_a_decision_is_answered_again_and_read_back_as_it_was(served: Served, client: httpx.Client) -> None:
    first = client.post("/v1/score", json=body(1, explain=True))
    assert first.status_code == 200, first.text
    assert client.post("/v1/score", json=body(1)).content == first.content
    told = first.json()
    assert told["timings_ms"]["total"] > 0
    assert told["features"]["attribute_amount"] == 500_000
    read = client.get(f"/v1/decisions/{told['decision_id']}")
    assert read.json()["reply"] == told
    assert read.json()["record"]["policy"]["label"] == "house@1"
    assert "13800000001" not in read.text and "http-device-00001" not in read.text
    other = client.post("/v1/score", json=body(1, lender="other"))
    assert (other.status_code, other.json()["code"]) == (409, "score.conflict")
    with served.client("read") as reader:
        assert reader.get(f"/v1/decisions/{told['decision_id']}").status_code == 200
        assert reader.post("/v1/score", json=body(2)).status_code == 403
    assert client.get("/v1/decisions/" + "0" * 32).status_code == 404


def test_a_key_of_the_sandbox_tries_and_leaves_nothing(
    served: Served, home: Home, client: httpx.Client
) -> None:
    with served.client("sandbox") as trying:
        tried = trying.post("/v1/score", json=body(3, dry_run=False))
        many = trying.post("/v1/score/batch", json={"applications": [body(3), body(4)]})
        told = [tried.json(), *(one["decision"] for one in many.json()["answers"])]
        assert [(one["dry_run"], one["application"]) for one in told] == [
            (True, "http:H3"), (True, "http:H3"), (True, "http:H4"),
        ]  # fmt: skip
        about = {"source": "http", "application": "H1", "target": "fraud", "value": 1.0}
        assert trying.post("/v1/outcomes", json=about).status_code == 403
    for one in told:
        assert client.get(f"/v1/decisions/{one['decision_id']}").status_code == 404
    there = home.graph.read(
        "MATCH (a:Application) WHERE a.key IN ['http:H3', 'http:H4'] RETURN count(a) AS n"
    )
    assert there == [{"n": 0}]


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"nobody": 1}, "body"),
        ({"id": ""}, "body.id"),
        ({"event_at": "2099-01-01T00:00:00Z"}, "body.event_at"),
        ({"event_at": "0001-01-01T00:00:00Z"}, "body.event_at"),
        ({"event_at": "1899-12-31T23:59:59Z"}, "body.event_at"),
        ({"lender": "lo\ntus"}, "body.lender"),
        ({"product": "a\x7f"}, "body.product"),
        ({"event_at": "yesterday"}, "body.event_at"),
        ({"properties": {"amount_cents": "500000"}}, "body.properties.amount_cents"),
        ({"properties": {"amount_cents": 5e5 + 0.5}}, "body.properties.amount_cents"),
        ({"properties": {"unheard_of": 1}}, "body.properties.unheard_of"),
        ({"properties": {"amount_cents": [1]}}, "body.properties"),
        ({"identifiers": [{"type": "Phone", "value": "1"}]}, "body.identifiers.0.value"),
        ({"identifiers": [{"type": "phone", "value": "13800000001"}]}, "body.identifiers"),
        ({"identifiers": [{"type": "Device", "value": "d" * 513}]}, "body.identifiers"),
        ({"identifiers": [{"type": "Device", "value": "x"}] * 1_001}, "body.identifiers"),
        ({"targets": ["a b"]}, "body.targets"),
    ],
)
def test_a_wrong_body_is_a_problem_that_names_the_field_and_quotes_nothing(
    home: Home, client: httpx.Client, changed: dict[str, Any], where: str
) -> None:
    before = home.graph.read("MATCH (n) WHERE NOT n:Decision RETURN count(n) AS n")
    reply = client.post("/v1/score", json=body(50, **changed))
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    assert any(one["where"].startswith(where) for one in reply.json()["errors"]), reply.json()["errors"]
    assert "500000" not in reply.text and "13800000001" not in reply.text
    assert home.graph.read("MATCH (n) WHERE NOT n:Decision RETURN count(n) AS n") == before


def test_old_times_and_blank_words_are_what_files_take_them_for(client: httpx.Client) -> None:
    told = body(51, event_at="1965-02-03T04:05:06Z", lender=" ", dry_run=True)
    kept = client.post("/v1/score", json={**told, "dry_run": False}).json()
    record = client.get(f"/v1/decisions/{kept['decision_id']}").json()["record"]
    own = record["arrival"]["properties"]
    assert (own["event_at"], own["lender"]) == (-154_900_494_000_000, "http")
    other = client.post("/v1/score", json=body(51, event_at="1965-02-03T04:05:07Z", lender=" "))
    assert (other.status_code, other.json()["code"]) == (409, "score.conflict")


def test_what_nobody_foresaw_of_one_keeps_the_rest_of_a_batch_from_nothing(
    served: Served, client: httpx.Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    really = Scorer.score

    def breaks(scorer: Scorer, graph: Graph, asked: Asked, seconds: float | None = None) -> Decision:
        if asked.sent.id == "H71":
            raise ZeroDivisionError("thirteen wolves")
        if asked.sent.id == "H72":
            raise EnvironmentMissingError("models.unreadable", "eleven bears")
        return really(scorer, graph, asked, seconds)

    monkeypatch.setattr(Scorer, "score", breaks)
    reply = client.post("/v1/score/batch", json={"applications": [body(n) for n in range(70, 74)]})
    answers = reply.json()["answers"]
    assert [one["problem"] and one["problem"]["code"] for one in answers] == [
        None, "internal", "models.unreadable", None,
    ]  # fmt: skip
    assert "wolves" not in reply.text + caplog.text and "bears" not in reply.text
    noted = [one.fields for one in caplog.records if one.name == "fingraph.requests"]
    assert {"ZeroDivisionError", "models.unreadable"} <= {
        one.get("error") or one.get("code") for one in noted
    }
    metrics = httpx.get(f"{served.url}/metrics").text
    assert 'code="internal"' in metrics and 'code="models.unreadable"' in metrics


def test_a_batch_answers_each_by_itself(client: httpx.Client) -> None:
    asked = [body(60), body(61, properties={"unheard_of": 1}), body(62, dry_run=True), body(60)]
    reply = client.post("/v1/score/batch", json={"applications": asked})
    answers = reply.json()["answers"]
    assert [one["problem"] is None for one in answers] == [True, False, True, True]
    assert answers[1]["problem"]["code"] == "score.invalid"
    assert answers[3]["decision"] == answers[0]["decision"]
    assert answers[2]["decision"]["dry_run"]


def test_facts_and_lists_over_http(served: Served, client: httpx.Client) -> None:
    client.post("/v1/score", json=body(70))
    told = {"source": "http", "application": "H70", "target": "fraud", "value": 1}
    assert client.post("/v1/outcomes", json=told).json()["unchanged"] is False
    assert client.post("/v1/outcomes", json=told).json()["unchanged"] is True
    assert client.post("/v1/outcomes", json={**told, "value": 0}).status_code == 409
    assert client.post("/v1/outcomes", json={**told, "application": "nobody"}).status_code == 404
    given = {"identifiers": [{"type": "Device", "value": "added-over-http"}]}
    assert (
        client.post("/v1/applications/http/H70/amendments", json=given).json()["facts"][0]["unchanged"]
        is False
    )
    event = {
        "source": "http",
        "id": "E1",
        "user": "HU70",
        "kind": "login",
        "identifiers": given["identifiers"],
    }
    assert client.post("/v1/events", json=event).status_code == 200
    entry = {"identifier": given["identifiers"][0], "reason": "seen in a farm", "owner": "desk"}
    assert client.post("/v1/lists/watched/entries", json=entry).status_code == 403
    with served.client("write") as writer:
        made = writer.post("/v1/lists/watched/entries", json=entry)
        assert made.status_code == 200, made.text
        assert writer.post("/v1/lists/watched/entries", json=entry).json() == made.json()
        keyed = {"reason": "r", "owner": "o"}
        for wrong in (
            {"type": "Phone", "key": "13800138001"},
            {"type": "Telephone", "key": "0" * 32},
            {"type": "User", "key": "U-1"},
        ):
            refused = writer.post("/v1/lists/watched/entries", json={**keyed, **wrong})
            assert refused.status_code == 422, refused.text
            assert "13800138001" not in refused.text
        on = writer.get("/v1/lists/watched/entries").json()["items"]
        assert made.json()["id"] in [one["id"] for one in on]
    shared = body(71, identifiers=given["identifiers"])
    assert client.post("/v1/score", json=shared).json()["rule"]["name"] == "watched"
    with served.client("write") as writer:
        assert writer.delete(f"/v1/lists/entries/{made.json()['id']}").json()["removed_at"] is not None
        assert writer.delete(f"/v1/lists/entries/{made.json()['id']}").status_code == 404
    after = body(72, identifiers=given["identifiers"])
    assert client.post("/v1/score", json=after).json()["rule"]["name"] != "watched"


def test_the_notebook_of_scoring_runs(served: Served) -> None:
    printed = printed_by(
        ROOT / "examples" / "scoring.ipynb", {"URL": served.url, "KEY": served.tokens["score"]}
    )
    assert "of house@1" in printed
    assert "409 score.conflict" in printed
    assert "the same decision: True" in printed
    assert "as it was answered: True" in printed
