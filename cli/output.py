"""How commands speak: results on stdout (text or one JSON object), progress and warnings on stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from core.clock import moment_us
from core.errors import FinGraphError

JsonFlag = Annotated[bool, typer.Option("--json", help="One JSON object on stdout; progress on stderr.")]
AsOf = Annotated[
    int | None,
    typer.Option(
        parser=moment_us, metavar="MOMENT", help="As it was known then: 2025-03-01, or 2025-03-01T09:30:00Z."
    ),
]

PIPED_WIDTH = 140
stdout = Console(
    highlight=False,
    soft_wrap=True,
    width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else PIPED_WIDTH,
)
stderr = Console(stderr=True, highlight=False, soft_wrap=True)


def emit(result: Mapping[str, Any]) -> None:
    """Print one JSON object on stdout."""
    sys.stdout.write(json.dumps(result, ensure_ascii=False, default=str) + "\n")


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows as a table on stdout."""
    grid = Table(title=escape(title), title_justify="left", header_style="bold")
    for column in columns:
        grid.add_column(column, overflow="fold")
    for row in rows:
        grid.add_row(*["" if cell is None else escape(str(cell)) for cell in row])
    stdout.print(grid)


def fields(result: Mapping[str, Any]) -> None:
    """Print a mapping as aligned `name  value` lines on stdout."""
    width = max((len(name) for name in result), default=0)
    for name, value in result.items():
        stdout.print(f"[bold]{name:<{width}}[/bold]  {escape(str(value))}")


def fail(error: FinGraphError, *, as_json: bool) -> int:
    """Show an error and return the exit code to leave with."""
    if as_json:
        emit(error.as_dict())
    else:
        stderr.print(f"[bold red]{error.code}[/bold red]: {escape(error.message)}")
        for hint in error.hints:
            stderr.print(f"  - {escape(hint)}")
    return error.exit_code


class Terminal:
    """Progress bars on stderr; plain lines when stderr is no terminal."""

    def __init__(self) -> None:
        self._bars: Progress | None = None
        self._task: Any = None

    def __enter__(self) -> Terminal:
        if stderr.is_terminal:
            self._bars = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[unit]}"),
                TimeElapsedColumn(),
                console=stderr,
            )
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bars is not None:
            self._bars.stop()

    def step(self, name: str, total: int | None = None, unit: str = "rows") -> None:
        """Begin the step `name`."""
        if self._bars is None:
            stderr.print(escape(name) + (f" ({total:,} {unit})" if total else ""))
            return
        if self._task is not None:
            task = self._bars.tasks[self._task]
            self._bars.update(self._task, total=task.completed or 1, completed=task.completed or 1)
        self._task = self._bars.add_task(escape(name), total=total, unit=unit)

    def advance(self, units: int) -> None:
        """`units` more are done."""
        if self._bars is not None and self._task is not None:
            self._bars.advance(self._task, units)

    def say(self, line: str) -> None:
        """A line for a person."""
        stderr.print(escape(line))
