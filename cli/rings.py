"""`fingraph rings`: find rings, list them, look at one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from cli.output import JsonFlag, Terminal, emit, fields, stderr, stdout, table
from core.clock import iso, now_us
from core.graph import Graph, connect
from core.settings import load_settings
from graph_schema import Identifier, Schema
from graph_schema.live import live_schema
from queries import statement
from rings import OutcomeShare, Page, RingDetail, Sort, list_rings, outcome_shares, run_rings, show_ring

app = typer.Typer(help="Rings: applications of several users that hang together.", no_args_is_help=True)

Limit = Annotated[int, typer.Option(help="Rows at most.")]
After = Annotated[str | None, typer.Option(help="Continue after a page: the `next` that it gave.")]


@app.command()
def run(as_json: JsonFlag = False) -> None:
    """Find the rings in the graph; their names last from run to run."""
    with _graph() as graph, Terminal() as progress:
        schema = live_schema(graph)
        result = run_rings(graph, schema, now_us, progress)
        why = None if result.rings else _why_none(graph, schema)
    if as_json:
        emit({**result.as_dict(), "why": why})
        return
    fields(result.as_dict())
    stdout.print(f"\n{why or 'Look at them: fingraph rings list'}")


@app.command("list")
def list_(
    limit: Limit = 20,
    sort: Annotated[Sort, typer.Option(help="What comes first.")] = Sort.SIZE,
    after: After = None,
    as_json: JsonFlag = False,
) -> None:
    """List the rings of the last finished run."""
    with _graph() as graph:
        page = list_rings(graph, sort=sort, limit=limit, after=after)
        why = None if page.items or after else _why_none(graph, live_schema(graph))
    if as_json:
        emit({**asdict(page), "why": why})
        return
    if why:
        stdout.print(why)
        return
    columns = ("ring", "apps", "users", "first", "last", "amount", "shared")
    rows = [
        (r.key, r.applications, r.users, _day(r.first_at), _day(r.last_at), _money(r.amount_cents), r.shared)
        for r in page.items
    ]
    table("Rings", columns, rows)
    _say_cut(page, "--after")


@app.command()
def show(
    ring: Annotated[str, typer.Argument(metavar="ID", help="Name of the ring.")],
    limit: Limit = 50,
    after: After = None,
    as_json: JsonFlag = False,
) -> None:
    """Show a ring: its members, what they share, what became of them."""
    with _graph() as graph:
        detail = show_ring(graph, live_schema(graph), ring, limit=limit, after=after)
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
    as_json: JsonFlag = False,
) -> None:
    """Compare how often an outcome is known to be so inside rings and outside of them."""
    with _graph() as graph:
        found = outcome_shares(graph, target=target, users=users)
    result = {place: one.as_dict() for place, one in found.items()}
    if as_json:
        emit({"target": target, "users": users, **result})
    else:
        rows = [(place, _share(one) or "none known") for place, one in found.items()]
        table(f"{target} inside rings of {users} users and more, and outside", ("where", "share"), rows)


def _graph() -> Graph:
    return connect(load_settings())


def _why_none(graph: Graph, schema: Schema) -> str:
    """Why there is no ring, and what to do."""
    if not statement("rings/last_run").run(graph):
        return "Nobody has looked for rings in this graph yet: fingraph rings run"
    counts = " UNION ALL ".join(
        f"RETURN '{i.label}' AS label, COUNT {{ (:{i.label}) }} AS n" for i in schema.identifiers
    )
    held = {row["label"]: row["n"] for row in graph.read(counts)}
    able = [i for i in schema.identifiers if i.bind]
    words = [
        "Too few applications of different users share an identifier within the limit of its type."
        if any(held[i.label] for i in able)
        else "This graph holds no identifier of a type that ties users into rings.",
        "Types that do, by the first links to one identifier:",
        *(f"  {i.label}: {_limit(i)}, {held[i.label]:,} in the graph" for i in able),
        "Types that never do: "
        + ", ".join(f"{i.label} ({held[i.label]:,})" for i in schema.identifiers if not i.bind),
        "Map columns to one that does, or declare a type of your own with `bind` above 0: docs/mappings.md",
    ]
    return "\n".join(words)


def _limit(identifier: Identifier) -> str:
    roles = " or ".join(identifier.binding_roles)
    return f"{identifier.bind} links" + (f" with role {roles}" if roles else "")


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
        "shared": ring.shared,
        "evolved from": ", ".join(f"{e['ring']} (run {e['run']})" for e in detail.evolved_from),
        "evolved into": ", ".join(f"{e['ring']} (run {e['run']})" for e in detail.evolved_into),
        "fraud": _share(detail.outcomes),
    }
    fields({name: value for name, value in summary.items() if value not in (None, "")})


def _say_cut(page: Page, option: str) -> None:
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
