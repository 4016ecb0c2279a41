"""What a named question is: its parameters, its columns, its bounds, read from the header of its file.

A file `questions/shares.cypher` holds the question `shares`:

    // name: shares
    // title: Who shares what with this application?
    // about: What the answer shows, and how to read it;
    //   a line that begins with two spaces more goes on.
    // mode: read
    // param: application: application: The application asked about.
    // param: days: integer = 30 [1..366]: How far back.
    // column: id: identifier: What is shared.
    // column: known_at: time?: A question mark says that it may be missing.
    // order: known_at desc, id
    // seconds: 10
    // rows: 1000
    // picture: application

`steps: paths` may be added: the statement is one step of a search that `queries.paths` makes.

Whatever follows is the statement, in Cypher with the words of `queries.words`. It returns the columns; order, page and
limit are put around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from core.errors import NotFoundError, UsageError

RESERVED = frozenset({"as_of", "run", "walk", "lookback", "limit", "after", "frontier"})
"""Parameters that every statement may use and nobody passes; `queries.ask` says what they hold."""

_LINE = re.compile(r"// ([a-z]+): (.*)")
_MORE = re.compile(r"//   (.*)")
_PARAM = re.compile(
    r"([a-z][a-z_]*): ([a-z]+)(?: = (\S+))?(?: \[(\d+)\.\.(\d+)\])?(?: \(([A-Za-z|]+)\))?: (.+)"
)
_COLUMN = re.compile(r"([a-z][a-z_]*): ([a-z]+)(\?)?: (.+)")
_ORDER = re.compile(r"([a-z][a-z_]*)( desc)?")
_USED = re.compile(r"\$([a-z_]+)")
_WITHIN = {"$$RECENT(": "days", "$$MEMBERS(": "ring"}
"""The words that stand for text with a parameter of the question's."""
_FIELDS = ("name", "title", "about", "mode", "order", "seconds", "rows", "picture")
_MANY = ("param", "column")
_MAYBE = ("steps",)


class Kind(StrEnum):
    """What a value is."""

    APPLICATION = "application"
    """Key of an application."""
    USER = "user"
    """Key of a user."""
    RING = "ring"
    """Name of a ring."""
    TYPE = "type"
    """Label of an identifier type of the graph's schema."""
    IDENTIFIER = "identifier"
    """Key of an identifier; a parameter `type` beside it says of which type."""
    TEXT = "text"
    LIST = "list"
    """A list of texts; columns only."""
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIME = "time"
    """Microseconds since 1970 UTC."""
    MONEY = "money"
    """Whole cents."""


SUBJECTS = (Kind.APPLICATION, Kind.USER, Kind.RING, Kind.IDENTIFIER)
"""Kinds that name a node: a question about one that was not known by then is refused."""


@dataclass(frozen=True)
class Param:
    """One parameter of a question."""

    name: str
    kind: Kind
    about: str
    default: str | int | None = None
    """None: it must be given."""
    least: int | None = None
    most: int | None = None
    """Bounds of an integer, both included."""
    types: tuple[str, ...] = ()
    """For a `type`: the identifier types that the question makes sense for; empty: every one."""

    @property
    def required(self) -> bool:
        """Whether a question cannot be asked without it."""
        return self.default is None


@dataclass(frozen=True)
class Column:
    """One column of an answer."""

    name: str
    kind: Kind | None
    """None where nobody declared it: columns of free Cypher."""
    about: str = ""
    optional: bool = False
    """Whether a row may lack it."""


@dataclass(frozen=True)
class Order:
    """One column that rows are ordered by."""

    column: Column
    descending: bool

    @property
    def expression(self) -> str:
        """The column in Cypher, never null: what is missing counts as the least."""
        if not self.column.optional:
            return self.column.name
        least = "''" if self.column.kind not in _NUMBERS else "0"
        return f"coalesce({self.column.name}, {least})"


_NUMBERS = (Kind.INTEGER, Kind.NUMBER, Kind.TIME, Kind.MONEY)


@dataclass(frozen=True)
class Question:
    """One named question."""

    name: str
    title: str
    about: str
    params: tuple[Param, ...]
    columns: tuple[Column, ...]
    order: tuple[Order, ...]
    """Makes the place of every row unique, so that the next page begins after the last row."""
    seconds: float
    """Longest time it may take."""
    rows: int
    """Most rows of one answer."""
    picture: str | None
    """The picture that belongs to it: a file in `pictures/` that takes some of its parameters."""
    text: str
    uses: frozenset[str]
    """The parameters, those reserved included, that `text` names."""
    steps: str | None = None
    """The search whose step `text` is; None: `text` is the whole question."""

    @property
    def picturable(self) -> bool:
        """Whether `queries.picture` can draw its answer."""
        return self.picture is not None

    def param(self, name: str) -> Param | None:
        """The parameter of that name."""
        return next((param for param in self.params if param.name == name), None)


@cache
def question_names() -> tuple[str, ...]:
    """Names of all questions, sorted."""
    names = (entry.name for entry in (files("queries") / "questions").iterdir())
    return tuple(sorted(name.removesuffix(".cypher") for name in names if name.endswith(".cypher")))


