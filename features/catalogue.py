"""The catalogue: every feature as data, read from TOML, checked, and named by a hash of what it says.

The house's own is `features/catalogue.toml`; a user's file has the same words and is added to it by `parse`.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from core.clock import duration_us
from core.errors import NotFoundError, UsageError
from features.words import (
    ALL,
    MEASURES,
    MOST_CARRIED,
    Definition,
    Sentences,
    Takes,
    Variant,
    View,
    Who,
    span,
)
from graph_schema import Identifier, Personal, Schema
from snapshot.columns import SUMMARY

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_ROWS = re.compile(r"application|any|event(:[a-z][a-z0-9_]{0,39})?")
_DTYPES = ("float", "integer", "boolean", "category")
_TIMES = {"half_lives": "durations", "within": "durations", "windows": "windows"}
_LISTS = ("views", "columns", "targets")
_Kind = tuple[str, Callable[[Any], bool]]
_TEXT: _Kind = ("a text", lambda value: isinstance(value, str))
_NUMBER: _Kind = ("a number", lambda value: isinstance(value, int | float) and not isinstance(value, bool))
_TEXTS: _Kind = ("a list of texts", lambda value: isinstance(value, list) and all(map(_TEXT[1], value)))
_TABLES: _Kind = (
    "a table in double brackets",
    lambda value: isinstance(value, list) and all(isinstance(one, dict) for one in value),
)
_CATALOGUE = {"view": _TABLES, "feature": _TABLES, "carried": _TEXTS}
_VIEW = dict.fromkeys((field.name for field in fields(View)), _TEXT)
_REQUIRED = ("name", "family", "measure", "description", "unit")
_FEATURE = {
    **dict.fromkeys(_REQUIRED, _TEXT),
    **dict.fromkeys(("staff_en", "staff_zh", "applicant_en", "applicant_zh"), _TEXT),
    **dict.fromkeys(("dtype", "personal", "rows", "who"), _TEXT),
    **dict.fromkeys((*_LISTS, *_TIMES), _TEXTS),
    **dict.fromkeys(("prior", "weight"), _NUMBER),
}
IDENTIFIERS = "identifiers"
"""In `views`: every view but `user`."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Views, definitions over them, and what applications carry. Two catalogues are compared by `version`."""

    views: tuple[View, ...]
    definitions: tuple[Definition, ...]
    carried: tuple[str, ...] = ()
    """Names of the variants that each application carries as they were at its own point; one hop, at most 16."""

    @cached_property
    def variants(self) -> tuple[Variant, ...]:
        """Every column of features, in the order of the definitions."""
        views = {view.name: view for view in self.views}
        return tuple(variant for one in self.definitions for variant in _variants(one, views))

    @cached_property
    def by_name(self) -> Mapping[str, Variant]:
        """The variants by name."""
        return {variant.name: variant for variant in self.variants}

    @cached_property
    def version(self) -> str:
        """16 hex digits of a hash of everything declared: other definitions, another version."""
        told = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def variant(self, name: str) -> Variant:
        """The variant of that name; raises `NotFoundError` (`features.unknown`)."""
        if name not in self.by_name:
            raise NotFoundError(
                "features.unknown", f"There is no feature '{name[:80]}'; `fingraph features list` names all."
            )
        return self.by_name[name]

    def selected(self, definitions: Iterable[str] | None) -> tuple[Variant, ...]:
        """The variants of these definitions, all of them for None; raises `NotFoundError` (`features.unknown`)."""
        if definitions is None:
            return self.variants
        wanted, known = set(definitions), {one.name for one in self.definitions}
        if missing := wanted - known:
            raise NotFoundError(
                "features.unknown",
                f"There is no feature '{min(missing)[:80]}'; `fingraph features list` names all.",
            )
        return tuple(variant for variant in self.variants if variant.of.name in wanted)


@cache
def house_catalogue() -> Catalogue:
    """FinGraph's own features."""
    text = files("features").joinpath("catalogue.toml").read_text("utf-8")
    return parse(text, "catalogue.toml")


def catalogue_for(schema: Schema) -> Catalogue:
    """The house's features, over a view for each identifier type that a mapping declared, too."""
    house = house_catalogue()
    seen = {view.relation for view in house.views}
    more = tuple(_plain_view(one) for one in schema.identifiers if one.label not in seen)
    return with_views(house, more)


