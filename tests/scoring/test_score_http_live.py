"""Scoring over HTTP: bodies that are wrong, keys that may not, the same decision read back, batches, facts and lists."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any

import httpx
import pytest

from api import Limits, create_app
from core.errors import EnvironmentMissingError
from core.graph import Graph
from core.sql import open_sql
from scoring import Asked, Decision
from scoring.record import of_key
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


def written(home: Home) -> list[dict[str, Any]]:
    """How many nodes there are; those of decisions come later."""
    return home.graph.read("MATCH (n) WHERE NOT n:Decision RETURN count(n) AS n")


def node_of(home: Home, id_: str) -> list[dict[str, Any]]:
    """The application's node, as far as these tests ask."""
    return home.graph.read(
        "MATCH (a:Application {key: $key}) RETURN a.event_at AS event_at, a.lender AS lender, a.product AS product",
        key=f"http:{id_}",
    )


def failures(served: Served, code: str) -> float:
    """Problems of that code, as the metrics count them."""
    line = f'fingraph_errors_total{{code="{code}"}} '
    found = [one for one in httpx.get(f"{served.url}/metrics").text.splitlines() if one.startswith(line)]
    return float(found[0].removeprefix(line)) if found else 0.0


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
    ("changed", "code", "where", "what"),
    [
        ({"nobody": 1}, "api.invalid", "body.nobody", "extra_forbidden"),
        ({"A13800138001": 1}, "api.invalid", "body", "extra_forbidden"),
        ({"identifiers": [{"type": "Device", "value": 13800000001}]}, "api.invalid", "body.identifiers.0.value", "string_type"),
        ({"identifiers": [{"type": "Device", "value": "d", "li@x.cn": 1}]}, "api.invalid", "body.identifiers.0", "extra_forbidden"),
        ({"user": "li@example.com"}, "score.invalid", "body.user", "value.personal"),
        ({"properties": {"channel": "11010119900307803X"}}, "score.invalid", "body.properties.channel", "value.personal"),
        ({"id": ""}, "api.invalid", "body.id", "too_short"),
        ({"id": " "}, "score.invalid", "body.id", "id.invalid"),
        ({"event_at": "2099-01-01T00:00:00Z"}, "score.invalid", "body.event_at", "time.range"),
        ({"event_at": "0001-01-01T00:00:00Z"}, "score.invalid", "body.event_at", "time.range"),
        ({"event_at": "1899-12-31T23:59:59Z"}, "score.invalid", "body.event_at", "time.range"),
        ({"event_at": "9999-12-31T23:59:59-01:00"}, "api.invalid", "body.event_at", "value_error"),
        ({"event_at": "yesterday"}, "api.invalid", "body.event_at", "value_error"),
        ({"lender": "lo\ntus"}, "score.invalid", "body.lender", "id.invalid"),
        ({"lender": "lotus\x1f"}, "score.invalid", "body.lender", "id.invalid"),
        ({"product": "a\x7f"}, "score.invalid", "body.product", "id.invalid"),
        ({"properties": {"amount_cents": "500000"}}, "score.invalid", "body.properties.amount_cents", "value.type"),
        ({"properties": {"amount_cents": 5e5 + 0.5}}, "score.invalid", "body.properties.amount_cents", "value.type"),
        ({"properties": {"unheard_of": 1}}, "score.invalid", "body.properties.unheard_of", "property.unknown"),
        ({"properties": {"amount_cents": [1]}}, "api.invalid", "body.properties", "bool_type"),
        ({"identifiers": [{"type": "Phone", "value": "1"}]}, "score.invalid", "body.identifiers.0.value", "phone.too_short"),
        ({"identifiers": [{"type": "phone", "value": "13800000001"}]}, "api.invalid", "body.identifiers.0.type", "string_pattern_mismatch"),
        ({"identifiers": [{"type": "Device", "value": "d" * 513}]}, "api.invalid", "body.identifiers.0.value", "too_long"),
        ({"identifiers": [{"type": "Device", "value": "x"}] * 1_001}, "api.invalid", "body.identifiers", "too_long"),
        ({"targets": ["a b"]}, "api.invalid", "body.targets.0", "string_pattern_mismatch"),
    ],
)  # fmt: skip
def test_a_wrong_body_is_a_problem_that_names_the_field_and_quotes_nothing(
    home: Home, client: httpx.Client, changed: dict[str, Any], code: str, where: str, what: str
) -> None:
    before = written(home)
    reply = client.post("/v1/score", json=body(50, **changed))
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    told = reply.json()
    assert (told["status"], told["code"]) == (422, code)
    assert (where, what) in [(one["where"], one["code"]) for one in told["errors"]]
    assert {one["where"] for one in told["errors"]} == {where}
    assert "500000" not in reply.text and "13800000001" not in reply.text
    assert written(home) == before
    assert node_of(home, "H50") == [] and of_key(home.sql, "http:H50") is None


def test_old_times_and_blank_words_are_what_files_take_them_for(home: Home, client: httpx.Client) -> None:
    told = body(51, event_at="1965-02-03T04:05:06Z", lender=" ", product=" ")
    kept = client.post("/v1/score", json=told).json()
    record = client.get(f"/v1/decisions/{kept['decision_id']}").json()["record"]
    own = record["arrival"]["properties"]
    assert (own["event_at"], own["lender"], own.get("product")) == (-154_900_494_000_000, "http", None)
    assert node_of(home, "H51") == [{"event_at": -154_900_494_000_000, "lender": "http", "product": None}]
    without = {name: value for name, value in told.items() if name not in ("lender", "product")}
    assert client.post("/v1/score", json=without).json() == kept
    other = client.post("/v1/score", json={**told, "event_at": "1965-02-03T04:05:07Z"})
    assert (other.status_code, other.json()["code"]) == (409, "score.conflict")


