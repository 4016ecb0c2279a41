"""What mappings may add to the schema."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from core.clock import SECOND, day_us
from core.errors import UsageError
from graph_schema import FINGRAPH, Identifier
from graph_schema.declaration import identifier_type
from graph_schema.live import extended_by, extensions
from graph_schema.model import Property, Type


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


def test_a_year_of_birth_lies_between_1900_and_the_year_that_is() -> None:
    for label in ("User", "Application", "IdNumber"):
        born = FINGRAPH.node(label).property("birth_year")
        assert born is not None
        new_year = day_us("2027-01-01")
        assert born.bounds(new_year - SECOND) == (1900, 2026)
        assert born.bounds(new_year) == (1900, 2027)


def test_amounts_terms_and_counts_begin_at_nothing() -> None:
    asked = [
        FINGRAPH.node("Application").property(f"{name}")
        for name in ("amount_cents", "income_cents", "term_months")
    ]
    calls = FINGRAPH.relationship("CONTACTED", "Phone", "Phone")
    for one in (*asked, calls.property("calls"), calls.property("seconds")):
        assert one is not None
        assert one.bounds(0) == (0, None)
    plain = Property("debt_cents", Type.INTEGER, "Debts.")
    assert plain.bounds(0) == (None, None)


def test_what_is_stored_of_a_schema_says_nothing_of_bounds_that_are_not_declared() -> None:
    schema = FINGRAPH.extended([own()], {"Application": (Property("debt_cents", Type.INTEGER, "Debts."),)})
    stored = json.loads(extensions(schema))
    names = {"name", "type", "description", "personal", "required"}
    [terminal] = stored["identifiers"]
    assert all(set(one) == names for one in (*terminal["properties"], *stored["properties"]["Application"]))
    assert all(set(bond) == {"strength", "within", "roles", "undated"} for bond in terminal["bonds"])
    assert extended_by(FINGRAPH, extensions(schema)) == schema


def test_bounds_that_are_declared_are_stored() -> None:
    bound = Property("debt_cents", Type.INTEGER, "Debts.", low=0, high=900)
    schema = FINGRAPH.extended(properties={"Application": (bound,)})
    assert extended_by(FINGRAPH, extensions(schema)) == schema
