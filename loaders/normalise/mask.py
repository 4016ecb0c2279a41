"""Masked forms: what staff may see of an identifier, enough to talk about it, never enough to find a person.

A mask stands in the graph beside the derived properties, so the two together are what counts: a phone's
region narrows its middle digits to a few dozen blocks, hence two last digits and not the customary four.
The number of stars says nothing about the length.
"""

from __future__ import annotations

import polars as pl

STARS = "***"


def ends(column: str, head: int, tail: int, *, at_least: int) -> pl.Expr:
    """The first `head` and last `tail` characters; nothing of values shorter than `at_least`."""
    text = pl.col(column)
    first = text.str.slice(0, head) if head else pl.lit("")
    last = text.str.slice(-tail) if tail else pl.lit("")
    shown = pl.concat_str(first, pl.lit(STARS), last)
    return pl.when(text.str.len_chars() >= at_least).then(shown).otherwise(pl.lit(STARS)).alias("masked")


def words(column: str) -> pl.Expr:
    """The first three characters of long text (of an address: its province), else the first (a surname)."""
    text = pl.col(column)
    head = pl.when(text.str.len_chars() >= 8).then(pl.lit(3)).otherwise(pl.lit(1))
    return pl.concat_str(text.str.slice(0, head), pl.lit(STARS)).alias("masked")


def ends_of(text: str, head: int, tail: int, *, at_least: int) -> str:
    """As `ends`, of one text."""
    return f"{text[:head]}{STARS}{text[len(text) - tail :]}" if len(text) >= at_least else STARS


def words_of(text: str) -> str:
    """As `words`, of one text."""
    return f"{text[: 3 if len(text) >= 8 else 1]}{STARS}"
