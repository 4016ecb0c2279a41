"""A policy on a past window: what it would have decided, by rule, and what became of those applications, as it was known in time.

Nothing is degraded in it: no `degraded.STEP` holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import polars as pl

from policy.check import STEPS
from policy.condition import Value, spoken
from policy.decide import FALLBACK, OTHERWISE, decide
from policy.model import Policy


class Speaks(Protocol):
    """A model, as a simulation asks it."""

    def told(self, rows: pl.DataFrame) -> Mapping[str, Any]:
        """(n) By name, what it says of each application."""


@dataclass(frozen=True)
class Block:
    """Some applications (n) of the window."""

    features: pl.DataFrame
    """(n) At the point of each."""
    labels: Mapping[str, Sequence[float]]
    """(n) By target, NaN where none was known in time."""
    listed: Mapping[str, Sequence[bool]]
    """(n) By list that a rule reads, whether each was on it at its point."""


@dataclass
class Line:
    """What one rule would have decided."""

    rule: str
    outcome: str
    applications: int = 0
    known: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By target, of how many of them it was known in time,"""
    positives: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """and of how many it was positive."""

    def as_dict(self) -> dict[str, Any]:
        """As one JSON object, with the share of positives where any is known."""
        rates = {name: round(self.positives[name] / count, 6) for name, count in self.known.items() if count}
        return {
            "rule": self.rule, "outcome": self.outcome, "applications": self.applications, "known": dict(self.known),
            "positives": dict(self.positives), "rates": rates,
        }  # fmt: skip


@dataclass(frozen=True)
class Simulated:
    """A policy on a window."""

    policy: str
    lines: tuple[Line, ...]
    """Every rule in its order, then what decides without one."""

    @property
    def applications(self) -> int:
        """Of the window."""
        return sum(line.applications for line in self.lines)

    @property
    def shares(self) -> dict[str, float]:
        """Of each outcome."""
        counts: dict[str, int] = defaultdict(int)
        for line in self.lines:
            counts[line.outcome] += line.applications
        return {outcome: count / max(1, self.applications) for outcome, count in counts.items()}

    @property
    def never(self) -> list[str]:
        """Rules that decided nothing."""
        return [line.rule for line in self.lines if not line.applications and line.rule != FALLBACK]


def simulate(policy: Policy, blocks: Iterable[Block], models: Mapping[str, Speaks]) -> Simulated:
    """Decide about every application of some blocks."""
    lines = {rule.name: Line(rule.name, str(rule.then)) for rule in policy.rules}
    lines[OTHERWISE] = Line(OTHERWISE, str(policy.otherwise))
    lines[FALLBACK] = Line(FALLBACK, str(policy.fallback))
    for block in blocks:
        told = _told(policy, block, models)
        for i in range(block.features.height):
            facts: dict[str, Value] = {name: values[i] for name, values in told.items()}
            line = lines[decide(policy, facts).rule]
            line.applications += 1
            for target, values in block.labels.items():
                if not np.isnan(values[i]):
                    line.known[target] += 1
                    line.positives[target] += values[i] > 0
    return Simulated(policy.label, tuple(lines.values()))


def _told(policy: Policy, block: Block, models: Mapping[str, Speaks]) -> dict[str, Sequence[Value]]:
    """(n) What the rules may read of each application, by the names that they use."""
    frame = block.features
    told: dict[str, Sequence[Value]] = {
        f"feature.{name}": frame[name].to_list() for name in frame.columns if name in policy.features
    }
    told |= {f"list.{name}": block.listed[name] for name in policy.lists}
    told |= {f"degraded.{name}": [False] * frame.height for name in STEPS}  # of the past nothing is missing
    for name, model in models.items():
        said = model.told(frame)
        told |= {f"{spoken(name)}.{one}": values.tolist() for one, values in said.items()}
    return told
