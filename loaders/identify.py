"""From a column of raw identifiers to what the graph may hold of them."""

from __future__ import annotations

import polars as pl

from core.errors import UsageError
from graph_schema.model import Identifier, Personal
from loaders.convert import as_text
from loaders.hashing import Hasher
from loaders.normalise import NORMALISERS, PLAINLY
from loaders.normalise.kinds import MAX_LENGTH, Options


def identify(
    raw: pl.Series, identifier: Identifier, source: str, hasher: Hasher, options: Options
) -> pl.DataFrame:
    """One row for each of `raw`: `key`, `masked`, `reason` (String) and the identifier's derived properties.

    Accepted rows have a key and a mask and no reason; refused rows have a reason (see `REASONS`) and nothing
    else; null and blank rows have nothing at all. Each distinct value is normalised and hashed once. Raises
    `UsageError` (`normalise.unknown`, `normalise.option`) for a normaliser or option that does not exist.
    """
    text = as_text(raw).alias("raw")
    distinct = text.drop_nulls().unique(maintain_order=True)
    known = _identified(distinct, identifier, source, hasher, options)
    rows = pl.DataFrame({"raw": text})
    return rows.join(known, on="raw", how="left", maintain_order="left").drop("raw")


def identify_one(
    raw: str, identifier: Identifier, source: str, hasher: Hasher, options: Options
) -> dict[str, str | int | bool | None] | None:
    """What `identify` says of one value, without its `reason`, in microseconds; None where only `identify` can say it: the value is refused,
    or of a shape that few have."""
    plainly = PLAINLY.get(identifier.normaliser)
    one = plainly(raw, options) if plainly and len(raw) <= MAX_LENGTH else None
    if one is None or len(one.value) > MAX_LENGTH:
        return None
    scope = _scope(identifier, source)
    found: dict[str, str | int | bool | None] = {
        "key": hasher.key_of(identifier.label, scope, one.value),
        "masked": one.masked,
    }
    for name, value in one.derived.items():
        if declared := identifier.property(name):
            hashed = declared.personal is Personal.PSEUDONYM and value is not None
            found[name] = hasher.key_of(f"{identifier.label}.{name}", scope, str(value)) if hashed else value
    return found


def _scope(identifier: Identifier, source: str) -> str:
    return source if identifier.scope == "source" else ""


def _identified(
    distinct: pl.Series, identifier: Identifier, source: str, hasher: Hasher, options: Options
) -> pl.DataFrame:
    """The result for distinct values, with them as column `raw`."""
    try:
        normalise = NORMALISERS[identifier.normaliser]
    except KeyError:
        known = ", ".join(NORMALISERS)
        raise UsageError(
            "normalise.unknown",
            f"{identifier.label} names the normaliser '{identifier.normaliser[:40]}'. Known: {known}.",
        ) from None
    result = normalise(distinct, options)
    scope = _scope(identifier, source)
    # A mapping's own type may use a normaliser and declare none of what it derives.
    derived = {}
    for name, series in result.derived.items():
        if declared := identifier.property(name):
            # Part of a value that only tells what belongs together is hashed like the value: with the masked form
            # beside it, it would say more than either may.
            hashed = declared.personal is Personal.PSEUDONYM
            derived[name] = hasher.keys(f"{identifier.label}.{name}", scope, series) if hashed else series
    return pl.DataFrame(
        {
            "raw": distinct,
            "key": hasher.keys(identifier.label, scope, result.value),
            "masked": result.masked,
            # Blank by the normalisers' rule: a cell with an invisible character is an empty cell.
            "reason": result.reason.replace("value.blank", None),
            **derived,
        }
    )
