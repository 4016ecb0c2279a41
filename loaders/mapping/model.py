"""What a mapping may say. Every field here is a key of the TOML file; unknown keys are refused."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Source = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Duration = Annotated[str, Field(pattern=r"^\d+[smhdw]$")]
Character = Annotated[str, Field(pattern=r"^[^\r\n\x00]$")]
Columns = str | Annotated[list[str], Field(min_length=1)]


class Part(BaseModel):
    """Base of every part of a mapping."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Time(Part):
    """A moment: a column, or another moment and a delay."""

    column: str | None = None
    """Column of the moment; without it, `after` counts from event_at."""
    format: str = "auto"
    """`auto` (ISO 8601, or the file's own type), `unix_s`, `unix_ms`, `unix_us`, or strptime: `%m/%d/%Y %H:%M`."""
    after: Duration = "0s"
    """Added to the column, or to event_at when there is no column: a number and s, m, h, d or w."""


class Value(Part):
    """A property of what the row becomes."""

    column: str | None = None
    """Column of the value; an empty cell gives no property."""
    constant: str | float | int | bool | None = None
    """The same value for every row, instead of a column."""
    type: Literal["string", "integer", "float", "boolean", "time", "year", "name"] = "string"
    """`year`: the year of a date. `name`: stored as keyed hash and mask only, never as it is."""
    format: str = "auto"
    """How times and years are written, as in a moment."""
    money: Literal["major", "cents"] | None = None
    """Money becomes whole cents: `major` units (1.50 is 150) or `cents` already."""
    values: dict[str, str | float | int | bool] | None = None
    """What each text of the column stands for; a text that is not listed is refused."""
    description: str = ""
    """What it means, for the schema document."""

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.column is None) == (self.constant is None):
            raise ValueError("give either column or constant")
        return self


class Lookup(Part):
    """The column holds a reference; the value stands in another file."""

    file: str
    """Path or glob below the data folder, written like the table's own file."""
    key: str
    """Its column of references; of one that is there twice the first stands."""
    value: str
    """Its column of values."""


class IdentifierRef(Part):
    """An identifier that the row names."""

    type: str
    """Label of the identifier type: `Phone`, `Device`, …, or one that the mapping declares."""
    column: str
    """Column of the value; an empty cell gives no link."""
    role: Name | None = None
    """Whose it is, for types that have roles; default: the first role of the type."""
    lookup: Lookup | None = None
    """Where the value stands when the column holds a reference."""
    options: dict[str, str] = {}
    """Passed to the normaliser, e.g. `country = "CN"` for phones, `decimal = "true"` for IP numbers."""
    on_invalid: Literal["reject", "drop"] = "reject"
    """A value that the normaliser refuses: reject the row, or drop the link and note it."""


class OutcomeRef(Part):
    """An outcome that stands in the row of its application."""

    target: Name
    """`fraud`, `approval`, `disbursement`, `overdue` or `amount`."""
    column: str
    """Column of the value; an empty cell: no outcome is known."""
    values: dict[str, float] | None = None
    """What each text stands for; without it the column is a number."""
    money: Literal["major", "cents"] | None = None
    """For amounts, as in a property."""
    event_at: Time | None = None
    """When it happened; default: the row's event_at."""
    known_at: Time | None = None
    """When it was learned: a column, or a delay after the application's event_at."""


class OutcomeValue(Part):
    """The column of an outcome's value."""

    column: str
    """Column of the value; it may not be empty."""
    values: dict[str, float] | None = None
    """What each text stands for; without it the column is a number."""
    money: Literal["major", "cents"] | None = None
    """For amounts, as in a property."""


class EventRef(Part):
    """Another event that stands in the row of an application, with the same user and identifiers."""

    kind: Name
    """`signup`, `login`, …"""
    event_at: Time
    """When it happened; an empty cell: there was none."""
    known_at: Time | None = None
    """When it was learned; default: its event_at."""


