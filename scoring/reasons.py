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
from features.spoken import LANGUAGES, called
from features.words import Variant, View
from graph_schema.arriving import USER
from risk.parts import Reason
from snapshot.columns import MISSING, Columns

MOST_EVIDENCE = 10
STATED, LEFT_OUT, ALONE, UNKNOWN, OTHER, PERSON = "A01", "A02", "A07", "A08", "A90", "A91"
BARE: Mapping[str, tuple[str, tuple[str, str]]] = {
    "left out": (LEFT_OUT, ("The application names no {what}.", "申请中没有{what}。")),
    "not stated": (LEFT_OUT, ("The application does not state the {what}.", "申请中未填写{what}。")),
    "no moment": (LEFT_OUT, ("The application does not say when it was made.", "申请中未注明提出时间。")),
    "nothing of it": (STATED, ("The {what} that the application states is 0.", "申请中填写的{what}为0。")),
    "not comparable": (UNKNOWN, ("The {what} could not be compared.", "{what}无法比较。")),
    "unknown": (UNKNOWN, ("Nothing that counts was known yet through this {what}.", "通过该{what}尚无相关记录。")),
    "hub": (ALONE, ("Too many share this {what} for it to be read.", "共用该{what}的申请过多，未作分析。")),
    "away": (OTHER, ("The graph did not answer, so nothing was read.", "图数据库未响应，未能读取相关信息。")),
}  # fmt: skip
"""Of a feature without a value, by why it has none: the code that an applicant is told, and what staff read."""
WHO = ("user", "用户")
AND = (" and the ", "和")


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
def _codes(kind: str) -> Mapping[str, str]:
    """Codes by the measure or family of `kind`."""
    return {name: one["code"] for one in _told() for name in one.get(kind, ())}


def adverse_code(variant: Variant, bare: str | None) -> str:
    """The code that an applicant is told of a feature: of one without a value, why it has none (`BARE`)."""
    if bare is not None:
        return BARE[bare][0]
    of, view = variant.of, variant.view
    asked = [("measures", of.measure), ("families", of.family)]
    if view is not None:
        asked.insert(1, ("own" if view.relation == USER else "others", of.family))
    return next((code for kind, name in asked if (code := _codes(kind).get(name))), OTHER)


def why_bare(variant: Variant, value: Any, seen: Evidence | None) -> tuple[str | None, Sequence[str]]:
    """Why a feature has no value, of `BARE`, and the columns or the type in which that lies; None: it has one."""
    if value is not None:
        return ("left out" if variant.of.measure == "given" and value == 0 else None), ()
    if variant.view is None:
        return _unstated(variant, seen)
    if seen is None or not seen.read:
        return "away", ()
    given, hubs = seen.ways(variant.view)
    if given and not hubs and variant.of.measure == "agreement" and not seen.names(variant.column):
        return "left out", (variant.column,)
    return ("left out" if not given else "hub" if hubs else "unknown"), ()


def _unstated(variant: Variant, seen: Evidence | None) -> tuple[str, Sequence[str]]:
    """As `why_bare`, of what an application says of itself."""
    if variant.column or not variant.of.columns:
        return ("not stated", (variant.column,)) if variant.column else ("no moment", ())
    columns = variant.of.columns
    if seen is None:
        return "not stated", columns
    if variant.of.measure == "ratio" and seen.states_nothing(columns[-1]):
        return "nothing of it", columns[-1:]
    lost = [name for name in columns if not seen.states(name)]
    return ("not stated", lost) if lost else ("not comparable", columns)


def _words(variant: Variant, value: Any, bare: tuple[str | None, Sequence[str]], language: str) -> str:
    why, columns = bare
    if why is None:
        return sentence(variant, value, language)
    place, view = LANGUAGES.index(language), variant.view
    what = AND[place].join(called(name, language) for name in columns)
    if view is not None and not columns:
        what = WHO[place] if view.relation == USER else getattr(view, language)
    return BARE[why][1][place].format(what=what)


def explained(
    reasons: Sequence[Reason], catalogue: Catalogue, values: Mapping[str, Any], seen: Evidence | None
) -> list[dict[str, Any]]:
    """Reasons as one JSON object each, the heaviest first."""
    found = []
    for reason in reasons:
        variant, value = catalogue.by_name[reason.feature], values.get(reason.feature)
        bare = why_bare(variant, value, seen)
        found.append(
            {
                "code": reason.feature,
                "params": {"value": value, "unit": variant.of.unit},
                "weight": round(reason.weight, 6),
                "evidence_ids": [] if seen is None else list(seen.of(variant)),
                "adverse": adverse_code(variant, bare[0]),
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
    read: bool = True
    """Whether the graph was; else it is of what the application says of itself."""

    def ways(self, view: View) -> tuple[int, int]:
        """How many links of the view the application came with, and how many of them lead to hubs."""
        relation = self.columns.relations.get(view.relation)
        if relation is None or (view.mine and view.mine not in relation.roles):
            return 0, 0
        found = doors(self.columns, relation, view, np.array([self.position]))
        return int(found.given[0]), int(found.hubs[0])

    def names(self, label: str) -> bool:
        """Whether the application names an identifier of that type."""
        relation = self.columns.relations.get(label)
        return relation is not None and bool(
            np.diff(relation.own_start[self.position : self.position + 2])[0]
        )

    def states(self, name: str) -> bool:
        """Whether the application has a value in a column of its own."""
        numbers, texts = self.columns.numbers.get(name), self.columns.texts.get(name)
        number = numbers is not None and numbers[self.position] != MISSING
        return bool(number or (texts is not None and texts[self.position] >= 0))

    def states_nothing(self, name: str) -> bool:
        """Whether it states a 0 there."""
        numbers = self.columns.numbers.get(name)
        return numbers is not None and int(numbers[self.position]) == 0

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
