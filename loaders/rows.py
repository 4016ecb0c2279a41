"""The wide frame of one batch while it is being made: columns, the facts they form, and why rows are refused."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from core.clock import duration_us
from core.ids import seq_of
from graph_schema import Identifier, Property, Schema
from graph_schema.declaration import identifier_type
from loaders.convert import FUTURE_SLACK, Converted, convert_time, name_of, text_of, whole_number
from loaders.files import Batch, Reject
from loaders.hashing import Hasher
from loaders.identify import identify
from loaders.mapping.model import Columns, IdentifierRef, Lookup, Mapping, Table, Time
from loaders.plan import DIGEST, EVENT_AT, FILE, KEY, KNOWN_AT, LINE, SEQ, LinkFact, NodeFact, Part, Plan

LONGEST_ID = 200
_CONTROL = r"[\x00-\x1f\x7f]"
NAME = identifier_type("Name", "A name of a person, kept as hash and mask.", "IS_NAMED", normaliser="name")


@dataclass(frozen=True)
class Context:
    """What a table's rows are read with."""

    mapping: Mapping
    table: Table
    schema: Schema
    hasher: Hasher
    now: int
    lookups: dict[Lookup, pl.DataFrame] = field(default_factory=dict)
    """For each lookup a frame (reference, value), both String, references unique."""


@dataclass(frozen=True)
class Staged:
    """One batch as facts: `frame` holds the rows that stand, by the columns that `plan` names."""

    plan: Plan
    frame: pl.DataFrame
    rejects: tuple[Reject, ...]
    dropped: tuple[Reject, ...]
    """Links left out of rows that stand, because the mapping says so (`on_invalid = "drop"`)."""


@dataclass(frozen=True)
class Named:
    """An identifier that the rows name, and the columns of its key and of the role it plays."""

    kind: Identifier
    key: str
    role: str | None

    @property
    def properties(self) -> dict[str, str]:
        """The role as a link property, where the type has roles."""
        return {"role": self.role} if self.role else {}


