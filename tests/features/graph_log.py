"""Everything that a graph holds as columns, read the slow and obvious way: statement by statement, row by row.

What an identifier was when is counted from its links, and not taken from what the graph says of it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from core.graph import Graph
from graph_schema import Schema
from graph_schema.model import Identifier
from snapshot.columns import MISSING, NEVER, SUMMARY, Columns, Memberships, Summaries
from snapshot.log import LinkRows, Log, OutcomeRows, columns_of
from snapshot.shape import shape

Target = dict[str, Any]


def columns_of_graph(graph: Graph, schema: Schema, version: str | None, wide: int) -> Columns:
    """All dated facts; `version` and `wide`: of what applications carry."""
    targets = graph.read(
        "MATCH (n) WHERE (n:Application OR n:Event) AND n.known_at IS NOT NULL "
        "OPTIONAL MATCH (u:User)-[:SUBMITTED|DID]->(n) "
        "RETURN id(n) AS id, n:Event AS event, u.key AS user, properties(n) AS p"
    )
    targets.sort(key=lambda t: (t["p"]["known_at"], t["p"]["seq"], t["p"]["key"], t["event"]))
    row = {target["id"]: place for place, target in enumerate(targets)}
    links = {kind.label: _links(graph, kind, row) for kind in schema.identifiers}
    users = {key: place for place, key in enumerate(sorted({t["user"] for t in targets} - {None}))}
    numbers, texts, words = _attributes(graph, schema, targets)
    return columns_of(
        Log(
            known_at=np.array([t["p"]["known_at"] for t in targets], dtype=np.int64),
            seq=np.array([t["p"]["seq"] for t in targets], dtype=np.int64),
            event_at=np.array([t["p"].get("event_at", MISSING) for t in targets], dtype=np.int64),
            event=np.array([t["event"] for t in targets], dtype=np.bool_),
            user=np.array([users.get(t["user"], -1) for t in targets], dtype=np.int32),
            numbers=numbers,
            texts=texts,
            words=words,
            links={"User": _of_users(targets, users), **links},
            outcomes=_outcomes(graph, row),
            memberships=_memberships(graph, row),
            carried=_carried(targets, version, wide),
            keys=tuple(t["p"]["key"] for t in targets),
        )
    )


def _rows(
    found: list[tuple[int, int, int, int, int]], keys: list[str], hubs: list[tuple[int, int]], **more: Any
) -> LinkRows:
    table = np.array(found, dtype=np.int64).reshape(len(found), 5)
    return LinkRows(
        target=table[:, 0], identifier=table[:, 1], role=table[:, 2].astype(np.int8), known_at=table[:, 3],
        seq=table[:, 4], hub_at=np.array([at for at, _ in hubs], dtype=np.int64),
        hub_seq=np.array([seq for _, seq in hubs], dtype=np.int64), code=np.arange(len(keys), dtype=np.int64), **more,
    )  # fmt: skip


def _of_users(targets: list[Target], users: dict[str, int]) -> LinkRows:
    found = [
        (place, users[t["user"]], 0, t["p"]["known_at"], t["p"]["seq"])
        for place, t in enumerate(targets)
        if t["user"] is not None
    ]
    return _rows(found, list(users), [(NEVER, NEVER)] * len(users))


def _links(graph: Graph, kind: Identifier, row: dict[int, int]) -> LinkRows:
    told = graph.read(
        f"MATCH (n)-[r:{kind.relationship}]->(i:{kind.label}) WHERE r.known_at IS NOT NULL "
        "RETURN id(n) AS n, i.key AS key, r.role AS role, r.known_at AS at, r.seq AS seq"
    )
    keys = identifier_keys(graph, kind)
    code = {key: place for place, key in enumerate(keys)}
    roles = kind.roles or ("",)
    found = [
        (row[one["n"]], code[one["key"]], roles.index(one["role"] or roles[0]), one["at"], one["seq"]) for one in told
    ]  # fmt: skip
    moments: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for one in told:
        moments[one["key"]].append((one["at"], one["seq"]))
    hubs = [
        sorted(moments[key])[kind.walk] if len(moments[key]) > kind.walk else (NEVER, NEVER) for key in keys
    ]
    return _rows(found, keys, hubs, roles=roles, summaries=_summaries(graph, kind, code))


def identifier_keys(graph: Graph, kind: Identifier) -> list[str]:
    """Keys of all identifiers of a type that something dated names, in order: their places in the columns."""
    told = graph.read(
        f"MATCH ()-[r:{kind.relationship}]->(i:{kind.label}) WHERE r.known_at IS NOT NULL RETURN DISTINCT i.key AS key"
    )
    return sorted(one["key"] for one in told)


def _summaries(graph: Graph, kind: Identifier, code: dict[str, int]) -> Summaries | None:
    figures = ", ".join(f"s.{name}" for name in SUMMARY)
    told = graph.read(
        f"MATCH (i:{kind.label})-[:WAS_LIKE]->(s) RETURN i.key AS key, s.day AS day, s.known_at AS at, [{figures}] AS told"
    )
    if not told:
        return None
    told.sort(key=lambda one: (code[one["key"]], one["day"]))
    owner = [code[one["key"]] for one in told]
    return Summaries(
        np.searchsorted(owner, np.arange(len(code) + 1)).astype(np.int64),
        np.array([one["at"] for one in told], dtype=np.int64),
        np.array([one["told"] for one in told], dtype=np.float64),
    )


def _outcomes(graph: Graph, row: dict[int, int]) -> OutcomeRows:
    told = graph.read(
        "MATCH (n)-[:HAD_OUTCOME]->(o:Outcome) WHERE o.known_at IS NOT NULL AND n.known_at IS NOT NULL "
        "RETURN id(n) AS n, o.target AS target, o.value AS value, o.known_at AS at, o.seq AS seq"
    )
    names = tuple(sorted({one["target"] for one in told}))
    return OutcomeRows(
        np.array([row[one["n"]] for one in told], dtype=np.int64),
        np.array([names.index(one["target"]) for one in told], dtype=np.int8),
        np.array([one["value"] for one in told], dtype=np.float64),
        np.array([one["at"] for one in told], dtype=np.int64),
        np.array([NEVER if one["seq"] is None else one["seq"] for one in told], dtype=np.int64),
        names,
    )


def _memberships(graph: Graph, row: dict[int, int]) -> Memberships | None:
    runs = graph.read(
        "MATCH (x:RingRun) WHERE x.finished_at IS NOT NULL RETURN x.run AS run, x.known_at AS at ORDER BY at"
    )
    if not runs:
        return None
    place = {one["run"]: i for i, one in enumerate(runs)}
    members = graph.read(
        "MATCH (n:Application)-[m:MEMBER_OF]->(r:Ring) WHERE m.since IN $runs AND n.known_at IS NOT NULL "
        "RETURN id(n) AS n, r.key AS ring, m.since AS since, m.until AS until",
        runs=list(place),
    )
    states = graph.read(
        "MATCH (r:Ring)-[:WAS]->(s:RingState) WHERE s.run IN $runs "
        "RETURN r.key AS ring, s.run AS run, s.score AS score, s.users AS users, s.listed AS listed",
        runs=list(place),
    )
    rings = {ring: i for i, ring in enumerate(sorted({one["ring"] for one in (*members, *states)}))}
    members.sort(key=lambda one: (row[one["n"]], rings[one["ring"]], one["since"]))
    states.sort(key=lambda one: (rings[one["ring"]], one["run"]))
    return Memberships(
        start=np.searchsorted([row[one["n"]] for one in members], np.arange(len(row) + 1)).astype(np.int64),
        ring=np.array([rings[one["ring"]] for one in members], dtype=np.int32),
        since=np.array([place[one["since"]] for one in members], dtype=np.int32),
        until=np.array([place.get(one["until"], len(runs)) for one in members], dtype=np.int32),
        run_known_at=np.array([one["at"] for one in runs], dtype=np.int64),
        state_start=np.searchsorted([rings[one["ring"]] for one in states], np.arange(len(rings) + 1)).astype(
            np.int64
        ),
        state_run=np.array([place[one["run"]] for one in states], dtype=np.int32),
        score=np.array([one["score"] for one in states], dtype=np.float64),
        users=np.array([one["users"] for one in states], dtype=np.int32),
        listed=np.array([one["listed"] for one in states], dtype=np.bool_),
    )


def _carried(targets: list[Target], version: str | None, wide: int) -> Any:
    found = np.full((len(targets), wide), np.nan)
    for place, target in enumerate(targets):
        if version is not None and target["p"].get("carried_version") == version:
            found[place] = target["p"]["carried"]
    return found


def _attributes(
    graph: Graph, schema: Schema, targets: list[Target]
) -> tuple[dict[str, Any], dict[str, Any], dict[str, tuple[str, ...]]]:
    found = shape(schema)
    given = _given(graph, schema)
    numbers, texts, words = {}, {}, {}

    def values(column: str) -> list[Any]:
        if "." in column:
            label, name = column.split(".")
            return [given[label].get(t["id"], {}).get(name) for t in targets]
        return [t["p"].get(column) for t in targets]

    for column in found.numbers:
        told = [MISSING if value is None else int(value) for value in values(column)]
        numbers[column] = np.array(told, dtype=np.int64)
    for column in found.texts:
        said = values(column)
        words[column] = tuple(sorted({value for value in said if value is not None}))
        code = {word: place for place, word in enumerate(words[column])}
        texts[column] = np.array([-1 if value is None else code[value] for value in said], dtype=np.int32)
    return numbers, texts, words


def _given(graph: Graph, schema: Schema) -> dict[str, dict[int, Target]]:
    """By label and target, the properties of the identifier that it came with: the first in order of role and key."""
    found: dict[str, dict[int, Target]] = {}
    for kind in schema.identifiers:
        told = graph.read(
            f"MATCH (n)-[r:{kind.relationship}]->(i:{kind.label}) WHERE r.known_at = n.known_at AND r.seq = n.seq "
            "RETURN id(n) AS n, r.role AS role, properties(i) AS p"
        )
        roles = kind.roles or (None,)
        told.sort(key=lambda one: (roles.index(one["role"]), one["p"]["key"]), reverse=True)
        found[kind.label] = {one["n"]: one["p"] for one in told}
    return found
