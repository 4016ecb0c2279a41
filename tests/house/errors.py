"""`docs/errors.md`, read from the code: `python -m tests.house.errors` writes it anew."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = (
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
)
DOCUMENT = ROOT / "docs" / "errors.md"
HEAD = """\
# Errors

Every error that FinGraph raises on purpose. A command shows its code, what happened and what to do, and leaves with the
exit code; with `--json` it prints `{"error": code, "message": …, "hints": […]}`. A server answers with the HTTP status.
`…` stands for what is filled in, never for personal data. Written by `python -m tests.house.errors` from the code.

| code | kind | exit | HTTP | says |
|---|---|---:|---:|---|
"""


@dataclass(frozen=True)
class Kind:
    """An error class: what a command leaves with and a server answers."""

    name: str
    exit_code: int
    status: int


@dataclass(frozen=True)
class Raised:
    """One place that makes an error."""

    kind: Kind
    code: str | None
    """None when it is not written out there."""
    message: str
    place: str


def modules() -> Iterator[tuple[Path, ast.Module]]:
    """Every module of the rooms, parsed."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def kinds() -> dict[str, Kind]:
    """The error tree by class name."""
    classes = [node for _, tree in modules() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    found = {"Exception": Kind("Exception", 1, 500)}
    known = -1
    while known != len(found):
        known = len(found)
        for node in classes:
            bases = [base.id for base in node.bases if isinstance(base, ast.Name) and base.id in found]
            if bases and (node.name == "FinGraphError" or bases[0] != "Exception"):
                given = dict(_numbers(node))
                base = found[bases[0]]
                exit_code = given.get("exit_code", base.exit_code)
                found[node.name] = Kind(node.name, exit_code, given.get("status", base.status))
    return {name: kind for name, kind in found.items() if name != "Exception"}


def _numbers(node: ast.ClassDef) -> Iterator[tuple[str, int]]:
    for statement in node.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            value = statement.value
            if isinstance(value, ast.Constant) and isinstance(value.value, int):
                yield statement.targets[0].id, value.value


def raised() -> list[Raised]:
    """Every place that makes an error of the tree."""
    tree = kinds()
    return [
        Raised(tree[node.func.id], code, _message(node), f"{path.relative_to(ROOT)}:{node.lineno}")
        for path, module in modules()
        for node, around in _calls(module, module)
        if isinstance(node.func, ast.Name) and node.func.id in tree
        for code in _codes(node.args[0] if node.args else None, around)
    ]


def _calls(node: ast.AST, around: ast.AST) -> Iterator[tuple[ast.Call, ast.AST]]:
    """Every call below `node`, with the function it stands in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child, around
        yield from _calls(child, child if isinstance(child, ast.FunctionDef) else around)


def _codes(node: ast.expr | None, around: ast.AST) -> list[str | None]:
    """The codes an expression may stand for; a name stands for what its function assigns to it."""
    if isinstance(node, ast.IfExp):
        return [*_codes(node.body, around), *_codes(node.orelse, around)]
    if isinstance(node, ast.Name):
        return [code for value in _assigned(node.id, around) for code in _codes(value, around)] or [None]
    return [node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None]


def _assigned(name: str, around: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(around):
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            together = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
            pairs = zip(target.elts, value.elts, strict=True) if together else [(target, value)]
            yield from (given for one, given in pairs if isinstance(one, ast.Name) and one.id == name)


def _message(node: ast.Call) -> str:
    return re.sub("…+", "…", _words(node.args[1])) if len(node.args) > 1 else "…"


def _words(node: ast.expr) -> str:
    """The text of a message, with `…` for what is filled in."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_words(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return _words(node.left) + _words(node.right)
    return "…"


def document() -> str:
    """The text that `docs/errors.md` must have."""
    lines: list[str] = []
    found = [one for one in raised() if one.code is not None]
    for code in sorted({str(one.code) for one in found}):
        same = [one for one in found if one.code == code]
        says = dict.fromkeys(" ".join(one.message.split()).replace("|", "\\|") for one in same)
        kind = same[0].kind
        lines.append(f"| `{code}` | {kind.name} | {kind.exit_code} | {kind.status} | {' / '.join(says)} |")
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
