"""What every request passes: keys, scopes, names, bounds, headers, problems, the log. On a real server."""

from __future__ import annotations

import json
import logging
import statistics
import time

import httpx
import pytest
from starlette.types import Message

from api import Limits, create_app, rehearsal
from api.logs import JsonLines
from core.clock import DAY, now_us
from core.sql import open_sql
from security import Scope, create_key, revoke_key
from tests.api.conftest import World
from tests.api.served import Served, serving

pytestmark = [pytest.mark.server, pytest.mark.slow]

PATHS = (
    ("GET", "/v1/rings"),
    ("GET", "/v1/rings/nobody"),
    ("GET", "/v1/applications/a/b"),
    ("GET", "/v1/users/a/b"),
    ("GET", "/v1/identifiers/Phone/x"),
    ("POST", "/v1/identifiers/lookup"),
    ("POST", "/v1/expand"),
    ("POST", "/v1/paths"),
    ("GET", "/v1/questions"),
    ("POST", "/v1/questions/shares"),
    ("POST", "/v1/cypher"),
    ("GET", "/v1/openapi.json"),
    ("GET", "/v1/nowhere"),
    ("PUT", "/v1/rings"),
    ("GET", "/anywhere"),
)


def problem(reply: httpx.Response) -> dict[str, object]:
    """The problem of a reply, without what differs from request to request."""
    assert reply.headers["content-type"] == "application/problem+json"
    told: dict[str, object] = reply.json()
    assert told["status"] == reply.status_code
    assert told["type"] == f"urn:fingraph:error:{told['code']}"
    assert told.pop("request_id") == reply.headers["x-request-id"]
    return told


def bad_tokens(world: World) -> dict[str, str | None]:
    """Tokens that open nothing, for every reason there is."""
    with open_sql(world.settings) as sql:
        long_ago = now_us() - 400 * DAY
        _, expired = create_key(sql, "expired", [Scope.ADMIN], days=1, clock=lambda: long_ago)
        revoked_key, revoked = create_key(sql, "revoked", [Scope.ADMIN])
        revoke_key(sql, revoked_key.id)
        _, valid = create_key(sql, "valid", [Scope.ADMIN])
    unknown = "fgk_" + "0" * 16 + "_" + "0" * 64
    wrong = valid[:-1] + ("0" if valid[-1] != "0" else "1")
    return {
        "missing": None,
        "no bearer": f"Basic {valid}",
        "malformed": "Bearer nonsense",
        "unknown": f"Bearer {unknown}",
        "wrong": f"Bearer {wrong}",
        "expired": f"Bearer {expired}",
        "revoked": f"Bearer {revoked}",
    }


def test_without_a_valid_key_every_address_says_one_and_the_same(served: Served, world: World) -> None:
    said: list[dict[str, object]] = []
    headers: list[set[str]] = []
    with served.client(None) as client:
        for token in bad_tokens(world).values():
            for method, path in PATHS:
                sent = {} if token is None else {"Authorization": token}
                reply = client.request(method, path, headers=sent)
                assert reply.status_code == 401, (method, path)
                assert reply.headers["www-authenticate"].startswith("Bearer")
                said.append(problem(reply))
                headers.append(set(reply.headers))
    assert all(one == said[0] for one in said)
    assert all(one == headers[0] for one in headers)


def test_a_wrong_secret_takes_as_long_as_an_unknown_key(served: Served, world: World) -> None:
    tokens = bad_tokens(world)

    def typical(name: str, client: httpx.Client) -> float:
        times = []
        for _ in range(40):
            began = time.perf_counter()
            client.get("/v1/rings", headers={"Authorization": str(tokens[name])})
            times.append(time.perf_counter() - began)
        return statistics.median(times)

    with served.client(None) as client:
        found = [typical(name, client) for name in ("unknown", "wrong", "expired", "revoked")]
    assert max(found) < 5 * min(found) + 0.05, "a coarse net: nobody does work for one and none for another"


