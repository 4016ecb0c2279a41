"""The kinds of models that a target is predicted by, and what each can do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from risk.metrics import F64

SCORECARD, BOOSTING, FOREST = PARTS = ("scorecard", "boosting", "forest")
NETWORK = "network"
"""Fitted only where the extra `torch` is installed."""
AMOUNT = "quantiles"
"""The kind of a model that says how much, not whether."""


@dataclass(frozen=True)
class Reason:
    """A feature that weighs on what a model says of one application."""

    feature: str
    weight: float
    """What it adds to the log odds; of an amount, to the log of the median's share."""


class Part(Protocol):
    """One way to predict; `values` (n, features) in the order of the encoding."""

    def chance(self, values: F64) -> F64:
        """(n) Probability of a positive, uncalibrated."""

    def contributions(self, values: F64) -> F64:
        """(n, features) What each adds to the log odds, over what all rows share."""

    def write(self, folder: Path, name: str) -> dict[str, Any]:
        """Write files of its own, and return what the model's file is to keep."""
