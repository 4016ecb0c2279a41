"""The graph's schema, asked for again every few seconds: a load may declare more."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from pathlib import Path

from core.errors import FinGraphError, GraphUnavailableError
from core.files import write_whole
from core.graph import Graph
from graph_schema import FINGRAPH, Schema
from graph_schema.live import extended_by, extensions, live_schema
from scoring.beside import Beside

SECONDS = 10.0
LOOK_SECONDS = 0.5
"""What the first look may take where a file would do."""

SCHEMA = "schema.json"
"""What mappings declared, below the home: for a start while the graph is away."""

_log = logging.getLogger("fingraph.schema")


class Schemas:
    """Many threads may ask."""

    def __init__(self, place: Path | None = None) -> None:
        """`place`: a file that keeps what mappings declared, for a start while the graph is away."""
        self._place = place
        self._lock = threading.Lock()
        self._held: tuple[float, Schema] | None = None
        self._looked = -SECONDS
        self._beside = Beside("fingraph-schema")

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
            new = self._held is None or self._held[1] is not schema
            self._held = (asked, schema)
        if new and self._place is not None:
            try:
                write_whole(self._place, extensions(schema))
            except (OSError, FinGraphError) as error:  # it is for the next start; this one knows
                _log.error("not kept", extra={"fields": {"error": type(error).__name__}})
        return schema

    def known(self, graph: Graph) -> Schema:
        """The last one known, which is looked at again beside the requests every `SECONDS`: a graph that is frozen keeps none of them.
        Only the first look is waited for. Raises `GraphUnavailableError` where none was ever known: what mappings declared
        must not be taken for a mistake."""
        with self._lock:
            held, due = self._held, time.monotonic() >= self._looked + SECONDS
            if due:
                self._looked = time.monotonic()
        if held is not None:
            if due:
                self._beside.run(lambda: self._again(graph))
            return held[1]
        try:
            return self.of(graph.until(time.monotonic() + LOOK_SECONDS))
        except GraphUnavailableError:
            if self._place is None or not self._place.exists():
                raise
        schema = extended_by(FINGRAPH, self._place.read_text("utf-8"))
        with self._lock:
            if self._held is None:
                self._held = (-SECONDS, schema)  # and the graph is asked as soon as it may be
            return self._held[1]

    def _again(self, graph: Graph) -> None:
        with suppress(GraphUnavailableError):
            self.of(graph.until(time.monotonic() + SECONDS))
