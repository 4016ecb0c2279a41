"""Replies about the graph: what they hold, page by page, and as of a moment. On a real server."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest

from core.clock import DAY, iso
from tests.api.conftest import World
from tests.api.served import Served

pytestmark = [pytest.mark.server, pytest.mark.slow]


def told(reply: httpx.Response) -> Any:
    """The reply's JSON, which must be there."""
    assert reply.status_code == 200, reply.text
    return reply.json()


def moments(value: object) -> list[datetime]:
    """Every moment in a reply, but for its own `as_of`."""
    if isinstance(value, dict):
        return [one for name, inner in value.items() if name != "as_of" for one in moments(inner)]
    if isinstance(value, list):
        return [one for inner in value for one in moments(inner)]
    if isinstance(value, str) and len(value) >= 20 and value[10:11] == "T" and value.endswith("Z"):
        return [datetime.fromisoformat(value)]
    return []


def all_pages(client: httpx.Client, path: str, **params: Any) -> list[Any]:
    """Items of all pages, one a page."""
    items: list[Any] = []
    after = None
    for _ in range(200):
        page = told(client.get(path, params={**params, "limit": 1, **({"after": after} if after else {})}))
        items += page["items"]
        after = page["next"]
        assert page["cut"] is (after is not None)
        if after is None:
            return items
    raise AssertionError("pages without end")


def test_an_application_is_told_with_its_links_outcomes_and_rings(served: Served, world: World) -> None:
    one = world.application
    with served.client() as client:
        found = told(client.get(f"/v1/applications/{one['source']}/{one['id']}"))
    assert found["key"] == one["key"]
    assert one["user"] in found["users"]
    assert world.ring in [ring["key"] for ring in found["rings"]]
    expected = world.graph.read(
        "MATCH (a:Application {key: $key})-[r]->(i) WHERE i.masked IS NOT NULL RETURN type(r) AS relation, i.key AS key",
        key=one["key"],
    )
    assert sorted((link["relation"], link["key"]) for link in found["links"]) == sorted(
        (row["relation"], row["key"]) for row in expected
    )
    assert found["known_at"] == iso(one["known_at"])


def test_nothing_of_later_than_the_moment_is_told(served: Served, world: World) -> None:
    one = world.application
    early = str(iso(one["known_at"] + 1))
    with served.client() as client:
        at = {"as_of": early}
        shown = told(client.get(f"/v1/applications/{one['source']}/{one['id']}", params=at))
        source, id_ = one["user"].split(":", 1)
        replies = [
            shown,
            told(client.get(f"/v1/users/{source}/{id_}", params=at)),
            told(client.get("/v1/rings", params=at)),
            *(
                told(client.get(f"/v1/identifiers/{link['type']}/{link['key']}", params=at))
                for link in shown["links"]
            ),
            *(
                told(
                    client.post("/v1/expand", json={"type": link["type"], "key": link["key"], "as_of": early})
                )
                for link in shown["links"]
            ),
            told(
                client.post(
                    "/v1/questions/shares", json={"params": {"application": one["key"]}, "as_of": early}
                )
            ),
        ]
        later = client.get(
            f"/v1/applications/{one['source']}/{one['id']}", params={"as_of": str(iso(one["known_at"] - DAY))}
        )
    assert later.status_code == 404
    for reply in replies:
        assert reply["as_of"] == early
        assert not [moment for moment in moments(reply) if moment >= datetime.fromisoformat(early)]
    assert shown["rings"] == []
    assert replies[2]["items"] == [], "no run was known then"


def test_pages_together_are_the_whole_list_once(served: Served, world: World) -> None:
    source, id_ = world.application["user"].split(":", 1)
    with served.client() as client:
        for path, identity in (
            ("/v1/rings", "key"),
            (f"/v1/rings/{world.ring}/members", "application"),
            (f"/v1/rings/{world.ring}/evidence", "key"),
            (f"/v1/rings/{world.ring}/history", "run"),
            (f"/v1/users/{source}/{id_}/applications", "key"),
        ):
            whole = told(client.get(path, params={"limit": 1000}))["items"]
            paged = all_pages(client, path)
            assert [one[identity] for one in paged] == [one[identity] for one in whole], path
            assert len({one[identity] for one in paged}) == len(paged) > 0, path


