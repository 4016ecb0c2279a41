"""Draws `demo.svg` from what the commands print: python docs/images/demo.py (after `make demo`)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parent
WIDTH, LINES = 112, 60
LIST = ("rings", "list", "--limit", "10")
FORMAT = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, monospace; font-size: {char_height}px;
  line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}"
  height="{terminal_height}"/></clipPath>{lines}</defs>
{chrome}<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g></svg>
"""


def output(*arguments: str) -> str:
    """What a command prints, with its colours."""
    env = {**os.environ, "COLUMNS": str(WIDTH), "FORCE_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "cli", *arguments], env=env, capture_output=True, text=True, check=True
    )
    return done.stdout


def printed(*arguments: str) -> str:
    """A command as it is typed, and what it prints."""
    return f"$ fingraph {' '.join(arguments)}\n{output(*arguments)}"


def worst() -> str:
    """Of the rings that the picture lists, the one with the most known fraud."""
    rings = json.loads(output(*LIST, "--json"))["items"]
    shown = [json.loads(output("rings", "show", ring["key"], "--json")) for ring in rings]
    if not shown:
        sys.exit("No ring is listed; run make demo first.")
    return str(max(shown, key=lambda one: one["outcomes"]["positive"])["ring"]["key"])


def main() -> None:
    """Write the picture beside this file."""
    listed = printed(*LIST)
    shown = printed("rings", "show", worst(), "--limit", "4")
    console = Console(record=True, width=WIDTH, file=StringIO())
    text = "\n".join(f"{listed}\n{shown}".splitlines()[:LINES])
    console.print(Text.from_ansi(text))
    svg = console.export_svg(title="FinGraph", code_format=FORMAT, unique_id="demo")
    (HERE / "demo.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
