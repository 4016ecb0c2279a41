"""What mappings may add to the schema."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import UsageError
from graph_schema import FINGRAPH, Identifier
from graph_schema.declaration import identifier_type


def own(label: str = "Terminal", relationship: str = "AT_TERMINAL", walk: int = 100) -> Identifier:
    return identifier_type(label, "Where.", relationship, normaliser="code", bind=5, walk=walk)


@pytest.mark.parametrize(
    "declared",
    [
        [own("DEVICE")],
        [own("Lender")],
        [own("SchemaSTATE")],
        [own("Terminal"), own("TERMINAL", "AT_OTHER")],
        [own("Terminal"), own("Counter")],
        [own("Terminal"), own("Terminal", walk=200)],
        [own(relationship="USED_DEVICE")],
        [own(relationship="SUBMITTED")],
    ],
    ids=lambda declared: "+".join(f"{i.label}-{i.relationship}" for i in declared),
)
def test_a_name_that_is_taken_in_whatever_case_is_refused(declared: list[Identifier]) -> None:
    with pytest.raises(UsageError) as caught:
        FINGRAPH.extended(declared)
    assert caught.value.code == "schema.redeclared"


def test_a_type_declared_twice_alike_is_there_once() -> None:
    schema = FINGRAPH.extended([own(), own()])
    assert [i.label for i in schema.identifiers].count("Terminal") == 1
    assert schema.extended([own()]) == schema
    assert replace(schema, identifiers=FINGRAPH.identifiers) == FINGRAPH


def test_what_a_later_load_adds_to_a_standing_application_can_name_it() -> None:
    kinds = [r for r in FINGRAPH.relationships if any(p.name == "digest" for p in r.properties)]
    assert {"USED_DEVICE", "RELATED_TO", "CONTACTED"} <= {r.type for r in kinds}
    assert all([p.required for p in r.properties if p.name == "load"] == [False] for r in kinds)
