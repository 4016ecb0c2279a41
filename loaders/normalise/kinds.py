"""What every normaliser takes and gives, and the steps that all of them share."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from core.errors import UsageError

MAX_LENGTH = 512
"""Longest value, in characters, that can name anything: longer text is a cell that slipped."""

Options = Mapping[str, str]


@dataclass(frozen=True)
class Normalised:
    """Values after normalising, row by row in the order they came; every series has the same length."""

    value: pl.Series
    """String: the canonical form, null where refused."""
    reason: pl.Series
    """String: why it was refused (a key of `REASONS`), null where accepted."""
    masked: pl.Series
    """String: what a person may see, never enough to identify; null where refused."""
    derived: dict[str, pl.Series]
    """What is not identifying, by the property names that `graph_schema` declares; null where unknown."""


@dataclass(frozen=True)
class One:
    """A value that is accepted, by itself."""

    value: str
    masked: str
    derived: Mapping[str, str | int | bool | None] = field(default_factory=dict)


Plainly = Callable[[str, Options], One | None]
"""Normalises one value of the shapes that nearly all have, hundreds of times sooner than a column of one; None: it is of another
shape, or refused, and the column's way says which. Where it says something, the column's way says the same."""
Normaliser = Callable[[pl.Series, Options], Normalised]
"""Normalises unique, non-null raw values under the options of a mapping."""

# Format characters (zero-width spaces, byte order marks, bidirectional marks that contact books put around
# numbers) are seen by nobody, so nobody means them.
_INVISIBLE = r"\p{Cf}"
_LINES = r"[\t\r\n]+"
_CONTROL = r"\p{Cc}"
_BROKEN = "\ufffd"


def tidied(raw: pl.Series, *, lines: bool = False) -> pl.DataFrame:
    """The step before every normaliser: columns `text` (String) and `reason` (String, null while accepted).

    Invisible characters go, the text becomes NFKC (full-width digits meet plain ones; Unicode Standard
    Annex 15) and is trimmed. Refused here: blank, longer than `MAX_LENGTH`, control characters, text that
    was decoded wrongly. With `lines`, tabs and line ends inside count as spaces.
    """
    frame = pl.DataFrame({"raw": raw}).select(pl.col("raw").cast(pl.String), reason=pl.lit(None, pl.String))
    text = pl.col("raw")
    # ASCII, the common case, has nothing to fold; finding that out costs a tenth of folding it.
    if not frame.select((text.str.len_bytes() == text.str.len_chars()).all()).item():
        text = text.str.replace_all(_INVISIBLE, "").str.normalize("NFKC")
    text = text.str.strip_chars()
    if lines:
        text = text.str.replace_all(_LINES, " ")
    text = text.alias("text")
    frame = frame.with_columns(text)
    reason = first_reason(
        (pl.col("raw").str.len_chars() > MAX_LENGTH, "value.too_long"),
        (pl.col("text") == "", "value.blank"),
        (pl.col("text").str.contains(_CONTROL), "value.control"),
        (pl.col("text").str.contains(_BROKEN, literal=True), "value.broken_text"),
    )
    return frame.select("text", reason)


def tidied_one(raw: str) -> str | None:
    """The step before a plain way: trimmed; None where a column's `tidied` would do more than that, or refuse."""
    text = raw.strip(" ")
    fine = bool(text) and len(raw) <= MAX_LENGTH and text.isprintable()
    return text if fine and unicodedata.is_normalized("NFKC", text) else None


def one_character(text: str, at_least: int) -> bool:
    """As `repeated`, of one text."""
    return len(text) >= at_least and len(set(text)) == 1


def first_reason(*checks: tuple[pl.Expr, str]) -> pl.Expr:
    """Column `reason`: the one that stands, else the code of the first check that holds, else null."""
    codes = (pl.when(test).then(pl.lit(code)) for test, code in checks)
    return pl.coalesce(pl.col("reason"), *codes).alias("reason")


def accepted() -> pl.Expr:
    """Whether nothing spoke against the row so far."""
    return pl.col("reason").is_null()


def repeated(column: str, at_least: int) -> pl.Expr:
    """Whether the text is one character over and over, `at_least` times."""
    text = pl.col(column)
    rest = text.str.strip_chars_start(text.str.slice(0, 1))
    return (rest == "") & (text.str.len_chars() >= at_least)


def finished(frame: pl.DataFrame, *derived: str) -> Normalised:
    """The result from columns `value`, `masked`, `reason` and `derived`, nulled where refused."""
    # A canonical form that outgrew the limit would be refused when it comes again, so it is refused now.
    frame = frame.with_columns(first_reason((pl.col("value").str.len_chars() > MAX_LENGTH, "value.too_long")))
    kept = [pl.when(accepted()).then(pl.col(name)).alias(name) for name in ("value", "masked", *derived)]
    out = frame.select(*kept, "reason")
    return Normalised(
        out["value"].cast(pl.String),
        out["reason"],
        out["masked"].cast(pl.String),
        {name: out[name] for name in derived},
    )


def check_options(kind: str, options: Options, *known: str) -> None:
    """Refuse options that the normaliser does not know: raises `UsageError` (`normalise.option`)."""
    for name in options:
        if name not in known:
            takes = ", ".join(known) or "none"
            raise UsageError(
                "normalise.option", f"The {kind} normaliser has no option '{name[:40]}'. It takes: {takes}."
            )


def switch(kind: str, options: Options, name: str, default: bool) -> bool:
    """A true/false option; raises `UsageError` (`normalise.option`) when it is neither."""
    text = options.get(name)
    if text is None:
        return default
    if text not in ("true", "false"):
        raise UsageError("normalise.option", f'Option \'{name}\' of {kind} is "true" or "false".')
    return text == "true"
