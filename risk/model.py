"""A model of one target: a scorecard, boosted trees, a forest, a network, and which of them or what combination of them decides."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk.combine import Combination
from risk.encoding import Encoding, Rows
from risk.metrics import F64
from risk.network import Network
from risk.parts import BOOSTING, FOREST, NETWORK, SCORECARD, Part, Reason
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

    def chances(self, rows: Rows) -> dict[str, F64]:
        """(n) Probability by part, uncalibrated. Raises as `Encoding.matrix`."""
        values = self.encoding.matrix(rows)
        return {name: part.chance(values) for name, part in self.parts.items()}

    def chance(self, rows: Rows) -> F64:
        """(n) The calibrated probability of a positive."""
        values = self.encoding.matrix(rows)
        return self.deciding.chance({name: self.parts[name].chance(values) for name in self.deciding.parts})

    def contributions(self, rows: Rows) -> F64:
        """(n, features) What each feature adds to the log odds of the deciding probability, over what all share."""
        values = self.encoding.matrix(rows)
        found = np.zeros(values.shape)
        for name, weight in zip(self.deciding.parts, self.deciding.weights, strict=True):
            found += weight * self.parts[name].contributions(values)
        return found

    def reasons(self, rows: Rows, most: int = 3) -> list[list[Reason]]:
        """(n) What adds most to each probability, the heaviest first; what lowers it is no reason."""
        found = self.contributions(rows)
        order = np.argsort(-found, axis=1, kind="stable")[:, :most]
        return [
            [Reason(self.encoding.features[f], float(added[f])) for f in places if added[f] > 0]
            for places, added in zip(order.tolist(), found, strict=True)
        ]

    def knowing(self, features: Collection[str]) -> Model | None:
        """As it speaks where some features alone are computed: rows of its card that read others say nothing. None where it reads
        others and is no card, or a card that would have nothing left to say."""
        if all(name in features for name in self.encoding.features):
            return self
        others = [row.feature for row in self.scorecard.rows if row.feature not in features]
        if self.kind != SCORECARD or len(others) == len(self.scorecard.rows):
            return None
        return replace(self, parts={**self.parts, SCORECARD: self.scorecard.without(others)})

    def scores(self, rows: Rows) -> F64:
        """(n) Points of the scorecard: the sum of its rows'."""
        found: F64 = self.scorecard.points(self.encoding.matrix(rows)).sum(axis=1)
        return found

    def told(self, rows: Rows) -> dict[str, F64 | NDArray[np.int64]]:
        """(n) By name, what it says of each application: probability, and points where it has a scorecard."""
        values = self.encoding.matrix(rows)
        return {"probability": self.chance(values), "score": self.scores(values).astype(np.int64)}

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


def read_chance(folder: Path, *, whole: bool = True) -> Model:
    """A model from files that are whole; `whole`: with the parts that were tried and do not decide, which are large and silent.
    Raises `IncompatibleError` (`risk.onnxruntime`) when what runs its network is missing."""
    told = json.loads((folder / "model.json").read_text("utf-8"))
    deciding = told["deciding"]
    read = told["parts"] if whole else {*deciding["parts"], SCORECARD}
    return Model(
        Encoding.from_dict(told["encoding"]),
        {name: READERS[name](folder, name, part) for name, part in told["parts"].items() if name in read},
        Combination(tuple(deciding["parts"]), tuple(deciding["weights"]), deciding["intercept"]),
    )