def with_views(catalogue: Catalogue, more: Sequence[View]) -> Catalogue:
    """The catalogue with further views, of which everything that is asked of all identifiers is asked too."""
    every = {view.name for view in catalogue.views} - {"user"}
    names = tuple(view.name for view in more)
    definitions = tuple(
        replace(one, views=(*one.views, *names)) if every <= set(one.views) else one
        for one in catalogue.definitions
    )
    return _checked(replace(catalogue, views=(*catalogue.views, *more), definitions=definitions))


def _plain_view(identifier: Identifier) -> View:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", identifier.label).lower()
    spoken = words.replace("_", " ")
    return View(words, identifier.label, spoken, identifier.label)


def parse(text: str, name: str, base: Catalogue | None = None) -> Catalogue:
    """A catalogue from TOML: `[[view]]`, `[[feature]]` and `carried`, added to `base`.

    Raises `UsageError` (`features.invalid`, `duration.invalid`) naming the entry and what is wrong with it.
    """
    said, held = told(text, name), base or Catalogue((), ())
    views = (*held.views, *(_view(entry, name) for entry in said.get("view", ())))
    every = tuple(view.name for view in views if view.name != "user")
    definitions = (*held.definitions, *(_definition(entry, name, every) for entry in said.get("feature", ())))
    return _checked(Catalogue(views, definitions, (*held.carried, *said.get("carried", ()))))


