"""The connection to Neo4j: the only module that imports its driver, apart from the local server's own ping."""

from __future__ import annotations

import json
import logging
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

from core.address import no_address, require_address
from core.closing import Closing
from core.errors import FinGraphError, GraphUnavailableError, IncompatibleError, UsageError
from core.records import Bounded, Plan, operator_of, plain
from core.server.local import LocalServer
from core.settings import Settings

# The driver takes a second to import (it brings pandas): commands that ask no graph do without it.
if TYPE_CHECKING:
    from neo4j import Driver, ManagedTransaction
    from neo4j.exceptions import Neo4jError

logging.getLogger("neo4j").setLevel(logging.ERROR)

T = TypeVar("T")
Row = dict[str, Any]

READ_SECONDS = 60.0
WRITE_SECONDS = 300.0
ALONE_SECONDS = 3_600.0
STATEMENT_SHOWN = 60
"""Characters of a refused statement that its error shows; statements hold no values."""
BOUNDED_FETCH = 50
"""Rows that a bounded read asks for at a time."""
TRIES = 8
RETRY_SECONDS = 30.0
"""How long a transaction is tried again while the server is away or others hold its locks."""
RETRY_SECONDS_SHORT = 1.0
"""The same where somebody waits for the reply."""

KEEP_PLAN = "CYPHER replan=skip\n"
"""Begins a statement that somebody waits for: the server keeps its plan though the graph has grown since, in the place of half a
second's planning in his time. `Transaction.anew` is how such plans are renewed."""
_PLAN_ANEW = "CYPHER replan=force\n"


class Transaction:
    """One transaction: statements run in it stand or fall together."""

    def __init__(self, tx: ManagedTransaction, *, anew: bool = False) -> None:
        self._tx = tx
        self._anew = anew

    def anew(self) -> Transaction:
        """The same, in which `KEEP_PLAN` counts for nothing: the server makes its plans by what the graph holds now."""
        return Transaction(self._tx, anew=True)

    def run(self, statement: str, **parameters: object) -> list[Row]:
        """Rows of `statement`, whole in memory: every statement of ours is bounded by a limit or a chunk."""
        if self._anew:
            statement = statement.replace(KEEP_PLAN, _PLAN_ANEW)
        with _noted(statement):
            return [dict(record) for record in self._tx.run(statement, parameters)]


