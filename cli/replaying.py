"""`fingraph replay`: past decisions made again, from their points."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli.features import Own
from cli.output import JsonFlag, Terminal, emit, stderr, stdout, table
from core.clock import moment_us
from core.errors import FinGraphError, GraphUnavailableError, SqlUnavailableError
from core.graph import connect
from core.settings import load_settings
from core.sql import open_sql

if TYPE_CHECKING:
    from scoring.record import Decision
    from scoring.replay import Replayed
    from scoring.service import Scoring

DIFFERS = 1
PAGE = 500


def replay(
    first: Annotated[
        int, typer.Option("--from", parser=moment_us, metavar="DAY", help="Decisions answered from then on,")
    ],
    end: Annotated[int, typer.Option("--to", parser=moment_us, metavar="DAY", help="and before then.")],
    own: Own = None,
    as_json: JsonFlag = False,
) -> None:
    """Make decisions again, by what the graph says of their points, the models and the policy that decided then; say where
    one comes out otherwise, and of which the features are not here."""
    from loaders.hashing import load_hasher
    from scoring import list_decisions
    from scoring.service import open_scoring

    settings, count, differing, reworded = load_settings(), 0, [], 0
    others, failed = Counter[str](), Counter[str]()
    with Terminal() as progress, connect(settings) as graph, open_sql(settings) as sql:
        scoring = open_scoring(settings, graph, sql, load_hasher(settings), own=own)
        progress.step("Making them again", unit="decisions")
        after = None
        while True:
            page = list_decisions(sql, first=first, end=end, limit=PAGE, after=after)
            for decision in page.items:
                count += 1
                found = _made_again(scoring, decision, others, failed)
                reworded += found is not None and found.reworded
                if found is not None and found.differs:
                    differing.append(found)
            progress.advance(len(page.items))
            if not page.cut:
                break
            after = page.next
    if as_json:
        differ = [asdict(one) for one in differing]
        told = {"reworded": reworded, "other_catalogues": others, "failed": failed}
        emit({"decisions": count, "differ": differ, **told})
    elif differing:
        rows = [(one.id, one.key, ", ".join(one.differs[:5])) for one in differing[:50]]
        table(
            f"{len(differing):,} of {count:,} decisions come out otherwise",
            ("decision", "application", "in"),
            rows,
        )
    else:
        stdout.print(f"{count - others.total() - failed.total():,} decisions, each the same again.")
    if reworded:
        stderr.print(f"{reworded:,} of them say the same codes and figures in other sentences than today's.")
    _say_which_are_missing(others, failed)
    if differing or others or failed:
        raise typer.Exit(DIFFERS)


def _made_again(
    scoring: Scoring, decision: Decision, others: Counter[str], failed: Counter[str]
) -> Replayed | None:
    """None, and counted by its catalogue or its error's code, where it cannot be: that says nothing of the others."""
    try:
        return scoring.replay(decision)
    except (GraphUnavailableError, SqlUnavailableError):
        raise
    except FinGraphError as error:
        if error.code == "features.version":
            others[decision.record["catalogue"]] += 1
        else:
            failed[error.code] += 1
    return None


def _say_which_are_missing(others: Counter[str], failed: Counter[str]) -> None:
    for version, some in others.items():
        stderr.print(
            f"{some:,} decisions were made with catalogue {version}, which is not here: name its own features by --own."
        )
    for code, some in failed.items():
        stderr.print(f"{some:,} decisions could not be made again: {code}.")
