"""The wheel as people get it: built, installed outside the checkout, and complete."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = {
    *(
        "api",
        "cli",
        "core",
        "features",
        "fingraph",
        "graph_schema",
        "loaders",
        "queries",
        "registry",
        "rings",
    ),
    *("policy", "risk", "scoring", "security", "simulator", "snapshot"),
}
DIST_INFO = re.compile(r"fingraph_platform-[^/]+\.dist-info")
NOT_SHIPPED = re.compile(
    r"(^|/)(tests?|benchmarks?|__pycache__|\.fingraph[^/]*)/|(^|/)test_|conftest|\.(env|key|password|pem|pyc)$"
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


def run(*command: str | Path, cwd: Path) -> str:
    """Output of a command that ends well, with no way to import from the checkout."""
    kept = {"PATH": "/usr/bin:/bin", "HOME": str(cwd), "LANG": "C.UTF-8"}
    done = subprocess.run(command, cwd=cwd, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with what is installed here: nothing is fetched."""
    out = tmp_path_factory.mktemp("dist")
    command = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT)
    run(*command, cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    """Paths of the files in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`bin` of an environment outside the checkout that has the wheel, and our dependencies by a path."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=folder)
    (site,) = folder.glob("lib/python*/site-packages")
    # A path added so brings packages, not their .pth files: the checkout's editable install stays out.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


def files_of(room: str, *endings: str) -> set[str]:
    """Paths of a room's files in the checkout, relative to it."""
    found = (path for path in (ROOT / room).rglob("*") if path.name.endswith(endings))
    return {str(path.relative_to(ROOT)) for path in found}


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_the_wheel_has_every_file_of_a_room(names: list[str], room: str) -> None:
    assert files_of(room, ".py", ".cypher", ".xml", ".toml", ".json", "py.typed") <= set(names)
    assert f"{room}/py.typed" in names


def test_the_wheel_has_the_statements_and_the_runtime(names: list[str]) -> None:
    assert any(name.startswith("queries/") and name.endswith(".cypher") for name in names)
    assert "core/server/neo4j-runtime.pom.xml" in names


def test_the_wheel_has_nothing_else_at_its_top(names: list[str]) -> None:
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not DIST_INFO.fullmatch(top)} == ROOMS


def test_the_wheel_has_no_tests_and_no_secrets(names: list[str]) -> None:
    assert not [name for name in names if NOT_SHIPPED.search(name)]


def test_the_wheel_says_what_it_is(wheel: Path, names: list[str]) -> None:
    info = next(name.split("/")[0] for name in names if DIST_INFO.match(name))
    with zipfile.ZipFile(wheel) as archive:
        about = HeaderParser().parsestr(archive.read(f"{info}/METADATA").decode())
        entries = archive.read(f"{info}/entry_points.txt").decode()
    assert about["Name"] == "fingraph-platform"
    assert about["License-Expression"] == "Apache-2.0"
    assert about["Requires-Python"] == ">=3.11"
    assert f"{info}/licenses/LICENSE" in names
    assert "[console_scripts]\nfingraph = cli.entry:main" in entries


def test_the_command_runs_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    said = run(installed / "fingraph", "--help", cwd=tmp_path)
    assert all(command in said for command in ("load", "rings", "db", "doctor"))
    run(
        installed / "fingraph", "simulate", "--out", "world", "--applications", "1000", "--json", cwd=tmp_path
    )
    assert (tmp_path / "world" / "mapping.toml").exists()
    assert json.loads(run(installed / "fingraph", "sql", "upgrade", "--json", cwd=tmp_path))["up_to_date"]


def test_every_statement_is_read_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    code = (
        "import json, queries; from core.server.runtime import pom; "
        "from queries.specs import SUBJECTS, picture_text, subject_text; "
        "read = [queries.statement(name).name for name in queries.statement_names()]; "
        "asked = queries.questions(); read += ['questions/' + one.name for one in asked]; "
        "pictures = {one.picture for one in asked if one.picture and one.steps is None and picture_text(one.picture)}; "
        "read += ['pictures/' + name for name in pictures]; "
        "read += ['subjects/' + kind.value for kind in SUBJECTS if subject_text(kind)]; "
        "print(json.dumps({'read': read, 'pom': len(pom()), 'place': queries.__file__}))"
    )
    found = json.loads(run(installed / "python", "-c", code, cwd=tmp_path))
    statements = {name.removeprefix("queries/") for name in files_of("queries", ".cypher")}
    assert {f"{name}.cypher" for name in found["read"]} == statements
    assert found["pom"] > 0
    assert not Path(found["place"]).is_relative_to(ROOT)
