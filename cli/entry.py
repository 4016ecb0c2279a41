"""Where `fingraph` begins: what works over the whole graph gives way to decisions on the same machine before it imports anything,
which takes seconds where they keep the cores busy."""

from __future__ import annotations

import os
import sys

NICENESS = 10
WHOLE_GRAPH = (["rings", "run"], ["rings", "backfill"])
"""Commands that give way."""


def main() -> None:
    """Run the command line."""
    if sys.argv[1:3] in WHOLE_GRAPH:
        os.nice(NICENESS)
    from cli.main import main as run

    run()
