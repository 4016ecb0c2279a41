"""Why an answer is what it is: the deciding model's reasons with the rows behind them, in words for staff and applicants.

A reason is `{code, params, weight, evidence_ids}`; words come from the catalogue of features. An applicant reads words of
`adverse.toml`, which have no parameters: nothing of anybody else can be in them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from core.graph import Row
from features import Catalogue
from features.explain import rows_behind, sentence
from features.words import Variant
from risk.parts import Reason
from snapshot.columns import Columns

MOST_EVIDENCE = 10
OTHER, PERSON = "A90", "A91"
LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Adverse:
    """What an applicant is told."""

    code: str
    en: str
    zh: str


@cache
def adverse() -> Mapping[str, Adverse]:
    """By code."""
    return {one["code"]: Adverse(one["code"], one["en"], one["zh"]) for one in _told()}


@cache
def _told() -> Sequence[dict[str, Any]]:
    text = files("scoring").joinpath("adverse.toml").read_text("utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)["code"]
    return found


@cache
def _by_family() -> Mapping[str, str]:
    return {family: one["code"] for one in _told() for family in one["families"]}


def adverse_code(variant: Variant) -> str:
    """The code that an applicant is told of a feature."""
    return _by_family().get(variant.of.family, OTHER)


def explained(
    reasons: Sequence[Reason], catalogue: Catalogue, values: Mapping[str, Any], seen: Evidence | None
) -> list[dict[str, Any]]:
    """Reasons as one JSON object each, the heaviest first."""
    found = []
    for reason in reasons:
        variant, value = catalogue.by_name[reason.feature], values.get(reason.feature)
        found.append(
            {
                "code": reason.feature,
                "params": {"value": value, "unit": variant.of.unit},
                "weight": round(reason.weight, 6),
                "evidence_ids": [] if seen is None else list(seen.of(variant)),
                "adverse": adverse_code(variant),
                "staff": {language: sentence(variant, value, language) for language in LANGUAGES},
            }
        )
    return found


def for_applicant(codes: Sequence[str]) -> list[dict[str, str]]:
    """What an applicant is told, each code once, in the order of weight."""
    return [vars(adverse()[code]) for code in dict.fromkeys(codes)]


@dataclass(frozen=True)
class Evidence:
    """The rows that an application saw, by their places."""

    columns: Columns
    position: int
    record: Row

    def of(self, variant: Variant) -> Iterator[str]:
        """Keys of the rows behind a feature, the newest first, each once."""
        places = sorted(set(rows_behind(self.columns, variant, self.position)), reverse=True)
        keys = self._keys(places[:MOST_EVIDENCE])
        return iter(keys)

    def _keys(self, places: Sequence[int]) -> list[str]:
        points = {(int(self.columns.known_at[p]), int(self.columns.seq[p])): p for p in places}
        told = zip(self.record["met_known_at"], self.record["met_seq"], self.record["met_key"], strict=True)
        by_place = {points[at, seq]: key for at, seq, key in told if (at, seq) in points}
        return [by_place[p] for p in places if p in by_place]