def told(text: str, name: str) -> Mapping[str, Any]:
    """What a file says: lists of tables and names, which `parse` reads. Raises `UsageError` (`features.invalid`)."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(name, f"it is no TOML: {error}") from None
    _require_words(said, _CATALOGUE, name, "a catalogue")
    return said


def _wrong(where: str, what: str) -> UsageError:
    return UsageError("features.invalid", f"{where}: {what}.")


def _require_words(told: Mapping[str, Any], words: Mapping[str, _Kind], where: str, what: str) -> None:
    for word, value in told.items():
        if word not in words:
            raise _wrong(where, f"'{word}' is no word of {what}; there are {', '.join(words)}")
        kind, fits = words[word]
        if not fits(value):
            raise _wrong(where, f"{word} is {kind}")


def _view(entry: Mapping[str, Any], name: str) -> View:
    where = f"{name}, view '{entry.get('name', '?')}'"
    _require_words(entry, _VIEW, where, "a view")
    try:
        return View(**entry)
    except TypeError:
        raise _wrong(where, "name, relation, en and zh are required") from None


def _definition(entry: Mapping[str, Any], name: str, every: tuple[str, ...]) -> Definition:
    where = f"{name}, feature '{entry.get('name', '?')}'"
    _require_words(entry, _FEATURE, where, "a feature")
    for word in (*_REQUIRED, "staff_en", "staff_zh"):
        if word not in entry:
            raise _wrong(
                where, f"{word} is missing{': what staff read of a value' if 'staff' in word else ''}"
            )
    given = dict(entry)
    given["staff"] = Sentences(given.pop("staff_en"), given.pop("staff_zh"))
    said = (given.pop("applicant_en", None), given.pop("applicant_zh", None))
    if (said[0] is None) != (said[1] is None):
        raise _wrong(where, "applicant_en and applicant_zh go together")
    given["applicant"] = None if said[0] is None else Sentences(*said)
    for word, field in _TIMES.items():
        if word in given:
            given[field] = tuple(ALL if one == "all" else duration_us(one) for one in given.pop(word))
    for word in _LISTS:
        if word in given:
            given[word] = tuple(given[word])
    if IDENTIFIERS in given.get("views", ()):
        more = tuple(view for view in given["views"] if view != IDENTIFIERS)
        given["views"] = (*every, *more)
    try:
        given["who"] = Who(given.get("who", "any"))
        given["personal"] = Personal(given.get("personal", "none"))
    except ValueError as error:
        raise _wrong(where, str(error)) from None
    return Definition(**given)


def _variants(one: Definition, views: Mapping[str, View]) -> Iterator[Variant]:
    for view_name in one.views or (None,):
        for column in _columns(one):
            for duration in one.durations or (0,):
                for window in one.windows or (ALL,):
                    view = views[view_name] if view_name else None
                    parts = [view_name or "", one.name]
                    parts += [_spoken(column)] if len(_columns(one)) > 1 else []
                    parts += [span(duration)] if len(one.durations) > 1 else []
                    parts += [span(window)] if one.windows else []
                    yield Variant(
                        "_".join(part for part in parts if part), one, view, window, column, duration
                    )


def _columns(one: Definition) -> tuple[str, ...]:
    """What a variant each is made of: columns or targets; a pair of columns makes one."""
    if one.type.takes in (Takes.TWO_NUMBERS, Takes.TWO_TEXTS):
        return ("",)
    return one.targets or one.columns or ("",)


def _spoken(column: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", column.removesuffix("_cents").lower()).strip("_")


def _checked(catalogue: Catalogue) -> Catalogue:
    views = {view.name: view for view in catalogue.views}
    if len(views) < len(catalogue.views):
        raise _wrong("catalogue", "two views share a name")
    if len({one.name for one in catalogue.definitions}) < len(catalogue.definitions):
        names = [one.name for one in catalogue.definitions]
        raise _wrong("catalogue", f"two features are named '{next(n for n in names if names.count(n) > 1)}'")
    for one in catalogue.definitions:
        for holds, what in _rules(one, views):
            if not holds():
                raise _wrong(f"feature '{one.name}'", what)
    _check_carried(catalogue)
    if len(catalogue.by_name) < len(catalogue.variants):
        names = [variant.name for variant in catalogue.variants]
        raise _wrong("catalogue", f"two variants are named '{next(n for n in names if names.count(n) > 1)}'")
    return catalogue


def _rules(one: Definition, views: Mapping[str, View]) -> Iterator[tuple[Callable[[], bool], str]]:
    kinds = "', '".join(MEASURES)
    yield lambda: _NAME.fullmatch(one.name) is not None, "a name is of lower-case letters, digits and _"
    yield lambda: one.measure in MEASURES, f"there is no measure '{one.measure}'; there are '{kinds}'"
    type_ = MEASURES[one.measure]
    yield (
        lambda: bool(one.description and one.unit and one.family),
        "description, unit and family are required",
    )
    yield lambda: one.dtype in _DTYPES, f"dtype is one of {', '.join(_DTYPES)}"
    yield lambda: _ROWS.fullmatch(one.rows) is not None, "rows is application, any, event or event:KIND"
    yield lambda: bool(one.views) == type_.viewed, "views are needed" if type_.viewed else "it takes no views"
    yield lambda: set(one.views) <= set(views), "one of its views is not declared"
    yield lambda: one.who in type_.who, f"who is one of {', '.join(type_.who)}"
    yield (
        lambda: bool(one.windows) == type_.windowed,
        "windows are needed" if type_.windowed else "it takes no windows",
    )
    yield lambda: all(w > 0 for w in one.windows), "a window is longer than nothing"
    yield lambda: bool(one.durations) == bool(type_.timed), f"{type_.timed or 'no duration'} is what it needs"
    yield (
        lambda: bool(one.targets) == (type_.takes is Takes.TARGET),
        "targets are for outcomes, and needed there",
    )
    wants = type_.takes not in (Takes.NOTHING, Takes.TARGET)
    yield lambda: bool(one.columns) == wants, "columns are needed" if wants else "it takes no columns"
    pair = type_.takes in (Takes.TWO_NUMBERS, Takes.TWO_TEXTS)
    yield lambda: not pair or len(one.columns) == 2, "it compares two columns"
    yield (
        lambda: type_.takes is not Takes.SUMMARY or set(one.columns) <= set(SUMMARY),
        f"columns are of {SUMMARY}",
    )
    yield (
        lambda: one.measure != "smoothed" or (0 <= one.prior <= 1 and one.weight > 0),
        "prior and weight are needed",
    )
    yield (
        lambda: one.applicant is None or one.who is not Who.OTHER,
        "an applicant is told nothing about others",
    )


def _check_carried(catalogue: Catalogue) -> None:
    if len(catalogue.carried) > MOST_CARRIED:
        raise _wrong("carried", f"an application carries at most {MOST_CARRIED} features")
    for name in catalogue.carried:
        if name not in catalogue.by_name:
            raise _wrong("carried", f"there is no feature '{name}'")
        if catalogue.by_name[name].of.type.takes is Takes.CARRIED:
            raise _wrong("carried", f"'{name}' reads what neighbours carry; what is carried is one hop")
    for one in catalogue.definitions:
        if one.type.takes is Takes.CARRIED and not set(one.columns) <= set(catalogue.carried):
            raise _wrong(f"feature '{one.name}'", "its columns are features that `carried` names")
