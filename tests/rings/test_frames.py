"""Rings in networkx and pandas, and as GraphML and JSON."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import networkx as nx
import pandas as pd
import pytest
from ring_graphs import START, device_farm, node

from rings import as_json, graphml, to_networkx, to_pandas
from rings.frames import EVIDENCE, MEMBERS


def reopened(content: bytes) -> nx.MultiDiGraph:
    return nx.read_graphml(io.BytesIO(content), force_multigraph=True)


def test_a_network_has_every_node_and_edge_and_no_empty_attribute() -> None:
    farm = device_farm(4, hub=True)
    made = to_networkx(farm)
    assert set(made) == {n.id for n in farm.nodes}
    assert sorted((a, b, d["type"]) for a, b, d in made.edges(data=True)) == sorted(
        (e.source, e.target, e.type) for e in farm.edges
    )
    owners = [made.graph, *(d for _, d in made.nodes(data=True)), *(d for *_, d in made.edges(data=True))]
    assert not [owner for owner in owners if None in owner.values()]
    assert made.nodes["Application:s:a0"]["fraud"] == 1.0
    assert "known_at" not in made.nodes["Application:s:a3"]


def test_two_links_of_one_pair_stay_two() -> None:
    farm = device_farm(3)
    twice = replace(farm, edges=[*farm.edges, replace(farm.edges[-1], role="contact")])
    assert to_networkx(twice).number_of_edges() == len(farm.edges) + 1
    assert reopened(graphml(twice)).number_of_edges() == len(farm.edges) + 1


def test_graphml_opens_as_the_network_that_was_written() -> None:
    made = to_networkx(device_farm(5, hub=True))
    again = reopened(graphml(device_farm(5, hub=True)))
    assert dict(again.nodes(data=True)) == dict(made.nodes(data=True))

    def edges(graph: nx.MultiDiGraph) -> list[str]:
        return sorted(repr((a, b, sorted(d.items()))) for a, b, d in graph.edges(data=True))

    for *_, attributes in again.edges(data=True):
        attributes.pop("id", None)
    assert edges(again) == edges(made)


def test_graphml_names_no_edge_twice() -> None:
    written = nx.parse_graphml(graphml(device_farm(5)).decode(), force_multigraph=True)
    keys = [key for *_, key in written.edges(keys=True)]
    assert len(set(keys)) == len(keys) == 10


def test_characters_that_xml_cannot_carry_are_replaced() -> None:
    again = reopened(graphml(device_farm(3, label="a\x00\x1b<&\ud800")))
    assert again.nodes["Device:d1"]["label"] == "a\ufffd\ufffd<&\ufffd"


def test_the_same_ring_gives_the_same_bytes() -> None:
    assert graphml(device_farm(4)) == graphml(device_farm(4))
    assert as_json(device_farm(4)) == as_json(device_farm(4))


def test_json_says_all() -> None:
    farm = device_farm(3)
    told = json.loads(as_json(farm))
    assert set(told) == {"ring", "nodes", "edges", "cut", "total", "as_of"}
    assert told["ring"]["key"] == "rabcdefghij"
    assert set(told["nodes"][0]) == {"id", "type", "key", "label", "known_at", "properties"}
    assert set(told["edges"][0]) == {"source", "target", "type", "role", "known_at"}
    assert told["total"] == {"nodes": 7, "edges": 6, "by_type": {"User": 3, "Application": 3, "Device": 1}}


def dtypes(columns: dict[str, str]) -> dict[str, str]:
    return {name: "datetime64[us, UTC]" if dtype == "time" else dtype for name, dtype in columns.items()}


def told_dtypes(frame: pd.DataFrame) -> dict[str, str]:
    return {name: str(dtype) for name, dtype in frame.dtypes.items()}


def test_frames_have_the_dtypes_that_are_promised_even_when_empty() -> None:
    for farm in (device_farm(3), replace(device_farm(3), nodes=[], edges=[])):
        frames = to_pandas(farm)
        assert told_dtypes(frames.members) == dtypes(MEMBERS)
        assert told_dtypes(frames.evidence) == dtypes(EVIDENCE)


def test_frames_hold_members_and_evidence() -> None:
    members, evidence = to_pandas(device_farm(3, hub=True))
    assert list(members["application"]) == ["s:a0", "s:a1", "s:a2"]
    assert list(members["users"]) == [("s:u0",), ("s:u1",), ("s:u2",)]
    assert list(members["fraud"].dropna()) == [1.0, 0.0]
    assert members["known_at"][1] == pd.Timestamp(START + 1, unit="us", tz="UTC")
    assert members["known_at"].isna().sum() == members["fraud"].isna().sum() == 1
    assert list(evidence["masked"]) == ["d1***0f", "10.0.x.x"]
    assert list(evidence["hub"]) == [False, True]


def test_an_application_without_a_user_is_a_member() -> None:
    farm = device_farm(3)
    alone = replace(farm, nodes=[*farm.nodes, node("Application", "s:b")])
    assert list(to_pandas(alone).members["users"])[-1] == ()


@pytest.mark.parametrize("moment", [-62_135_596_800_000_000, 253_402_300_799_999_999])
def test_times_far_off_stand_in_frames(moment: int) -> None:
    farm = device_farm(3)
    old = replace(farm, nodes=[node("Application", "s:b", moment)], edges=[])
    found = to_pandas(old).members["known_at"][0]
    assert (found.year, found.microsecond) == ((1, 0) if moment < 0 else (9999, 999_999))
