"""Short ways to call a normaliser, for the tests beside it."""

from __future__ import annotations

import polars as pl

from loaders.normalise import NORMALISERS, Normalised


def run(kind: str, values: list[str], **options: str) -> Normalised:
    return NORMALISERS[kind](pl.Series(values, dtype=pl.String), options)


def value(kind: str, text: str, **options: str) -> str | None:
    return run(kind, [text], **options).value[0]


def reason(kind: str, text: str, **options: str) -> str | None:
    return run(kind, [text], **options).reason[0]


def meet(kind: str, *texts: str, **options: str) -> bool:
    """Whether all texts are accepted as one value."""
    values = run(kind, list(texts), **options).value
    return values.null_count() == 0 and values.n_unique() == 1
