"""What is predicted: targets as data (`targets.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from core.clock import duration_us
from core.errors import NotFoundError


@dataclass(frozen=True)
class Target:
    """An outcome that models predict."""

    name: str
    """Of the outcome in the graph."""
    maturity: int
    """µs after the application at which the label is read."""
    positive: str
    """What a 1 means, in words."""
    among: str | None = None
    """The target that must have been positive before this one can be known; None: known of anybody."""


@cache
def targets() -> dict[str, Target]:
    """By name, in the order in which a loan runs through them."""
    text = files("risk").joinpath("targets.toml").read_text("utf-8")
    return {
        one["name"]: Target(one["name"], duration_us(one["maturity"]), one["positive"], one.get("among"))
        for one in tomllib.loads(text)["target"]
    }


def target_of(name: str) -> Target:
    """The target of a name; raises `NotFoundError` (`risk.target`)."""
    if name not in targets():
        raise NotFoundError(
            "risk.target", f"There is no target '{name[:40]}'; there are {', '.join(targets())}."
        )
    return targets()[name]
