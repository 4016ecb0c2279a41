"""The graph's schema, asked for again every few seconds: a load may declare more."""

from __future__ import annotations

import threading
import time

from core.errors import GraphUnavailableError
from core.graph import Graph
from graph_schema import FINGRAPH, Schema
from graph_schema.live import live_schema

SECONDS = 10.0
LOOK_SECONDS = 0.5
"""What a look may take where the last schema known would do."""


class Schemas:
    """Many threads may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: tuple[float, Schema] | None = None
        self._looked = -SECONDS

    def of(self, graph: Graph) -> Schema:
        """The schema of `graph`, the same object as long as it says the same; raises what `live_schema` raises."""
        with self._lock:
            held = self._held
        if held is not None and time.monotonic() < held[0] + SECONDS:
            return held[1]
        asked, schema = time.monotonic(), live_schema(graph)
        with self._lock:
            if self._held is not None and self._held[1] == schema:
                schema = self._held[1]
            self._held = (asked, schema)
        return schema

    def known(self, graph: Graph) -> Schema:
        """As `of`; the last one known where the graph is away, which is then not asked again for `SECONDS`."""
        with self._lock:
            last = FINGRAPH if self._held is None else self._held[1]
            if time.monotonic() < self._looked + SECONDS:
                return last
            self._looked = time.monotonic()
        try:
            return self.of(graph.until(time.monotonic() + LOOK_SECONDS))
        except GraphUnavailableError:
            return last
