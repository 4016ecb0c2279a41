"""A model of one target: a scorecard, boosted trees, a forest, a network, and which of them or what combination of them decides."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.errors import IncompatibleError
from registry.card import Card, read_card
from risk.combine import Combination
from risk.encoding import Encoding
from risk.metrics import F64, measure
from risk.network import Network
from risk.parts import BOOSTING, FOREST, NETWORK, SCORECARD, Part
from risk.scorecard import Scorecard
from risk.trees import Trees

COMBINED = "combined"
READERS: Mapping[str, Callable[[Path, str, Mapping[str, Any]], Part]] = {
    SCORECARD: Scorecard.read,
    BOOSTING: Trees.read,
    FOREST: Trees.read,
    NETWORK: Network.read,
}


@dataclass(frozen=True)
class Model:
    """Everything that predicts one target."""

    encoding: Encoding
    parts: Mapping[str, Part]
    deciding: Combination
    """Calibrated: one part, or several."""

    @property
    def kind(self) -> str:
        """The part that decides, or `combined`."""
        return self.deciding.parts[0] if len(self.deciding.parts) == 1 else COMBINED

    @property
    def scorecard(self) -> Scorecard:
        """Its scorecard, which every model has."""
        found = self.parts[SCORECARD]
        assert isinstance(found, Scorecard)  # noqa: S101 - for the types alone
        return found

    def chances(self, frame: pl.DataFrame) -> dict[str, F64]:
        """(n) Probability by part, uncalibrated. Raises as `Encoding.matrix`."""
        values = self.encoding.matrix(frame)
        return {name: part.chance(values) for name, part in self.parts.items()}

    def chance(self, frame: pl.DataFrame) -> F64:
        """(n) The calibrated probability of a positive."""
        values = self.encoding.matrix(frame)
        return self.deciding.chance({name: self.parts[name].chance(values) for name in self.deciding.parts})

    def contributions(self, frame: pl.DataFrame) -> F64:
        """(n, features) What each feature adds to the log odds of the deciding probability, over what all share."""
        values = self.encoding.matrix(frame)
        found = np.zeros(values.shape)
        for name, weight in zip(self.deciding.parts, self.deciding.weights, strict=True):
            found += weight * self.parts[name].contributions(values)
        return found

    def reasons(self, frame: pl.DataFrame, most: int = 3) -> list[list[str]]:
        """(n) The features that add most to each probability, the heaviest first; those that lower it are no reasons."""
        found = self.contributions(frame)
        order = np.argsort(-found, axis=1, kind="stable")[:, :most]
        names = self.encoding.features
        return [
            [names[f] for f in places if added[f] > 0]
            for places, added in zip(order.tolist(), found, strict=True)
        ]

    def scores(self, frame: pl.DataFrame) -> F64:
        """(n) Points of the scorecard: the sum of its rows'."""
        found: F64 = self.scorecard.points(self.encoding.matrix(frame)).sum(axis=1)
        return found

    def told(self, frame: pl.DataFrame) -> dict[str, F64 | NDArray[np.int64]]:
        """(n) By name, what it says of each application: probability, and points where it has a scorecard."""
        return {"probability": self.chance(frame), "score": self.scores(frame).astype(np.int64)}

    def measured(self, frame: pl.DataFrame) -> dict[str, float]:
        """Measures on labelled applications (`label`)."""
        return measure(self.chance(frame), frame["label"].cast(pl.Float64).to_numpy())

    def write(self, folder: Path) -> None:
        """The files of the model, without a card."""
        folder.mkdir(parents=True, exist_ok=True)
        told = {
            "encoding": self.encoding.as_dict(),
            "deciding": vars(self.deciding),
            "parts": {name: part.write(folder, name) for name, part in self.parts.items()},
        }
        text = json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False)
        (folder / "model.json").write_text(text + "\n", encoding="utf-8")


def load_chance(folder: Path, catalogue: str | None = None) -> tuple[Model, Card]:
    """A model whose files are whole. Raises as `require_card`, and `IncompatibleError` (`risk.onnxruntime`) when what runs
    its network is missing."""
    card = require_card(folder, catalogue)
    told = json.loads((folder / "model.json").read_text("utf-8"))
    deciding = told["deciding"]
    model = Model(
        Encoding.from_dict(told["encoding"]),
        {name: READERS[name](folder, name, part) for name, part in told["parts"].items()},
        Combination(tuple(deciding["parts"]), tuple(deciding["weights"]), deciding["intercept"]),
    )
    return model, card


def require_card(folder: Path, catalogue: str | None = None) -> Card:
    """The card of a model. Raises as `read_card`, and `IncompatibleError` (`features.version`) when the model reads the
    features of another catalogue than the version given."""
    card = read_card(folder)
    if catalogue is not None and card.catalogue != catalogue:
        raise IncompatibleError(
            "features.version",
            f"The model reads features of catalogue {card.catalogue}; these are of {catalogue}. Train it anew.",
        )
    return card
