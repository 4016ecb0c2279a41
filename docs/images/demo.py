"""Draws `demo.svg` from what the commands print: python docs/images/demo.py (after `make demo`)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parent
LINES = 46
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


def printed(*arguments: str) -> str:
    """What a command prints, with its colours."""
    env = {**os.environ, "COLUMNS": "110", "FORCE_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "cli", *arguments], env=env, capture_output=True, text=True, check=True
    )
    return f"$ fingraph {' '.join(arguments)}\n{done.stdout}"


def main() -> None:
    """Write the picture beside this file."""
    listed = printed("rings", "list", "--limit", "3", "--sort", "recent")
    ring = re.search(r"\br[a-z2-7]{10}\b", listed)
    if ring is None:
        sys.exit("No ring is listed; run make demo first.")
    shown = printed("rings", "show", ring[0], "--limit", "6")
    console = Console(record=True, width=110, file=StringIO())
    text = "\n".join(f"{listed}\n{shown}".splitlines()[:LINES])
    console.print(Text.from_ansi(text))
    svg = console.export_svg(title="FinGraph", code_format=FORMAT, unique_id="demo")
    (HERE / "demo.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
