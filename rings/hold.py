"""The right to run: one run at a time in a graph, whoever starts it and wherever.

The run's own node carries it. Runs are numbered, the next one after the last that finished, and the node's key
is unique, so two that start together meet on the same node; its write lock lets one through. The holder renews
a lease on the server's clock. A run that fails gives its lease back; one that was killed loses it after
`LEASE_SECONDS`. Every write of a run renews the lease in its own transaction, so a run that lost it can write
no more.
"""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from core.clock import SECOND, Clock
from core.errors import BusyError, FinGraphError, GraphUnavailableError
from core.graph import WRITE_SECONDS, Graph, Transaction
from queries import statement

T = TypeVar("T")

LEASE_SECONDS = 60
LEASE_US = LEASE_SECONDS * SECOND


class Hold:
    """The right to run number `run`, until it is finished, abandoned or lost."""

    def __init__(self, graph: Graph, run: int, holder: str, *, leftovers: bool) -> None:
        self._graph = graph
        self._holder = holder
        self.run = run
        self.leftovers = leftovers
        """Whether an earlier attempt at this run may have left something."""

    @property
    def _key(self) -> str:
        return str(self.run)

    def write(self, work: Callable[[Transaction], T], *, seconds: float = WRITE_SECONDS) -> T:
        """Run `work` in one transaction that stands only while the right does.

        Raises `BusyError` (`rings.lost`) when another run has taken over.
        """

        def held(tx: Transaction) -> T:
            self._renew(tx)
            return work(tx)

        return self._graph.in_write(held, seconds=seconds)

    def finish(
        self,
        work: Callable[[Transaction], None],
        known: Callable[[], dict[str, int]],
        *,
        finished_at: int,
        **about: int | bool,
    ) -> tuple[int, bool]:
        """Do the last of the work and make the run visible, in one transaction.

        Returns from when it is known (µs), and whether that was still to come, for the sake of arrivals.

        `known` says so when all else is written, and `about` what else `rings/finish` notes of the run. When the reply
        to its commit is lost, it is tried again, and a run that turns out finished is.
        """
        tried = False
        told = (0, False)

        def last(tx: Transaction) -> tuple[int, bool]:
            nonlocal tried, told
            if tried and statement("rings/finished").within(tx, key=self._key, finished_at=finished_at):
                return told
            tried = True
            self._renew(tx)
            work(tx)
            held = {"key": self._key, "holder": self._holder, "finished_at": finished_at}
            done = statement("rings/finish").within(tx, **held, **known(), **about)[0]
            told = done["known_at"], done["waits"]
            return told

        try:
            return self._graph.in_write(last, seconds=4 * WRITE_SECONDS)
        except GraphUnavailableError as error:
            if not tried or error.code != "graph.unavailable":
                raise
            return self._graph.in_write(last, seconds=4 * WRITE_SECONDS)

    def abandon(self) -> None:
        """Leave no trace of the run."""
        statement("rings/abandon").run(self._graph, key=self._key, holder=self._holder)

    def release(self) -> None:
        """Let the next run start at once; it removes what this one left."""
        # Without the server there is nobody to tell; the lease runs out by itself.
        with contextlib.suppress(FinGraphError):
            statement("rings/release").run(self._graph, key=self._key, holder=self._holder)

    def renew(self) -> None:
        """Renew the lease; raises as `write`."""
        self._graph.in_write(self._renew, seconds=LEASE_SECONDS)

    def _renew(self, tx: Transaction) -> None:
        held = statement("rings/hold").within(tx, key=self._key, holder=self._holder, lease_us=LEASE_US)
        if not held:
            raise BusyError("rings.lost", "Another run took over, since this one had stopped for too long.")


@contextmanager
def hold_run(graph: Graph, clock: Clock) -> Iterator[Hold]:
    """Hold the right to run while the block lasts; leaving it by an error releases it.

    Raises `BusyError` (`rings.busy`) when another run holds it.
    """
    hold = _claim(graph, clock)
    stop = threading.Event()
    beat = threading.Thread(target=_beat, args=(hold, stop), name="rings-lease", daemon=True)
    beat.start()
    try:
        yield hold
    except BaseException:
        _stop(beat, stop)
        hold.release()
        raise
    _stop(beat, stop)


def _stop(beat: threading.Thread, stop: threading.Event) -> None:
    stop.set()
    beat.join()


def _beat(hold: Hold, stop: threading.Event) -> None:
    while not stop.wait(LEASE_SECONDS / 4):
        try:
            hold.renew()
        except BusyError:
            return
        except FinGraphError:
            # The server may be back before the lease is over; the run's own statements tell if it is not.
            continue


def _claim(graph: Graph, clock: Clock) -> Hold:
    holder = uuid.uuid4().hex
    started_at = clock()

    def work(tx: Transaction) -> Hold:
        last = statement("rings/last_run").within(tx)
        run = last[0]["run"] + 1 if last else 1
        key = str(run)
        statement("rings/ask").within(tx, key=key, run=run, holder=holder, started_at=started_at)
        claimed = statement("rings/claim").within(
            tx, key=key, holder=holder, started_at=started_at, lease_us=LEASE_US
        )
        if not claimed:
            raise BusyError(
                "rings.busy",
                "Another run of the ring finder is under way.",
                hints=(f"Wait for it; if it was killed, it is out of the way in {LEASE_SECONDS} seconds.",),
            )
        return Hold(graph, run, holder, leftovers=claimed[0]["leftovers"])

    return graph.in_write(work)
