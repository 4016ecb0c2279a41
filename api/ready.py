"""Whether a server can answer well: its parts, looked at in the background, and made warm before it says yes.

The first request after a restart of the database took 13.7 s where nothing was warm (no plans, an empty page cache).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from api.warm import settle, warm_pages, warm_plans
from core.errors import FinGraphError, IncompatibleError, SqlUnavailableError
from core.graph import Graph
from core.settings import Settings
from core.sql import Sql, sql_status
from graph_schema import Schema
from graph_schema.live import stored_state
from loaders.hashing import Hasher

LOOK_SECONDS = 2.0
"""Between two looks."""
WARM_SECONDS = 60.0
"""Longest time that warming takes; what is not warm by then warms as it is used."""
PING_SECONDS = 5.0
NOT_YET = "ready.not_yet"

_log = logging.getLogger("fingraph.ready")


@dataclass(frozen=True)
class Part:
    """A part, and why it is not ready: the code of an error."""

    name: str
    code: str | None

    @property
    def ready(self) -> bool:
        """Whether it is."""
        return self.code is None


PARTS = ("sql", "graph", "schema", "scoring", "page_cache", "plans")
"""In the order in which they are warmed: what decides comes first, since decisions are asked for while the rest is cold, and would be
made without the graph for minutes."""


class Readiness:
    """Looks at the parts every few seconds, in a thread of its own."""

    def __init__(  # noqa: PLR0917
        self, graph: Graph, sql: Sql, settings: Settings, hasher: Hasher, schema_of: Callable[[Graph], Schema],
        warm_scoring: Callable[[], None],
    ) -> None:  # fmt: skip
        self._graph = graph
        self._sql = sql
        self._settings = settings
        self._hasher = hasher
        self._schema_of = schema_of
        self._warm_scoring = warm_scoring
        self._lock = threading.Lock()
        self._codes: dict[str, str | None] = dict.fromkeys(PARTS, NOT_YET)
        self._looked_at = 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="fingraph-ready", daemon=True)

    def parts(self) -> list[Part]:
        """The parts as they were last seen; all are unknown when nobody could look for long."""
        with self._lock:
            stale = time.monotonic() > self._looked_at + WARM_SECONDS + PING_SECONDS
            return [Part(name, NOT_YET if stale else code) for name, code in self._codes.items()]

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join(PING_SECONDS)

    def _watch(self) -> None:
        while not self._end.is_set():
            self.look()
            self._end.wait(LOOK_SECONDS)

    def look(self) -> None:
        """Look at each part once, and warm what is cold. A database that went away is cold when it comes back."""
        before = {part.name: part.code for part in self.parts()}
        self._see("sql", self._check_sql)
        up = self._see("graph", lambda: self._graph.until(time.monotonic() + PING_SECONDS).ping())
        if not up:
            for name in PARTS[2:]:
                self._set(name, NOT_YET)
        elif self._see("schema", self._check_schema):
            for name, warm in zip(
                PARTS[3:], (self._warm_scoring, self._warm_pages, self._warm_plans), strict=True
            ):
                if self._codes[name] is not None:
                    self._see(name, warm)
        for part in self.parts():
            if part.code != before[part.name]:
                fields = {"part": part.name, "code": part.code}
                _log.info("ready" if part.ready else "not ready", extra={"fields": fields})

    def _see(self, name: str, look: Callable[[], None]) -> bool:
        try:
            look()
        except FinGraphError as error:
            self._set(name, error.code)
            return False
        except Exception as error:  # noqa: BLE001 - a look that fails must not be the last one
            _log.error("failed", extra={"fields": {"part": name, "error": type(error).__name__}})
            self._set(name, "internal")
            return False
        self._set(name, None)
        return True

    def _set(self, name: str, code: str | None) -> None:
        with self._lock:
            self._codes[name] = code
            self._looked_at = time.monotonic()

    def _check_sql(self) -> None:
        if not sql_status(self._settings).up_to_date:
            raise SqlUnavailableError(
                "sql.outdated", "The SQL database lacks tables; run: fingraph sql upgrade"
            )

    def _check_schema(self) -> None:
        graph = self._graph.until(time.monotonic() + PING_SECONDS)
        self._schema_of(graph)
        state = stored_state(graph)
        if state is not None and state["hash_key_id"] not in (None, self._hasher.key_id):
            raise IncompatibleError(
                "ready.hash_key", "The graph was hashed with another key than this server holds."
            )

    def _warm_plans(self) -> None:
        graph = self._graph.until(time.monotonic() + WARM_SECONDS)
        warm_plans(graph, self._schema_of(graph))
        settle()

    def _warm_pages(self) -> None:
        warm_pages(self._graph.until(time.monotonic() + WARM_SECONDS))
