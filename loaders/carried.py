"""What applications that came by files carry from their own point on, for those that arrive and meet them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.clock import iso
from core.errors import IncompatibleError
from core.graph import Graph
from core.progress import SILENT, Progress
from graph_schema import arriving
from loaders.run import arrivals_began
from queries import statement

CHUNK = 10_000
"""Applications a transaction."""


def store_carried(
    graph: Graph,
    keys: Sequence[str],
    values: NDArray[np.float64],
    version: str,
    progress: Progress = SILENT,
) -> int:
    """Store what applications carry, once; returns how many carried nothing before.

    `values`: (applications, carried features), NaN where there is none; `version`: of their catalogue. Applications that
    are not in the graph are passed over. Raises `IncompatibleError`, before anything is written: `carried.version` where
    one carries another version, which is never rewritten; `carried.arrivals` where applications arrive, who met them
    without.
    """
    _require_unmixed(graph, version)
    progress.step("Storing", len(keys))
    stored = 0
    for start in range(0, len(keys), CHUNK):
        end = min(start + CHUNK, len(keys))
        found = graph.write(
            arriving.STORE_CARRIED_OF_MANY,
            key=list(keys[start:end]),
            values=values[start:end].ravel().tolist(),
            wide=values.shape[1],
            version=version,
        )[0]
        stored += int(found["stored"])
        progress.advance(end - start)
    return stored


def _require_unmixed(graph: Graph, version: str) -> None:
    began = arrivals_began(graph)
    if began is not None:
        raise IncompatibleError(
            "carried.arrivals",
            f"Applications arrive in this graph since {iso(began)}, and met those that came by files as they are.",
        )
    others = statement("loads/carried_otherwise").run(graph, version=version)
    if others:
        raise IncompatibleError(
            "carried.version",
            f"Applications carry features of catalogue {others[0]['other']}; they are never rewritten with {version}.",
        )
