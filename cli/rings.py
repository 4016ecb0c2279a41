"""`fingraph rings`: find rings, list them, look at one."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli import decisions
from cli.output import AsOf, JsonFlag, Terminal, emit, fields, stderr, stdout, table
from cli.ring_file import Export, place_for, write_ring
from core.clock import DAY, day_us, iso, now_us
from core.graph import Graph, connect
from core.page import Page
from core.settings import load_settings
from graph_schema import Identifier, Schema
from graph_schema.live import live_schema
from queries import statement
from rings import (
    LIMIT,
    EngineName,
    Evaluation,
    OutcomeShare,
    RingDetail,
    RingFilter,
    Sort,
    backfill,
    evaluate_graph,
    list_rings,
    outcome_shares,
    read_truth,
    ring_graph,
    run_rings,
    show_ring,
)

app = typer.Typer(help="Rings: applications of several users that hang together.", no_args_is_help=True)
app.registered_commands += decisions.app.registered_commands

Limit = Annotated[int, typer.Option(help="Rows at most.")]
After = Annotated[str | None, typer.Option(help="Continue after a page: the `next` that it gave.")]


@app.command()
def run(
    engine: Annotated[
        EngineName, typer.Option(help="Where pairs and components are computed.")
    ] = EngineName.COLUMNS,
    as_json: JsonFlag = False,
) -> None:
    """Find the rings in the graph; their names last from run to run."""
    with _graph() as graph, Terminal() as progress:
        schema = live_schema(graph)
        result = run_rings(graph, schema, now_us, progress, engine)
        why = None if result.listed else _why_none(graph, schema)
    if as_json:
        emit({**result.as_dict(), "why": why})
        return
    fields(result.as_dict())
    if result.known_at and result.known_at > now_us():
        stdout.print("\nApplications arrive in this graph, so it counts from known_at on, not at once.")
    stdout.print(f"\n{why or 'Look at them: fingraph rings list'}")


@app.command("list")
def list_(  # noqa: PLR0917
    limit: Limit = 20,
    sort: Annotated[Sort, typer.Option(help="What comes first.")] = Sort.SCORE,
    everything: Annotated[
        bool, typer.Option("--all", help="Also groups whose score is too low to call them rings.")
    ] = False,
    lender: Annotated[str | None, typer.Option(help="Rings that ask this lender for money.")] = None,
    tied_by: Annotated[str | None, typer.Option(help="Rings tied by identifiers of this type.")] = None,
    min_score: Annotated[float | None, typer.Option(help="Rings of this score and more.")] = None,
    as_of: AsOf = None,
    after: After = None,
    as_json: JsonFlag = False,
) -> None:
    """List the rings of the last finished run."""
    filters = RingFilter(min_score=min_score, lender=lender, tied_by=tied_by, everything=everything)
    with _graph() as graph:
        page = list_rings(graph, as_of=as_of, sort=sort, filters=filters, limit=limit, after=after)
        plain = not (after or as_of or lender or tied_by or min_score)
        why = _why_none(graph, live_schema(graph)) if plain and not page.items else None
    if as_json:
        emit({**asdict(page), "why": why})
        return
    if why:
        stdout.print(why)
        return
    columns = ("ring", "score", "apps", "users", "first", "last", "at risk", "tied by")
    rows = [
        (
            *(r.key, f"{r.score:.2f}", r.applications, r.users, _day(r.first_at), _day(r.last_at)),
            *(_money(r.at_risk_cents), r.shared),
        )
        for r in page.items
    ]
    table("Rings", columns, rows)
    _say_cut(page, "--after")


@app.command()
def show(
    ring: Annotated[str, typer.Argument(metavar="ID", help="Name of the ring.")],
    *,
    limit: Annotated[
        int | None, typer.Option(help="Rows at most (50); with --export, nodes at most (300).")
    ] = None,
    as_of: AsOf = None,
    after: After = None,
    export: Annotated[Export | None, typer.Option(help="Write the ring as a graph to a file.")] = None,
    out: Annotated[Path | None, typer.Option(help="The file; ID.graphml, say, where none is named.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show a ring: its members, what they share, what became of them; or write it to a file."""
    if export is not None:
        _export(ring, export, place_for(ring, export, out, force=force), limit, as_json=as_json)
        return
    limit = 50 if limit is None else limit
    with _graph() as graph:
        detail = show_ring(graph, live_schema(graph), ring, as_of=as_of, limit=limit, after=after)
    if as_json:
        emit(detail.as_dict())
        return
    _show_summary(detail)
    table(
        "What they share",
        ("type", "value", "users", "applications", "first", "last"),
        [
            (e["type"], e["masked"], e["users"], e["applications"], _day(e["first_at"]), _day(e["last_at"]))
            for e in detail.evidence.items
        ],
    )
    if detail.evidence.cut:
        stderr.print("There is more evidence than this; raise --limit.")
    table(
        "Members",
        ("application", "user", "lender", "known", "amount", "since run", "fraud"),
        [
            (
                m["application"],
                ", ".join(m["users"]),
                m["lender"],
                _minute(m["known_at"]),
                _money(m["amount_cents"]),
                m["since"],
                _yes(m["outcome"]),
            )
            for m in detail.members.items
        ],
    )
    _say_cut(detail.members, "--after")


