"""`POST /v1/score` over HTTP on graphs of one and ten million nodes, with everything on this machine: client, server, Neo4j.

Applications are the last of a simulated lender's, which were not loaded: raw values as their phones and cards would be sent.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import polars as pl

from benchmarks.command import own_home, run_fingraph
from benchmarks.goal import Figure
from benchmarks.large import environment_of, served, wait_for
from benchmarks.neighbourhood import carry
from benchmarks.open_loop import Caller, Load
from benchmarks.results import ROOT, pace_ms
from benchmarks.simulated import World, world
from benchmarks.world import described, write_tables
from cli.demo_scoring import request_of
from cli.output import Terminal
from core.clock import iso
from core.graph import connect
from core.server.local import LocalServer
from core.settings import Settings
from features import catalogue_for
from features.online import Online
from graph_schema import FINGRAPH
from graph_schema.live import live_schema
from registry import Card, Registry
from risk import target_of, train
from risk.amount import train_amount
from risk.parts import AMOUNT

PORT_OFFSET = 580
CHAMPIONS = ""
"""A folder that keeps the champions between trials."""
SEED = 13
SMALL = 10
"""The small graph has so many times fewer applications."""
HELD_BACK = 24_000
TRAINED_ON = 60_000
RATE, SECONDS = 10, 90
STEPS = (20, 30, 40, 50, 60, 80, 100)
STEP_SECONDS = 45
"""So long that a stall of a quarter of a second, once, is not a hundredth of it."""
SUSTAINED_MS = 100.0
WORKERS = 2
"""Processes of the API, one a core."""
KEYS = 4
"""Of the API: one key has an allowance of 50 requests a second."""
FIRST_RATE = 0.5
"""Requests a second that each load five models."""
MORE_ROUNDS, MORE_RATE = 9, 4.0
"""How often all are asked for again before it is measured, each time by other connections: they fall to the workers by chance, and of
forty fives hardly one is then new to one of two."""
MANY = 200
"""Models that are registered beside the champions."""
TARGETS = ("fraud", "approval", "disbursement", "overdue", "ability")
BUSY = ("ip", "employer", "device_id")


def measure_serving(size: int) -> Mapping[str, Figure]:
    """Milliseconds and requests a second of scoring at two sizes of graph."""
    with _champions() as place, Terminal() as terminal:
        terminal.step("Training champions")
        if not (Path(place) / "models").exists():
            keep_champions(Path(place), world(TRAINED_ON, SEED))
        small = _at(size // SMALL, Path(place), terminal, whole=False)
        large = _at(size, Path(place), terminal, whole=True)
    ordinary, rate = large["ordinary"], _sustained(large)
    told = {name: one.details() for name, one in large.items() if isinstance(one, Load)}
    told |= {"ready_s": large["ready_s"], "small": small["ordinary"].details()}
    data = f"{described(size)}, {large['nodes']:,} nodes; {RATE}/s open loop, 5 champions, policy, reasons"
    return {
        "score_p50_ms": Figure(ordinary.p50, data, told),
        "score_p99_ms": Figure(ordinary.p99, data, told),
        "score_walk_ratio": Figure(large["busy"].p99 / ordinary.p99, data, told),
        "score_sustained": Figure(rate, data, told),
        "score_growth": Figure(ordinary.p99 / small["ordinary"].p99, data, told),
        "score_beside_rings": Figure(large["rings"].p99 / ordinary.p99, data, told),
        "score_many_models": Figure(large["models_any"].p50 / large["models_same"].p50, data, told),
        "score_first_ratio": Figure(large["first"].p50 / ordinary.p99, data, told),
    }


@contextmanager
def _champions() -> Iterator[str]:
    """Where champions are kept: a folder of its own, or the one that somebody keeps between trials."""
    if CHAMPIONS:
        Path(CHAMPIONS).mkdir(parents=True, exist_ok=True)
        yield CHAMPIONS
        return
    with tempfile.TemporaryDirectory(prefix="fingraph-champions-") as place:
        yield place


def _sustained(told: Mapping[str, Any]) -> float:
    held = [
        rate
        for rate in STEPS
        if f"at_{rate}" in told and told[f"at_{rate}"].p99 <= SUSTAINED_MS and not told[f"at_{rate}"].failed
    ]
    return float(max(held, default=0))


def keep_champions(home: Path, made: World) -> None:
    """Five champions and the model of own attributes, trained as `fingraph train` does, without ladder and report."""
    registry, version = Registry(home / "models"), catalogue_for(FINGRAPH).version
    for name in (*TARGETS, "amount"):
        training = made.training(target_of(name))
        if name == "amount":
            amounts = train_amount(training)
            model, kind, windows = amounts.model, AMOUNT, amounts.windows
        else:
            found = train(training)
            model, kind, windows = found.model, found.model.kind, found.windows  # type: ignore[assignment]
        card = Card(
            name, kind, version, model.encoding.features, str(iso(0)), str(iso(0)), str(iso(0)), 0.0, 0, "bench",
            {name: one.frame.height for name, one in windows.items()}, {}, {"holds": True, "mutants": {}},
        )  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            model.write(Path(folder))
            kept = registry.register(name, Path(folder), card)
        registry.promote(name, kept.version)


def keep_many(home: Path) -> list[str]:
    """Two hundred names beside the champions: as many lenders' own, each of files of its own. → their names"""
    registry, names = Registry(home / "models"), [f"{TARGETS[i % 5]}-lender{i // 5:02d}" for i in range(MANY)]
    for name in names:
        card, folder, _ = registry.find(name.partition("-")[0])
        with tempfile.TemporaryDirectory() as copied:
            shutil.copytree(folder, copied, dirs_exist_ok=True)
            made = registry.register(name, Path(copied), replace(card, lender=name.partition("-")[2]))
        registry.promote(name, made.version)
    return names


