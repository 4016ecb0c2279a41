"""Which properties become columns."""

from __future__ import annotations

from graph_schema import FINGRAPH, Property
from graph_schema.declaration import identifier_type
from graph_schema.model import Type
from snapshot.shape import shape


def test_amounts_are_numbers_and_words_are_texts() -> None:
    found = shape(FINGRAPH)
    assert {"amount_cents", "term_months", "IdNumber.birth_year", "IpAddress.private"} <= set(found.numbers)
    assert {"lender", "kind", "sex", "IdNumber.sex", "Phone.region"} <= set(found.texts)


def test_nothing_that_names_or_places_is_a_column() -> None:
    found = shape(FINGRAPH)
    names = {name.split(".")[-1] for name in (*found.numbers, *found.texts)}
    assert not names & {
        "key",
        "id",
        "source",
        "digest",
        "load",
        "known_at",
        "seq",
        "masked",
        "hub_since",
        "block",
    }


def test_what_a_mapping_declares_is_there_but_fractions_are_not() -> None:
    wider = FINGRAPH.extended(
        [identifier_type("Terminal", "A card terminal.", "AT_TERMINAL", normaliser="code")],
        {
            "Application": (
                Property("debt_cents", Type.INTEGER, "Debts."),
                Property("rate", Type.FLOAT, "Rate."),
            )
        },
    )
    found = shape(wider)
    assert "debt_cents" in found.numbers
    assert "rate" not in (*found.numbers, *found.texts)
    assert "Terminal" in [identifier.label for identifier in found.identifiers]