def test_a_scope_that_is_missing_says_nothing_of_what_there_is(served: Served, world: World) -> None:
    one = world.application
    with served.client("score") as client:
        replies = [
            client.get(f"/v1/applications/{one['source']}/{one['id']}"),
            client.get("/v1/applications/no/body"),
            client.get(f"/v1/rings/{world.ring}?limit=nonsense"),
            client.get("/v1/rings/none"),
            client.post("/v1/expand", content=b"{ no json", headers={"Content-Type": "application/json"}),
            client.post("/v1/questions/none", json={}),
        ]
    assert {reply.status_code for reply in replies} == {403}
    said = [problem(reply) for reply in replies]
    assert all(told == said[0] for told in said)
    with served.client("read") as client:
        assert client.post("/v1/cypher", json={"statement": "RETURN 1"}).status_code == 403
    with served.client("admin") as client:
        assert client.get("/v1/rings/none").status_code == 404, "admin implies read"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/v1/nowhere", None, 404, "api.no_route"),
        ("GET", "/v1/rings/none", None, 404, "rings.unknown"),
        ("GET", "/v1/applications/no/body", None, 404, "entities.unknown"),
        ("PUT", "/v1/rings", None, 405, "api.method"),
        ("GET", "/v1/rings?limit=0", None, 422, "api.invalid"),
        ("GET", "/v1/rings?as_of=yesterday", None, 422, "api.invalid"),
        ("GET", "/v1/rings?sirt=score", None, 422, "api.parameter"),
        ("GET", "/v1/rings/none?as_off=2025-01-01T00:00:00Z", None, 422, "api.parameter"),
        ("GET", "/v1/rings?after=nonsense", None, 422, "page.after"),
        ("POST", "/v1/expand", b"{", 422, "api.invalid"),
        ("POST", "/v1/expand", b'{"type": "Phone", "key": "\\ud800"}', 422, "api.invalid"),
        ("POST", "/v1/expand", b'{"type": "Nothing", "key": "x"}', 422, "expand.type"),
        ("POST", "/v1/questions/none", b"{}", 404, "questions.unknown"),
        ("POST", "/v1/questions/shares", b"{}", 422, "questions.missing"),
        ("POST", "/v1/expand", b" " * 300_000, 413, "api.body"),
    ],
)
def test_a_failure_is_a_problem_with_its_code(
    served: Served, method: str, path: str, body: bytes | None, status: int, code: str
) -> None:
    with served.client() as client:
        reply = client.request(method, path, content=body, headers={"Content-Type": "application/json"})
    assert (reply.status_code, problem(reply)["code"]) == (status, code)
    if status == 405:
        assert reply.headers["allow"] == "GET"


def test_a_body_that_does_not_say_its_length_is_bounded_too(served: Served) -> None:
    with served.client() as client:
        reply = client.post(
            "/v1/expand", content=iter([b" " * 100_000] * 4), headers={"Content-Type": "application/json"}
        )
    assert (reply.status_code, problem(reply)["code"]) == (413, "api.body")


def test_no_problem_repeats_what_was_sent(served: Served) -> None:
    secret = "13966271834"
    with served.client() as client:
        replies = [
            client.get(f"/v1/rings?limit={secret}x"),
            client.get(f"/v1/rings?as_of={secret}&{secret}=1"),
            client.get(f"/v1/rings?sort={secret}"),
            client.post("/v1/expand", json={"type": f"no {secret}", "key": secret, secret: secret}),
            client.post("/v1/questions/shares", json={"params": {secret: secret}}),
            client.post("/v1/questions/shares", json={"params": {"application": secret}}),
            client.post("/v1/identifiers/lookup", json={"type": "Phone", "value": f"{secret}999"}),
            client.post("/v1/identifiers/lookup", json={"type": secret, "value": "1"}),
            client.get(f"/v1/applications/simulated/{secret}"),
            client.get(f"/v1/nowhere/{secret}"),
        ]
    for reply in replies:
        assert reply.status_code in (404, 422)
        assert secret not in reply.text, reply.request.url
        assert secret not in str(reply.headers)


def test_requests_have_names_and_replies_have_the_headers_of_security(served: Served) -> None:
    with served.client() as client:
        mine = client.get("/v1/rings", headers={"X-Request-Id": "my-request-0001"})
        odd = client.get("/v1/rings", headers={"X-Request-Id": "not {well} formed"})
        none = client.get("/v1/rings")
    assert mine.headers["x-request-id"] == "my-request-0001"
    assert len(odd.headers["x-request-id"]) == 32
    assert none.headers["x-request-id"] != odd.headers["x-request-id"]
    for reply in (mine, served.client(None).get("/v1/rings"), served.client(None).get("/healthz")):
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
        assert not [name for name in reply.headers if name.startswith("access-control")]
        assert "server" not in reply.headers


