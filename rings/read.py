"""Reads the facts that rings are found from, as columns: blocks of a statement each, two at a time.

Only identifiers with two links and more are read, and of hubs the first links; then the applications and events that
name them, and whatever else their users applied for, with whoever applied with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import polars as pl

from core.graph import Graph, Row
from core.progress import Progress
from graph_schema import Identifier, Schema
from queries import statement
from rings.bonds import LINKS_PER_BIND
from rings.decisions import Decision, Kind
from rings.facts import KEYS, LINKS, OUTCOMES, RELATIONS, TARGETS, Facts, Keys

T = TypeVar("T")

BLOCK = 20_000
"""Nodes a statement."""
MOST_LINKS = 50_000
"""Links a statement, and those of one node more: it holds them whole, and Neo4j's collector stops everybody while it copies them."""
READERS = 2
SECONDS = 600.0
MISSING = -(2**63)
"""Stands for a missing number in a column, which cannot carry a null; a missing text is ''."""
OUTCOMES_READ = ("fraud", "approval")
HASH_DIGITS = 15
"""Of the hash that names a block so many hexadecimal digits make its number: 60 bits."""
RELATIVES = 20
"""Of a user so many relatives."""


def read_facts(graph: Graph, schema: Schema, progress: Progress) -> Facts:
    """All facts of `graph` that rings are found from; undated ones have no time."""
    links = _links(graph, schema, progress)
    progress.step("Reading applications")
    targets, users = _targets(graph, links.get_column("target").unique())
    applications = targets.filter("application").get_column("target").unique()
    progress.step("Reading outcomes")
    outcomes = _columns(graph, "rings/facts_outcomes", applications, OUTCOMES, names=list(OUTCOMES_READ))
    relations = _columns(graph, "rings/facts_relations", users, RELATIONS, most=RELATIVES)
    return Facts(targets, links, outcomes, read_decisions(graph), _keys(graph), relations)


def read_decisions(graph: Graph) -> tuple[Decision, ...]:
    """All decisions of people, taken back or not, by when they were made."""
    return tuple(
        Decision(
            row["key"],
            Kind(row["kind"]),
            row["ring"],
            row["listed"],
            row["made_at"],
            row["undone_at"],
            (frozenset(row["stays"]), frozenset(row["goes"])),
        )
        for row in statement("rings/decisions").stream(graph, seconds=SECONDS)
    )


def _keys(graph: Graph) -> Keys:
    """Names of identifiers by their internal ids; what was read is kept."""
    known: dict[tuple[str, int], str] = {}

    def keys(label: str, things: Sequence[int]) -> pl.DataFrame:
        asked = statement("rings/facts_keys")
        missing = [thing for thing in things if (label, thing) not in known]
        for row in _in_blocks(
            _even(missing), lambda block: asked.run(graph, seconds=SECONDS, ids=block, label=label)
        ):
            known.update(zip(((label, thing) for thing in row["thing"]), row["key"], strict=True))
        found = [(thing, known[label, thing]) for thing in things if (label, thing) in known]
        return pl.DataFrame(found, schema=KEYS, orient="row")

    return keys


def _links(graph: Graph, schema: Schema, progress: Progress) -> pl.DataFrame:
    frames = [pl.DataFrame(schema=LINKS)]
    for identifier in schema.identifiers:
        if identifier.ties:
            progress.step(f"Reading {identifier.label}")
            frames += _links_of(graph, identifier)
    return pl.concat(frames)


def _links_of(graph: Graph, identifier: Identifier) -> Iterator[pl.DataFrame]:
    most = identifier.bind * LINKS_PER_BIND
    (shared,) = graph.read(_shared(identifier), seconds=SECONDS)
    things = pl.DataFrame(shared, schema={"thing": pl.Int64, "degree": pl.Int64})
    within = pl.col("degree") <= most
    for held, text in ((within, _all_links(identifier)), (~within, _first_links(identifier))):

        def ask(block: Sequence[int], text: str = text) -> list[Row]:
            return graph.read(text, seconds=SECONDS, ids=block, missing=MISSING, most=most)

        for row in _in_blocks(_by_links(things.filter(held), most), ask):
            yield _frame({**row, "block": _numbers(row["block"])}, LINKS, type=identifier.label)


