"""Columns of a graph the slow, obvious way: a row at a time from Cypher, dictionaries and loops."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from core.graph import Graph, Row
from graph_schema import Schema
from snapshot.columns import MISSING, NEVER, Columns, Memberships
from snapshot.log import LinkRows, Log, OutcomeRows, columns_of
from snapshot.shape import shape


def slow_columns(graph: Graph, schema: Schema) -> Columns:
    """The dated facts of `graph`."""
    targets = graph.read(
        "MATCH (t:Application|Event) WHERE t.known_at IS NOT NULL RETURN id(t) AS id, labels(t)[0] AS label, properties(t) AS p"
    )
    targets.sort(key=lambda t: (t["p"]["known_at"], t["p"]["seq"], t["p"]["key"], t["label"] == "Event"))
    row = {target["id"]: i for i, target in enumerate(targets)}
    ways = {i.label: (i.relationship, i.roles or ("",)) for i in schema.identifiers}
    links, came = {}, {}
    for label, (type_, roles) in {**ways, "User": ("SUBMITTED|DID", ("",))}.items():
        links[label], came[label] = _links(graph, label, type_, roles, row, targets)
    numbers, texts, words = _properties(schema, targets, came)
    return columns_of(
        Log(
            known_at=np.array([t["p"]["known_at"] for t in targets]),
            seq=np.array([t["p"]["seq"] for t in targets]),
            event_at=np.array([t["p"].get("event_at", MISSING) for t in targets]),
            event=np.array([t["label"] == "Event" for t in targets]),
            user=np.array([came["User"].get(i, (-1, {}))[0] for i in range(len(targets))], dtype=np.int32),
            numbers=numbers,
            texts=texts,
            words=words,
            links=links,
            outcomes=_outcomes(graph, row),
            memberships=_memberships(graph, row, len(targets)),
            keys=tuple(t["p"]["key"] for t in targets),
        )
    )


def _links(
    graph: Graph, label: str, type_: str, roles: tuple[str, ...], row: dict[int, int], targets: list[Row]
) -> tuple[LinkRows, dict[int, tuple[int, Row]]]:
    """The links, and for each target the identifier that it came with."""
    found = [
        one
        for one in graph.read(
            f"MATCH (x:{label})-[r:{type_}]-(t) RETURN properties(x) AS x, id(t) AS t, properties(r) AS r"
        )
        if one["t"] in row and one["r"].get("known_at") is not None
    ]
    things = {one["x"]["key"]: one["x"] for one in found}
    order = {key: i for i, key in enumerate(sorted(things))}
    hubs = [things[key] for key in sorted(things)]
    came: dict[int, tuple[int, Row]] = {}
    for one in sorted(found, key=lambda o: (roles.index(o["r"].get("role", "")), o["x"]["key"])):
        target = row[one["t"]]
        mine = targets[target]["p"]
        if (one["r"]["known_at"], one["r"]["seq"]) == (mine["known_at"], mine["seq"]):
            came.setdefault(target, (order[one["x"]["key"]], one["x"]))
    return LinkRows(
        target=np.array([row[one["t"]] for one in found], dtype=np.int64),
        identifier=np.array([order[one["x"]["key"]] for one in found], dtype=np.int64),
        role=np.array([roles.index(one["r"].get("role", "")) for one in found], dtype=np.int8),
        known_at=np.array([one["r"]["known_at"] for one in found], dtype=np.int64),
        seq=np.array([one["r"]["seq"] for one in found], dtype=np.int64),
        hub_at=np.array([x.get("hub_since", NEVER) for x in hubs], dtype=np.int64),
        hub_seq=np.array([x.get("hub_seq", NEVER) for x in hubs], dtype=np.int64),
        code=np.arange(len(hubs)),
        roles=roles,
    ), came


def _properties(
    schema: Schema, targets: list[Row], came: dict[str, dict[int, tuple[int, Row]]]
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    told: dict[str, list[Any]] = {}
    for one in shape(schema).own:
        column = told.setdefault(one.column, [None] * len(targets))
        for i, target in enumerate(targets):
            if target["label"] == one.label:
                column[i] = target["p"].get(one.property)
    for one in shape(schema).given:
        told[one.column] = [came[one.label].get(i, (0, {}))[1].get(one.property) for i in range(len(targets))]
    numbers = {
        name: np.array([MISSING if v is None else int(v) for v in told[name]])
        for name in shape(schema).numbers
    }
    words = {name: tuple(sorted({v for v in told[name] if v is not None})) for name in shape(schema).texts}
    texts = {
        name: np.array([-1 if v is None else words[name].index(v) for v in told[name]], dtype=np.int32)
        for name in words
    }
    return numbers, texts, words


def _outcomes(graph: Graph, row: dict[int, int]) -> OutcomeRows:
    found = [
        one
        for one in graph.read("MATCH (a)-[:HAD_OUTCOME]->(o) RETURN id(a) AS a, properties(o) AS o")
        if one["a"] in row and one["o"].get("known_at") is not None
    ]
    names = tuple(sorted({one["o"]["target"] for one in found}))
    return OutcomeRows(
        target=np.array([row[one["a"]] for one in found], dtype=np.int64),
        name=np.array([names.index(one["o"]["target"]) for one in found], dtype=np.int8),
        value=np.array([one["o"]["value"] for one in found], dtype=np.float64),
        known_at=np.array([one["o"]["known_at"] for one in found], dtype=np.int64),
        seq=np.array([one["o"].get("seq", NEVER) for one in found], dtype=np.int64),
        names=names,
    )


def _memberships(graph: Graph, row: dict[int, int], size: int) -> Memberships | None:
    runs = graph.read(
        "MATCH (x:RingRun) WHERE x.finished_at IS NOT NULL RETURN x.run AS run, x.known_at AS at ORDER BY run"
    )
    if not runs:
        return None
    place = {run["run"]: i for i, run in enumerate(runs)}
    rings = {r["key"]: i for i, r in enumerate(graph.read("MATCH (r:Ring) RETURN r.key AS key ORDER BY key"))}
    told = graph.read(
        "MATCH (a)-[m:MEMBER_OF]->(r) RETURN id(a) AS a, r.key AS ring, m.since AS since, m.until AS until"
    )
    members = sorted(
        (row[m["a"]], place[m["since"]], rings[m["ring"]], place.get(m["until"], len(runs)))
        for m in told
        if m["a"] in row and m["since"] in place
    )
    states = sorted(
        (rings[s["ring"]], place[s["s"]["run"]], s["s"]["score"], s["s"]["users"], s["s"]["listed"])
        for s in graph.read("MATCH (r)-[:WAS]->(s) RETURN r.key AS ring, properties(s) AS s")
        if s["s"]["run"] in place
    )
    counts = np.bincount([m[0] for m in members], minlength=size)
    state_counts = np.bincount([s[0] for s in states], minlength=len(rings))
    return Memberships(
        start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        ring=np.array([m[2] for m in members], dtype=np.int32),
        since=np.array([m[1] for m in members], dtype=np.int32),
        until=np.array([m[3] for m in members], dtype=np.int32),
        run_known_at=np.array([run["at"] for run in runs], dtype=np.int64),
        state_start=np.concatenate([[0], np.cumsum(state_counts)]).astype(np.int64),
        state_run=np.array([s[1] for s in states], dtype=np.int32),
        score=np.array([s[2] for s in states], dtype=np.float64),
        users=np.array([s[3] for s in states], dtype=np.int32),
        listed=np.array([s[4] for s in states], dtype=np.bool_),
    )


def spoken(columns: Columns) -> Columns:
    """The columns with words in place of their codes."""
    texts = {
        name: np.array([*columns.words[name], ""], dtype=object)[codes]
        for name, codes in columns.texts.items()
    }
    return replace(columns, texts=texts, words={})


def differing(one: Any, other: Any, where: str = "") -> list[str]:
    """Paths at which two columns differ; persistent codes aside, which an oracle does not know."""
    if isinstance(one, Columns) and one.words:
        return differing(spoken(one), spoken(other), where)
    if is_dataclass(one) and type(one) is type(other):
        names = [f.name for f in fields(one) if f.name not in ("code", "summaries")]
        return [
            p
            for name in names
            for p in differing(getattr(one, name), getattr(other, name), f"{where}.{name}")
        ]
    if isinstance(one, dict) and isinstance(other, dict):
        if set(one) != set(other):
            return [f"{where}: {sorted(set(one) ^ set(other))}"]
        return [p for name in one for p in differing(one[name], other[name], f"{where}.{name}")]
    if isinstance(one, np.ndarray):
        same = one.shape == other.shape and one.dtype == other.dtype and np.array_equal(one, other)
        return [] if same else [f"{where} {one.dtype} {other.dtype} {one.shape} {other.shape}"]
    return [] if one == other else [where]