def _at(size: int, champions: Path, terminal: Terminal, *, whole: bool) -> dict[str, Any]:
    with own_home(PORT_OFFSET) as settings:
        folder = settings.home / "world"
        mapping = write_tables(size, folder, terminal, ("applications", "outcomes"))
        bodies, busy = _held_back(folder)
        LocalServer(settings, terminal).start()
        run_fingraph(settings, "load", str(mapping), "--data", str(folder), "--mode", "bulk")
        with connect(settings) as graph:
            terminal.step("Carrying")
            schema = live_schema(graph)
            carry(graph, Online(schema, catalogue_for(schema)))
            nodes = graph.read("MATCH (n) RETURN count(n) AS n", seconds=300)[0]["n"]
        if whole:
            run_fingraph(settings, "rings", "run")
        (settings.home / "models").symlink_to(champions / "models")
        run_fingraph(settings, "policy", "promote", str(ROOT / "examples" / "policy.toml"))
        tokens = [
            run_fingraph(settings, "keys", "create", f"bench{i}", "--scope", "score").result["token"]
            for i in range(KEYS)
        ]
        terminal.step("Scoring")
        began = time.monotonic()
        with served(settings, WORKERS) as (url, server):
            wait_for(lambda: _all_ready(url), server)
            told: dict[str, Any] = {"nodes": nodes, "ready_s": round(time.monotonic() - began, 1)}
            caller = Caller(url, tokens, bodies)
            told["first"] = caller.load(1, 1)
            told["started"] = _paced(lambda: caller.load(RATE, SECONDS))
            told["ordinary"] = _paced(lambda: caller.load(RATE, SECONDS))
            if whole:
                told["busy"] = _paced(lambda: caller.load(RATE, SECONDS, busy))
                told |= _of_many(caller, keep_many(settings.home))
                for rate in STEPS:
                    told[f"at_{rate}"] = _paced(partial(caller.load, rate, STEP_SECONDS))
                    if told[f"at_{rate}"].p99 > 5 * SUSTAINED_MS:
                        break
                    time.sleep(2)
                told["rings"] = _paced(lambda: _beside_rings(settings, caller))
    return told


