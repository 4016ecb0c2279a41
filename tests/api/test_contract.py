"""The committed OpenAPI document and the client made from it: whole, and what the code says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from api.front import OPEN
from api.problems import MEDIA_TYPE
from tests.api.contract import CLIENT, DOCUMENT, document_text, files_of, write_client

STALE = "run: python -m tests.api.contract"
COMMITTED: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
OPERATIONS = [
    (method, path, operation)
    for path, operations in COMMITTED["paths"].items()
    for method, operation in operations.items()
]
IDS = [f"{method} {path}" for method, path, _ in OPERATIONS]


def test_the_document_is_not_stale() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document_text(), STALE


@pytest.mark.slow
def test_the_client_is_not_stale(tmp_path: Path) -> None:
    write_client(DOCUMENT, tmp_path / "fingraph_client")
    assert files_of(CLIENT) == files_of(tmp_path / "fingraph_client"), STALE


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=IDS)
def test_every_operation_tells_what_it_does_and_how_it_fails(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    assert operation["summary"]
    assert operation["description"]
    assert operation["operationId"]
    assert operation["tags"]
    if path in OPEN:
        assert operation["security"] == []
        return
    assert operation["security"] == [{"key": []}]
    for status in ("401", "403", "404", "422", "429", "500", "503"):
        content = operation["responses"][status]["content"]
        assert set(content) == {MEDIA_TYPE}
        assert content[MEDIA_TYPE]["schema"] == {"$ref": "#/components/schemas/Problem"}


@pytest.mark.parametrize(
    ("method", "path", "operation"), [one for one in OPERATIONS if one[1] not in OPEN], ids=None
)
def test_every_example_is_what_its_schema_says(method: str, path: str, operation: dict[str, Any]) -> None:
    content = operation["responses"]["200"]["content"]["application/json"]
    schema = {**content["schema"], "components": COMMITTED["components"]}
    jsonschema.Draft202012Validator(schema).validate(content["example"])
    model = COMMITTED["components"]["schemas"][content["schema"]["$ref"].rsplit("/", 1)[1]]
    assert set(content["example"]) == set(model["properties"]), "an example shows every field"
    if "requestBody" in operation:
        told = operation["requestBody"]["content"]["application/json"]
        jsonschema.Draft202012Validator({**told["schema"], "components": COMMITTED["components"]}).validate(
            told["example"]
        )
    for response in operation["responses"].values():
        for told in response.get("content", {}).values():
            if "example" in told:
                schema = {**told["schema"], "components": COMMITTED["components"]}
                jsonschema.Draft202012Validator(schema).validate(told["example"])


def test_lists_are_told_as_items_next_cut() -> None:
    for name, schema in COMMITTED["components"]["schemas"].items():
        if "items" in schema.get("properties", {}):
            assert {"items", "next", "cut"} <= set(schema["required"]), name


def test_every_read_of_the_graph_can_be_as_of_a_moment() -> None:
    timeless = {"/v1/questions", "/v1/cypher"}
    for _, path, operation in OPERATIONS:
        if path in OPEN or path in timeless or {"score", "facts", "lists"} & set(operation["tags"]):
            continue  # what is written is known from now on
        asked = {one["name"] for one in operation.get("parameters", ())}
        if "requestBody" in operation:
            reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            asked |= set(COMMITTED["components"]["schemas"][reference.rsplit("/", 1)[1]]["properties"])
        assert "as_of" in asked, path