def test_a_page_goes_on_as_of_the_moment_of_the_first(served: Served) -> None:
    with served.client() as client:
        first = told(client.get("/v1/rings", params={"limit": 1}))
        second = told(client.get("/v1/rings", params={"limit": 1, "after": first["next"]}))
        other = client.get(
            "/v1/rings", params={"limit": 1, "after": first["next"], "as_of": "2025-02-01T00:00:00Z"}
        )
    assert first["as_of"] == second["as_of"]
    assert other.json()["code"] == "page.after"


def test_a_ring_is_told_with_members_evidence_and_figures(served: Served, world: World) -> None:
    with served.client() as client:
        detail = told(client.get(f"/v1/rings/{world.ring}", params={"limit": 1000}))
    ring, members = detail["ring"], detail["members"]["items"]
    assert ring["key"] == world.ring
    assert len(members) == ring["applications"]
    assert len({user for one in members for user in one["users"]}) == ring["users"]
    assert sum(one["amount_cents"] for one in members) == ring["amount_cents"]
    assert all(one["users"] >= 2 for one in detail["evidence"]["items"])
    assert ring["reasons"]


def test_a_ring_is_a_graph_of_what_it_says_and_a_small_one_says_what_it_left_out(
    served: Served, world: World
) -> None:
    with served.client() as client:
        whole = told(client.get(f"/v1/rings/{world.ring}/graph", params={"limit": 1000}))
        part = told(client.get(f"/v1/rings/{world.ring}/graph", params={"limit": 5}))
    assert (whole["cut"], len(whole["nodes"])) == (False, whole["total"]["nodes"])
    assert whole["total"]["by_type"]["Application"] == whole["ring"]["applications"]
    ids = {node["id"] for node in whole["nodes"]}
    assert {edge["source"] for edge in whole["edges"]} | {edge["target"] for edge in whole["edges"]} <= ids
    assert part["cut"] is True
    assert len(part["nodes"]) <= 5
    assert part["total"] == whole["total"]


def test_neighbours_can_be_narrowed_and_ordered(served: Served, world: World) -> None:
    one = world.application
    with served.client() as client:
        asked = {"type": "Application", "key": one["key"]}
        whole = told(client.post("/v1/expand", json=asked))
        users = told(client.post("/v1/expand", json={**asked, "neighbour": "User"}))
        old = told(client.post("/v1/expand", json={**asked, "order": "oldest"}))
        most = told(client.post("/v1/expand", json={**asked, "order": "most_connected"}))
    assert {item["type"] for item in users["items"]} == {"User"}
    assert len(whole["items"]) == len(old["items"]) == len(most["items"]) == whole["total"]
    dated = [item["known_at"] for item in old["items"] if item["known_at"]]
    assert dated == sorted(dated)
    degrees = [item["degree"] for item in most["items"] if item["degree"] is not None]
    assert degrees == sorted(degrees, reverse=True)


def test_a_path_leads_from_one_end_to_the_other(served: Served, world: World) -> None:
    one = world.application
    with served.client() as client:
        found = told(client.post("/v1/paths", json={"user": one["user"], "other": one["other"]}))
    assert found["items"]
    for path in found["items"]:
        assert path["steps"][0].endswith(one["user"])
        assert path["steps"][-1].endswith(one["other"])
        assert len(path["steps"]) == path["hops"] + 1 <= 7


def test_every_question_is_listed_and_answers_what_it_declares(served: Served) -> None:
    with served.client() as client:
        listed = told(client.get("/v1/questions"))["items"]
        assert len(listed) >= 15
        for one in listed:
            if any(param["required"] for param in one["params"]):
                continue
            answer = client.post(f"/v1/questions/{one['name']}", json={"limit": 3})
            found = told(answer)
            assert [column["name"] for column in found["columns"]] == [c["name"] for c in one["columns"]]
            for item in found["items"]:
                for column in found["columns"]:
                    value = item[column["name"]]
                    assert value is not None or column["optional"], (one["name"], column["name"])
                    assert column["kind"] != "time" or value is None or value.endswith("Z")


def test_a_picture_has_the_ends_of_its_edges(served: Served, world: World) -> None:
    with served.client() as client:
        drawn = told(
            client.post(
                "/v1/questions/shares/picture", json={"params": {"application": world.application["key"]}}
            )
        )
        none = client.post("/v1/questions/bursts/picture", json={})
    ids = {node["id"] for node in drawn["nodes"]}
    assert drawn["edges"]
    assert {edge["start"] for edge in drawn["edges"]} | {edge["end"] for edge in drawn["edges"]} <= ids
    assert none.status_code in (200, 404)