def test_a_line_of_the_log_tells_the_route_and_never_the_path(
    served: Served, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    one = world.application
    caplog.set_level(logging.INFO, "fingraph")
    with served.client(**{"X-Request-Id": "request-to-look-for"}) as client:
        client.get(f"/v1/applications/{one['source']}/{one['id']}?as_of=2031-01-01T00:00:00Z")
        client.post("/v1/identifiers/lookup", json={"type": "Phone", "value": "13966271834"})
    lines = [JsonLines().format(record) for record in caplog.records]
    told = [json.loads(line) for line in lines]
    mine = [line for line in told if line.get("request_id") == "request-to-look-for"]
    assert [(line["route"], line["status"]) for line in mine] == [
        ("/v1/applications/{source}/{id}", 200),
        ("/v1/identifiers/lookup", 200),
    ]
    assert set(mine[0]) >= {"time", "level", "event", "method", "ms", "key_id"}
    everything = "\n".join(lines)
    assert not [
        word for word in (one["id"], "13966271834", "2031", served.tokens["read"]) if word in everything
    ]


def test_an_unforeseen_error_says_nothing_but_its_name(
    world: World, tokens: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(world.settings)

    async def broken() -> None:
        raise RuntimeError("13966271834 is in my message")

    app.add_api_route("/v1/broken", broken)
    with serving(app) as url, Served(url, tokens).client() as client:
        reply = client.get("/v1/broken")
    assert (reply.status_code, problem(reply)["code"]) == (500, "internal")
    lines = [JsonLines().format(record) for record in caplog.records]
    assert "13966271834" not in reply.text + "".join(lines)
    assert any('"error": "RuntimeError"' in line for line in lines)


def test_the_first_request_is_rehearsed_as_far_as_its_form(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Message] = []

    async def hear(message: Message) -> None:
        told.append(message)

    monkeypatch.setattr(rehearsal, "_nowhere", hear)
    with serving(create_app(world.settings)):
        assert [one["status"] for one in told if "status" in one] == [422]
        assert b"body.source" in told[-1]["body"]


def test_a_rehearsal_that_breaks_keeps_no_server_from_starting(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_: Message) -> None:
        raise RuntimeError("not what was agreed")

    monkeypatch.setattr(rehearsal, "_nowhere", broken)
    with serving(create_app(world.settings)) as url, Served(url, {}).client(None) as client:
        assert client.get("/healthz").status_code == 200
    assert "unforeseen" in caplog.text


def test_what_has_not_changed_is_not_sent_again(served: Served, world: World) -> None:
    with served.client() as client:
        for path in ("/v1/rings?limit=1", f"/v1/rings/{world.ring}?limit=1", "/v1/questions"):
            first = client.get(path)
            again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
            assert (again.status_code, again.content) == (304, b""), path
            assert client.get(path, headers={"If-None-Match": 'W/"other"'}).status_code == 200
        assert (
            client.get("/v1/rings?limit=2").headers["etag"] != client.get("/v1/rings?limit=1").headers["etag"]
        )


def test_a_key_that_asks_too_much_is_told_to_wait(world: World, tokens: dict[str, str]) -> None:
    with serving(create_app(world.settings, limits=Limits(rate=0.5, burst=3))) as url:
        served = Served(url, tokens)
        with served.client() as client, served.client("admin") as other:
            codes = [client.get("/v1/questions").status_code for _ in range(4)]
            late = client.get("/v1/questions")
            assert codes == [200, 200, 200, 429]
            assert problem(late)["code"] == "api.rate"
            assert 1 <= int(late.headers["retry-after"]) <= 2
            assert other.get("/v1/questions").status_code == 200, "each key has an allowance of its own"


def test_a_request_ends_with_the_time_that_it_has(world: World, tokens: dict[str, str]) -> None:
    slow = "UNWIND range(1, 100000000) AS i WITH i WHERE i % 7 = 8 RETURN count(i) AS n"
    with serving(create_app(world.settings)) as url, Served(url, tokens).client("admin") as client:
        began = time.monotonic()
        reply = client.post(
            "/v1/cypher", json={"statement": slow, "seconds": 50}, headers={"X-Request-Timeout-Ms": "1500"}
        )
        assert time.monotonic() - began < 15
        assert reply.status_code == 503
        assert problem(reply)["code"] in ("graph.timeout", "api.deadline")
        assert reply.headers["retry-after"]
        running = world.graph.read("SHOW TRANSACTIONS YIELD currentQuery RETURN currentQuery AS text")
        until = time.monotonic() + 10
        while any("100000000" in row["text"] for row in running) and time.monotonic() < until:
            time.sleep(0.2)
            running = world.graph.read("SHOW TRANSACTIONS YIELD currentQuery RETURN currentQuery AS text")
        assert not [row for row in running if "100000000" in row["text"]], "the database was told, too"


def test_figures_and_health_need_no_key_and_hold_nothing_of_anybody(served: Served, world: World) -> None:
    one = world.application
    with served.client() as client:
        client.get(f"/v1/applications/{one['source']}/{one['id']}")
    with served.client(None) as client:
        assert client.get("/healthz").json() == {"status": "alive"}
        ready = client.get("/readyz")
        assert ready.status_code == 200
        assert {part["name"] for part in ready.json()["parts"]} == {
            "sql",
            "graph",
            "schema",
            "plans",
            "page_cache",
            "scoring",
        }
        text = client.get("/metrics").text
    assert 'fingraph_requests_total{method="GET",route="/v1/applications/{source}/{id}",status="200"}' in text
    assert "fingraph_request_seconds_bucket" in text
    key_id = served.tokens["read"].split("_")[1]
    assert not [word for word in (one["id"], one["source"], world.ring, key_id) if word in text]