def test_what_nobody_foresaw_of_one_keeps_the_rest_of_a_batch_from_nothing(
    served: Served,
    home: Home,
    client: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    really, codes = Scorer.score, ("internal", "models.unreadable", "score.invalid")

    def breaks(scorer: Scorer, graph: Graph, asked: Asked, seconds: float | None = None) -> Decision:
        if asked.sent.id == "H91":
            raise ZeroDivisionError("thirteen wolves")
        if asked.sent.id == "H92":
            raise EnvironmentMissingError("models.unreadable", "eleven bears")
        return really(scorer, graph, asked, seconds)

    monkeypatch.setattr(Scorer, "score", breaks)
    before = [failures(served, code) for code in codes]
    wrong = body(93, properties={"unheard_of": 1})
    reply = client.post(
        "/v1/score/batch", json={"applications": [body(90), body(91), body(92), wrong, body(94)]}
    )
    problems = [one["problem"] for one in reply.json()["answers"]]
    assert reply.status_code == 200
    assert [one and (one["status"], one["code"]) for one in problems] == [
        None, (500, "internal"), (503, "models.unreadable"), (422, "score.invalid"), None,
    ]  # fmt: skip
    assert [failures(served, code) - was for code, was in zip(codes, before, strict=True)] == [1, 1, 0]
    assert "wolves" not in reply.text and "bears" not in reply.text
    noted = [
        vars(one)["fields"]
        for one in caplog.records
        if one.name == "fingraph.requests" and one.msg != "request"
    ]
    assert [(one.get("error"), one.get("code")) for one in noted] == [
        ("ZeroDivisionError", None), (None, "models.unreadable"),
    ]  # fmt: skip
    assert {one["request_id"] for one in noted} == {reply.headers["x-request-id"]}
    assert "wolves" not in str(noted)
    assert [len(node_of(home, f"H{number}")) for number in range(90, 95)] == [1, 0, 0, 0, 1]


def test_a_batch_answers_each_by_itself(client: httpx.Client) -> None:
    asked = [body(60), body(61, properties={"unheard_of": 1}), body(62, dry_run=True), body(60)]
    reply = client.post("/v1/score/batch", json={"applications": asked})
    answers = reply.json()["answers"]
    assert [one["problem"] is None for one in answers] == [True, False, True, True]
    assert answers[1]["problem"]["code"] == "score.invalid"
    assert answers[3]["decision"] == answers[0]["decision"]
    assert answers[2]["decision"]["dry_run"]


def test_batches_that_stand_keep_no_single_decision_waiting(
    served: Served, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    really, begun, go = Scorer.score, Event(), Event()

    def stands(scorer: Scorer, graph: Graph, asked: Asked, seconds: float | None = None) -> Decision:
        if asked.sent.id.startswith("H20"):
            begun.set()
            assert go.wait(120)
        return really(scorer, graph, asked, seconds)

    def batch(number: int) -> httpx.Response:
        asked = {"applications": [body(number), body(number + 1)]}
        with served.client("score", **{"X-Request-Timeout-Ms": "60000"}) as opened:
            return opened.post("/v1/score/batch", json=asked)

    monkeypatch.setattr(Scorer, "score", stands)
    numbers = range(200, 200 + 2 * (GENEROUS.scorers + 1), 2)
    with ThreadPoolExecutor(len(numbers)) as pool:
        batches = [pool.submit(batch, number) for number in numbers]
        try:
            assert begun.wait(60)
            singles = [client.post("/v1/score", json=body(number)) for number in range(220, 225)]
            assert not any(one.done() for one in batches)
        finally:
            go.set()
    assert {one.status_code for one in singles} == {200}
    answers = [one for reply in batches for one in reply.result().json()["answers"]]
    assert [one["problem"] for one in answers] == [None] * 2 * len(numbers)


def test_facts_and_lists_over_http(served: Served, client: httpx.Client) -> None:
    client.post("/v1/score", json=body(70))
    told = {"source": "http", "application": "H70", "target": "fraud", "value": 1}
    assert client.post("/v1/outcomes", json=told).json()["unchanged"] is False
    assert client.post("/v1/outcomes", json=told).json()["unchanged"] is True
    assert client.post("/v1/outcomes", json={**told, "value": 0}).status_code == 409
    assert client.post("/v1/outcomes", json={**told, "application": "nobody"}).status_code == 404
    for target, value in (("fraud", 0.2), ("fraud", -1), ("overdue", 2), ("amount", 100.5), ("amount", -1)):
        refused = client.post("/v1/outcomes", json={**told, "target": target, "value": value})
        assert refused.status_code == 422
        assert [(one["where"], one["code"]) for one in refused.json()["errors"]] == [
            ("body.value", "value.range")
        ]
    assert client.post("/v1/outcomes", json={**told, "target": "amount", "value": 100}).status_code == 200
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
            {"type": "User", "key": "web:anna@example.com"},
            {"type": "User", "key": "web:U-1", "reason": "called 13800138001"},
        ):
            refused = writer.post("/v1/lists/watched/entries", json={**keyed, **wrong})
            assert refused.status_code == 422, refused.text
            assert "13800138001" not in refused.text and "anna" not in refused.text
        numbered = {**keyed, "type": "User", "key": "http:202611290001234"}
        put = writer.post("/v1/lists/numbered/entries", json=numbered)
        assert put.status_code == 200, "an id may be a long number, as where applications are scored"
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
