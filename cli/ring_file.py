"""`fingraph rings show --export`: a ring as a file."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import UsageError
from core.files import disk_errors

if TYPE_CHECKING:
    from rings import RingGraph


class Export(StrEnum):
    """What a ring is written as."""

    GRAPHML = "graphml"
    JSON = "json"
    PNG = "png"


def place_for(ring: str, export: Export, out: Path | None, *, force: bool) -> Path:
    """The file to write: `out`, or the ring's name in the working directory.

    Raises `UsageError`: `rings.file` where a file stands and `force` is off, or no folder holds it.
    """
    path = out or Path(f"{Path(ring).name}.{export.value}")
    if path.is_dir() or not path.parent.is_dir():
        raise UsageError("rings.file", f"{path} is no place for a file; name one in a folder that exists.")
    if path.exists() and not force:
        raise UsageError("rings.file", f"{path} exists already; name another with --out, or add --force.")
    return path


def write_ring(ring_graph: RingGraph, export: Export, path: Path) -> dict[str, Any]:
    """Write the ring to `path`, whole or not at all; returns what was written.

    Raises `EnvironmentMissingError` (`disk.full`).
    """
    content = _content(ring_graph, export)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with disk_errors(path.parent):
        try:
            draft.write_bytes(content)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    return {
        "ring": ring_graph.ring.key,
        "file": str(path),
        "bytes": len(content),
        "nodes": len(ring_graph.nodes),
        "edges": len(ring_graph.edges),
        "cut": ring_graph.cut,
        "of_nodes": ring_graph.total.nodes,
        "of_edges": ring_graph.total.edges,
    }


def _content(ring_graph: RingGraph, export: Export) -> bytes:
    if export is Export.PNG:
        from rings.picture import picture

        return picture(ring_graph)
    from rings import as_json, graphml

    return graphml(ring_graph) if export is Export.GRAPHML else as_json(ring_graph)