@cache
def question(name: str) -> Question:
    """The question of that name; raises `NotFoundError` (`questions.unknown`)."""
    if name not in question_names():
        raise NotFoundError(
            "questions.unknown", "There is no question of this name.", hints=("See fingraph query list",)
        )
    path = files("queries") / "questions" / f"{name}.cypher"
    return parse_question(name, path.read_text(encoding="utf-8"))


def questions() -> tuple[Question, ...]:
    """Every question, by name."""
    return tuple(question(name) for name in question_names())


@cache
def picture_text(name: str) -> str:
    """The statement of the picture `name`: columns `a, link, b`, maps as `queries.answers.drawn` takes them."""
    return _bare("pictures", name)


@cache
def subject_text(kind: Kind) -> str:
    """The statement that gives the element `id` of what `$key` names, if it was known by then."""
    return _bare("subjects", kind.value)


def _bare(folder: str, name: str) -> str:
    text = (files("queries") / folder / f"{name}.cypher").read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("//"))


def parse_question(name: str, source: str) -> Question:
    """Read a question from the text of its file.

    Raises `UsageError` (`questions.header`): a field that is missing, twice, unknown or not as it should be;
    parameters or columns that the statement does not use.
    """
    one, many, text = _fields(name, source)
    if not set(_FIELDS) <= set(one):
        raise _wrong(name, f"has not each of {', '.join(_FIELDS)} once")
    if one["name"] != name or one["mode"] != "read":
        raise _wrong(name, "names another file, or a mode other than read")
    params = tuple(_param(name, line) for line in many["param"])
    columns = tuple(_column(name, line) for line in many["column"])
    made = Question(
        name=name,
        title=one["title"],
        about=one["about"],
        params=params,
        columns=columns,
        order=_order(name, one["order"], columns),
        seconds=float(_whole(name, one["seconds"])),
        rows=_whole(name, one["rows"]),
        picture=None if one["picture"] == "no" else one["picture"],
        text=text,
        uses=used(text),
        steps=one.get("steps"),
    )
    if made.steps is None:
        _whole_question(made)
    return made


def used(text: str) -> frozenset[str]:
    """The parameters that a statement names."""
    plain = _without_comments(text)
    return frozenset([*_USED.findall(plain), *(name for word, name in _WITHIN.items() if word in plain)])


def _without_comments(text: str) -> str:
    return "\n".join(line.split("//")[0] for line in text.splitlines())


def _fields(name: str, source: str) -> tuple[dict[str, str], dict[str, list[str]], str]:
    one: dict[str, str] = {}
    many: dict[str, list[str]] = {field: [] for field in _MANY}
    lines = source.strip().splitlines()
    last = ""
    while lines:
        if (more := _MORE.fullmatch(lines[0])) and last in one:
            one[last] += " " + more[1].strip()
        elif found := _LINE.fullmatch(lines[0]):
            last = found[1]
            if last in many:
                many[last].append(found[2])
            elif last in (*_FIELDS, *_MAYBE) and last not in one:
                one[last] = found[2].strip()
            else:
                raise _wrong(name, f"has '{last}' twice, or it is no field")
        else:
            break
        lines.pop(0)
    return one, many, "\n".join(lines).strip()


def _param(name: str, line: str) -> Param:
    found = _PARAM.fullmatch(line)
    if found is None or found[2] not in list(Kind) or found[1] in RESERVED:
        raise _wrong(name, "has a parameter that cannot be read")
    kind = Kind(found[2])
    least, most = (None, None) if found[4] is None else (int(found[4]), int(found[5]))
    if (kind is Kind.INTEGER) != (least is not None):
        raise _wrong(name, f"needs bounds for its integers, and for nothing else ({found[1]})")
    default: str | int | None = found[3]
    if default is not None and kind in _NUMBERS:
        default = _whole(name, str(default))
    types = tuple(found[6].split("|")) if found[6] else ()
    return Param(found[1], kind, found[7], default, least, most, types)


def _column(name: str, line: str) -> Column:
    found = _COLUMN.fullmatch(line)
    if found is None or found[2] not in list(Kind):
        raise _wrong(name, "has a column that cannot be read")
    return Column(found[1], Kind(found[2]), found[4], optional=found[3] is not None)


def _order(name: str, text: str, columns: Iterable[Column]) -> tuple[Order, ...]:
    known = {column.name: column for column in columns}
    parts = [_ORDER.fullmatch(part.strip()) for part in text.split(",")]
    if not all(part is not None and part[1] in known for part in parts):
        raise _wrong(name, "is ordered by what is no column")
    return tuple(Order(known[part[1]], part[2] is not None) for part in parts if part is not None)


def _whole_question(made: Question) -> None:
    declared = {param.name for param in made.params}
    marked = {param.name for param in made.params if param.kind is Kind.TYPE}
    asked = made.uses - RESERVED
    if not made.columns or not (asked <= declared <= asked | marked):
        raise _wrong(made.name, "lists other parameters than its statement uses")
    if missing := [column.name for column in made.columns if not re.search(rf"\b{column.name}\b", made.text)]:
        raise _wrong(made.name, f"lists columns that its statement does not return ({', '.join(missing)})")


def _whole(name: str, text: str) -> int:
    if not text.isdecimal():
        raise _wrong(name, "has a number that is none")
    return int(text)


def _wrong(name: str, problem: str) -> UsageError:
    return UsageError("questions.header", f"The header of {name}.cypher {problem}.")
