"""The house's own rules, as checks of its text: sizes, excepts, who reads the environment, who imports what."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from features import house_catalogue
from features.document import document as feature_document
from graph_schema import FINGRAPH
from graph_schema.docs import document as schema_document
from tests.house import codes
from tests.house.errors import DOCUMENT, ROOMS, document, raised

ROOT = Path(__file__).parents[2]
LONGEST_FUNCTION, LONGEST_MODULE = 60, 420
READS_ENVIRONMENT = {
    "core/settings.py": "the one place that reads settings",
    "core/server/java.py": "JAVA_HOME and PATH are the system's, not settings of ours",
    "core/server/runtime.py": "hands Maven the environment without our settings",
    "core/server/admin.py": "hands Neo4j the environment without our settings",
    "risk/__init__.py": "OpenMP's own setting, before the library is loaded",
    "cli/serve.py": "OpenMP's own setting, before the library is loaded",
    "registry/store.py": "MLflow's own settings: which server, and that it calls nobody",
    "cli/output.py": "COLUMNS is the terminal's, not a setting of ours",
    "benchmarks/command.py": "hands measured commands the environment without our settings",
}
IMPORTERS = {
    "neo4j": ("core/",),
    "graphdatascience": ("queries/bridges.py",),
    "py2neo": ("queries/bridges.py",),
    "torch": ("risk/network_train.py",),
    "onnx": ("risk/network_train.py",),
    "onnxruntime": ("risk/network.py",),
    "sqlalchemy": ("core/sql/", "security/", "policy/", "scoring/"),
    "alembic": ("core/sql/",),
    "psycopg": (),  # SQLAlchemy imports it, when PostgreSQL is named
}
"""Who may import a library; nobody else."""
REGISTRIES = re.compile(
    r"(?<!no-emit-)index-url|files\.python" + r"hosted|pypi\.org/sim" + r"ple|repo1?\.maven\.(?:apache\.)?or"
    r"g|registry\.npm" + r"js|registry\.yarn" + r"pkg"
)


@cache
def _sources() -> dict[str, ast.Module]:
    """Every module of ours by its path, parsed."""
    folders = (*ROOMS, "benchmarks", "tests")
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def _shipped() -> dict[str, ast.Module]:
    return {path: tree for path, tree in _sources().items() if not path.startswith("tests/")}


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_functions_stay_short() -> None:
    long = [
        f"{path}:{node.lineno} {node.name}: {1 + (node.end_lineno or 0) - node.lineno} lines"
        for path, tree in _sources().items()
        for node in _functions(tree)
        if 1 + (node.end_lineno or 0) - node.lineno > LONGEST_FUNCTION
    ]
    assert not long


def test_modules_stay_short() -> None:
    lines = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in _sources()}
    assert not {path: count for path, count in lines.items() if count > LONGEST_MODULE}


def _is_broad(node: ast.expr | None) -> bool:
    if isinstance(node, ast.Tuple):
        return any(_is_broad(one) for one in node.elts)
    return node is None or (isinstance(node, ast.Name) and node.id in ("Exception", "BaseException"))


def _swallows(handler: ast.ExceptHandler) -> bool:
    """Whether what was caught is neither raised again nor looked at."""
    inside = [node for statement in handler.body for node in ast.walk(statement)]
    looked_at = any(isinstance(node, ast.Name) and node.id == handler.name for node in inside)
    return not looked_at and not any(isinstance(node, ast.Raise) for node in inside)


def _silent(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            if node.type is None or (_is_broad(node.type) and _swallows(node)):
                yield node.lineno
        elif (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).endswith("suppress")
            and any(_is_broad(one) for one in node.args)
        ):
            yield node.lineno


def test_no_error_is_swallowed() -> None:
    assert not [f"{path}:{line}" for path, tree in _shipped().items() for line in _silent(tree)]


@pytest.mark.parametrize(
    ("text", "silent"),
    [
        ("try: f()\nexcept: pass", True),
        ("try: f()\nexcept Exception: pass", True),
        ("try: f()\nexcept (OSError, Exception) as e: g()", True),
        ("with contextlib.suppress(Exception): f()", True),
        ("try: f()\nexcept Exception as e: log(e)", False),
        ("try: f()\nexcept BaseException:\n  undo()\n  raise", False),
        ("try: f()\nexcept FileNotFoundError: pass", False),
    ],
)
def test_a_swallowed_error_is_seen(text: str, silent: bool) -> None:
    assert bool(list(_silent(ast.parse(text)))) is silent


def _reads_environment(tree: ast.Module) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb"))
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and _names(node) & {"environ", "getenv"})
        for node in ast.walk(tree)
    )


def _names(node: ast.Import | ast.ImportFrom) -> set[str]:
    return {alias.name for alias in node.names}


def test_only_the_settings_read_the_environment() -> None:
    reading = {path for path, tree in _shipped().items() if _reads_environment(tree)}
    assert reading <= set(READS_ENVIRONMENT)


def _imports(tree: ast.Module) -> set[str]:
    """Top-level names of everything imported, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.split(".")[0] for name in _names(node)}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("library", IMPORTERS)
