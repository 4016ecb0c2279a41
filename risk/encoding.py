"""From a frame of features to a matrix: numbers as they are, texts as places in the words of the training window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from core.errors import IncompatibleError
from risk.metrics import F64


@dataclass(frozen=True)
class Encoding:
    """Columns of a matrix, fitted on the training window."""

    features: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]
    """By text feature, what was seen in training, the commonest first. What was not is missing."""

    def matrix(self, frame: pl.DataFrame) -> F64:
        """(n, features) NaN where missing; raises `IncompatibleError` (`risk.columns`)."""
        lost = [name for name in self.features if name not in frame.columns]
        if lost:
            raise IncompatibleError(
                "risk.columns",
                f"{len(lost)} features of the model are not in the table: {', '.join(lost[:3])}, …",
            )
        columns = [self._column(frame[name]) for name in self.features]
        return np.column_stack(columns) if columns else np.empty((frame.height, 0))

    def _column(self, series: pl.Series) -> F64:
        words = self.words.get(series.name)
        if words is None:
            return series.cast(pl.Float64).fill_null(float("nan")).to_numpy()
        places = {word: float(place) for place, word in enumerate(words)}
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
