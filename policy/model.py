"""A policy: which models are asked, and by which rules an application is approved, looked at or declined."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.clock import duration_us
from core.errors import UsageError
from policy.condition import Condition, Facts, names_of, read_condition

LARGEST = 200_000
"""Bytes of a policy's file."""


class Outcome(StrEnum):
    """What becomes of an application, the worst for it last."""

    APPROVE = "approve"
    REVIEW = "review"
    DECLINE = "decline"


@dataclass(frozen=True)
class Rule:
    """The first rule that holds decides."""

    name: str
    text: str
    then: Outcome
    code: str | None
    """Adverse-action code that an applicant is told; None: the reasons of the deciding model are."""
    about: str
    condition: Condition = field(repr=False)

    def holds(self, facts: Facts) -> bool:
        """Whether it does."""
        return self.condition.holds(facts)


@dataclass(frozen=True)
class Breaker:
    """When nothing is decided without a person any more."""

    decline_share: float
    """Of the decisions of the last `window` µs; above it no rule declines,"""
    window: int
    least: int
    """if there were so many."""
    ring_applications: int
    """Members of the largest listed ring of the last run; above it no rule that reads rings declines."""


@dataclass(frozen=True)
class Policy:
    """One version of a policy, as data. Its digest names its content."""

    name: str
    version: int
    about: str
    models: tuple[str, ...]
    """Names in the registry whose champions are asked, in order."""
    decides: str
    """The one of them whose reasons are given."""
    otherwise: Outcome
    fallback: Outcome
    """Where the deciding model cannot speak and no rule decides without it."""
    attributes: str | None
    """Asked in place of all where the graph does not answer in time: a model of an application's own attributes."""
    rules: tuple[Rule, ...]
    breaker: Breaker | None
    text: str = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the text, as hex digits."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def asked(self) -> tuple[str, ...]:
        """Every model that may be asked, each once."""
        alone = () if self.attributes is None else (self.attributes,)
        return tuple(dict.fromkeys((*self.models, *alone)))

    @property
    def lists(self) -> tuple[str, ...]:
        """Every list that a rule reads, each once."""
        return self._read("list")

    @cached_property
    def features(self) -> frozenset[str]:
        """Every feature that a rule reads."""
        return frozenset(self._read("feature"))

    def _read(self, kind: str) -> tuple[str, ...]:
        read = (atom.name.partition(".") for rule in self.rules for atom in names_of(rule.condition))
        return tuple(dict.fromkeys(name for first, _, name in read if first == kind))

    @property
    def label(self) -> str:
        """`name@version`."""
        return f"{self.name}@{self.version}"


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
ModelName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")]


class _RuleTold(_Told):
    name: Name
    when: Annotated[str, Field(min_length=1)]
    then: str
    code: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,9}$")] | None = None
    about: Annotated[str, Field(max_length=300)] = ""


class _BreakerTold(_Told):
    decline_share: Annotated[float, Field(gt=0, le=1)] = 1.0
    window: str = "1h"
    least: Annotated[int, Field(ge=1)] = 100
    ring_applications: Annotated[int, Field(ge=3)] = 1_000_000


class _PolicyTold(_Told):
    name: Name
    version: Annotated[int, Field(ge=1)]
    about: Annotated[str, Field(max_length=1_000)] = ""
    models: Annotated[list[ModelName], Field(min_length=1, max_length=20)]
    decides: ModelName
    otherwise: str
    fallback: str = "review"
    attributes: ModelName | None = None
    rule: Annotated[list[_RuleTold], Field(max_length=200)] = []
    breaker: _BreakerTold | None = None


def read_policy(text: str) -> Policy:
    """The policy that TOML says. Names are not looked up: `policy.check` does.

    Raises `UsageError`: `policy.toml`, `policy.field`, `policy.condition`.
    """
    if len(text.encode()) > LARGEST:
        raise UsageError("policy.toml", f"A policy has at most {LARGEST:,} bytes.")
    try:
        told = _PolicyTold.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UsageError("policy.toml", f"The policy is no TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError("policy.field", f"The policy's {where}: {first['msg']}.") from None
    names = [rule.name for rule in told.rule]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or len(set(told.models)) < len(told.models):
        raise UsageError("policy.field", f"Named twice: {', '.join(twice) or 'a model'}; names are unique.")
    if told.decides not in told.models:
        raise UsageError("policy.field", "`decides` names one of `models`.")
    return Policy(
        told.name,
        told.version,
        told.about,
        tuple(told.models),
        told.decides,
        _outcome(told.otherwise, "otherwise"),
        _outcome(told.fallback, "fallback"),
        told.attributes,
        tuple(_rule(rule) for rule in told.rule),
        _breaker(told.breaker),
        text,
    )


def policy_file(path: Path) -> Policy:
    """The policy of a file; raises as `read_policy`, and `UsageError` (`policy.file`)."""
    try:
        return read_policy(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise UsageError("policy.file", f"{path} cannot be read as text.") from None


def _rule(told: _RuleTold) -> Rule:
    where = f"rule '{told.name}'"
    then = _outcome(told.then, where)
    return Rule(told.name, told.when, then, told.code, told.about, read_condition(told.when, where))


def _outcome(text: str, where: str) -> Outcome:
    try:
        return Outcome(text)
    except ValueError:
        raise UsageError("policy.field", f"{where}: the outcome is {', '.join(Outcome)}.") from None


def _breaker(told: _BreakerTold | None) -> Breaker | None:
    if told is None:
        return None
    return Breaker(told.decline_share, duration_us(told.window), told.least, told.ring_applications)
