"""The statements of this package by name, each with what its header says of it.

A file `rings/list.cypher` holds the statement `rings/list`. Its header is the leading comment:

    // name: rings/list
    // mode: read
    // params: limit, sort
    // returns: ring, applications

Whatever follows the header (further `//` lines included) is the statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from core.errors import NotFoundError, UsageError
from core.graph import READ_SECONDS, WRITE_SECONDS, Graph, Row, Transaction

_FIELD = re.compile(r"//\s*(name|mode|params|returns):\s*(.*)")
_PARAMETER = re.compile(r"\$([a-z_]+)")
WITH_WORDS = ("questions", "pictures", "subjects")
"""Folders of statements that are no plain Cypher yet: `queries.specs` reads them."""
_FIELDS = {"name", "mode", "params", "returns"}


class Mode(StrEnum):
    """Whether a statement may change the graph."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True)
class Statement:
    """One Cypher statement with its header."""

    name: str
    mode: Mode
    text: str
    params: tuple[str, ...]
    returns: tuple[str, ...]

    def run(self, graph: Graph, *, seconds: float | None = None, **params: object) -> list[Row]:
        """Rows of the statement in a transaction of its own, of at most `seconds`.

        Raises `UsageError` (`queries.params`) when `params` are not those of the header.
        """
        self._check(params)
        if self.mode is Mode.READ:
            return graph.read(self.text, seconds=seconds or READ_SECONDS, **params)
        return graph.write(self.text, seconds=seconds or WRITE_SECONDS, **params)

    def within(self, tx: Transaction, **params: object) -> list[Row]:
        """Rows of the statement inside the transaction `tx`; raises as `run`."""
        self._check(params)
        return tx.run(self.text, **params)

    def stream(self, graph: Graph, *, seconds: float = WRITE_SECONDS, **params: object) -> Iterator[Row]:
        """Rows one by one, for results that do not fit a list; raises as `run`."""
        self._check(params)
        return graph.stream(self.text, seconds=seconds, **params)

    def _check(self, params: dict[str, object]) -> None:
        if set(params) != set(self.params):
            raise UsageError(
                "queries.params", f"{self.name} takes {', '.join(self.params) or 'no parameter'}."
            )


@cache
def statement(name: str) -> Statement:
    """The statement of that name; raises `NotFoundError` (`queries.unknown`)."""
    if name not in statement_names():
        raise NotFoundError("queries.unknown", f"There is no statement '{name[:60]}'.")
    path = files("queries")
    for part in f"{name}.cypher".split("/"):
        path = path / part
    return parse(name, path.read_text(encoding="utf-8"))


@cache
def statement_names() -> tuple[str, ...]:
    """Names of all statements, sorted."""
    return tuple(sorted(_names(files("queries"), "")))


def _names(folder: Traversable, prefix: str) -> Iterator[str]:
    for entry in folder.iterdir():
        if entry.is_dir():
            if prefix + entry.name not in WITH_WORDS:
                yield from _names(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".cypher"):
            yield prefix + entry.name.removesuffix(".cypher")


def parse(name: str, source: str) -> Statement:
    """Read a statement from the text of its file.

    Raises `UsageError` (`queries.header`) when the header lacks a field, names another statement, or lists
    other parameters than the text uses.
    """
    header: dict[str, str] = {}
    lines = source.strip().splitlines()
    while lines and (match := _FIELD.fullmatch(lines[0].strip())):
        header[match[1]] = match[2].strip()
        lines.pop(0)
    text = "\n".join(lines).strip()
    params = _listed(header.get("params", ""))
    code = "\n".join(line.split("//")[0] for line in text.splitlines())
    problem = ""
    if set(header) != _FIELDS:
        problem = f"needs {', '.join(sorted(_FIELDS - set(header)))}"
    elif header["name"] != name:
        problem = "names another file"
    elif header["mode"] not in list(Mode):
        problem = "has a mode that is neither read nor write"
    elif set(params) != set(_PARAMETER.findall(code)):
        problem = "lists other parameters than the statement uses"
    if problem:
        raise UsageError("queries.header", f"The header of {name}.cypher {problem}.")
    return Statement(name, Mode(header["mode"]), text, params, _listed(header["returns"]))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip() and part.strip() != "-")
