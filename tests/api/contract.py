"""`api/openapi.json` and the Python client, made from the code: `python -m tests.api.contract` writes both anew."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from api import create_app
from api.document import text
from core.settings import load_settings

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "api" / "openapi.json"
CLIENT = ROOT / "clients" / "python" / "fingraph_client"
CONFIG = ROOT / "clients" / "python" / "generator.yml"


def document_text() -> str:
    """The document that the code makes."""
    return text(create_app(load_settings({})))


def write_client(document: Path, out: Path) -> None:
    """Make the client of `document` in the new folder `out`."""
    tools = Path(sys.executable).parent
    command = ("openapi-python-client", "generate", "--meta", "none", "--fail-on-warning", "--overwrite")
    done = subprocess.run(
        [tools / command[0], *command[1:], "--path", document, "--output-path", out, "--config", CONFIG],
        env={**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"},
        cwd=out.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def files_of(folder: Path) -> dict[str, str]:
    """The text of each Python file below a folder, by its path there."""
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.py"))
    }


def main() -> None:
    """Write both."""
    DOCUMENT.write_text(document_text(), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / CLIENT.name
        write_client(DOCUMENT, out)
        if CLIENT.exists():
            shutil.rmtree(CLIENT)
        shutil.copytree(out, CLIENT, ignore=shutil.ignore_patterns("__pycache__", ".ruff_cache", "README.md"))


if __name__ == "__main__":
    main()
