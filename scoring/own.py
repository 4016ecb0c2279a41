"""A home's own features: those that `features.toml` in it declares beside the house's, for its commands and its server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.errors import IncompatibleError
from core.settings import Settings
from features import Catalogue, catalogue_for
from graph_schema import Schema

FILE = "features.toml"


def own_features(settings: Settings) -> Path | None:
    """The file of a home's own features, if there is one."""
    file = settings.home / FILE
    return file if file.exists() else None


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


def catalogues_for(schema: Schema, own: Path | None = None) -> Catalogues:
    """The catalogues over a schema, with the own features of a file. Raises as `features.catalogue_for`."""
    house = catalogue_for(schema)
    return Catalogues(house, house if own is None else catalogue_for(schema, own))
