"""FinGraph from Python: `fingraph.open()` gives the graph, its facts as columns, and training tables.

import fingraph

with fingraph.open() as home:
    home.export()
    table = home.training_table("fraud", "2025-01-01", "2025-04-01")
"""

from fingraph.home import FinGraph, open_home

open = open_home  # noqa: A001 - called as `fingraph.open()`

__all__ = ["FinGraph", "open"]
