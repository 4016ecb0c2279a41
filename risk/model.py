"""A model of one target: a scorecard, boosted trees, a forest, and which of them or what combination of them decides."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from core.errors import IncompatibleError
from registry.card import Card, read_card
from risk.combine import Combination
from risk.encoding import Encoding
from risk.metrics import F64
from risk.scorecard import Scorecard
from risk.trees import Trees

SCORECARD, BOOSTING, FOREST = PARTS = ("scorecard", "boosting", "forest")
COMBINED = "combined"


@dataclass(frozen=True)
class Model:
    """Everything that predicts one target."""

    encoding: Encoding
    scorecard: Scorecard
    trees: Mapping[str, Trees]
    deciding: Combination
    """Calibrated: one part, or several."""

    @property
    def kind(self) -> str:
        """The part that decides, or `combined`."""
        return self.deciding.parts[0] if len(self.deciding.parts) == 1 else COMBINED

    def parts(self, frame: pl.DataFrame) -> dict[str, F64]:
        """(n) Probability by part, uncalibrated. Raises as `Encoding.matrix`."""
        values = self.encoding.matrix(frame)
        return {
            SCORECARD: self.scorecard.chance(self.card_values(values)),
            **{name: one.chance(values) for name, one in self.trees.items()},
        }

    def chance(self, frame: pl.DataFrame) -> F64:
        """(n) The calibrated probability of a positive."""
        return self.deciding.chance(self.parts(frame))

    def contributions(self, frame: pl.DataFrame) -> F64:
        """(n, features) What each feature adds to the log odds of the deciding probability, over what all share."""
        values = self.encoding.matrix(frame)
        found = np.zeros(values.shape)
        for part, weight in zip(self.deciding.parts, self.deciding.weights, strict=True):
            if part == SCORECARD:
                places = [self.encoding.features.index(row.feature) for row in self.scorecard.rows]
                found[:, places] += weight * self.scorecard.contributions(self.card_values(values))
            else:
                found += weight * self.trees[part].contributions(values, along=part == FOREST)
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
        found: F64 = self.scorecard.points(self.card_values(self.encoding.matrix(frame))).sum(axis=1)
        return found

    def card_values(self, values: F64) -> F64:
        """The scorecard's columns of a matrix."""
        places = [self.encoding.features.index(row.feature) for row in self.scorecard.rows]
        found: F64 = np.ascontiguousarray(values[:, places])
        return found

    def write(self, folder: Path) -> None:
        """The files of the model, without a card."""
        folder.mkdir(parents=True, exist_ok=True)
        told = {
            "encoding": self.encoding.as_dict(),
            SCORECARD: self.scorecard.as_dict(),
            "deciding": vars(self.deciding),
            "rounds": {name: one.rounds for name, one in self.trees.items()},
        }
        text = json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False)
        (folder / "model.json").write_text(text + "\n", encoding="utf-8")
        for name, one in self.trees.items():
            one.write(folder / f"{name}.json")


def load_model(folder: Path, catalogue: str | None = None) -> tuple[Model, Card]:
    """A model whose files are whole. Raises as `read_card`, and `IncompatibleError` (`features.version`) when it reads
    the features of another catalogue than the version given."""
    card = read_card(folder)
    if catalogue is not None and card.catalogue != catalogue:
        raise IncompatibleError(
            "features.version",
            f"The model reads features of catalogue {card.catalogue}; these are of {catalogue}. Train it anew.",
        )
    told = json.loads((folder / "model.json").read_text("utf-8"))
    deciding = told["deciding"]
    model = Model(
        Encoding.from_dict(told["encoding"]),
        Scorecard.from_dict(told[SCORECARD]),
        {
            name: Trees.read(folder / f"{name}.json", rounds)
            for name, rounds in sorted(told["rounds"].items())
        },
        Combination(tuple(deciding["parts"]), tuple(deciding["weights"]), deciding["intercept"]),
    )
    return model, card
