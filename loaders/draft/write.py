"""The text of a drafted mapping: TOML, a comment for every guess."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from loaders.draft.guess import Guess, Role

_BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Plan:
    """One table, as it is to be written."""

    file: str
    source: str
    timezone: str
    rows: int
    refused: int
    reads: Mapping[str, object]
    becomes: str
    dated: bool
    ids: list[str]
    guesses: Mapping[Role, list[Guess]]
    own_types: list[dict[str, object]]
    notes: list[str]


def written(plan: Plan) -> str:
    """The mapping file."""
    lines = [*_head(plan), *_table(plan), *_properties(plan)]
    if plan.becomes == "application":
        lines += [*_identifiers(plan), *_outcomes(plan), *_events(plan)]
    out = plan.guesses[Role.OUT]
    if out:
        lines += ["", "# Left out:"]
        lines += [f"#   {_comment(guess.column)}: {guess.why}" for guess in out]
    return "\n".join(lines) + "\n"


def _head(plan: Plan) -> Iterator[str]:
    refused = f", {plan.refused:,} of which are no rows" if plan.refused else ""
    yield f"# Drafted from {_comment(plan.file)}, {plan.rows:,} rows{refused}."
    yield "# Every line is a guess; its comment says what it rests on."
    yield from (f"# Look at this first: {_comment(note)}" for note in plan.notes)
    yield "format = 1"
    yield f"source = {toml(plan.source)} # namespace of the ids: one name for all files of one system"
    yield f"timezone = {toml(plan.timezone)} # of times that name none: confirm it"
    for type_ in plan.own_types:
        yield from (
            "",
            "# bind = 0: what it ties together is no ring. Raise it (20, say) if strangers never share one.",
        )
        yield "[[identifier]]"
        yield from (f"{name} = {toml(value)}" for name, value in type_.items())


def _table(plan: Plan) -> Iterator[str]:
    yield from ("", "[[table]]", f"name = {toml(_name(plan.source))}", f"file = {toml(_pattern(plan.file))}")
    if plan.becomes == "user":
        yield "# One person a row, nothing that happened."
    yield f"becomes = {toml(plan.becomes)}"
    if plan.reads:
        yield f"reads = {toml(plan.reads)}"
    yield from _ids(plan)
    if plan.becomes == "user":
        yield "undated = true"
        return
    for key, role in (("user", Role.USER), ("product", Role.PRODUCT), ("lender", Role.LENDER)):
        for guess in plan.guesses[role]:
            yield from (f"# {guess.why}", f"{key} = {toml(guess.column)}")
    if plan.dated:
        for guess in plan.guesses[Role.EVENT_AT]:
            yield from (f"# {guess.why}", f"event_at = {toml({'column': guess.column, **guess.says})}")
        for guess in plan.guesses[Role.ORDER]:
            yield from (f"# {guess.why}", f"order = {toml(guess.column)}")
    else:
        yield from (
            "# No column says when a row happened: it serves rings and screens, never features in time.",
            "undated = true",
        )


def _ids(plan: Plan) -> Iterator[str]:
    found = plan.guesses[Role.ID]
    if plan.ids:
        yield f"# {found[0].why}" if found else "#"
        yield f"id = {toml(plan.ids[0] if len(plan.ids) == 1 else plan.ids)}"
    elif plan.becomes == "application":
        yield "# No column names a row: rows are named by file and line."


def _properties(plan: Plan) -> Iterator[str]:
    found = plan.guesses[Role.PROPERTY]
    if found:
        yield from ("", "[table.properties]")
    for guess in found:
        yield f"# {guess.why}"
        yield f"{guess.name} = {toml({'column': guess.column, **guess.says})}"


def _identifiers(plan: Plan) -> Iterator[str]:
    for guess in plan.guesses[Role.IDENTIFIER]:
        yield from ("", f"# {guess.why}", "[[table.identifiers]]")
        yield from (
            f"{k} = {toml(v)}" for k, v in {"type": guess.name, "column": guess.column, **guess.says}.items()
        )


def _outcomes(plan: Plan) -> Iterator[str]:
    for guess in plan.guesses[Role.OUTCOME]:
        yield from ("", f"# {guess.why}", "[[table.outcomes]]")
        says = {key: value for key, value in guess.says.items() if key != "known_at"}
        yield from (
            f"{k} = {toml(v)}" for k, v in {"target": guess.name, "column": guess.column, **says}.items()
        )
        if plan.dated:
            yield "# The file does not say when it was learned: confirm the delay."
            yield "# One too short flatters every score."
            yield f"known_at = {toml(guess.says['known_at'])}"


def _events(plan: Plan) -> Iterator[str]:
    for guess in plan.guesses[Role.EVENT] if plan.dated else []:
        yield from ("", f"# {guess.why}", "[[table.events]]", f"kind = {toml(guess.name)}")
        yield f"event_at = {toml({'column': guess.column, **guess.says})}"


def toml(value: object) -> str:
    """A value as TOML, inline."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(str(name))} = {toml(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    return str(value)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else toml(name)


def _name(source: str) -> str:
    name = source.replace("-", "_")
    return name if name[0].isalpha() else f"t_{name}"[:40]


def _pattern(file: str) -> str:
    """The file's name as a glob that means only it."""
    return re.sub(r"([*?\[])", r"[\1]", file)


def _comment(text: str) -> str:
    """A text that may stand in a comment: one line, without control characters."""
    return re.sub(r"[\x00-\x1f\x7f]", " ", text)