class Rows:
    """Columns and facts of one batch. Every `put` returns the name of the column that it made."""

    def __init__(self, batch: Batch, context: Context) -> None:
        self.batch = batch
        self.context = context
        self.table = context.table
        self.source = context.mapping.source
        self.columns: dict[str, pl.Series] = {}
        self.nodes: list[NodeFact] = []
        self.links: list[LinkFact] = []
        self.told: dict[str, pl.Series] = {}
        """What the rows say, by column: their digests are of this, whatever of it counts otherwise today."""
        self._refusals: list[tuple[str, pl.Series]] = []
        self._drops: list[tuple[str, pl.Series]] = []

    def __len__(self) -> int:
        return self.batch.frame.height

    def raw(self, column: str) -> pl.Series:
        """A column of the file."""
        return self.batch.frame.get_column(column)

    def put(
        self, name: str, values: pl.Series, *, content: bool = True, told: pl.Series | None = None
    ) -> str:
        """A column of facts; `content` says whether it belongs to the row's digest, `told` what the row says instead."""
        self.columns[name] = values
        if content:
            self.told[name] = values if told is None else told
        return name

    def constant(self, value: str | float | int | bool | None, dtype: type[pl.DataType]) -> pl.Series:
        """A column of one value."""
        return pl.Series([value], dtype=dtype).new_from_index(0, len(self))

    def refuse(self, column: str, bad: pl.Series, reason: str) -> None:
        """Refuse the rows where `bad` is true."""
        code = pl.when(bad).then(pl.lit(reason)).otherwise(None).cast(pl.String)
        self._refusals.append((column, pl.select(code).to_series()))

    def take(self, column: str, converted: Converted) -> pl.Series:
        """A converted column; rows that could not be converted are refused."""
        self._refusals.append((column, converted.reason))
        return converted.value

    def moment(self, how: Time, default: pl.Series | None = None, *, slack: int = FUTURE_SLACK) -> Converted:
        """Microseconds of a declared time; without a column, `default` and the delay."""
        now = self.context.now
        if (
            how.column is None
        ):  # an estimate of when it was learned, which is `learned` by now: the file has it
            base = default if default is not None else self.constant(None, pl.Int64)
            return Converted(base + duration_us(how.after), self.constant(None, pl.String))
        return convert_time(self.raw(how.column), how, self.context.mapping.timezone, now, slack)

    def learned(self, name: str, told: pl.Series) -> str:
        """A column of when facts were learned: what lies ahead, now. The digest is of what the rows say, so that
        the same file is the same rows tomorrow."""
        return self.put(name, told.clip(upper_bound=self.context.now), told=told)

    def within(self, column: str, values: pl.Series, declared: Property | None) -> pl.Series:
        """`values` as they are; refuses `value.range` where the graph declares that they cannot be."""
        low, high = declared.bounds(self.context.now) if declared is not None else (None, None)
        if low is not None:
            self.refuse(column, values < low, "value.range")
        if high is not None:
            self.refuse(column, values > high, "value.range")
        return values

    def ids(self, columns: Columns, *, required: bool = True) -> pl.Series:
        """Ids of one or several columns. Refuses `id.missing`, and `id.invalid` for what no id can be."""
        names = [columns] if isinstance(columns, str) else columns
        parts = [self._id_text(name) for name in names]
        if len(parts) > 1:
            # Several columns make one id; what separates them is escaped inside them.
            escaped = [
                p.str.replace_all("%", "%25", literal=True).str.replace_all("/", "%2F", literal=True)
                for p in parts
            ]
            joined = pl.select(pl.concat_str(escaped, separator="/")).to_series()
        else:
            joined = parts[0]
        shown = ", ".join(names)
        if required:
            self.refuse(shown, joined.is_null(), "id.missing")
        self.refuse(shown, ~is_id(joined), "id.invalid")
        return joined

    def _id_text(self, column: str) -> pl.Series:
        text = name_of(self.raw(column))
        if column in self.table.hashed:
            return self.context.hasher.keys("Id", self.source, text)
        return text

    def keys(self, ids: pl.Series) -> pl.Series:
        """Keys `source:id`."""
        return f"{self.source}:" + ids

    def seq(self, keys: pl.Series, known_at: pl.Series) -> pl.Series:
        """The place of each row among those of its `known_at`: the order column, or a hash of the key."""
        if self.table.order is not None:
            seq = self.take(self.table.order, whole_number(self.raw(self.table.order)))
            self.refuse(self.table.order, seq.is_null(), "order.missing")
        else:
            seq = seqs(keys)
        return pl.select(pl.when(known_at.is_not_null()).then(seq)).to_series()

    def identifier(self, ref: IdentifierRef, *, part: Part = Part.SHARED, required: bool = False) -> Named:
        """An identifier that the rows name: its node, and the role of the links to it."""
        kind = self.context.schema.identifier(ref.type)
        raw = name_of(self.raw(ref.column))
        if required:
            self.refuse(ref.column, raw.is_null(), "id.missing")
        if ref.lookup is not None:
            found = _looked_up(raw, self.context.lookups[ref.lookup])
            self.refuse(ref.column, found.is_null() & raw.is_not_null(), "lookup.missing")
            raw = found
        seen = identify(raw, kind, self.source, self.context.hasher, ref.options)
        # What the row is about cannot be dropped from it.
        drops = ref.on_invalid == "drop" and not required
        (self._drops if drops else self._refusals).append((ref.column, seen["reason"]))
        if required:
            self.refuse(ref.column, seen["key"].is_null(), "id.missing")
        prefix = f"{kind.label}.{ref.role or ''}.{ref.column}"
        columns = {
            name: self.put(f"{prefix}.{name}", seen[name], content=name == "key")
            for name in seen.columns
            if name != "reason"
        }
        self.node(kind.label, part, columns)
        role = None
        if kind.roles:
            role = self.put(
                f"{prefix}.role", self.constant(ref.role or kind.roles[0], pl.String), content=False
            )
        return Named(kind, columns["key"], role)

    def hashed_name(self, name: str, column: str) -> dict[str, str]:
        """A personal name as two columns: keyed hash and mask."""
        seen = identify(text_of(self.raw(column)), NAME, self.source, self.context.hasher, {})
        self._refusals.append((column, seen["reason"]))
        return {
            f"{name}_hash": self.put(f"own.{name}_hash", seen["key"]),
            f"{name}_masked": self.put(f"own.{name}_masked", seen["masked"], content=False),
        }

    def node(self, label: str, part: Part, columns: dict[str, str]) -> None:
        """A node of each row."""
        self.nodes.append(NodeFact(label, part, columns))

    def link(self, type_: str, start: tuple[str, str], end: tuple[str, str], columns: dict[str, str]) -> None:
        """A relationship of each row; each end is (label, column of its key)."""
        link = self.context.schema.relationship(type_, start[0], end[0])
        self.links.append(LinkFact(link, start[1], end[1], columns))

    def point(self) -> dict[str, str]:
        """The columns of the row's own place in the order, as link properties."""
        return {"known_at": KNOWN_AT, "seq": SEQ}

    def staged(self, key: str, *, digested: bool = True) -> Staged:
        """The batch as facts, named by the column `key`; refused rows are left out and listed."""
        frame = _framed(self.columns)
        digest = _digests(_framed(self.told)) if digested else self.constant(None, pl.String)
        frame = frame.with_columns(
            self.columns[key].alias(KEY),
            digest.alias(DIGEST),
            self.raw(LINE).alias(LINE),
            pl.lit(self.batch.file).alias(FILE),
        )
        for name in (KNOWN_AT, SEQ, EVENT_AT):
            if name not in frame.columns:
                frame = frame.with_columns(pl.lit(None, dtype=pl.Int64).alias(name))
        refused, reasons = self._first(self._refusals)
        stands = reasons.is_null()
        return Staged(
            Plan(self.table.name, tuple(self.nodes), tuple(self.links)),
            frame.filter(stands) if refused else frame,
            (*self.batch.rejects, *refused),
            tuple(drop for column, why in self._drops for drop in self._listed(column, why, stands)),
        )

    def _first(self, found: list[tuple[str, pl.Series]]) -> tuple[list[Reject], pl.Series]:
        """For each row with a reason its first one; and the first reasons of all rows."""
        if not found:
            return [], self.constant(None, pl.String)
        table = pl.DataFrame([series.alias(str(i)) for i, (_, series) in enumerate(found)])
        reasons = table.select(pl.coalesce(pl.all())).to_series()
        rejects: list[Reject] = []
        open_ = reasons.is_not_null()
        for column, why in found:
            rejects += self._listed(column, why, open_)
            open_ = open_ & why.is_null()
        return sorted(rejects, key=lambda reject: reject.line), reasons

    def _listed(self, column: str, why: pl.Series, where: pl.Series) -> list[Reject]:
        """The rows among `where` that have a reason, with it."""
        bad = pl.DataFrame({"line": self.raw(LINE), "why": why}).filter(where & why.is_not_null())
        return [Reject(self.batch.file, line, reason, column) for line, reason in bad.iter_rows()]


