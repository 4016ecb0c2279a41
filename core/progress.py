"""Progress of long work: told to whoever runs it, shown by the command line, ignored by tests."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Receives how far a step has come. A step is announced once, advanced, and ends with the next one."""

    def step(self, name: str, total: int | None = None, unit: str = "rows") -> None:
        """Begin the step `name`; `total` units are expected, when that is known."""

    def advance(self, units: int) -> None:
        """`units` more are done."""

    def say(self, line: str) -> None:
        """A line for a person."""


class Silent:
    """Shows nothing."""

    def step(self, name: str, total: int | None = None, unit: str = "rows") -> None:
        """Nothing."""

    def advance(self, units: int) -> None:
        """Nothing."""

    def say(self, line: str) -> None:
        """Nothing."""


SILENT: Progress = Silent()
