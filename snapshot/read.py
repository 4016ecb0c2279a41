"""Columns from a snapshot: whole arrays, never a row at a time.

Identifiers and users stand in the order of their keys, not of their codes: codes tell in which export a node came
first, and what is computed must not depend on that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from graph_schema import Identifier, Schema
from snapshot.columns import F64, I32, I64, MISSING, NEVER, UNKNOWN, Bools, Columns
from snapshot.log import LinkRows, Log, OutcomeRows, columns_of
from snapshot.manifest import Manifest, require_manifest
from snapshot.read_rings import read_memberships, read_summaries
from snapshot.shape import Field, Shape, shape
from snapshot.sorting import least
from snapshot.store import scan
from snapshot.tables import CODE, END, KEY, MARKS, START, LinkTable, Tables, late_table, marks_table, tables

USER, APPLICATION, OUTCOME = "User", "Application", "Outcome"
POINT = {"known_at": pl.Int64, "seq": pl.Int64}


def read_columns(
    folder: Path, made: Manifest | None = None, *, keys: bool = False, carried: str | None = None
) -> Columns:
    """The dated facts of the snapshot in `folder`, in the order of facts.

    `made`: the manifest that the caller has read, so that both speak of one export. `keys`: with the names of the
    targets. `carried`: with what applications carry of this version of the catalogue, NaN where they carry nothing or
    another version; without it they carry nothing.
    Raises `NotFoundError` (`snapshot.missing`), `IncompatibleError` (`snapshot.format`).
    """
    made = require_manifest(folder) if made is None else made
    return _Reader(folder, made, made.schema).columns(keys=keys, carried=carried)


def keys_of(folder: Path, label: str, codes: I64) -> pl.Series:
    """The keys of some nodes by their codes, in the order of `codes`."""
    made = require_manifest(folder)
    named = scan(folder, made, label, {CODE: pl.Int64, KEY: pl.String}).unique(CODE)
    wanted = pl.LazyFrame({CODE: codes}, schema={CODE: pl.Int64})
    return wanted.join(named, on=CODE, how="left", maintain_order="left").collect()[KEY]


@dataclass
class _Reader:
    folder: Path
    made: Manifest
    schema: Schema
    place: dict[str, I64] = field(default_factory=dict)
    """By label of targets: the position of each code, `UNKNOWN` where it is undated."""

    @cached_property
    def tables(self) -> Tables:
        return tables(self.schema)

    @cached_property
    def shape(self) -> Shape:
        return shape(self.schema)

    def columns(self, *, keys: bool, carried: str | None) -> Columns:
        spine = self._spine()
        known_at, seq = spine["known_at"].to_numpy(), spine["seq"].to_numpy()
        links = {one.label: self._identifier_links(one) for one in self.schema.identifiers}
        links[USER] = self._links(USER, self._user_tables(), ("",))
        first = {label: _first(rows, known_at, seq) for label, rows in links.items()}
        numbers, texts, words = self._own(spine.height), *self._texts(spine.height, links, first)
        numbers |= self._given_numbers(links, first)
        return columns_of(
            Log(
                known_at=known_at,
                seq=seq,
                event_at=_filled(spine["event_at"], MISSING),
                event=spine["event"].to_numpy(),
                user=first[USER].astype(np.int32),
                numbers={name: numbers[name] for name in self.shape.numbers},
                texts=texts,
                words=words,
                links=links,
                outcomes=self._outcomes(),
                memberships=read_memberships(self.folder, self.made, self.tables, self.place[APPLICATION], spine.height),
                carried=None if carried is None else self._carried(spine.height, carried),
                keys=tuple(spine[KEY].to_list()) if keys else (),
            )
        )  # fmt: skip

    def _scan(self, table: str, types: dict[str, Any]) -> pl.LazyFrame:
        return scan(self.folder, self.made, table, types)

    def _spine(self) -> pl.DataFrame:
        """The dated targets in the order of facts; keeps the position of each code."""
        types = {CODE: pl.Int64, KEY: pl.String, **POINT, "event_at": pl.Int64}
        parts = [
            self._scan(label, types)
            .filter(pl.col("known_at").is_not_null())
            .with_columns(pl.lit(label != APPLICATION).alias("event"), pl.lit(label).alias("label"))
            for label in self.schema.tied
        ]
        spine = pl.concat(parts).sort("known_at", "seq", KEY, "event").collect()
        for label in self.schema.tied:
            mine = (spine["label"] == label).arg_true().to_numpy()
            found = np.full(self.made.counts.get(label, 0), UNKNOWN, dtype=np.int64)
            found[spine[CODE].gather(mine).to_numpy()] = mine
            self.place[label] = found
        return spine.drop("label", CODE)

    def _user_tables(self) -> list[LinkTable]:
        return [t for t in self.tables.links if t.link.start == USER and t.link.end in self.schema.tied]

    def _identifier_links(self, identifier: Identifier) -> LinkRows:
        found = [
            t
            for t in self.tables.links
            if t.link.end == identifier.label and t.link.start in self.schema.tied
        ]
        return self._links(identifier.label, found, identifier.roles or ("",))

    def _links(self, label: str, kinds: Iterable[LinkTable], roles: tuple[str, ...]) -> LinkRows:
        """The dated links of dated targets to identifiers of a label, or to users."""
        parts = [self._link_part(label, table, roles) for table in kinds]
        rows = pl.concat(parts)
        codes = self._in_order_of_keys(label, rows["thing"])
        index = np.full(self.made.counts.get(label, 0), UNKNOWN, dtype=np.int64)
        index[codes] = np.arange(len(codes))
        hub_at, hub_seq = self._hubs(label, index, len(codes))
        return LinkRows(
            target=rows["target"].to_numpy(),
            identifier=index[rows["thing"].to_numpy()],
            role=rows["role"].to_numpy(),
            known_at=rows["known_at"].to_numpy(),
            seq=rows["seq"].to_numpy(),
            hub_at=hub_at,
            hub_seq=hub_seq,
            code=codes,
            roles=roles,
            summaries=read_summaries(self.folder, self.made, self.tables, label, index, len(codes)),
        )

    def _link_part(self, label: str, table: LinkTable, roles: tuple[str, ...]) -> pl.DataFrame:
        mine, thing = (END, START) if table.link.start == label else (START, END)
        target = table.link.start if mine == START else table.link.end
        named = {"role": pl.String} if "role" in table.columns else {}
        frame = self._scan(table.name, {START: pl.Int64, END: pl.Int64, **POINT, **named}).filter(
            pl.col("known_at").is_not_null()
        )
        role = pl.col("role").cast(pl.Enum(roles)).to_physical() if named else pl.lit(0)
        found = frame.select(
            mine, pl.col(thing).alias("thing"), role.cast(pl.Int8).alias("role"), *POINT
        ).collect()
        places = pl.Series("target", self.place[target][found[mine].to_numpy()], dtype=pl.Int64)
        return found.select(places, "thing", "role", *POINT).filter(pl.col("target") >= 0)

    def _in_order_of_keys(self, label: str, used: pl.Series) -> I64:
        """The codes that links lead to, by key."""
        named = self._scan(label, {CODE: pl.Int64, KEY: pl.String}).unique(CODE)
        wanted = pl.LazyFrame({CODE: used.unique()}, schema={CODE: pl.Int64})
        return named.join(wanted, on=CODE, how="semi").sort(KEY).select(CODE).collect()[CODE].to_numpy()

    def _hubs(self, label: str, index: I64, count: int) -> tuple[I64, I64]:
        hub_at, hub_seq = (np.full(count, NEVER, dtype=np.int64) for _ in MARKS)
        marks = self._scan(marks_table(label), {CODE: pl.Int64, **dict.fromkeys(MARKS, pl.Int64)}).collect()
        places = index[marks[CODE].to_numpy()] if label != USER else np.empty(0, dtype=np.int64)
        seen = places >= 0
        hub_at[places[seen]] = marks[MARKS[0]].to_numpy()[seen]
        hub_seq[places[seen]] = _filled(marks[MARKS[1]], NEVER)[seen]
        return hub_at, hub_seq

    def _own(self, size: int) -> dict[str, I64]:
        found: dict[str, I64] = {}
        for one in self.shape.own:
            if not one.text:
                values = found.setdefault(one.column, np.full(size, MISSING, dtype=np.int64))
                at, known = self._of_targets(one)
                values[at] = _filled(known.cast(pl.Int64), MISSING)
        return found

    def _of_targets(self, one: Field) -> tuple[I64, pl.Series]:
        """Positions, and the values of a property there."""
        frame = self._property(one)
        at = self.place[one.label][frame[CODE].to_numpy()]
        seen = at >= 0
        return at[seen], frame[one.property].filter(pl.Series(seen))

    def _property(self, one: Field) -> pl.DataFrame:
        dtype = self.tables.nodes[one.label].columns[one.property]
        return self._scan(one.label, {CODE: pl.Int64, one.property: dtype}).drop_nulls(one.property).collect()

    def _given_numbers(self, links: dict[str, LinkRows], first: dict[str, I64]) -> dict[str, I64]:
        return {
            one.column: self._given(
                one, links, first, lambda values: _filled(values.cast(pl.Int64), MISSING), MISSING
            )
            for one in self.shape.given
            if not one.text
        }

    def _given(
        self,
        one: Field,
        links: dict[str, LinkRows],
        first: dict[str, I64],
        convert: Callable[[pl.Series], Any],
        missing: int,
    ) -> I64:
        """The property of the identifier that each target came with."""
        frame = self._property(one)
        by_code = np.full(self.made.counts.get(one.label, 0) + 1, missing, dtype=np.int64)
        by_code[frame[CODE].to_numpy()] = convert(frame[one.property])
        code = np.append(links[one.label].code, len(by_code) - 1)  # the last stands for none
        found: I64 = by_code[code[first[one.label]]]
        return found

    def _texts(
        self, size: int, links: dict[str, LinkRows], first: dict[str, I64]
    ) -> tuple[dict[str, I32], dict[str, tuple[str, ...]]]:
        texts: dict[str, I32] = {}
        words: dict[str, tuple[str, ...]] = {}
        for name in self.shape.texts:
            own = [one for one in self.shape.own if one.text and one.column == name]
            given = [one for one in self.shape.given if one.text and one.column == name]
            told = sorted(
                {word for one in (*own, *given) for word in self._property(one)[one.property].unique()}
            )
            words[name] = tuple(told)

            def coded(values: pl.Series, told: list[str] = told) -> I64:
                return _filled(values.cast(pl.Enum(told)).to_physical().cast(pl.Int64), UNKNOWN)

            column = np.full(size, UNKNOWN, dtype=np.int64)
            for one in own:
                at, known = self._of_targets(one)
                column[at] = coded(known)
            for one in given:
                column = self._given(one, links, first, coded, UNKNOWN)
            texts[name] = column.astype(np.int32)
        return texts, words

    def _outcomes(self) -> OutcomeRows:
        link = next(t for t in self.tables.links if (t.link.start, t.link.end) == (APPLICATION, OUTCOME))
        ends = self._scan(link.name, {START: pl.Int64, END: pl.Int64}).collect()
        owner = np.full(self.made.counts.get(OUTCOME, 0), UNKNOWN, dtype=np.int64)
        owner[ends[END].to_numpy()] = self.place[APPLICATION][ends[START].to_numpy()]
        types = {CODE: pl.Int64, "target": pl.String, "value": pl.Float64, **POINT}
        told = self._scan(OUTCOME, types).filter(pl.col("known_at").is_not_null()).collect()
        targets = owner[told[CODE].to_numpy()]
        told = told.with_columns(pl.Series("owner", targets)).filter(pl.col("owner") >= 0)
        told = told.sort("owner", "known_at", "seq", nulls_last=True)
        names = tuple(told["target"].unique().sort())
        return OutcomeRows(
            target=told["owner"].to_numpy(),
            name=told["target"].cast(pl.Enum(names)).to_physical().cast(pl.Int8).to_numpy(),
            value=told["value"].to_numpy(),
            known_at=told["known_at"].to_numpy(),
            seq=_filled(told["seq"], NEVER),
            names=names,
        )

    def _carried(self, size: int, version: str) -> F64 | None:
        types = {CODE: pl.Int64, "carried": pl.List(pl.Float64), "carried_version": pl.String}
        same = pl.col("carried_version") == version
        told = (
            self._scan(late_table(APPLICATION), types)
            .filter(same & pl.col("carried").is_not_null())
            .collect()
        )
        if told.is_empty():
            return None
        values = np.array(told["carried"].to_list(), dtype=np.float64)
        found = np.full((size, values.shape[1]), np.nan)
        at = self.place[APPLICATION][told[CODE].to_numpy()]
        found[at[at >= 0]] = values[at >= 0]
        return found


def _filled(values: pl.Series, missing: int) -> I64:
    """Whole numbers as an array, `missing` where there is none."""
    return values.fill_null(missing).to_numpy()


def _first(rows: LinkRows, known_at: I64, seq: I64) -> I64:
    """(n) The identifier that each target came with, of several the first in order of role, then of key; or -1."""
    came: Bools = (rows.known_at == known_at[rows.target]) & (rows.seq == seq[rows.target])
    many = len(rows.code)
    rank = rows.role[came].astype(np.int64) * many + rows.identifier[came]
    found = least(rows.target[came], rank, len(known_at), NEVER)
    return np.where(found == NEVER, UNKNOWN, found % max(many, 1))