def _by_links(things: pl.DataFrame, most: int) -> list[list[int]]:
    """Blocks of things that have `MOST_LINKS` together, `most` of each being read."""
    read = pl.col("degree").clip(upper_bound=most)
    numbered = things.with_columns(block=(read.cum_sum() - read) // MOST_LINKS)
    return [block["thing"].to_list() for block in numbered.partition_by("block", maintain_order=True)]


def _numbers(hashes: list[str]) -> pl.Series:
    """Hashes (hexadecimal) as numbers, null for ''."""
    return pl.Series(hashes, dtype=pl.String).replace("", None).str.head(HASH_DIGITS).str.to_integer(base=16)


def _targets(graph: Graph, ids: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
    """The targets `ids` with whatever else their users applied for, and the internal ids of the users.

    Their users come first, by number alone: an application is read once, with those of its users.
    """
    schema = {**TARGETS, "user_id": pl.Int64}
    of_them = statement("rings/facts_users")
    blocks = _in_blocks(
        _even(ids.sort().to_list()), lambda block: of_them.run(graph, seconds=SECONDS, ids=block)
    )
    users = pl.Series([user for row in blocks for user in row["user_id"]], dtype=pl.Int64).unique()
    frames, asked = [pl.DataFrame(schema=schema)], pl.Series(dtype=pl.Int64)
    while not users.is_empty():
        frames.append(_columns(graph, "rings/facts_applications", users, schema))
        asked = pl.concat([asked, users])
        found = frames[-1].get_column("user_id").unique()
        users = found.filter(~found.is_in(asked.implode()))
    read = pl.concat(frame.get_column("target") for frame in frames).unique()
    frames.append(_columns(graph, "rings/facts_targets", ids.filter(~ids.is_in(read.implode())), schema))
    return pl.concat(frames).drop("user_id").unique(["target", "user"]), asked


def _columns(
    graph: Graph, name: str, ids: pl.Series, schema: dict[str, Any], **params: object
) -> pl.DataFrame:
    """What the statement `name` returns for the nodes `ids`, block by block."""
    asked = statement(name)
    read = _in_blocks(
        _even(ids.sort().to_list()),
        lambda block: asked.run(graph, seconds=SECONDS, ids=block, missing=MISSING, **params),
    )
    return pl.concat([pl.DataFrame(schema=schema), *(_frame(row, schema) for row in read)])


def _even(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + BLOCK] for start in range(0, len(ids), BLOCK)]


def _in_blocks(blocks: Iterable[Sequence[int]], ask: Callable[[Sequence[int]], list[Row]]) -> Iterator[Row]:
    """The one row of each block, in the order of the blocks."""
    with ThreadPoolExecutor(READERS, thread_name_prefix="rings-read") as pool:
        for rows in pool.map(ask, blocks):
            yield rows[0]


def _frame(row: Row, schema: dict[str, Any], **constant: str) -> pl.DataFrame:
    read = {name: kind for name, kind in schema.items() if name not in constant}
    frame = pl.DataFrame({name: row[name] for name in read}, schema=read)
    whole = frame.with_columns(pl.lit(value).alias(name) for name, value in constant.items())
    return whole.select(*schema).with_columns(
        pl.col(pl.Int64).replace(MISSING, None), pl.col(pl.String).replace("", None)
    )


def _shared(identifier: Identifier) -> str:
    """Internal ids of the identifiers with two links and more, and how many each has."""
    degree = f"COUNT {{ (s)<-[:{identifier.relationship}]-() }}"
    return (
        f"MATCH (s:{identifier.label}) WITH id(s) AS id, {degree} AS degree WHERE degree > 1 "
        "RETURN collect(id) AS thing, collect(degree) AS degree"
    )


def _columns_of_link(identifier: Identifier) -> str:
    block = "coalesce(s.block, '')" if identifier.property("block") else "''"
    return (
        "collect(id(s)) AS thing, collect(id(t)) AS target, collect(coalesce(r.role, '')) AS role, "
        "collect(coalesce(r.known_at, $missing)) AS known_at, collect(coalesce(r.seq, $missing)) AS seq, "
        f"collect({block}) AS block"
    )


def _all_links(identifier: Identifier) -> str:
    return (
        f"UNWIND $ids AS id MATCH (s) WHERE id(s) = id MATCH (s)<-[r:{identifier.relationship}]-(t) "
        f"WITH s, r, t, $most AS most RETURN {_columns_of_link(identifier)}"
    )


def _first_links(identifier: Identifier) -> str:
    """In the order of facts; ascending order puts what is missing last."""
    return (
        "UNWIND $ids AS id MATCH (s) WHERE id(s) = id "
        f"CALL (s) {{ MATCH (s)<-[r:{identifier.relationship}]-(t) "
        "RETURN r, t ORDER BY r.known_at, r.seq, t.key, t:Event, r.role LIMIT $most } "
        f"RETURN {_columns_of_link(identifier)}"
    )
