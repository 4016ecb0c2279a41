"""A home's own features: those that `features.toml` in it declares beside the house's, for its commands and its server."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from core.errors import IncompatibleError, UsageError
from core.settings import Settings
from features import Catalogue, catalogue_for
from features.catalogue import parse
from graph_schema import Schema
from policy.list_columns import LIST, lists_read
from snapshot.shape import shape

FILE = "features.toml"


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
    """What a home computes. Its own features are added to the house's and change none of them, so models and decisions of before
    there were any stand."""

    house: Catalogue
    whole: Catalogue
    """With its own; the house's where it has none."""

    @property
    def carried(self) -> str:
        """The version under which applications carry what they carry: it is another only where other features are carried."""
        return (self.house if self.whole.carried == self.house.carried else self.whole).version

    @property
    def versions(self) -> frozenset[str]:
        """Of what can be computed here."""
        return frozenset({self.house.version, self.whole.version})

    def held_against(self, version: str) -> str:
        """The version to hold against it what was made with `version`: that itself, where it can be computed here."""
        return version if version in self.versions else self.whole.version

    def of(self, version: str) -> Catalogue:
        """The catalogue of that version. Raises `IncompatibleError` (`features.version`)."""
        for one in (self.whole, self.house):
            if one.version == version:
                return one
        raise IncompatibleError(
            "features.version",
            f"This was made with catalogue {version}; here it is {self.whole.version}. Own features of then, in a file, are "
            "named by --own.",
        )


def catalogues_for(schema: Schema, own: Own | None = None) -> Catalogues:
    """The catalogues over a schema, with own features.

    Raises `UsageError` (`features.invalid`) and as `lists_read`.
    """
    house = catalogue_for(schema)
    if own is None:
        return Catalogues(house, house)
    try:
        whole = parse(own.text, own.name, house)
    except (AttributeError, TypeError, ValueError) as error:
        raise UsageError(
            "features.invalid",
            f"{own.name}: [[view]] and [[feature]] are tables whose names, measure and columns are texts ({error}).",
        ) from error
    lists_read(whole)
    _require_columns(own, house, whole, schema)
    return Catalogues(house, whole)


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
