"""Asking a named question of a graph, as of a moment.

Every question sees the facts known before its `as_of`, and the rings of the last run known by then. A statement may
use, beside its own parameters: `$as_of`; `$run`, the number of that run; `$walk` and `$lookback`, limits by label.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from core.clock import Clock, now_us
from core.errors import NotFoundError, UsageError
from core.graph import Graph, Row, Transaction
from graph_schema import Identifier, Schema
from queries import pages
from queries.answers import Answer, Picture, drawn
from queries.arguments import arguments, moment
from queries.pages import Place, Value, read_token, token
from queries.paths import Found, find_paths, path_links
from queries.specs import SUBJECTS, Kind, Question, picture_text, question, questions, subject_text, used
from queries.statements import statement
from queries.words import expand, limits

LIMIT = 100
"""Rows of a page unless the caller says otherwise."""
PICTURE_LINKS = 300
PICTURE_LINKS_MOST = 2_000


KINDS: dict[Kind | None, type] = {
    Kind.INTEGER: int, Kind.TIME: int, Kind.MONEY: int, Kind.NUMBER: float, Kind.BOOLEAN: bool,
}  # fmt: skip
"""In Python, of the values that rows are ordered by; the others are texts."""


@dataclass(frozen=True)
class _Asked:
    """A question with everything that its statement takes."""

    spec: Question
    schema: Schema
    given: dict[str, str | int]
    identifier: Identifier | None
    as_of: int

    def values(self, tx: Transaction, text: str, **more: object) -> dict[str, object]:
        """What `text` takes of the parameters given, those reserved, and `more`."""
        known: dict[str, object] = {**self.given, "as_of": self.as_of, **limits(self.schema), **more}
        names = used(text)
        if "run" in names:
            known["run"] = statement("rings/run_as_of").within(tx, as_of=self.as_of)[0]["run"]
        return {name: known[name] for name in names}

    def run(self, tx: Transaction, text: str, **more: object) -> list[Row]:
        """Rows of `text`, which may hold words."""
        plain = expand(text, self.schema, self.identifier)
        return tx.run(plain, **self.values(tx, plain, **more))

    def subjects(self, tx: Transaction) -> list[str]:
        """Element ids of what is asked about; raises `NotFoundError` (`questions.subject`) for what was not known."""
        found: list[str] = []
        for param in self.spec.params:
            if param.kind not in SUBJECTS:
                continue
            rows = self.run(tx, subject_text(param.kind), key=self.given[param.name])
            if not rows:
                raise NotFoundError(
                    "questions.subject",
                    f"No {param.kind.value} of this key was known by then (parameter '{param.name}').",
                    hints=("Look at the spelling of the key.", "Or ask as of a later moment."),
                )
            found.append(rows[0]["id"])
        return found

    @property
    def digest(self) -> str:
        """What the tokens of its pages are good for."""
        return pages.asked(self.spec.name, self.given)

    @property
    def kinds(self) -> list[type]:
        """Of the values of a row's place."""
        return [KINDS.get(one.column.kind, str) for one in self.spec.order]

    def place(self, row: Row) -> tuple[Value, ...]:
        """Where a row stands in the order; what is null counts as the least."""
        found = zip(self.spec.order, self.kinds, strict=True)
        return tuple(kind() if row[one.column.name] is None else row[one.column.name] for one, kind in found)

    def paths(self, tx: Transaction, ends: list[str], most: int) -> Found:
        """The shortest paths between two subjects."""

        def step(frontier: list[str]) -> list[Row]:
            return self.run(tx, self.spec.text, frontier=frontier)

        return find_paths(step, *ends, hops=int(self.given["hops"]), most=most)


def ask(
    graph: Graph,
    schema: Schema,
    name: str,
    params: Mapping[str, object],
    *,
    as_of: int | None = None,
    limit: int | None = None,
    after: str | None = None,
    clock: Clock = now_us,
) -> Answer:
    """The answer to the question `name` as of `as_of` (µs; default now): at most `limit` rows, from `after` on.

    `after` is the `next` of the page before; it carries the moment that the first page was asked as of.
    Raises `NotFoundError`: `questions.unknown`; `questions.subject` when what it is about was not known by then.
    Raises `UsageError`: `questions.missing`, `questions.parameter`, `questions.value` for parameters;
    `questions.as_of`, `page.limit`, `page.after`. Raises `GraphUnavailableError` (`graph.timeout`).
    """
    spec = question(name)
    most = _limit(spec, limit)
    asked = _asked(spec, schema, params, as_of, clock)
    place = None if after is None else read_token(asked.digest, after, asked.kinds, as_of)
    if place is not None:
        asked = replace(asked, as_of=place.as_of)
    began = time.monotonic()

    def work(tx: Transaction) -> Answer:
        subjects = asked.subjects(tx)
        if spec.steps is not None:
            found = asked.paths(tx, subjects, most)
            return Answer(spec.columns, found.rows, cut_by=found.cut_by)
        text = paged(spec, continued=place is not None)
        return _page(asked, asked.run(tx, text, limit=most + 1, after=place and list(place.values)), most)

    answer = graph.in_read(work, seconds=spec.seconds)
    return replace(answer, as_of=asked.as_of, seconds=_since(began))


