"""Codes of types that a mapping declares: taken as they are, but for width and the spaces around them."""

from __future__ import annotations

import polars as pl

from loaders.normalise import mask
from loaders.normalise.kinds import Normalised, Options, check_options, finished, tidied


def normalise_code(raw: pl.Series, options: Options) -> Normalised:
    """Trim and NFKC only: case and punctuation of an unknown code may matter. No options."""
    check_options("code", options)
    frame = tidied(raw).with_columns(value=pl.col("text"))
    return finished(frame.with_columns(mask.ends("value", 2, 2, at_least=8)))
