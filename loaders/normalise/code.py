"""Codes of types that a mapping declares: taken as they are, but for width and the spaces around them."""

from __future__ import annotations

import polars as pl

from loaders.normalise import mask
from loaders.normalise.kinds import Normalised, One, Options, check_options, finished, tidied, tidied_one


def normalise_code(raw: pl.Series, options: Options) -> Normalised:
    """Trim and NFKC only: case and punctuation of an unknown code may matter. No options."""
    check_options("code", options)
    frame = tidied(raw).with_columns(value=pl.col("text"))
    return finished(frame.with_columns(mask.ends("value", 2, 2, at_least=8)))


def one_code(raw: str, options: Options) -> One | None:
    """As `normalise_code`, of one value."""
    text = tidied_one(raw)
    if options or text is None or not text.isascii():
        return None
    return One(text, mask.ends_of(text, 2, 2, at_least=8))