def picture(
    graph: Graph,
    schema: Schema,
    name: str,
    params: Mapping[str, object],
    *,
    as_of: int | None = None,
    limit: int = PICTURE_LINKS,
    clock: Clock = now_us,
) -> Picture:
    """The part of the graph around the question `name`, at most `limit` links of it, the newest first.

    Raises as `ask`, and `NotFoundError` (`questions.picture`) for a question that has none.
    """
    spec = question(name)
    if spec.picture is None:
        raise NotFoundError("questions.picture", f"The question {spec.name} has no picture.")
    if not 1 <= limit <= PICTURE_LINKS_MOST:
        raise UsageError("page.limit", f"The limit must be between 1 and {PICTURE_LINKS_MOST:,}.")
    asked = _asked(spec, schema, params, as_of, clock)
    began = time.monotonic()

    def work(tx: Transaction) -> tuple[list[Row], tuple[str, ...]]:
        subjects = asked.subjects(tx)
        if spec.steps is not None:
            found = asked.paths(tx, subjects, min(limit, spec.rows))
            return path_links(found), found.cut_by
        rows = asked.run(tx, framed_picture(str(spec.picture)), limit=limit + 1)
        hubs = any(row["b"].get("hub") for row in rows[:limit])
        return rows[:limit], ("rows",) * (len(rows) > limit) + ("hubs",) * hubs

    links, cut_by = graph.in_read(work, seconds=spec.seconds)
    return drawn(links, cut_by=cut_by, as_of=asked.as_of, seconds=_since(began))


WARM_SECONDS = 60.0


def warm(graph: Graph, schema: Schema) -> int:
    """Have the server plan every question and picture, which takes seconds the first time; → statements planned.

    They are asked of nothing, as of the first microsecond there was, so they read next to nothing.
    """
    planned = 0
    for spec in questions():
        for asked in _of_nothing(spec, schema):
            texts = [subject_text(param.kind) for param in spec.params if param.kind in SUBJECTS]
            texts.append(spec.text if spec.steps else paged(spec, continued=False))
            if spec.picture and not spec.steps:
                texts.append(framed_picture(spec.picture))
            for text in texts:
                graph.in_read(
                    partial(asked.run, text=text, key="", frontier=[], limit=1, after=None),
                    seconds=WARM_SECONDS,
                )
            planned += len(texts)
    return planned


def _of_nothing(spec: Question, schema: Schema) -> Iterator[_Asked]:
    """The question with keys that nothing has, once for each identifier type it may be asked about."""
    given = {param.name: param.default or param.least or "" for param in spec.params}
    label = next((param for param in spec.params if param.kind is Kind.TYPE), None)
    given.update({param.name: 1 for param in spec.params if param.kind is Kind.TIME})
    if label is None:
        yield _Asked(spec, schema, given, None, 1)
        return
    for one in label.types or tuple(identifier.label for identifier in schema.identifiers):
        yield _Asked(spec, schema, {**given, label.name: one}, schema.identifier(one), 1)


def paged(spec: Question, *, continued: bool) -> str:
    """The question's statement with its order, the page after `$after` when `continued`, and `$limit`."""
    order = ", ".join(f"{one.expression}{' DESC' if one.descending else ''}" for one in spec.order)
    columns = ", ".join(column.name for column in spec.columns)
    after = f"WITH * WHERE {_after(spec)}\n" if continued else ""
    return f"CALL () {{\n{spec.text}\n}}\n{after}RETURN {columns} ORDER BY {order} LIMIT $limit"


def framed_picture(name: str) -> str:
    """The picture's statement, newest links first, with `$limit`."""
    order = "coalesce(link.known_at, 0) DESC, a.type, a.key, link.type, b.type, b.key"
    return f"CALL () {{\n{picture_text(name)}\n}}\nRETURN DISTINCT a, link, b ORDER BY {order} LIMIT $limit"


def _after(spec: Question) -> str:
    """Whether a row comes after the place `$after`: later in one column, and equal in those before it."""
    ways: list[str] = []
    equal: list[str] = []
    for place, one in enumerate(spec.order):
        sign = "<" if one.descending else ">"
        ways.append(" AND ".join([*equal, f"{one.expression} {sign} $after[{place}]"]))
        equal.append(f"{one.expression} = $after[{place}]")
    return " OR ".join(f"({way})" for way in ways)


def _asked(
    spec: Question, schema: Schema, params: Mapping[str, object], as_of: int | None, clock: Clock
) -> _Asked:
    given = arguments(spec, schema, params)
    label = next((given[param.name] for param in spec.params if param.kind is Kind.TYPE), None)
    identifier = None if label is None else schema.identifier(str(label))
    return _Asked(spec, schema, given, identifier, clock() if as_of is None else moment(as_of))


def _page(asked: _Asked, rows: list[Row], most: int) -> Answer:
    spec = asked.spec
    shown = rows[:most]
    more = len(rows) > most
    cut_by = ("rows",) * more + ("hubs",) * any(row.get("hub") or row.get("hubs") for row in shown)
    following = token(asked.digest, Place(asked.as_of, asked.place(shown[-1]))) if more else None
    names = [column.name for column in spec.columns]
    return Answer(spec.columns, [tuple(row[name] for name in names) for row in shown], following, cut_by)


def _since(began: float) -> float:
    return round(time.monotonic() - began, 4)


def _limit(spec: Question, limit: int | None) -> int:
    if limit is None:
        return min(LIMIT, spec.rows)
    if not 1 <= limit <= spec.rows:
        raise UsageError("page.limit", f"The limit must be between 1 and {spec.rows:,}.")
    return limit
