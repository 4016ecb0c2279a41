"""What `make` does of itself."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("keeps", [True, False])
def test_where_python_keeps_no_bytecode_all_is_compiled_at_once(keeps: bool, tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environ |= {} if keeps else {"PYTHONDONTWRITEBYTECODE": "1"}
    command = ("make", "--dry-run", "--silent", f"VENV={tmp_path}", "setup")
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    installs = [line for line in done.stdout.splitlines() if " -m pip install " in line]
    assert installs
    assert all(("--no-compile" in line) == keeps for line in installs)
