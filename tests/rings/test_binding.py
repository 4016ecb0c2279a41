"""Which links bind, and that the Cypher for it is made from declared names alone."""

from __future__ import annotations

import random

from graph_schema import FINGRAPH
from graph_schema.declaration import identifier_type
from rings import binding
from rings.binding import Link, binding_links, bindings


def test_only_the_first_links_bind_in_the_order_of_facts() -> None:
    links = [Link("s:c", 5, 1), Link("s:b", 5, 0), Link("s:a", 9, 0), Link("s:d", 1, 7)]
    random.Random(1).shuffle(links)
    assert [link.key for link in binding_links(links, 3)] == ["s:d", "s:b", "s:c"]


def test_undated_links_come_last_in_the_order_of_keys() -> None:
    links = [Link("s:b"), Link("s:a"), Link("s:z", 10**15, 3)]
    assert [link.key for link in binding_links(links, 3)] == ["s:z", "s:a", "s:b"]


def test_links_of_other_roles_neither_bind_nor_count() -> None:
    links = [Link("s:a", 1, 0, "contact"), Link("s:b", 2, 0, "self"), Link("s:c", 3, 0, "self")]
    assert [link.key for link in binding_links(links, 2, ("self",))] == ["s:b", "s:c"]


def test_an_application_comes_before_an_event_that_equals_it_in_all_else() -> None:
    links = [Link("s:a", 1, 0, event=True), Link("s:a", 1, 0)]
    assert binding_links(links, 1) == [Link("s:a", 1, 0)]


def test_types_that_never_bind_are_left_out() -> None:
    labels = {b.label for b in bindings(FINGRAPH)}
    assert labels == {i.label for i in FINGRAPH.identifiers if i.bind > 0}
    assert "IpAddress" not in labels


def test_a_declared_identifier_type_binds_without_any_code() -> None:
    terminal = identifier_type("Terminal", "A terminal.", "AT_TERMINAL", normaliser="code", bind=7)
    schema = FINGRAPH.extended([terminal])
    for cypher in (binding.projection(schema), binding.shared_counts(schema), binding.evidence(schema)):
        assert "AT_TERMINAL" in cypher
        assert "LIMIT 7" in cypher
