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

import numpy as np

from core.graph import Row
from features import Catalogue
from features.doors import doors
from features.explain import rows_behind, sentence
from features.lines import number_column
from features.spoken import LANGUAGES, called, column
from features.words import Variant, View
from graph_schema.arriving import USER
from risk.parts import Reason
from snapshot.columns import Columns

MOST_EVIDENCE = 10
STATED, LEFT_OUT, UNKNOWN, OTHER, PERSON = "A01", "A02", "A08", "A90", "A91"
BARE: Mapping[str, tuple[str | None, tuple[str, str]]] = {
    "left out": (LEFT_OUT, ("The application names no {what}.", "申请中没有{what}。")),
    "not stated": (LEFT_OUT, ("The application does not state the {what}.", "申请中未填写{what}。")),
    "not all stated": (LEFT_OUT, ("The application does not state all of: {what}.", "申请中未全部填写：{what}。")),
    "nothing of it": (STATED, ("The {what} that the application states is 0.", "申请中填写的{what}为0。")),
    "unknown": (UNKNOWN, ("Nothing that counts was known yet through this {what}.", "通过该{what}尚无相关记录。")),
    "hub": (None, ("Too many share this {what} for it to be read.", "共用该{what}的申请过多，未作分析。")),
    "away": (OTHER, ("The graph did not answer, so nothing was read.", "图数据库未响应，未能读取相关信息。")),
}  # fmt: skip
"""Of a feature without a value, by why it has none: the code that an applicant is told (None: that of its family, since what everybody
names is known, and not walked), and what staff read."""
WHO = ("user", "用户")


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
def _by_family(kind: str) -> Mapping[str, str]:
    return {family: one["code"] for one in _told() for family in one.get(kind, ())}


def adverse_code(variant: Variant, bare: str | None) -> str:
    """The code that an applicant is told of a feature: of one without a value, why it has none (`BARE`)."""
    code, family = None if bare is None else BARE[bare][0], variant.of.family
    if code is None and variant.view is not None:
        code = _by_family("through").get(family)
    return code or _by_family("families").get(family, OTHER)


def why_bare(variant: Variant, seen: Evidence | None) -> str:
    """Why a feature has no value: of `BARE`."""
    if variant.view is None:
        return "not stated" if variant.column else seen.own(variant) if seen else "not all stated"
    if seen is None:
        return "away"
    given, hubs = seen.ways(variant.view)
    return "left out" if not given else "hub" if hubs else "unknown"


def _words(variant: Variant, value: Any, bare: str | None, language: str) -> str:
    if bare is None:
        return sentence(variant, value, language)
    place = LANGUAGES.index(language)
    if bare == "not stated":
        what = column(variant, language)
    elif bare == "nothing of it":
        what = called(variant.of.columns[-1], language)
    elif variant.view is None:
        what = (", ", "、")[place].join(called(name, language) for name in variant.of.columns)
    else:
        what = WHO[place] if variant.view.relation == USER else getattr(variant.view, language)
    return BARE[bare][1][place].format(what=what)


def explained(
    reasons: Sequence[Reason], catalogue: Catalogue, values: Mapping[str, Any], seen: Evidence | None
) -> list[dict[str, Any]]:
    """Reasons as one JSON object each, the heaviest first."""
    found = []
    for reason in reasons:
        variant, value = catalogue.by_name[reason.feature], values.get(reason.feature)
        bare = why_bare(variant, seen) if value is None else None
        found.append(
            {
                "code": reason.feature,
                "params": {"value": value, "unit": variant.of.unit},
                "weight": round(reason.weight, 6),
                "evidence_ids": [] if seen is None else list(seen.of(variant)),
                "adverse": adverse_code(variant, bare),
                "staff": {language: _words(variant, value, bare, language) for language in LANGUAGES},
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

    def ways(self, view: View) -> tuple[int, int]:
        """How many links of the view the application came with, and how many of them lead to hubs."""
        relation = self.columns.relations.get(view.relation)
        if relation is None or (view.mine and view.mine not in relation.roles):
            return 0, 0
        found = doors(self.columns, relation, view, np.array([self.position]))
        return int(found.given[0]), int(found.hubs[0])

    def own(self, variant: Variant) -> str:
        """Why a feature of several things that the application states has no value: one is not stated, or what is divided by is 0."""
        divisor = int(number_column(self.columns, variant.of.columns[-1])[self.position])
        return "nothing of it" if variant.of.measure == "ratio" and divisor == 0 else "not all stated"

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
