"""The table of goals: `python -m benchmarks.goals [--json] [--run NAME [--rows N]]`.

Showing always ends with exit code 0; measuring ends with another one only when it could not measure.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks.goal import Goal
from benchmarks.promises import GOALS
from benchmarks.results import RESULTS, ROOT, Result, is_stale, read_result, result_of, write_result
from core.errors import FinGraphError, NotFoundError

State = Literal["yes", "missed", "stale", "never measured"]


@dataclass(frozen=True)
class Row:
    """A goal and what is known of it."""

    goal: Goal
    result: Result | None
    state: State

    def as_dict(self) -> dict[str, Any]:
        """The row as one JSON object; what was never measured is null."""
        kept = self.result
        return {
            "name": self.goal.name,
            "about": self.goal.about,
            "goal": self.goal.text,
            "figure": kept.figure if kept else None,
            "unit": self.goal.unit,
            "holds": self.state,
            "command": self.goal.command,
            "commit": kept.commit if kept else None,
            "machine": kept.machine if kept else None,
            "date": kept.date if kept else None,
            "data": kept.data if kept else None,
            "details": kept.details if kept else None,
        }


def rows(goals: Sequence[Goal] = GOALS, folder: Path = RESULTS, root: Path = ROOT) -> list[Row]:
    """Every goal with its state. The kept figure is judged anew by the goal as it is now."""
    return [_row(goal, read_result(goal.name, folder), root) for goal in goals]


def _row(goal: Goal, result: Result | None, root: Path) -> Row:
    if result is None:
        return Row(goal, None, "never measured")
    if is_stale(root, result.commit, goal.measures):
        return Row(goal, result, "stale")
    return Row(goal, result, "yes" if goal.holds(result.figure) else "missed")


def summary(found: Sequence[Row]) -> dict[str, int]:
    """How many goals hold; a stale figure counts as missed."""
    states = [row.state for row in found]
    return {
        "goals": len(states),
        "hold": states.count("yes"),
        "missed": states.count("missed") + states.count("stale"),
        "never_measured": states.count("never measured"),
    }


def measure(name: str, size: int | None, folder: Path = RESULTS, root: Path = ROOT) -> list[Result]:
    """Measure the goal `name` and those that the same run serves; keeps the results unless it was a trial.

    Raises `NotFoundError` (`goals.unknown`), `MeasuringError` and what the measured command raises.
    """
    by_name = {goal.name: goal for goal in GOALS}
    if name not in by_name:
        raise NotFoundError(
            "goals.unknown", f"There is no goal '{name[:40]}'; there are {', '.join(by_name)}."
        )
    goal = by_name[name]
    figures = goal.runner(goal.size if size is None else size)
    results = [result_of(by_name[served], figure, root) for served, figure in figures.items()]
    if size in (None, goal.size):
        for result in results:
            write_result(result, folder)
    return results


def table(found: Sequence[Row]) -> str:
    """The rows as text, a line a goal."""
    cells = [("name", "goal", "figure", "unit", "holds", "command", "commit", "machine", "date")]
    for row in found:
        kept = row.result
        figure, commit, where, date = ("", "", "", "")
        if kept is not None:
            figure, commit, date = f"{kept.figure:,g}", _short(kept.commit), kept.date
            where = "{cores} × {cpu}, {memory_mb} MB, Python {python}, Java {java}".format_map(kept.machine)
        cells.append(
            (
                row.goal.name,
                row.goal.text,
                figure,
                row.goal.unit,
                row.state,
                row.goal.command,
                commit,
                where,
                date,
            )
        )
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in cells]
    return "\n".join(line.rstrip() for line in lines)


def _short(commit: str) -> str:
    plain, mark, _ = commit.partition("+")
    return plain[:10] + mark


def main(arguments: Sequence[str] | None = None) -> int:
    """Show the table, after measuring what was asked for; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.goals", description="The table of goals.")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--run", metavar="NAME", help="measure this goal anew first")
    parser.add_argument("--rows", type=int, help="a trial at another size: shown, not kept")
    given = parser.parse_args(arguments)
    measured: list[Result] = []
    if given.run:
        try:
            measured = measure(given.run, given.rows)
        except FinGraphError as error:
            sys.stderr.write(f"{error.code}: {error.message}\n")
            return error.exit_code
    _show(rows(), measured, as_json=given.json)
    return 0


def _show(found: list[Row], measured: list[Result], *, as_json: bool) -> None:
    if as_json:
        now = [vars(result) for result in measured]
        told = {**summary(found), "rows": [row.as_dict() for row in found], "measured": now}
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        return
    for result in measured:
        sys.stdout.write(
            f"{result.name}: {result.figure:,g} {result.unit} (goal {result.goal}; {result.data})\n"
        )
        sys.stdout.write(json.dumps(result.details, ensure_ascii=False, indent=2) + "\n\n")
    counts = summary(found)
    sys.stdout.write(table(found) + "\n")
    sys.stdout.write(f"{counts['hold']} of {counts['goals']} hold; a stale figure counts as missed.\n")


if __name__ == "__main__":
    sys.exit(main())
