"""`fingraph demo`: the newest whole, on a simulated lender."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Any

import typer

from cli.output import JsonFlag, Terminal, emit, stdout
from core.clock import DAY, day_us, iso, now_us
from core.errors import FinGraphError, UsageError
from core.graph import Graph, connect
from core.server.local import LocalServer
from core.settings import Settings, load_settings
from queries import statement

SEED, DAYS = 7, 730
"""Two years that end today: fraud is known after 95 days, and windows for training, choosing and judging have such gaps."""
PAST = 7
"""Last days of the simulated lender that get a run of their own, so that rings have a history."""


def demo(
    applications: Annotated[
        int,
        typer.Option(
            help="Applications of the simulated lender; fewer than some 40,000 are too few to learn fraud from."
        ),
    ] = 50_000,
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help="Stop at the end what the demo started.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Start a Neo4j, load a simulated lender, find its rings, train a model, decide about new applications, and show what to look at next."""
    settings = load_settings()
    with Terminal() as terminal:
        told = _Demo(settings, terminal, applications).run(keep=not no_serve)
    if as_json:
        emit(told)
    else:
        _show(told, settings, stopped=no_serve)


class _Demo:
    """One run of the demo: each step is timed, and ends with its counts."""

    def __init__(self, settings: Settings, terminal: Terminal, applications: int) -> None:
        self.settings = settings
        self.terminal = terminal
        self.applications = applications
        self.world = settings.home / "demo"
        self.seconds: dict[str, float] = {}

    def run(self, *, keep: bool) -> dict[str, Any]:
        server = LocalServer(self.settings, self.terminal) if self.settings.is_local else None
        ours = server is not None and not server.is_alive()
        try:
            if server is not None:
                with self._timed("start Neo4j"):
                    server.start()
            return self._steps()
        finally:
            if server is not None and ours and not keep:
                server.stop()

    def _start(self) -> str:
        """The world's first day: so that it ends today; where the graph holds the demo already, that one's."""
        kept = self.world / "start"
        with connect(self.settings) as graph:
            if _only_the_demo(graph) and kept.exists():
                return kept.read_text()
        return str(iso(now_us() - DAYS * DAY))[:10]

    def _steps(self) -> dict[str, Any]:
        from cli.demo_scoring import HELD, hold_back
        from graph_schema.live import live_schema
        from loaders.load import Loader
        from rings import Sort, backfill, list_rings, outcome_shares, run_rings
        from rings.view import last_run
        from simulator import order, simulate

        start = self._start()
        with self._timed("simulate"):
            if self.world.exists():
                shutil.rmtree(self.world)
            wanted = order(self.applications + HELD, start, DAYS, SEED)
            simulate(wanted, self.world, progress=self.terminal)
            (self.world / "start").write_text(start)
            requests = hold_back(self.world, now_us())
        with self._timed("load"):
            report = Loader(self.settings, progress=self.terminal).load(
                self.world / "mapping.toml", self.world
            )
        with connect(self.settings) as graph:
            with self._timed("find rings"):
                if not last_run(graph):
                    end = day_us(start) + DAYS * DAY
                    past = backfill(
                        graph,
                        live_schema(graph),
                        end - PAST * DAY,
                        end - DAY,
                        clock=now_us,
                        progress=self.terminal,
                    )
                    for _ in past:
                        pass
                run = run_rings(graph, live_schema(graph), now_us, self.terminal)
            page = list_rings(graph, sort=Sort.SCORE, limit=5)
            shares = outcome_shares(graph, target="fraud", users=3)
        return {
            "world": str(self.world),
            "start": start,
            "scoring": self._scoring(start, requests),
            "load": asdict(report),
            "rings": run.as_dict(),
            "largest": [asdict(ring) for ring in page.items],
            "fraud": {name: share.as_dict() for name, share in shares.items()},
            "seconds": self.seconds,
        }

    def _scoring(self, start: str, requests: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """The model of fraud and the decisions; where there are too few applications to learn from, why there are none."""
        from cli.demo_scoring import decide, learn
        from risk import target_of

        end = str(iso(day_us(start) + DAYS * DAY - target_of("fraud").maturity))[:10]
        try:
            with self._timed("train"):
                model = learn(self.settings, start, end, self.terminal)
        except FinGraphError as error:
            return {"model": None, "why": error.message, "decided": []}
        with self._timed("score"):
            return {"model": model, "decided": decide(self.settings, requests)}

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.seconds[step] = round(time.monotonic() - began, 1)


def _only_the_demo(graph: Graph) -> bool:
    """Whether the demo's world stands already; another lender's graph is left alone."""
    sources = statement("loads/sources").run(graph)
    if others := [row["source"] for row in sources if row["source"] != "simulated"]:
        raise UsageError(
            "demo.graph_in_use",
            f"This graph holds data of {', '.join(others)}; the demo would mix its own into it.",
            hints=("Run the demo in a home of its own: FINGRAPH_HOME=.fingraph-demo FINGRAPH_PORT_OFFSET=20 make demo",
                   "Or throw the graph away first: fingraph db reset"),
        )  # fmt: skip
    return bool(sources)


def _show(told: dict[str, Any], settings: Settings, *, stopped: bool) -> None:
    from cli.demo_scoring import show

    load, rings, fraud = told["load"], told["rings"], told["fraud"]
    stdout.print(f"\n[bold]Loaded[/bold] {load['accepted']:,} of {load['read']:,} rows ({load['mode']}).")
    stdout.print(
        f"[bold]Found[/bold] {rings['listed']:,} rings, and {rings['rings'] - rings['listed']:,} groups "
        "that share something and are no ring by their score."
    )
    for where, words in (("inside", "in rings of three and more users"), ("outside", "outside them")):
        share = fraud[where]
        if share["known"]:
            stdout.print(f"  fraud {words}: {share['share']:.1%} of {share['known']:,} with a known outcome")
    scoring = told["scoring"]
    if scoring["decided"]:
        show(scoring["decided"])
    else:
        stdout.print(f"[bold]Decided[/bold] nothing: {scoring['why']}")
    stdout.print("  " + ", ".join(f"{step} {seconds} s" for step, seconds in told["seconds"].items()))
    first = told["largest"][0]["key"] if told["largest"] else "ID"
    stdout.print("\n[bold]Look at next[/bold]")
    if stopped:
        stdout.print("  fingraph db start             # the demo stopped the server it had started")
    stdout.print("  fingraph rings list")
    stdout.print(f"  fingraph rings show {first}")
    last = str(iso(day_us(told["start"]) + (DAYS - 1) * DAY))[:10]
    stdout.print(
        f"  fingraph query run new_rings --as-of {last}   # the simulated lender's last day: its week"
    )
    if settings.is_local:
        password = settings.secrets / "neo4j.password"
        stdout.print(
            f"  http://127.0.0.1:{settings.http_port}/browser   # user neo4j, password in {password}"
        )
    stdout.print("    MATCH p = (r:Ring)<-[:MEMBER_OF]-(:Application)-[:USED_DEVICE|GAVE_PHONE|PAID_TO]->()")
    stdout.print(f"    WHERE r.key = '{first}' RETURN p LIMIT 300")
    stdout.print(
        "  fingraph keys create mine --scope score; fingraph serve   # decide about more: docs/scoring.md"
    )
    stdout.print("  fingraph mapping draft FILE   # your own data (after: fingraph db reset)")