class File(Part):
    """How a file is written."""

    format: Literal["auto", "csv", "parquet", "jsonl"] = "auto"
    """`auto`: by the ending, below `.gz` or inside a `.zip`."""
    delimiter: Character = ","
    """What separates the fields of a CSV file."""
    encoding: Literal["utf-8", "gb18030"] = "utf-8"
    """`gb18030` reads GBK and GB2312 too; a byte-order mark is left out."""
    quote: Character = '"'
    """What fields with delimiters or line ends in them stand between."""
    columns: tuple[str, ...] = ()
    """Names of the columns of a CSV file without a header. A nameless column of a header is `column_1`, …"""
    empty: tuple[str, ...] = ()
    """Texts that stand for an empty cell, such as `NA`."""


class OwnIdentifier(Part):
    """An identifier type of the mapping's own."""

    label: str
    """Its name in the graph, like `Terminal`."""
    relationship: str
    """Type of the relationship that leads to it, like `AT_TERMINAL`."""
    description: str
    """What it is, for the schema document."""
    normaliser: str = "code"
    """What makes equal values meet: `code` takes them as they are; or phone, email, ip, card, name, …"""
    scope: Literal["global", "source"] = "source"
    """`global`: the same value of two sources is one node; `source`: each source has its own."""
    bind: int = 20
    """Links made while it had fewer than this many may hold a ring together; 0: never."""
    walk: int = 1_000
    """Past this many links it is a hub, and its neighbours are not read."""
    roles: list[Name] = []
    """Roles that its links may have; the first is the default."""
    binding_roles: list[Name] = []
    """The roles whose links may bind; default: all."""


class BaseTable(Part):
    """What every table says."""

    name: Name
    """Its name in messages, unique within the mapping."""
    file: str
    """Path or glob below the data folder; a folder, `.gz` and `.zip` are opened."""
    reads: File = File()
    """How the file is written."""
    event_at: Time | None = None
    """When it happened."""
    known_at: Time | None = None
    """When the row was learned; default: event_at."""
    order: str | None = None
    """A whole-number column that orders rows of the same known_at; default: a hash of the id."""
    hashed: list[str] = []
    """Id columns that hold phone numbers and the like: their keyed hashes become the ids."""
    undated: bool = False
    """The rows have no time: they serve rings and screens, never features at a point in time."""

    @model_validator(mode="after")
    def _dated_or_not(self) -> Self:
        if self.undated and (self.event_at or self.known_at or self.order):
            raise ValueError("undated rows have no event_at, known_at or order")
        if self.event_at and self.event_at.column is None:
            raise ValueError("event_at needs a column")
        if self.known_at and not (self.known_at.column or self.event_at):
            raise ValueError("known_at without a column counts from event_at; give one of them")
        return self


class ApplicationTable(BaseTable):
    """Each row is an application, or another transaction of a user."""

    becomes: Literal["application"]
    """`"application"`"""
    id: Columns | None = None
    """Column(s) of the id within the source. Without it, undated rows are named by file and line."""
    user: Columns | None = None
    """Column(s) of the user; a row without one stands without a user."""
    lender: str | None = None
    """Column of the lender; default: the source."""
    product: str | None = None
    """Column of the product."""
    properties: dict[Name, Value] = {}
    """By the names they get in the graph."""
    identifiers: list[IdentifierRef] = []
    """What it shares with others."""
    outcomes: list[OutcomeRef] = []
    """What became of it."""
    events: list[EventRef] = []
    """What else happened to the same user with the same identifiers."""

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        if not (self.undated or self.event_at):
            raise ValueError("give event_at, or undated = true")
        if self.id is None and not self.undated:
            raise ValueError("give id; only undated rows can be named by their line")
        for outcome in self.outcomes:
            if not (outcome.known_at or self.undated):
                raise ValueError(
                    f"outcome '{outcome.target}' needs known_at: {{ column = … }} or {{ after = \"7d\" }}"
                )
        return self


