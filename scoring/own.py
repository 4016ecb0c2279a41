"""A home's own features: those that `features.toml` in it declares beside the house's, for its commands and its server."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, islice
from pathlib import Path

from core.errors import IncompatibleError, UsageError
from core.settings import Settings
from features import Catalogue, catalogue_for, house_catalogue
from features.catalogue import parse, told
from graph_schema import FINGRAPH, Schema
from policy.list_columns import LIST, lists_read
from snapshot.shape import shape

FILE = "features.toml"
MOST_FORMER = 64
"""Choices of declared types of which the catalogues are known: each takes 15 ms once, twice that with own features."""


@dataclass(frozen=True)
class Own:
    """A file of own features, as it was when it was read."""

    name: str
    text: str


def own_features(settings: Settings, file: Path | None = None) -> Own | None:
    """The own features of `file`, or of the home's, if there is one. Raises `UsageError` (`features.file`)."""
    if file is None:
        file = settings.home / FILE
        if not file.exists():
            return None
    try:
        return Own(file.name, file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "features.file", f"{file} cannot be read as UTF-8 ({type(error).__name__})."
        ) from error


@dataclass(frozen=True)
class Catalogues:
    """What a home computes. Declared identifier types and own features add to the house's features and change none of them, so
    models, decisions and what is carried of before there were any stand."""

    house: Catalogue
    """Over the schema."""
    whole: Catalogue
    """With its own; the house's where it has none."""
    schema: Schema = FINGRAPH
    own: Own | None = None

    @property
    def carried(self) -> str:
        """The version under which applications carry what they carry: the house's, whatever was declared since."""
        return house_catalogue().version

    @cached_property
    def _by_version(self) -> Mapping[str, Catalogue]:
        former = (one for schema in _former(self.schema) for one in _over(schema, self.own))
        return {one.version: one for one in (*former, self.house, self.whole)}

    @property
    def versions(self) -> frozenset[str]:
        """Of what can be computed here."""
        return frozenset(self._by_version)

    def held_against(self, version: str) -> str:
        """The version to hold against it what was made with `version`: that itself, where it can be computed here."""
        newest = self.whole.version
        return version if version != newest and version in self._by_version else newest

    def of(self, version: str) -> Catalogue:
        """The catalogue of that version. Raises `IncompatibleError` (`features.version`)."""
        found = self._by_version.get(version)
        if found is None:
            raise IncompatibleError(
                "features.version",
                f"This was made with catalogue {version}; here it is {self.whole.version}. Own features of then, in a file, are "
                "named by --own.",
            )
        return found


def _former(schema: Schema) -> Iterator[Schema]:
    """What the schema may have been: the graph keeps no order in which types were declared, so any of them may have been
    the first. Of more than six, those choices that leave the fewest out, and the one of none."""
    declared = [one for one in schema.identifiers if one.label not in FINGRAPH.by_label]
    choices = (some for count in range(len(declared) - 1, 0, -1) for some in combinations(declared, count))
    for some in ((), *islice(choices, MOST_FORMER)):
        yield FINGRAPH.extended(some)


def _over(schema: Schema, own: Own | None) -> Iterator[Catalogue]:
    """The catalogues of a schema of before; own features of a type that it had not were not there."""
    house = catalogue_for(schema)
    yield house
    if own is not None:
        with suppress(UsageError):
            yield parse(own.text, own.name, house)


def catalogues_for(schema: Schema, own: Own | None = None) -> Catalogues:
    """The catalogues over a schema, with own features.

    Raises as `parse` and `lists_read`, `UsageError` (`features.invalid`).
    """
    house = catalogue_for(schema)
    if own is None:
        return Catalogues(house, house, schema)
    if told(own.text, own.name).get("carried"):
        raise UsageError(
            "features.invalid", f"{own.name}: what applications carry is the house's; leave `carried` out."
        )
    whole = parse(own.text, own.name, house)
    lists_read(whole)
    _require_columns(own, house, whole, schema)
    return Catalogues(house, whole, schema, own)


def _require_columns(own: Own, house: Catalogue, whole: Catalogue, schema: Schema) -> None:
    """A column of no application would be missing of everybody, for ever and unnoticed."""
    shown = shape(schema)
    known = {
        *(*shown.numbers, *shown.texts, *(one.label for one in schema.identifiers), *whole.by_name),
        *(column for one in house.definitions for column in one.columns),
    }
    for one in whole.definitions[len(house.definitions) :]:
        for column in one.columns:
            if column not in known and not column.startswith(LIST):
                near = difflib.get_close_matches(column, known, 1)
                raise UsageError(
                    "features.invalid",
                    f"{own.name}, feature '{one.name}': neither applications nor what they name have '{column}'"
                    f"{f'; did you mean {near[0]}?' if near else '; a mapping declares more of what your files hold.'}",
                )
