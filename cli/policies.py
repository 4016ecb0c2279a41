"""`fingraph policy …`: what decides, checked, tried on the past, and given its role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.features import Own
from cli.models import registry
from cli.output import JsonFlag, Terminal, emit, fields, stdout, table
from cli.snapshot import THREADS, Folder, facts_from, folder_of
from cli.training import End, Facts, First
from core.errors import UsageError
from core.settings import load_settings
from core.sql import Sql, open_sql

if TYPE_CHECKING:
    from policy import Policy
    from policy.simulate import Block, Simulated
    from scoring.own import Catalogues
    from snapshot.columns import I64, Bools

app = typer.Typer(
    help="Policies: by which rules applications are approved, looked at or declined.", no_args_is_help=True
)
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The policy, as TOML.")]
TARGETS = ("fraud", "overdue")
"""What became of applications, as simulations tell it."""


@app.command()
def check(file: File, as_json: JsonFlag = False) -> None:
    """Whether every name is known, every rule can decide, and none contradicts another."""
    from policy import policy_file

    policy = policy_file(file)
    with open_sql(load_settings()) as sql:
        _require_meant(policy, sql, _serving())
    told = {"policy": policy.label, "rules": len(policy.rules), "digest": policy.digest}
    emit(told) if as_json else fields(told)


@app.command()
def promote(
    file: File,
    to: Annotated[str, typer.Option(help="champion decides; shadow is asked beside it.")] = "champion",
    as_json: JsonFlag = False,
) -> None:
    """Check a policy, keep it, and let it decide; a running server follows within a second."""
    from core.errors import UsageError
    from policy import policy_file
    from policy.store import ROLES
    from policy.store import promote as give

    if to not in ROLES:
        raise UsageError("policy.role", f"A policy is {' or '.join(ROLES)}.")
    policy = policy_file(file)
    with open_sql(load_settings()) as sql:
        _require_meant(policy, sql, _serving())
        give(sql, policy, to)
    told = {"policy": policy.label, "is": to, "digest": policy.digest}
    emit(told) if as_json else fields(told)


@app.command("take-back")
def take_back(
    role: Annotated[str, typer.Argument(help="champion or shadow.")] = "shadow", as_json: JsonFlag = False
) -> None:
    """Let nobody have a role."""
    from policy.store import take_back as take

    with open_sql(load_settings()) as sql:
        take(sql, role)
    told = {"role": role, "policy": None}
    emit(told) if as_json else fields(told)


@app.command("list")
def list_(as_json: JsonFlag = False) -> None:
    """Every version that was kept, the newest first, and which of them decides."""
    from policy.store import list_policies

    with open_sql(load_settings()) as sql:
        found = list_policies(sql)
    if as_json:
        emit({"items": [asdict(one) for one in found]})
        return
    rows = [(one.name, one.version, one.role or "", one.kept_at, one.digest[:12]) for one in found]
    table("Policies", ("name", "version", "is", "kept", "digest"), rows)


@app.command()
def simulate(  # noqa: PLR0917
    file: File, first: First, end: End, own: Own = None, folder: Folder = None, as_json: JsonFlag = False
) -> None:
    """What a policy would have decided about applications of some days, and what became of them as it was known in time."""
    from features import with_carried
    from policy import policy_file
    from policy.lists import entries_of
    from policy.on_lists import on_lists
    from policy.simulate import simulate as run
    from risk import load_model

    policy = policy_file(file)
    with Terminal() as progress:
        progress.step("Reading the snapshot")
        columns, manifest, catalogues = facts_from(folder, own)
        with open_sql(load_settings()) as sql:
            _require_meant(policy, sql, catalogues)
            entries = entries_of(sql, policy.lists)
        whole = with_carried(columns, catalogues.whole, THREADS)
        facts = Facts(whole, catalogues, str(manifest.export), first, end, manifest.watermark)
        at = _positions(facts)
        listed = on_lists(columns, folder_of(folder), manifest, at, entries)
        held = registry()
        models = {}
        for name in policy.models:
            card, place, _ = held.find(name)
            models[name] = load_model(place, catalogues.held_against(card.catalogue), card, whole=False)[0]
        progress.step("Deciding")
        found = run(policy, _blocks(facts, at, listed), models)
    _show(found, as_json=as_json)


def _show(found: Simulated, *, as_json: bool) -> None:
    if as_json:
        lines = [line.as_dict() for line in found.lines]
        emit({"policy": found.policy, "applications": found.applications, "shares": found.shares, "never": found.never,
              "rules": lines})  # fmt: skip
        return
    rows = [
        (line.rule, line.outcome, f"{line.applications:,}", *_rates(line.as_dict()["rates"]))
        for line in found.lines
    ]
    shares = ", ".join(f"{outcome} {share:.1%}" for outcome, share in found.shares.items())
    table(
        f"{found.policy}: {found.applications:,} applications; {shares}",
        ("rule", "then", "applications", *TARGETS),
        rows,
    )
    if found.never:
        stdout.print(f"\nDecided nothing in these days: {', '.join(found.never)}")


def _rates(rates: Mapping[str, float]) -> list[str]:
    return [f"{rates[target]:.1%}" if target in rates else "" for target in TARGETS]


def _positions(facts: Facts) -> I64:
    """Of the applications of those days."""
    from core.errors import NotFoundError
    from features import application_positions

    at = application_positions(facts.columns, facts.first, facts.end)
    if not len(at):
        raise NotFoundError("dataset.empty", "No application became known in that time; choose other days.")
    return at


def _blocks(facts: Facts, at: I64, listed: Mapping[str, Bools]) -> Iterator[Block]:
    from features import prepare
    from features.dataset import Wanted, labels
    from policy.simulate import Block
    from risk import target_of

    wanted = [target_of(name) for name in TARGETS]
    known = {
        one.name: labels(
            facts.columns, Wanted(one.outcome, facts.first, facts.end, one.maturity, facts.until), at
        ).told
        for one in wanted
    }
    place = 0
    for block in prepare(facts.columns, facts.catalogue, threads=THREADS).blocks(at, threads=THREADS):
        rows = slice(place, place + len(block.at))
        told = {name: values[rows].tolist() for name, values in known.items()}
        yield Block(block.frame(), told, {name: on[rows].tolist() for name, on in listed.items()})
        place += len(block.at)


def _serving() -> Catalogues:
    """The features that a server of this home computes: of its graph's schema; of the last one known, or the house's, where no graph
    answers."""
    from core.errors import GraphUnavailableError
    from core.graph import connect
    from graph_schema import FINGRAPH
    from scoring.own import catalogues_for, own_features
    from scoring.schemas import SCHEMA, Schemas

    settings = load_settings()
    schemas = Schemas(settings.home / SCHEMA)
    try:
        with connect(settings) as graph:
            try:
                schema = schemas.of(graph)
            except GraphUnavailableError:
                schema = schemas.known(graph)
    except GraphUnavailableError:
        schema = FINGRAPH
    return catalogues_for(schema, own_features(settings))


def _require_meant(policy: Policy, sql: Sql, catalogues: Catalogues) -> None:
    from scoring.known import known_of, require_meant

    require_meant(policy, known_of(registry(), catalogues, sql))


def unmeant() -> Iterator[str]:
    """What is wrong with the policies that decide or are asked, as the champions are now."""
    from policy.store import ROLES, policy_of

    with open_sql(load_settings()) as sql:
        held = {role: policy for role in ROLES if (policy := policy_of(sql, role)) is not None}
        if not held:
            return
        catalogues = _serving()
        for role, policy in held.items():
            try:
                _require_meant(policy, sql, catalogues)
            except UsageError as error:
                yield f"Policy {policy.label} ({role}) no longer says what it means: {error.message}"
