"""One home: its graph, its snapshot, and what is computed of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import polars as pl

from core.clock import duration_us, moment_us
from core.closing import Closing
from core.graph import Graph, connect
from core.settings import Settings, load_settings
from features import Catalogue
from features.dataset import Wanted, training_table
from graph_schema.live import live_schema
from policy.list_columns import with_lists
from scoring.own import catalogues_for, own_features
from snapshot.columns import Columns
from snapshot.export import export
from snapshot.manifest import Manifest, require_manifest
from snapshot.read import read_columns


class FinGraph(Closing):
    """A home of FinGraph. Close it, or use it in a `with`; nothing is read before it is asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def close(self) -> None:
        """Close the connection to the graph, where there is one."""
        if "graph" in self.__dict__:
            self.graph.close()

    @cached_property
    def graph(self) -> Graph:
        """The graph itself, for Cypher: `home.graph.read("MATCH …")`."""
        return connect(self.settings)

    def export(self) -> Manifest:
        """Bring the snapshot up to what the graph holds; raises as `snapshot.export.export`."""
        return export(self.graph, live_schema(self.graph), self.settings.snapshot)

    def columns(self, *, keys: bool = True) -> Columns:
        """The snapshot's facts as columns, in the order of facts; raises `NotFoundError` (`snapshot.missing`)."""
        return read_columns(self.settings.snapshot, keys=keys)

    def catalogue(self, own: Path | None = None) -> Catalogue:
        """The features over this graph's identifiers, with those of a file of your own; by default the home's `features.toml`."""
        return catalogues_for(self._manifest.schema, own_features(self.settings, own)).whole

    def training_table(
        self,
        target: str,
        first: str,
        end: str,
        *,
        maturity: str = "90d",
        features: Sequence[str] | None = None,
        own: Path | None = None,
        threads: int = 2,
    ) -> pl.DataFrame:
        """Features and labels of the applications known from `first` until before `end`, in the order of facts.

        Days are written `2025-01-31`, moments `2025-01-31T09:30:00Z`. Labels are what was known of `target`
        `maturity` after each application. Raises `NotFoundError` (`snapshot.missing`, `dataset.target`,
        `dataset.empty`, `features.unknown`), `UsageError` (`dataset.window`, `moment.invalid`).
        """
        made = self._manifest
        wanted = Wanted(
            target,
            moment_us(first),
            moment_us(end),
            duration_us(maturity),
            made.watermark,
            None if features is None else tuple(features),
        )
        folder, catalogue = self.settings.snapshot, self.catalogue(own)
        columns = with_lists(read_columns(folder, made, keys=True), catalogue, folder, made, self.settings)
        return training_table(columns, catalogue, wanted, threads)

    @property
    def _manifest(self) -> Manifest:
        return require_manifest(self.settings.snapshot)


def open_home(home: Path | str | None = None) -> FinGraph:
    """The home at a path; by default that of the settings (`FINGRAPH_HOME`, `.fingraph`).

    Raises `UsageError` (`settings.invalid`).
    """
    settings = load_settings()
    return FinGraph(settings if home is None else replace(settings, home=Path(home).expanduser().absolute()))