@app.command()
def shares(
    target: Annotated[str, typer.Option(help="Outcome to compare.")] = "fraud",
    users: Annotated[int, typer.Option(help="Rings of at least this many users.")] = 3,
    everything: Annotated[bool, typer.Option("--all", help="Count groups that are not listed, too.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Compare how often an outcome is known to be so inside rings and outside of them."""
    with _graph() as graph:
        found = outcome_shares(graph, target=target, users=users, everything=everything)
    result = {place: one.as_dict() for place, one in found.items()}
    if as_json:
        emit({"target": target, "users": users, **result})
    else:
        rows = [(place, _share(one) or "none known") for place, one in found.items()]
        table(f"{target} inside rings of {users} users and more, and outside", ("where", "share"), rows)


@app.command("backfill")
def backfill_(
    first: Annotated[str, typer.Option("--from", help="First day, as 2025-01-01 (UTC).")],
    last: Annotated[str | None, typer.Option("--to", help="Last day (yesterday).")] = None,
    anew: Annotated[bool, typer.Option(help="Forget all rings and their history before.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Make the history of days past: a run for the end of each, as it would have been made then."""
    with _graph() as graph, Terminal() as progress:
        made = list(
            backfill(
                graph,
                live_schema(graph),
                day_us(first),
                day_us(last) if last else now_us() // DAY * DAY - DAY,
                clock=now_us,
                progress=progress,
                anew=anew,
            )
        )
    if as_json:
        emit({"days": [one.as_dict() for one in made]})
        return
    columns = ("run", "rings", "listed", "members", "born", "changed", "dissolved", "seconds")
    table("Runs", columns, [[getattr(one, name) for name in columns] for one in made])


@app.command()
def evaluate(
    truth: Annotated[Path, typer.Option(help="A simulated world's truth/applications.parquet.")],
    as_json: JsonFlag = False,
) -> None:
    """Compare the rings of the last run with a known truth, and with what plain components would be."""
    known = read_truth(truth)
    with _graph() as graph, Terminal() as progress:
        found = evaluate_graph(graph, live_schema(graph), known, progress)
    if as_json:
        emit(found.as_dict())
        return
    columns = ("", "planted", "found", "recall", "listed", "right", "precision", "members found")
    ways = {"rings": found.rings, **found.plain}
    table("Rings against the truth", columns, [_compared(name, one) for name, one in ways.items()])
    kinds = found.rings.by_kind.items()
    table("By kind", ("kind", "planted", "found", "recall"), [(kind, *row.values()) for kind, row in kinds])
    innocent = found.rings.innocent.items()
    headings = ("why honest people share", "applications", "in listed rings", "share")
    table("Innocent sharing", headings, [(reason, *row.values()) for reason, row in innocent])
    if found.days:
        fields({"rings detected": found.detected, "median days to detection": found.median_days})


def _export(ring: str, export: Export, path: Path, limit: int | None, *, as_json: bool) -> None:
    with _graph() as graph:
        drawn = ring_graph(graph, live_schema(graph), ring, limit=LIMIT if limit is None else limit)
    written = write_ring(drawn, export, path)
    if as_json:
        emit(written)
        return
    stdout.print(f"Wrote {escape(str(path))}: {written['nodes']:,} nodes, {written['edges']:,} edges.")
    if drawn.cut:
        stderr.print(f"The ring has {written['of_nodes']:,} nodes; raise --limit for more than these.")


def _compared(name: str, one: Evaluation) -> tuple[object, ...]:
    share = f"{one.members_found / max(1, one.members):.1%}"
    return (
        name,
        one.planted,
        one.found,
        f"{one.recall:.3f}",
        one.listed,
        one.right,
        f"{one.precision:.3f}",
        share,
    )


def _graph() -> Graph:
    return connect(load_settings())


def _why_none(graph: Graph, schema: Schema) -> str:
    """Why there is no ring, and what to do."""
    last = statement("rings/last_run").run(graph)
    if not last:
        return "Nobody has looked for rings in this graph yet: fingraph rings run"
    if last[0]["rings"]:
        return f"{last[0]['rings']:,} groups share something; none scores as a ring. See: fingraph rings list --all"
    counts = " UNION ALL ".join(
        f"RETURN '{i.label}' AS label, COUNT {{ (:{i.label}) }} AS n" for i in schema.identifiers
    )
    held = {row["label"]: row["n"] for row in graph.read(counts)}
    able = [i for i in schema.identifiers if i.ties]
    words = [
        "Too few applications of different users share an identifier within the limit of its type."
        if any(held[i.label] for i in able)
        else "This graph holds no identifier of a type that ties users into rings.",
        "Types that do, by the first users of one identifier:",
        *(f"  {i.label}: {_limit(i)}, {held[i.label]:,} in the graph" for i in able),
        "Types that never do: "
        + ", ".join(f"{i.label} ({held[i.label]:,})" for i in schema.identifiers if not i.ties),
        "Map columns to one that does, or declare a type of your own with `bind` above 0: docs/mappings.md",
    ]
    return "\n".join(words)


def _limit(identifier: Identifier) -> str:
    return f"{identifier.bind} users"


def _show_summary(detail: RingDetail) -> None:
    ring = detail.ring
    summary: dict[str, Any] = {
        "ring": ring.key,
        "born in run": ring.born_run,
        "changed in run": ring.run,
        "dissolved in run": ring.dissolved_run,
        "applications": ring.applications,
        "users": ring.users,
        "first": iso(ring.first_at),
        "last": iso(ring.last_at),
        "amount": _money(ring.amount_cents),
        "at risk": _money(ring.at_risk_cents),
        "score": f"{ring.score:.2f}" + ("" if ring.listed else " (not listed: too low to call it a ring)"),
        "because": _reasons(ring.reasons),
        "tied by": ring.shared,
        "evolved from": ", ".join(f"{e['ring']} (run {e['run']})" for e in detail.evolved_from),
        "evolved into": ", ".join(f"{e['ring']} (run {e['run']})" for e in detail.evolved_into),
        "fraud": _share(detail.outcomes),
    }
    fields({name: value for name, value in summary.items() if value not in (None, "")})


def _reasons(parts: list[dict[str, Any]]) -> str:
    return ", ".join(
        f"{p['code'].removeprefix('ring.')} {p['params']['value']:g} ({p['weight']:+.1f})" for p in parts
    )


def _say_cut(page: Page[Any], option: str) -> None:
    if page.cut:
        stderr.print(f"There is more: {option} {page.next}")


def _share(outcome: OutcomeShare | None) -> str | None:
    if outcome is None or outcome.share is None:
        return None
    return f"{outcome.share:.1%} of {outcome.known:,} known"


def _day(moment: int | None) -> str | None:
    return (iso(moment) or "")[:10] or None


def _minute(moment: int | None) -> str | None:
    return (iso(moment) or "")[:16].replace("T", " ") or None


def _money(cents: int | None) -> str | None:
    return None if cents is None else f"{cents / 100:,.2f}"


def _yes(value: float | None) -> str | None:
    return None if value is None else ("yes" if value > 0 else "no")
