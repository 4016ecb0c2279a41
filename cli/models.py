"""`fingraph models`: which versions there are, and which of them decides."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from cli.output import JsonFlag, emit, fields, stderr, table
from core.errors import FinGraphError
from core.settings import load_settings

if TYPE_CHECKING:
    from registry import Registry

app = typer.Typer(help="Models: which there are, and which of them decides.", no_args_is_help=True)
Name = Annotated[
    str, typer.Argument(metavar="TARGET", help="fraud, approval, disbursement, overdue, amount, …")
]
Which = Annotated[str, typer.Option("--model", help="A version, or champion, challenger, shadow.")]
CHAMPION = "champion"
SHOWN = ("auc", "ap", "ks", "recall_1pc", "precision_1pc", "ece", "calibration_slope")
OF_AMOUNTS = ("coverage", "width", "pinball_ratio", "median_error")


@app.command("list")
def list_(as_json: JsonFlag = False) -> None:
    """List the versions of every target."""
    found = registry().versions()
    if as_json:
        emit({"items": [asdict(one) for one in found]})
        return
    rows = [
        (one.name, one.version, one.kind, ", ".join(one.aliases), one.made_at, told_of(one.metrics))
        for one in found
    ]
    table("Models", ("target", "version", "decides", "is", "made", "on its test window"), rows)


@app.command()
def compare(target: Name, versions: Annotated[list[str], typer.Argument(metavar="VERSION…", help="Versions or aliases.")],
            as_json: JsonFlag = False) -> None:  # fmt: skip
    """Set versions of a target side by side: windows and measures of each on its own test window."""
    held = registry()
    cards = {f"{number}": card for card, _, number in (held.find(target, which) for which in versions)}
    if as_json:
        emit({"items": [{"version": number, **asdict(card)} for number, card in cards.items()]})
        return
    rows: list[tuple[object, ...]] = [
        (name, *(getattr(card, name) for card in cards.values()))
        for name in ("kind", "first", "end", "catalogue", "seed", "code")
    ]
    rows += [
        (name, *(f"{card.metrics[name]:.4f}" if name in card.metrics else "" for card in cards.values()))
        for name in (*SHOWN, *OF_AMOUNTS)
        if any(name in card.metrics for card in cards.values())
    ]
    table(f"Versions of {target}", ("", *cards), rows)


@app.command()
def promote(
    target: Name,
    version: Annotated[int, typer.Argument(help="Which version.")],
    to: Annotated[str, typer.Option(help="champion, challenger or shadow.")] = CHAMPION,
    as_json: JsonFlag = False,
) -> None:
    """Let a version decide, or run beside the one that does."""
    registry().promote(target, version, to)
    told = {"target": target, "version": version, "is": to}
    emit(told) if as_json else fields(told)
    if to == CHAMPION:
        _say_what_no_longer_holds()


@app.command()
def rollback(target: Name, as_json: JsonFlag = False) -> None:
    """Let the champion before decide again."""
    told = {"target": target, "version": registry().rollback(target), "is": CHAMPION}
    emit(told) if as_json else fields(told)
    _say_what_no_longer_holds()


@app.command()
def report(
    target: Name,
    out: Annotated[Path, typer.Option(help="File to write.")],
    which: Which = "champion",
    as_json: JsonFlag = False,
) -> None:
    """Write the report of a model, as it was when it was trained."""
    _, place, version = registry().find(target, which)
    out.write_bytes((place / "report.html").read_bytes())
    told = {"target": target, "version": version, "report": str(out)}
    emit(told) if as_json else fields(told)


def _say_what_no_longer_holds() -> None:
    """Say where the policies that decide cannot be meant with the champions of now: one that cannot speak without the graph, say. Who
    promoted has done so, whether that can be told or not."""
    from cli.policies import unmeant

    try:
        for words in unmeant():
            stderr.print(escape(words))
    except FinGraphError as error:
        stderr.print(escape(f"Whether the policies still say what they mean cannot be told: {error.message}"))


def told_of(metrics: dict[str, float]) -> str:
    """The measures that matter most, in a line."""
    return ", ".join(f"{name} {metrics[name]:.4f}" for name in (*SHOWN[:4], *OF_AMOUNTS) if name in metrics)


def registry() -> Registry:
    """The models of this home."""
    from registry import Registry

    return Registry(load_settings().home / "models")
