"""What a goal is, and what measuring it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from core.errors import FinGraphError

ROOMS = (
    *("core", "graph_schema", "security", "queries", "loaders", "simulator", "snapshot", "rings", "features"),
    *("registry", "risk", "policy", "scoring", "api", "fingraph", "cli"),
)


class MeasuringError(FinGraphError):
    """A measurement did not come about, or what it measured is not what it should be."""


@dataclass(frozen=True)
class Figure:
    """One measured figure."""

    value: float
    data: str
    """What it was measured on: seed, sizes."""
    details: Mapping[str, Any] = field(default_factory=dict)


Runner = Callable[[int], Mapping[str, Figure]]
"""Measures at a size and returns the figures by goal; one run may serve several goals."""


@dataclass(frozen=True)
class Goal:
    """A promise about speed or size, and how to see whether it holds."""

    name: str
    about: str
    """What the figure is, in one line."""
    compare: Literal["≥", "≤"]
    bound: float
    unit: str
    size: int
    """Rows at which the goal is meant; a run at another size is a trial and is not kept."""
    measures: tuple[str, ...]
    """Paths of the repository whose code it measures: a change there makes the figure stale."""
    runner: Runner
    committed: bool = False
    """It measures a clone of HEAD: what is not committed is not in it."""

    @property
    def text(self) -> str:
        """The goal as people write it: `≥ 0.8 ×`."""
        return f"{self.compare} {self.bound:,g} {self.unit}"

    @property
    def command(self) -> str:
        """How to measure it anew."""
        return f"make goals RUN={self.name}"

    def holds(self, figure: float) -> bool:
        """Whether a figure is as good as promised."""
        return figure >= self.bound if self.compare == "≥" else figure <= self.bound
