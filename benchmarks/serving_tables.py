"""`docs/serving.md` and its plot, from the kept results: `python -m benchmarks.serving_tables` writes them anew."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from benchmarks.results import ROOT, Result, read_result
from benchmarks.ring_tables import head, row
from benchmarks.serving import STEPS, SUSTAINED_MS

DOCUMENT = ROOT / "docs" / "serving.md"
PLOT = ROOT / "docs" / "images" / "serving.svg"
HEAD = """# How fast a decision is

Written by `python -m benchmarks.serving_tables` from `benchmarks/results`; `make goals RUN=score_p50_ms` measures anew, in
an hour on two slow cores, on a laptop too.

A whole `POST /v1/score` over HTTP: the application is normalised, hashed, written into the graph with what it names, its
neighbourhood read, some 250 features computed, five champions and the policy asked, reasons given, the decision record on
disk. Client, API and Neo4j share one machine. The loop is open: a request's time counts from the moment at which it was due,
whether the server had answered the one before or not, so a stall is charged to everybody who waited (coordinated omission).
Applications are the last of a simulated lender's, which were not loaded; those of "busy identifiers" name devices, addresses of
the internet and employers that hundreds to thousands of others name. The API runs as two processes.

Loads follow one another as the table has them, rates from 20/s on after those of models and before the rings. The first row is of
the first ninety seconds after `/readyz`; the goals are of the second. The first request comes as soon as `/readyz` says yes. A
machine that is shared is half as quick in one minute as in another: its pace is the milliseconds that a million steps of Python
took before and after a load. A connection that the server closed while it stood idle is opened
anew within the time of the request.
"""
LOADS = (
    ("started", "ordinary, {rate}/s, the first 90 s"),
    ("ordinary", "ordinary, {rate}/s, after that"),
    ("small", "the same, a tenth of the graph"),
    ("busy", "busy identifiers and hubs, {rate}/s"),
    ("rings", "while `rings run` works, {rate}/s"),
    ("models_first", "five of 200 models more, each for the first time, one in 2 s"),
    ("models_same", "five models more, always the same, {rate}/s"),
    ("models_any", "five models more, any of 200, {rate}/s"),
)
STEPS_SHOWN = {
    "request": "normalise and hash",
    "record": "was it decided before",
    "graph": "write and read",
    "lists": "watch and allow lists",
    "features": "features",
    "models": "find the models",
    "judgement": "models, reasons, policy",
    "commit": "waiting for the graph's commit, after that",
}
STEPS_OF = (
    ("first", "the first request"),
    *((name, words) for name, words in LOADS if name in ("ordinary", "small", "busy", "rings")),
)


def document() -> str:
    """The text that the document must have."""
    found = read_result("score_p50_ms")
    if found is None:
        return HEAD
    return "\n".join([HEAD, *_table(found.details, found), *_steps(found.details)])


def _table(told: Mapping[str, Any], found: Result) -> Iterable[str]:
    where = "{cores} × {cpu}, {memory_mb:,} MB".format_map(found.machine)
    if "loop_ms" in found.machine:
        where += f" (a million steps of Python in {found.machine['loop_ms']:g} ms)"
    yield f"{found.data}; {where}; commit {found.commit[:7]}, {found.date[:10]}.\n"
    yield "![Latency by rate](images/serving.svg)\n"
    yield from head("load", "p50 ms", "p95", "p99", "max", "decisions", "without", "pace")
    rates = [(f"at_{rate}", f"{rate}/s") for rate in STEPS]
    for name, words in (*LOADS, *rates):
        if name in told:
            one = told[name]
            shares = (one[share] for share in ("p50", "p95", "p99", "max"))
            yield row(
                words.format(rate=10),
                *(f"{ms:,.1f}" for ms in shares),
                one["n"],
                _without(one["failed"]),
                _pace(one),
            )
    yield f"\nThe first request after `/readyz`: {told['first']['p50']:.1f} ms. From start to ready: {told['ready_s']:g} s.\n"


def _pace(load: Mapping[str, Any]) -> str:
    return " – ".join(f"{one:.0f}" for one in load.get("pace_ms", ()))


def _without(failed: Mapping[str, int]) -> str:
    return ", ".join(f"{count} × {code}" for code, count in sorted(failed.items())) or "none"


def _steps(told: Mapping[str, Any]) -> Iterable[str]:
    yield "## Where the milliseconds go\n"
    yield "Milliseconds of each step by the server's own account, which every reply carries (`timings_ms`), p50 and p99; the rest of the time is the commit of the record, HTTP and the client.\n"
    yield from head("step", *(words.format(rate=10) for name, words in STEPS_OF if name in told))
    for step, words in {**STEPS_SHOWN, "total": "until the record is written"}.items():
        yield row(words, *(_step(told[name], step) for name, _ in STEPS_OF if name in told))
    yield ""


def _step(load: Mapping[str, Any], step: str) -> str:
    return " · ".join(
        f"{load[share][step]:.1f}" for share in ("steps_p50", "steps_p99") if step in load.get(share, ())
    )


def plot(told: Mapping[str, Any]) -> str:
    """Percentiles by rate, as SVG: the same figures, the same text."""
    rates = [rate for rate in STEPS if f"at_{rate}" in told]
    loads = {10: told["ordinary"], **{rate: told[f"at_{rate}"] for rate in rates}}
    with rc_context({"svg.hashsalt": "fingraph", "svg.fonttype": "none", "font.family": "sans-serif"}):
        figure = Figure(figsize=(8, 4), layout="constrained")
        axes = figure.subplots()
        for share, colour in (("p50", "#0072b2"), ("p95", "#009e73"), ("p99", "#d55e00")):
            axes.plot(
                list(loads), [one[share] for one in loads.values()], marker="o", color=colour, label=share
            )
        axes.axhline(SUSTAINED_MS, color="#888888", linewidth=0.8, linestyle="--")
        axes.set(
            xlabel="decisions asked for each second",
            ylabel="milliseconds from when each was due",
            yscale="log",
        )
        axes.legend(frameon=False)
        held = io.StringIO()
        figure.savefig(held, format="svg", metadata={"Date": None, "Creator": None})
    return "\n".join(line.rstrip() for line in held.getvalue().splitlines()) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
    kept = read_result("score_p50_ms")
    if kept is not None:
        PLOT.write_text(plot(kept.details), encoding="utf-8")