def test_a_library_is_imported_where_it_belongs(library: str) -> None:
    using = [path for path, tree in _shipped().items() if library in _imports(tree)]
    assert not [path for path in using if not path.startswith(IMPORTERS[library] or ("nowhere",))]


def _tracked() -> list[Path]:
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip("no git checkout")
    return [path for name in done.stdout.splitlines() if (path := ROOT / name).is_file()]


def test_no_file_names_a_registry() -> None:
    named = []
    for path in _tracked():
        text = path.read_text(encoding="utf-8", errors="replace")
        if path != Path(__file__) and (found := REGISTRIES.search(text)):
            named.append(f"{path.relative_to(ROOT)}: {found[0]}")
    assert not named


@pytest.mark.parametrize(
    "text", ["--extra-index-url x", "https://files.python" + "hosted.org/a", "registry.npm" + "js.org"]
)
def test_a_registry_is_seen(text: str) -> None:
    assert REGISTRIES.search(text)
    assert not REGISTRIES.search("uv pip compile --no-emit-index-url")


def _locked(name: str) -> dict[str, set[str]]:
    """Versions of each package that a lock names."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if pinned := re.match(r"([\w.-]+)==([^\s;]+)", line):
            found[pinned[1]].add(pinned[2])
    return found


def test_the_extra_torch_changes_no_version() -> None:
    every, extra = _locked("requirements.lock"), _locked("requirements-torch.lock")
    assert {"torch", "onnx", "numpy"} <= set(extra)
    assert "torch" not in every
    assert not {name: extra[name] for name in set(every) & set(extra) if extra[name] != every[name]}


def test_every_error_has_its_code_written_out() -> None:
    assert not [one.place for one in raised() if one.code is None]


def test_error_codes_are_dotted_words() -> None:
    codes = {one.code for one in raised() if one.code}
    assert not [code for code in codes if not re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", code)]


def test_an_error_code_has_one_kind() -> None:
    places: dict[str, dict[str, str]] = defaultdict(dict)
    for one in raised():
        places[str(one.code)][one.kind.name] = one.place
    assert not {code: kinds for code, kinds in places.items() if len(kinds) > 1}


def test_the_document_of_errors_is_not_stale() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run: python -m tests.house.errors"


def test_the_document_of_codes_is_not_stale() -> None:
    assert codes.DOCUMENT.read_text("utf-8") == codes.document(), "run: python -m tests.house.codes"


def test_the_document_of_the_schema_is_not_stale() -> None:
    written = (ROOT / "docs" / "schema.md").read_text(encoding="utf-8")
    assert written == schema_document(FINGRAPH), "run: fingraph schema docs"


def test_the_document_of_the_features_is_not_stale() -> None:
    written = (ROOT / "docs" / "features.md").read_text(encoding="utf-8")
    assert written == feature_document(house_catalogue()), "run: fingraph features docs"


def test_no_two_test_modules_have_one_name() -> None:
    """Pytest imports a test module by its name alone."""
    places = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        places[path.name].append(str(path.relative_to(ROOT)))
    assert not {name: paths for name, paths in places.items() if len(paths) > 1}


def test_what_is_set_up_for_a_package_of_tests_ends_with_it() -> None:
    """Where a folder is no package pytest keeps such a fixture until the run ends: a server of the API warmed others' graphs."""
    assert not [
        path
        for path in (ROOT / "tests").rglob("*.py")
        if 'scope="package"' in path.read_text(encoding="utf-8")
        and not (path.parent / "__init__.py").exists()
    ]
