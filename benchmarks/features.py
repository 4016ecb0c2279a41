"""How fast features are computed: the whole catalogue of a simulated world, ten million coded applications, and one.

`python -m benchmarks.features world|coded|one SIZE` measures in this process and prints JSON; goals call it in
processes of their own, so that memory is what this alone took.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.columns import columns_of_world
from benchmarks.goal import Figure
from benchmarks.part import measured_apart, peak_mb
from benchmarks.world import DAYS, SEED, START, described
from features import application_positions, compute, house_catalogue, prepare, with_carried
from features.catalogue import Catalogue, parse
from features.neighbourhood import neighbourhood
from simulator import order, simulate
from snapshot.columns import I64, NEVER, Columns, Outcomes, Relation

THREADS = 2
IDENTIFIERS = 6
SINGLE = 2_000
"""Applications computed one at a time."""
WORLD = 50_000
"""Applications of the world that these are taken of."""


def measure_world(size: int) -> Mapping[str, Figure]:
    """Minutes for carried values, lines and the whole catalogue of a world, and the peak of the process."""
    told = measured_apart("benchmarks.features", "world", str(size))
    data = f"{described(size)}, {told['variants']:,} variants, {THREADS} threads"
    return {
        "catalogue_minutes": Figure(told["seconds"] / 60, data, told),
        "catalogue_memory": Figure(told["peak_mb"] / 1024, data, told),
    }


def measure_coded(size: int) -> Mapping[str, Figure]:
    """Seconds for lines and 30 features of synthetic coded applications, and the peak of the process, input included."""
    told = measured_apart("benchmarks.features", "coded", str(size))
    data = f"synthetic, {size:,} applications × {IDENTIFIERS} identifiers, {told['variants']} features, {THREADS} threads"
    return {
        "coded_features_seconds": Figure(told["seconds"], data, told),
        "coded_features_memory": Figure(told["peak_mb"] / 1024, data, told),
    }


def measure_one(size: int) -> Mapping[str, Figure]:
    """Milliseconds (p99) for one application's whole catalogue from the columns of its neighbourhood, lines included."""
    told = measured_apart("benchmarks.features", "one", str(size))
    data = f"{described(WORLD)}, {told['applications']:,} applications one at a time"
    return {"one_application_ms": Figure(told["p99_ms"], data, told)}


def _world(size: int) -> Columns:
    with tempfile.TemporaryDirectory(prefix="fingraph-features-") as folder:
        world = Path(folder) / "world"
        simulate(order(size, START, DAYS, SEED), world)
        return columns_of_world(world)


def _whole_catalogue(size: int) -> dict[str, Any]:
    columns, catalogue = _world(size), house_catalogue()
    compute(with_carried(_small(), catalogue), catalogue, np.arange(1))
    read_mb, began, cpu = peak_mb(), time.perf_counter(), time.process_time()
    columns = with_carried(columns, catalogue, THREADS)
    carried = time.perf_counter() - began
    prepared = prepare(columns, catalogue, threads=THREADS)
    lines = time.perf_counter() - began - carried
    at = application_positions(columns, 0, NEVER)
    done = sum(len(block.at) for block in prepared.blocks(at, threads=THREADS))
    return {
        "applications": done, "variants": len(catalogue.variants), "seconds": round(time.perf_counter() - began, 1),
        "carried_seconds": round(carried, 1), "lines_seconds": round(lines, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1), "peak_mb": peak_mb(), "read_mb": read_mb,
    }  # fmt: skip


def _small() -> Columns:
    """A world just large enough that every kernel is compiled before the clock runs."""
    return _world(1_000)


