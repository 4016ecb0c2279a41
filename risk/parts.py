"""The kinds of models that a target is predicted by, and what each can do."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from risk.metrics import F64

SCORECARD, BOOSTING, FOREST = PARTS = ("scorecard", "boosting", "forest")
NETWORK = "network"
"""Fitted only where the extra `torch` is installed."""


class Part(Protocol):
    """One way to predict; `values` (n, features) in the order of the encoding."""

    def chance(self, values: F64) -> F64:
        """(n) Probability of a positive, uncalibrated."""

    def contributions(self, values: F64) -> F64:
        """(n, features) What each adds to the log odds, over what all rows share."""

    def write(self, folder: Path, name: str) -> dict[str, Any]:
        """Write files of its own, and return what the model's file is to keep."""
