"""What is predicted: targets as data (`targets.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from core.clock import duration_us
from core.errors import NotFoundError
from risk.parts import NETWORK, PARTS


@dataclass(frozen=True)
class Target:
    """An outcome that models predict."""

    name: str
    outcome: str
    """Its name in the graph."""
    maturity: int
    """µs after the application at which the label is read."""
    positive: str
    """What a 1 means, in words."""
    among: str | None = None
    """The target that must have been positive before this one can be known; None: known of anybody."""
    adverse: bool = True
    """Whether a 1 is the bad outcome."""
    amount: bool = False
    """How much is predicted, in cents, by quantiles; not whether."""
    reads: tuple[str, ...] = ()
    """Families of features, or features, that it may read; empty: all."""
    parts: tuple[str, ...] = (*PARTS, NETWORK)
    """The kinds of models that are fitted, where they can be."""

    def may_read(self, feature: str, family: str) -> bool:
        """Whether a feature of a family is among what it reads."""
        return not self.reads or feature in self.reads or family in self.reads


@cache
def targets() -> dict[str, Target]:
    """By name, in the order in which a loan runs through them; then the dimensions."""
    text = files("risk").joinpath("targets.toml").read_text("utf-8")
    return {one["name"]: _target(one) for one in tomllib.loads(text)["target"]}


def _target(told: dict[str, object]) -> Target:
    listed = {key: tuple(value) if isinstance(value, list) else value for key, value in told.items()}
    maturity = duration_us(str(told["maturity"]))
    return Target(**{"outcome": told["name"], **listed, "maturity": maturity})  # type: ignore[arg-type]


def target_of(name: str) -> Target:
    """The target of a name; raises `NotFoundError` (`risk.target`)."""
    if name not in targets():
        raise NotFoundError(
            "risk.target", f"There is no target '{name[:40]}'; there are {', '.join(targets())}."
        )
    return targets()[name]