class EventTable(BaseTable):
    """Each row is something else that happened: a sign-up, a login."""

    becomes: Literal["event"]
    """`"event"`"""
    id: Columns
    """Column(s) of the id within the source."""
    kind: str
    """A constant kind, or `column:NAME`."""
    user: Columns | None = None
    """Column(s) of the user; a row without one stands without a user."""
    properties: dict[Name, Value] = {}
    """By the names they get in the graph."""
    identifiers: list[IdentifierRef] = []
    """What it shares with others."""

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        if not (self.undated or self.event_at):
            raise ValueError("give event_at, or undated = true")
        return self


class UserTable(BaseTable):
    """Each row is a user, with properties that do not change."""

    becomes: Literal["user"]
    """`"user"`"""
    id: Columns
    """Column(s) of the id within the source."""
    properties: dict[Name, Value] = {}
    """By the names they get in the graph."""


class ProductTable(BaseTable):
    """Each row is a loan product."""

    becomes: Literal["product"]
    """`"product"`"""
    id: Columns
    """Column(s) of the id within the source."""
    lender: str | None = None
    """Column of the lender; default: the source."""
    properties: dict[Name, Value] = {}
    """By the names they get in the graph."""


class IdentifierTable(BaseTable):
    """Each row is an identifier, used or not."""

    becomes: Literal["identifier"]
    """`"identifier"`"""
    identifier: IdentifierRef
    """Which identifier; its value may not be empty."""


class OutcomeTable(BaseTable):
    """Each row is an outcome of an application; a correction is another row."""

    becomes: Literal["outcome"]
    """`"outcome"`"""
    application: Columns
    """Column(s) of the application's id."""
    target: str
    """A constant target, or `column:NAME`."""
    value: OutcomeValue
    """What it was."""
    id: Columns | None = None
    """Default: application, target and known_at."""

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        if not (self.undated or self.known_at):
            raise ValueError("give known_at: when the outcome was learned")
        return self


class LinkTable(BaseTable):
    """Each row ties one more identifier to an application that stands."""

    becomes: Literal["link"]
    """`"link"`"""
    application: Columns
    """Column(s) of the application's id."""
    identifier: IdentifierRef
    """Which identifier; its value may not be empty."""


class RelationTable(BaseTable):
    """Each row says that two users are related."""

    becomes: Literal["relation"]
    """`"relation"`"""
    from_: Columns = Field(alias="from")
    """Column(s) of the one user's id."""
    to: Columns
    """Column(s) of the other user's id."""
    kind: str
    """A constant kind, or `column:NAME`."""
    level: str | None = None
    """A whole-number column of closeness."""


class ContactTable(BaseTable):
    """Each row sums up a month of calls between two phones; it is known at the month's end."""

    becomes: Literal["contact"]
    """`"contact"`"""
    from_: IdentifierRef = Field(alias="from")
    """The phone that called."""
    to: IdentifierRef
    """The phone that was called."""
    month: str
    """A column of months such as 2026-01."""
    calls: str | None = None
    """Column of the number of calls."""
    seconds: str | None = None
    """Column of the seconds spoken."""


Table = Annotated[
    ApplicationTable
    | EventTable
    | UserTable
    | ProductTable
    | IdentifierTable
    | OutcomeTable
    | LinkTable
    | RelationTable
    | ContactTable,
    Field(discriminator="becomes"),
]


class Mapping(Part):
    """One source's files and what they mean."""

    format: Literal[1]
    """Always 1: the version of this language."""
    source: Source
    """Namespace of the ids: small letters, digits, - and _. Keep it for all files of one system."""
    description: str = ""
    """For the reader."""
    timezone: str = "UTC"
    """Zone of times that name none, e.g. `Asia/Shanghai`."""
    identifier: list[OwnIdentifier] = []
    """Identifier types of the mapping's own: `[[identifier]]`."""
    table: Annotated[list[Table], Field(min_length=1)]
    """What the files' rows become: `[[table]]`."""
