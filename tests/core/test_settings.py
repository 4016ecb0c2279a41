"""Settings are read from the environment, and what cannot be read is named."""

from __future__ import annotations

import pytest

from core.errors import UsageError
from core.settings import load_settings


def test_settings_have_defaults_and_are_read() -> None:
    bare = load_settings({"FINGRAPH_GRAPH_SECONDS": ""})
    assert (bare.port_offset, bare.graph_seconds, bare.warm_seconds, bare.is_local) == (0, 1.0, 30.0, True)
    told = load_settings(
        {
            "FINGRAPH_PORT_OFFSET": "10",
            "FINGRAPH_GRAPH_SECONDS": "0.25",
            "FINGRAPH_WARM_SECONDS": "2",
            "NEO4J_URI": "bolt://there",
        }
    )
    assert (told.bolt_port, told.graph_seconds, told.warm_seconds, told.uri) == (
        7697,
        0.25,
        2.0,
        "bolt://there",
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("FINGRAPH_PORT_OFFSET", "x"),
        ("FINGRAPH_PORT_OFFSET", "-1"),
        ("FINGRAPH_NEO4J_HEAP_MB", "1.5"),
        *(("FINGRAPH_GRAPH_SECONDS", text) for text in ("0", "-1", "nan", "inf", "soon", "121")),
        ("FINGRAPH_WARM_SECONDS", "0"),
    ],
)
def test_what_cannot_be_read_is_named(name: str, text: str) -> None:
    with pytest.raises(UsageError, match=name) as refused:
        load_settings({name: text})
    assert refused.value.code == "settings.invalid"
