"""Columns that say what became of a row: two values, and a name that tells of it."""

from __future__ import annotations

from loaders.draft import words
from loaders.draft.guess import Guess, Role, left_out, told
from loaders.draft.profile import Column

_LONG = 60


def outcomes(columns: list[Column], *, lending: bool) -> list[Guess]:
    """At most one outcome a target; a second column for it is left out, since it would give the first away."""
    found: list[Guess] = []
    for target, pattern, delay in words.OUTCOMES:
        named = [c for c in columns if c.named(pattern) and _two_values(c)]
        found += _first(named, target, delay, f"named like an outcome of the kind '{target}'", found)
    target, delay = ("overdue", "30d") if lending else ("fraud", "7d")
    general = [c for c in columns if c.named(words.ANY_OUTCOME) and _two_values(c)]
    known = {guess.column for guess in found}
    about = "a label; that it tells of this target is a guess"
    return found + _first([c for c in general if c.name not in known], target, delay, about, found)


def _first(columns: list[Column], target: str, delay: str, about: str, known: list[Guess]) -> list[Guess]:
    guesses: list[Guess] = []
    seen = {guess.name for guess in known if guess.role is Role.OUTCOME}
    claimed = {guess.column for guess in known}
    for column in columns:
        if column.name in claimed:
            continue
        if target in seen:
            guesses.append(
                left_out(column, f"another outcome of the kind '{target}': known after the decision")
            )
            continue
        seen.add(target)
        stands, how = _values(column)
        says: dict[str, object] = {"values": stands} if stands else {}
        ones = sum(column.counts[text] for text in column.counts if (stands or {"1": 1.0}).get(text) == 1.0)
        share = f"; {ones:,} of {column.filled:,} are 1" if stands or column.distinct == 2 else ""
        says["known_at"] = {"after": delay}
        guesses.append(Guess(column.name, Role.OUTCOME, told(column, f"{about}; {how}{share}"), target, says))
    return guesses


def _two_values(column: Column) -> bool:
    if column.distinct == 1:
        return set(column.counts) <= {"0", "1", "true", "false"}
    return column.distinct == 2 and all(len(text) <= _LONG for text in column.counts)


def _values(column: Column) -> tuple[dict[str, float], str]:
    """What each text stands for, and how that is known; nothing for a column of 0 and 1."""
    texts = list(column.counts)
    if set(texts) <= {"0", "1"}:
        return {}, "0 and 1"
    if column.number:
        low, high = sorted(texts, key=float)
        return {low: 0.0, high: 1.0}, "the higher number is taken as 1"
    for text in texts:
        other = [t for t in texts if t != text]
        if text.lower() in words.POSITIVE:
            return {text: 1.0, **dict.fromkeys(other, 0.0)}, "by the meaning of the words"
    for text in texts:
        other = [t for t in texts if t != text]
        if text.lower() in words.NEGATIVE:
            return {**dict.fromkeys(other, 1.0), text: 0.0}, "by the meaning of the words"
    return {texts[0]: 0.0, texts[-1]: 1.0}, "the rarer text is taken as 1"