def coded_catalogue() -> Catalogue:
    """Five features of each of six identifiers."""
    views = [f"i{x}" for x in range(IDENTIFIERS)]
    told = [f'[[view]]\nname = "{v}"\nrelation = "{v.upper()}"\nen = "{v}"\nzh = "{v}"' for v in views]
    features = (
        ("count", 'measure = "count"\nwindows = ["1d", "30d", "all"]'),
        ("since", 'measure = "since_last"'),
        ("mean", 'measure = "mean"\ncolumns = ["amount_cents"]\nwindows = ["all"]'),
    )
    told += [
        f'[[feature]]\nname = "{name}"\nfamily = "f"\n{words}\nviews = {json.dumps(views)}\nunit = "u"\n'
        'description = "d"\nstaff_en = "{value}"\nstaff_zh = "{value}"'
        for name, words in features
    ]
    return parse("\n".join(told), "benchmark")


def coded_columns(size: int) -> Columns:
    """Applications a second apart, each with six identifiers of its own kind, about 2.7 earlier ones on each."""
    dice = np.random.default_rng(SEED)
    known_at = np.arange(size, dtype=np.int64) * 1_000_000
    seq = np.arange(size, dtype=np.int64)
    relations = {f"I{x}": _coded_relation(f"I{x}", dice, known_at, size) for x in range(IDENTIFIERS)}
    empty = np.empty(0, dtype=np.int64)
    return Columns(
        known_at, seq, known_at, np.zeros(size, np.bool_), dice.integers(0, size // 2 + 1, size, dtype=np.int32),
        {"amount_cents": dice.integers(100_000, 5_000_000, size)}, {}, {}, relations,
        Outcomes(np.zeros(size + 1, np.int64), empty.astype(np.int8), empty.astype(np.float64), empty, empty),
    )  # fmt: skip


def _coded_relation(label: str, dice: np.random.Generator, known_at: I64, size: int) -> Relation:
    count = max(size // 6, 1)
    named = dice.integers(0, count, size, dtype=np.int32)
    target = np.argsort(named, kind="stable").astype(np.int32)
    start = np.concatenate([[0], np.cumsum(np.bincount(named, minlength=count))]).astype(np.int64)
    own = np.empty(size, dtype=np.int64)
    own[target] = np.arange(size)
    when = known_at[target]
    return Relation(
        label, start, target, np.zeros(size, np.int8), when, target.astype(np.int64), target,
        np.full(count, NEVER), np.full(count, NEVER), np.arange(size + 1, dtype=np.int64), own, named[target],
        np.arange(count, dtype=np.int64),
    )  # fmt: skip


def _coded(size: int) -> dict[str, Any]:
    catalogue = coded_catalogue()
    compute(coded_columns(1_000), catalogue, np.arange(1_000))
    columns = coded_columns(size)
    read_mb, began, cpu = peak_mb(), time.perf_counter(), time.process_time()
    prepared = prepare(columns, catalogue, threads=THREADS)
    lines = time.perf_counter() - began
    done = sum(len(block.at) for block in prepared.blocks(np.arange(size), threads=THREADS))
    return {
        "applications": done, "variants": len(catalogue.variants), "seconds": round(time.perf_counter() - began, 2),
        "lines_seconds": round(lines, 2), "cpu_seconds": round(time.process_time() - cpu, 2), "peak_mb": peak_mb(),
        "read_mb": read_mb,
    }  # fmt: skip


def _one(size: int) -> dict[str, Any]:
    catalogue = house_catalogue()
    columns = with_carried(_world(WORLD), catalogue, THREADS)
    at = np.random.default_rng(SEED).permutation(application_positions(columns, 0, NEVER))[: size + 50]
    near = [neighbourhood(columns, int(p)) for p in at]
    took = []
    for facts, place in near:
        began = time.perf_counter()
        compute(facts, catalogue, np.array([place]))
        took.append((time.perf_counter() - began) * 1_000)
    p50, p99 = np.percentile(took[50:], [50, 99])
    return {
        "applications": len(took) - 50, "p50_ms": round(float(p50), 3), "p99_ms": round(float(p99), 3),
        "max_ms": round(max(took[50:]), 3), "largest": max(facts.size for facts, _ in near),
    }  # fmt: skip


if __name__ == "__main__":
    measures = {"world": _whole_catalogue, "coded": _coded, "one": _one}
    sys.stdout.write(json.dumps(measures[sys.argv[1]](int(sys.argv[2]))) + "\n")
