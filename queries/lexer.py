"""Cypher in words: enough of it to see what a text calls, whatever comments, quotes and case hide.

The plan alone does not tell: what stands inside `CASE … COLLECT { CALL … }` is planned as one expression, without an
operator of its own (measured on 5.26).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKENS = re.compile(
    r"""
    (?P<gap>\s+|//[^\n\r]*|/\*.*?\*/)
  | (?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
  | (?P<quoted>`(?:[^`]|``)*`)
  | (?P<param>\$(?:\w+|`(?:[^`]|``)*`))
  | (?P<number>\d\w*)
  | (?P<word>[^\W\d]\w*)
  | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """One word, mark, text or number."""

    kind: str
    """`word`, `quoted` (a name between backticks), `text`, `param`, `number` or `mark`."""
    text: str
    """As written; a quoted name without its backticks."""

    @property
    def upper(self) -> str:
        """The word as keywords are compared; empty for what can be no keyword."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def is_name(self) -> bool:
        """Whether it may be a part of a name."""
        return self.kind in ("word", "quoted")


def tokens(text: str) -> list[Token]:
    """The tokens of a statement, without space and comments."""
    found: list[Token] = []
    for match in _TOKENS.finditer(text):
        kind = str(match.lastgroup)
        if kind == "quoted":
            found.append(Token(kind, match[0][1:-1].replace("``", "`")))
        elif kind != "gap":
            found.append(Token(kind, match[0]))
    return found


def functions(found: list[Token]) -> Iterator[tuple[str, ...]]:
    """Names, part by part, of whatever looks like a function: a name before an opening parenthesis."""
    for place, token in enumerate(found):
        if token.text == "(" and token.kind == "mark" and place and found[place - 1].is_name:
            yield _name_before(found, place)


def procedures(found: list[Token]) -> Iterator[tuple[str, ...]]:
    """Names, part by part, of the procedures that are called."""
    for place, token in enumerate(found[:-1]):
        if token.upper == "CALL" and found[place + 1].is_name and not _is_part(found, place):
            yield _name_after(found, place + 1)


def _is_part(found: list[Token], place: int) -> bool:
    """Whether the word is a property, a label, a type or a parameter, and no keyword."""
    return (
        place > 0 and found[place - 1].kind == "mark" and found[place - 1].text in (".", ":", "|", "&", "!")
    )


def _name_before(found: list[Token], end: int) -> tuple[str, ...]:
    parts = [found[end - 1].text]
    place = end - 2
    while place > 0 and found[place].text == "." and found[place - 1].is_name:
        parts.insert(0, found[place - 1].text)
        place -= 2
    return tuple(parts)


def _name_after(found: list[Token], start: int) -> tuple[str, ...]:
    parts = [found[start].text]
    place = start + 1
    while place + 1 < len(found) and found[place].text == "." and found[place + 1].is_name:
        parts.append(found[place + 1].text)
        place += 2
    return tuple(parts)
