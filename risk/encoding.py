"""From features by name to a matrix: numbers as they are, texts as places in the words of the training window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from core.errors import IncompatibleError
from risk.metrics import F64

Rows = pl.DataFrame | Sequence[Mapping[str, float | str | None]] | F64
"""Applications by the names of their features, a column each or a mapping each; or a matrix that was made of them already."""


@dataclass(frozen=True)
class Encoding:
    """Columns of a matrix, fitted on the training window."""

    features: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]
    """By text feature, what was seen in training, the commonest first. What was not is missing."""

    def matrix(self, rows: Rows) -> F64:
        """(n, features) NaN where missing; raises `IncompatibleError` (`risk.columns`)."""
        if isinstance(rows, np.ndarray):
            return rows
        there = rows.columns if isinstance(rows, pl.DataFrame) else rows[0] if rows else self.features
        lost = [name for name in self.features if name not in there]
        if lost:
            raise IncompatibleError(
                "risk.columns",
                f"{len(lost)} features of the model are not in the table: {', '.join(lost[:3])}, …",
            )
        if not isinstance(rows, pl.DataFrame):
            told = [[self._number(name, row[name]) for name in self.features] for row in rows]
            return np.array(told, dtype=np.float64).reshape(len(rows), len(self.features))
        columns = [self._column(rows[name]) for name in self.features]
        return np.column_stack(columns) if columns else np.empty((rows.height, 0))

    @cached_property
    def _places(self) -> dict[str, dict[str, float]]:
        return {
            name: {word: float(place) for place, word in enumerate(words)}
            for name, words in self.words.items()
        }

    def _number(self, name: str, value: float | str | None) -> float:
        places = self._places.get(name)
        found = value if places is None else places.get(str(value)) if value is not None else None
        return float("nan") if found is None else float(found)

    def _column(self, series: pl.Series) -> F64:
        places = self._places.get(series.name)
        if places is None:
            return series.cast(pl.Float64).fill_null(float("nan")).to_numpy()
        return (
            series.replace_strict(places, default=None, return_dtype=pl.Float64)
            .fill_null(float("nan"))
            .to_numpy()
        )

    def only(self, names: tuple[str, ...]) -> Encoding:
        """The encoding of some of its features."""
        return Encoding(names, {name: words for name, words in self.words.items() if name in names})

    def as_dict(self) -> dict[str, Any]:
        """As one JSON object."""
        return {
            "features": list(self.features),
            "words": {name: list(told) for name, told in self.words.items()},
        }

    @staticmethod
    def from_dict(told: Mapping[str, Any]) -> Encoding:
        """From that object."""
        return Encoding(
            tuple(told["features"]), {name: tuple(words) for name, words in told["words"].items()}
        )


def fit_encoding(frame: pl.DataFrame, features: tuple[str, ...]) -> Encoding:
    """The encoding of the features of a training window."""
    words = {}
    for name in features:
        if frame.schema[name] == pl.String:
            counts = frame[name].drop_nulls().value_counts().sort(["count", name], descending=[True, False])
            words[name] = tuple(counts[name].to_list())
    return Encoding(features, words)