def is_id(texts: pl.Series) -> pl.Series:
    """Whether each text can name something: not too long for an index, no control characters; null can."""
    wrong = (texts.str.len_chars() > LONGEST_ID) | texts.str.contains(_CONTROL)
    return ~wrong.fill_null(False)


def is_one_id(text: str) -> bool:
    """As `is_id`, of one text."""
    return len(text) <= LONGEST_ID and re.search(_CONTROL, text) is None


def seqs(keys: pl.Series) -> pl.Series:
    """`core.ids.seq_of` of every key (Int64); null stays null."""
    return pl.Series([None if key is None else seq_of(key) for key in keys], dtype=pl.Int64)


def _framed(columns: dict[str, pl.Series]) -> pl.DataFrame:
    return pl.DataFrame([values.alias(name) for name, values in columns.items()])


def _digests(content: pl.DataFrame) -> pl.Series:
    """128 bits of BLAKE2b over the named values that are there, in the order of their names, as hex.

    A column that the mapping names but the row leaves empty says nothing, and neither does the order of columns.
    """
    named = [
        pl.lit(name + "\x1f") + pl.col(name).cast(pl.String).str.replace_all("\x1e", "\x1e\x1e") + "\x1e"
        for name in sorted(content.columns)
    ]
    encoded = content.select(pl.concat_str(named, ignore_nulls=True)).to_series()
    blake = hashlib.blake2b
    return pl.Series([blake(row.encode(), digest_size=16).hexdigest() for row in encoded], dtype=pl.String)


def _looked_up(references: pl.Series, table: pl.DataFrame) -> pl.Series:
    asked = references.alias("reference").to_frame()
    return asked.join(table, on="reference", how="left", maintain_order="left").get_column("value")


def lookup_table(frames: Iterable[pl.DataFrame], lookup: Lookup) -> pl.DataFrame:
    """The frame (reference, value) of a lookup's file; of a reference that is there twice the first stands."""
    parts = [
        pl.DataFrame(
            [
                text_of(f.get_column(lookup.key)).alias("reference"),
                text_of(f.get_column(lookup.value)).alias("value"),
            ]
        )
        for f in frames
    ]
    empty = pl.DataFrame(schema={"reference": pl.String, "value": pl.String})
    return (
        pl.concat([empty, *parts])
        .drop_nulls("reference")
        .unique("reference", keep="first", maintain_order=True)
    )
