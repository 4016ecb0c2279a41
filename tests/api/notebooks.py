"""Runs a notebook of examples/ as a reader would, in a kernel of its own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import nbclient
import nbformat

ROOT = Path(__file__).parents[2]


def printed_by(path: Path, env: Mapping[str, str]) -> str:
    """What its cells print; it is kept without outputs, and raises where a cell does."""
    notebook = nbformat.read(path, as_version=4)
    assert not [cell for cell in notebook.cells if cell.cell_type == "code" and cell.outputs]
    kept = {**os.environ, **env, "PYTHONPATH": str(ROOT / "clients" / "python")}
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute(env=kept)
    code = (cell for cell in notebook.cells if cell.cell_type == "code")
    return "".join(output.get("text", "") for cell in code for output in cell.outputs)