class Graph(Closing):
    """A Neo4j database. Open it with `connect`; close it, or use it in a `with`."""

    def __init__(self, driver: Driver, uri: str, deadline: float | None = None) -> None:
        self._driver = driver
        self.uri = uri
        self._deadline = deadline

    def close(self) -> None:
        """Close every connection."""
        self._driver.close()

    @property
    def driver(self) -> Driver:
        """The driver itself, for libraries that take one (graphdatascience)."""
        return self._driver

    def until(self, deadline: float) -> Graph:
        """This graph for one request: nothing in it goes on, or is tried again, past `deadline` (`time.monotonic()`).

        What it is asked for later raises `GraphUnavailableError` (`graph.timeout`). It shares its connections.
        """
        return Graph(self._driver, self.uri, deadline)

    def read(self, statement: str, *, seconds: float = READ_SECONDS, **parameters: object) -> list[Row]:
        """Rows of one statement in a read transaction of at most `seconds`."""
        return self.in_read(lambda tx: tx.run(statement, **parameters), seconds=seconds)

    def write(self, statement: str, *, seconds: float = WRITE_SECONDS, **parameters: object) -> list[Row]:
        """Rows of one statement in a write transaction of at most `seconds`."""
        return self.in_write(lambda tx: tx.run(statement, **parameters), seconds=seconds)

    def in_read(self, work: Callable[[Transaction], T], *, seconds: float = READ_SECONDS) -> T:
        """Run `work` in one read transaction, again after a passing error."""
        return self._managed(work, "execute_read", seconds)

    def in_write(self, work: Callable[[Transaction], T], *, seconds: float = WRITE_SECONDS) -> T:
        """Run `work` in one write transaction, again after a passing error: `work` must be repeatable."""
        return self._managed(work, "execute_write", seconds)

    def stream(
        self, statement: str, *, seconds: float = WRITE_SECONDS, **parameters: object
    ) -> Iterator[Row]:
        """Rows of one statement one by one, for results that do not fit a list."""
        with self._session() as session, _named_errors(self.uri), _noted(statement):
            tx = session.begin_transaction(timeout=self._left(seconds))
            try:
                for record in tx.run(statement, parameters):
                    yield record.data()
            finally:
                tx.close()

    def implicit(self, statement: str, *, seconds: float = ALONE_SECONDS, **parameters: object) -> list[Row]:
        """Rows of a statement that must be alone (`CALL {…} IN TRANSACTIONS`, schema commands)."""
        from neo4j import Query

        query = Query(statement, timeout=self._left(seconds))
        with self._session() as session, _named_errors(self.uri), _noted(statement):
            return [r.data() for r in session.run(query, parameters)]

    def explain(
        self, statement: str, parameters: Mapping[str, object] | None = None, *, seconds: float = 10.0
    ) -> Plan:
        """How the server would run `statement`; nothing is run.

        Raises `UsageError` (`graph.cypher`) for one that it cannot read, with the kind of the error and its place.
        """
        with self._reading(seconds) as tx, _strangers():
            summary = tx.run("EXPLAIN\n" + statement, dict(parameters or {})).consume()
        return Plan(summary.query_type or "", operator_of(summary.plan) if summary.plan else None)

    def bounded(
        self,
        statement: str,
        parameters: Mapping[str, object] | None = None,
        *,
        seconds: float,
        rows: int,
        size: int,
    ) -> Bounded:
        """The first `rows` rows of `statement`, of at most `size` bytes as JSON, in a read transaction of `seconds`.

        Rows come a few at a time and the rest is never fetched; values are `core.records.plain`. Raises as `explain`.
        """
        kept: list[tuple[Any, ...]] = []
        held = 0
        with self._reading(seconds, fetch=BOUNDED_FETCH) as tx, _strangers():
            result = tx.run(statement, dict(parameters or {}))
            columns = tuple(result.keys())
            for record in result:
                if len(kept) == rows:
                    return Bounded(columns, kept, "rows")
                row = tuple(plain(value) for value in record.values())
                held += len(json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass"))
                if held > size:
                    return Bounded(columns, kept, "bytes")
                kept.append(row)
        return Bounded(columns, kept, None)

    def ping(self) -> None:
        """Raise `GraphUnavailableError` unless the server answers."""
        self.read("RETURN 1 AS one", seconds=10)

    def _session(self, **config: Any) -> Any:
        patience: dict[str, float] = {}
        if self._deadline is not None:
            left = self._left(READ_SECONDS)
            patience = {
                "connection_acquisition_timeout": left,
                "max_transaction_retry_time": min(left, RETRY_SECONDS_SHORT),
            }
        return self._driver.session(database="neo4j", **{"fetch_size": 10_000, **patience, **config})

    def _left(self, seconds: float) -> float:
        """`seconds`, or what is left of them until the deadline."""
        left = seconds if self._deadline is None else min(seconds, self._deadline - time.monotonic())
        if left <= 0:
            raise GraphUnavailableError(
                "graph.timeout", "The time that there was for this is over; ask for less."
            )
        return left

    @contextmanager
    def _reading(self, seconds: float, fetch: int = 10_000) -> Iterator[Any]:
        """A read transaction that is rolled back at the end, whatever is left in it."""
        with (
            _named_errors(self.uri),
            self._session(default_access_mode="READ", fetch_size=fetch) as session,
        ):
            tx = session.begin_transaction(timeout=self._left(seconds))
            try:
                yield tx
            finally:
                tx.close()

    def _managed(self, work: Callable[[Transaction], T], method: str, seconds: float) -> T:
        from neo4j import unit_of_work
        from neo4j.exceptions import ConstraintError

        bounded = unit_of_work(timeout=self._left(seconds))(lambda tx: _within_memory(work, Transaction(tx)))
        for attempt in range(1, TRIES + 1):
            with self._session() as session, _named_errors(self.uri):
                try:
                    return cast(T, getattr(session, method)(bounded))
                except ConstraintError:
                    # Two writers that MERGE the same new node: the loser sees the constraint, and on the
                    # next try the node. The driver counts this as final, so it is retried here.
                    if attempt == TRIES:
                        raise
            time.sleep(0.02 * 2**attempt * random.random())  # noqa: S311 - jitter, not a secret
        raise AssertionError("unreachable: the last try returns or raises")


def _within_memory(work: Callable[[Transaction], T], tx: Transaction) -> T:
    """A lack of memory is no passing error, as the driver takes it for: the same work would lack it again."""
    from neo4j.exceptions import TransientError

    try:
        return work(tx)
    except TransientError as error:
        if "OutOfMemory" in (error.code or ""):
            raise _named(error) from None
        raise


@contextmanager
def _named_errors(uri: str) -> Iterator[None]:
    from neo4j.exceptions import AuthError, DriverError, Neo4jError, ServiceUnavailable, SessionExpired

    try:
        yield
    except AuthError:
        raise GraphUnavailableError(
            "graph.auth",
            f"{uri} refused the user or password.",
            hints=("Set NEO4J_USER and NEO4J_PASSWORD.",),
        ) from None
    except (ServiceUnavailable, SessionExpired) as error:
        raise GraphUnavailableError(
            "graph.unavailable",
            f"No Neo4j answers at {uri}.",
            hints=("Start the local one: fingraph db start", "Or set NEO4J_URI to one that runs."),
        ) from error
    except Neo4jError as error:
        raise _named(error) from None  # its message quotes values
    except DriverError as error:
        raise GraphUnavailableError(
            "graph.driver", f"The connection to {uri} failed ({type(error).__name__})."
        ) from None


@contextmanager
def _noted(statement: str) -> Iterator[None]:
    """Note the beginning of `statement` on what Neo4j says against it; the driver still knows the error."""
    from neo4j.exceptions import Neo4jError

    try:
        yield
    except Neo4jError as error:
        code = (line for line in statement.splitlines() if not line.lstrip().startswith("//"))
        error.add_note(" ".join(" ".join(code).split())[:STATEMENT_SHOWN])
        raise


@contextmanager
def _strangers() -> Iterator[None]:
    """A statement that a person wrote: what Neo4j says against it tells the kind and the place, and no word of it."""
    from neo4j.exceptions import Neo4jError

    try:
        yield
    except Neo4jError as error:
        code = error.code or ""
        if re.match(r"Neo\.(Client|Database)Error\.(Statement|Procedure)\.", code) is None:
            raise
        found = re.search(r"\(line (\d+), column (\d+)", str(error.message))
        # Line 1 is the word EXPLAIN, which is put before the statement.
        place = f" at line {max(1, int(found[1]) - 1)}, column {found[2]}" if found else ""
        raise UsageError("graph.cypher", f"Neo4j cannot run this: {code.split('.')[-1]}{place}.") from None


def _named(error: Neo4jError) -> FinGraphError:
    code = error.code or "unknown"
    if "TransactionTimedOut" in code:
        return GraphUnavailableError(
            "graph.timeout", "The statement took longer than it may; narrow it, or look at the server's load."
        )
    if "ConstraintValidation" in code:
        # Its message quotes the value that clashed.
        return UsageError("graph.constraint", "Another node with this key exists already.")
    if "OutOfDisk" in code or "No space left" in str(error.message):
        return GraphUnavailableError("graph.disk_full", "Neo4j's disk is full; free space and run again.")
    if "MemoryPoolOutOfMemory" in code or "OutOfMemory" in code:
        return GraphUnavailableError(
            "graph.memory", "Neo4j ran out of memory; raise FINGRAPH_NEO4J_HEAP_MB and restart it."
        )
    if "EquivalentSchemaRuleAlreadyExists" in code or "ConstraintAlreadyExists" in code:
        return FinGraphError("graph.schema_exists", "This constraint or index exists already.")
    begins = "".join(f": {note} …" for note in getattr(error, "__notes__", ())[:1])
    return FinGraphError("graph.statement", f"Neo4j refused a statement ({code}){begins}.")


def password_of(settings: Settings) -> str:
    """The password of the graph that `settings` name; raises `GraphUnavailableError` (`graph.no_password`)."""
    if settings.neo4j_password is not None:
        return settings.neo4j_password
    path = settings.secrets / "neo4j.password"
    if settings.neo4j_uri is not None or not path.exists():
        raise GraphUnavailableError(
            "graph.no_password",
            f"No password is known for {settings.uri}.",
            hints=("Start the local server: fingraph db start", "Or set NEO4J_PASSWORD."),
        )
    return path.read_text().strip()


def connect(settings: Settings, *, half_made: bool = False) -> Graph:
    """Open the graph that `settings` name; nothing is sent until it is used.

    Raises `UsageError` (`server.uri`) when NEO4J_URI is no address, `GraphUnavailableError`
    (`graph.no_password`) when no password is known, and `IncompatibleError` (`graph.half_made`) when a bulk
    load into the local graph did not end, unless `half_made` says that the caller is that load.
    """
    require_address(settings.uri)
    if settings.is_local and not half_made and LocalServer(settings).import_marker.exists():
        raise IncompatibleError(
            "graph.half_made",
            "A bulk load into this graph was interrupted or is under way; what is there is not whole.",
            hints=("Run the load again; it begins anew.", "Or throw the graph away: fingraph db reset"),
        )
    password = password_of(settings)
    from neo4j import GraphDatabase, NotificationMinimumSeverity
    from neo4j.exceptions import ConfigurationError

    try:
        driver = GraphDatabase.driver(
            settings.uri,
            auth=(settings.neo4j_user, password),
            notifications_min_severity=NotificationMinimumSeverity.OFF,
            connection_timeout=10,
            max_transaction_retry_time=RETRY_SECONDS,
            keep_alive=True,
            user_agent="fingraph",
        )
    except (ConfigurationError, ValueError):
        raise no_address() from None
    return Graph(driver, settings.uri)