def _paced(work: Callable[[], Load]) -> Load:
    """A load, and the machine's pace before and after it."""
    before = pace_ms()
    load = work()
    load.pace_ms = (before, pace_ms())
    return load


def _all_ready(url: str) -> bool:
    """Whether each of the workers says that it is: connections that are opened anew fall to one of them by chance."""
    return all(
        httpx.get(f"{url}/readyz", timeout=30).status_code == httpx.codes.OK for _ in range(10 * WORKERS)
    )


def _of_many(caller: Caller, names: Sequence[str]) -> dict[str, Load]:
    """Requests that ask for five models more: always the same, and any of the many; before that each was asked for often enough that
    all workers have it, as models are loaded when they are first asked for."""
    dice = random.Random(SEED)  # noqa: S311 - a choice, not a secret
    fives = [names[i : i + 5] for i in range(0, len(names), 5)]
    first = _ask_all(caller, fives, FIRST_RATE)
    for place in range(1, 1 + MORE_ROUNDS):
        _ask_all(caller, [*fives[place:], *fives[:place]], MORE_RATE)
    same = [caller.body(names[:5]) for _ in range(RATE * SECONDS)]
    of_all = [caller.body(dice.sample(names, 5)) for _ in range(RATE * SECONDS)]
    return {
        "models_first": first,
        "models_same": _paced(partial(caller.load, RATE, SECONDS, same)),
        "models_any": _paced(partial(caller.load, RATE, SECONDS, of_all)),
    }


def _ask_all(caller: Caller, fives: Sequence[Sequence[str]], rate: float) -> Load:
    bodies = [caller.body(five) for five in fives]
    return _paced(lambda: caller.load(rate, len(fives) / rate, bodies))


def _beside_rings(settings: Settings, caller: Caller) -> Load:
    """Requests while `fingraph rings run` works, from its start to its end."""
    run = subprocess.Popen(
        [sys.executable, "-m", "cli", "rings", "run", "--json"],
        env=environment_of(settings),
        stdout=subprocess.DEVNULL,
    )
    try:
        return caller.load(RATE, 600, until=lambda: run.poll() is not None)
    finally:
        run.wait(600)


def _held_back(folder: Path) -> tuple[list[bytes], list[bytes]]:
    """Take the last applications out of the files: as bodies of requests; and again with identifiers that many share."""
    path = folder / "applications.parquet"
    frame = pl.read_parquet(path).sort("arrival")
    late, early = frame.tail(HELD_BACK), frame.head(frame.height - HELD_BACK)
    early.write_parquet(path)
    known = set(early["application_id"].to_list())
    outcomes = pl.read_parquet(folder / "outcomes.parquet")
    outcomes.filter(pl.col("application_id").is_in(known)).write_parquet(folder / "outcomes.parquet")
    dice = random.Random(SEED)  # noqa: S311 - a choice, not a secret
    rows = late.to_dicts()
    shared = {name: _busiest(early[name]) for name in BUSY}
    busy = [
        {**row, "application_id": f"B{i}", **{name: dice.choice(some) for name, some in shared.items()}}
        for i, row in enumerate(rows[: RATE * SECONDS + 10])
    ]
    return [_body(row) for row in rows], [_body(row) for row in busy]


def _busiest(values: pl.Series) -> list[str]:
    """Those that two hundred to a thousand applications name, and as many that more do: nearly hubs, and hubs."""
    counts = values.drop_nulls().value_counts().sort("count", descending=True)
    name = values.name
    return (
        counts.filter(pl.col("count") >= min(200, counts["count"][min(50, counts.height - 1)]))[name]
        .head(100)
        .to_list()
    )


def _body(row: Mapping[str, Any]) -> bytes:
    return json.dumps(request_of(row, "bench"), ensure_ascii=False).encode()


if __name__ == "__main__":
    measured = measure_serving(int(sys.argv[1]))
    sys.stdout.write(
        json.dumps({name: [one.value, one.details] for name, one in measured.items()}, indent=1) + "\n"
    )
