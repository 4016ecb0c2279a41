"""Raw identifiers and read-only Cypher: what comes back, what is audited, what stays out. On a real server."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from core.sql import open_sql
from loaders.hashing import load_hasher
from security import Keyring, Scope, digest_of, list_audit, verify_audit
from tests.api.conftest import World
from tests.api.served import Served

pytestmark = [pytest.mark.server, pytest.mark.slow]


def audited(world: World, action: str) -> list[Any]:
    """The audit log's rows of an action, newest first."""
    with open_sql(world.settings) as sql:
        return list(list_audit(sql, action=action).items)


def test_a_raw_value_gives_the_key_that_the_load_gave_it(served: Served, world: World) -> None:
    raw = pl.read_parquet(world.files / "applications.parquet")["phone"].drop_nulls()[0]
    with served.client() as client:
        reply = client.post("/v1/identifiers/lookup", json={"type": "Phone", "value": raw})
        assert reply.status_code == 200, reply.text
        found = reply.json()
        assert found["known"] is True
        assert raw not in reply.text
        shown = client.get(f"/v1/identifiers/Phone/{found['key']}").json()
        early = client.post(
            "/v1/identifiers/lookup",
            json={"type": "Phone", "value": raw, "as_of": "2001-01-01T00:00:00Z"},
        ).json()
    assert shown["masked"] == found["masked"]
    assert (early["key"], early["known"]) == (found["key"], False)


def test_ways_to_write_a_number_meet_and_options_count(served: Served) -> None:
    with served.client() as client:

        def key(value: str, **options: str) -> str:
            body = {"type": "Phone", "value": value, "options": options}
            return str(client.post("/v1/identifiers/lookup", json=body).json()["key"])

        assert key("13966271834") == key("+86 139-6627-1834") == key("139 6627 1834")
        assert key("61782934", country="HK") == key("+852 6178 2934")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"type": "Phone", "value": "no number"}, "lookup.value"),
        ({"type": "Phone", "value": "   "}, "lookup.value"),
        ({"type": "Phone", "value": "13966271834", "options": {"planet": "x"}}, "normalise.option"),
        ({"type": "Application", "value": "x"}, "schema.unknown_label"),
        ({"type": "Nothing", "value": "x"}, "schema.unknown_label"),
        ({"type": "Phone"}, "api.invalid"),
    ],
)
def test_what_is_no_value_is_refused(served: Served, body: dict[str, Any], code: str) -> None:
    with served.client() as client:
        reply = client.post("/v1/identifiers/lookup", json=body)
    assert (reply.status_code, reply.json()["code"]) == (422, code)


def test_a_lookup_is_audited_by_a_keyed_digest(served: Served, world: World) -> None:
    with served.client() as client:
        client.post("/v1/identifiers/lookup", json={"type": "Phone", "value": "13987654321"})
    row = audited(world, "identifier.lookup")[0]
    key = load_hasher(world.settings).key
    assert json.loads(row.params) == {"value": digest_of(key, "Phone\x1f13987654321")}
    with open_sql(world.settings) as sql:
        assert row.actor == Keyring(sql).authenticate(served.tokens["read"], Scope.READ).key_id
        assert verify_audit(sql).ok


def test_cypher_reads_between_bounds_and_is_audited_before_it_runs(served: Served, world: World) -> None:
    with served.client("admin") as client:

        def run(statement: str, **more: Any) -> Any:
            return client.post("/v1/cypher", json={"statement": statement, **more}).json()

        count = run(
            "MATCH (a:Application) WHERE a.lender = $lender RETURN count(a) AS n", parameters={"lender": "no"}
        )
        assert (count["columns"], count["items"], count["cut"]) == (["n"], [[0]], False)
        some = run("MATCH (a:Application) RETURN a.key AS key", rows=3)
        assert (len(some["items"]), some["cut"], some["cut_by"]) == (3, True, ["rows"])
        large = run(
            "UNWIND range(1, 9000) AS i RETURN 'xxxxxxxxxxxxxxxxxxxxxxxxx' AS x", bytes=2_000, rows=10_000
        )
        assert (large["cut"], large["cut_by"]) == (True, ["bytes"])
        before = len(audited(world, "cypher.run"))
        for statement in (
            "CREATE (x) RETURN x",
            "MATCH (n) DETACH DELETE n",
            "CALL dbms.listConfig()",
            "nonsense",
        ):
            refused = client.post("/v1/cypher", json={"statement": statement})
            assert refused.status_code == 422, statement
        assert len(audited(world, "cypher.run")) == min(before + 4, 50)
    row = audited(world, "cypher.run")[0]
    assert "nonsense" not in row.params
    assert json.loads(row.params)["statement"] == digest_of(load_hasher(world.settings).key, "nonsense")


def test_parameters_that_neo4j_cannot_hold_are_refused(served: Served) -> None:
    deep: Any = 1
    for _ in range(20):
        deep = [deep]
    with served.client("admin") as client:
        for value in (2**63, -(2**63) - 1, deep):
            reply = client.post(
                "/v1/cypher", json={"statement": "RETURN $x AS x", "parameters": {"x": value}}
            )
            assert (reply.status_code, reply.json()["code"]) == (422, "api.invalid")
        text = '{"statement": "RETURN $x AS x", "parameters": {"x": "\\ud800"}}'
        reply = client.post("/v1/cypher", content=text, headers={"Content-Type": "application/json"})
        assert reply.status_code == 422
