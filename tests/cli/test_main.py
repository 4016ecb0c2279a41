"""How commands end when something goes wrong that nobody foresaw."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import main, output
from cli import rings as rings_commands
from core.graph import Graph
from rings import OutcomeShare

ROOT = Path(__file__).parents[2]


def ended(monkeypatch: pytest.MonkeyPatch, action: Callable[[], object], *args: str) -> int:
    """The exit code of a command that does `action`."""

    def command_line(asked: str | None) -> Callable[..., object]:
        assert asked == (args[0] if args else None)
        return lambda **_: action()

    monkeypatch.setattr(main, "command_line", command_line)
    monkeypatch.setattr(sys, "argv", ["fingraph", *args])
    with pytest.raises(SystemExit) as left:
        main.main()
    assert isinstance(left.value.code, int)
    return left.value.code


def broken() -> None:
    raise ValueError("13800138000 is no number")


def test_an_unforeseen_error_says_its_kind_and_place_and_no_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, broken, "--json") == 1
    told = capsys.readouterr()
    error = json.loads(told.out)
    assert error["error"] == "internal"
    assert "ValueError" in error["message"]
    assert f"{__file__}:{broken.__code__.co_firstlineno + 1}" in error["message"]
    assert "13800138000" not in told.out + told.err
    assert ended(monkeypatch, broken) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_debugging_shows_the_whole_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINGRAPH_DEBUG", "1")
    monkeypatch.setattr(main, "command_line", lambda _: lambda **_: broken())
    with pytest.raises(ValueError, match="13800138000"):
        main.main()


def test_a_command_imports_nothing_that_takes_seconds() -> None:
    code = (
        "import sys; import cli.main, api.app; cli.main.command_line(); "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {"networkit", "matplotlib", "pandas", "sklearn", "IPython", "mlflow", "optbinning", "torch"}
    assert not heavy & set(done.stdout.split())


def test_a_command_imports_itself_alone() -> None:
    code = "import sys; from cli.main import command_line; command_line('keys'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "cli.keys" in done.stdout.split()
    assert not {"cli.rings", "cli.training", "cli.serve", "polars", "scipy", "fastapi"} & set(
        done.stdout.split()
    )


def test_the_command_line_has_every_command() -> None:
    told = CliRunner().invoke(main.command_line(), ["--help"]).stdout
    assert all(f" {name} " in told for name in main.COMMANDS)


@pytest.mark.parametrize("args", ["nonsense", "keys nonsense", "keys list --nonsense"])
def test_what_is_no_command_is_said_in_json_too(args: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli", *args.split(), "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, json.loads(done.stdout)["error"]) == (2, "usage")


@pytest.mark.parametrize(("args", "niceness"), [("rings run", 10), ("rings backfill", 10), ("rings list", 0)])
def test_what_works_over_the_whole_graph_gives_way_before_it_imports_anything(
    args: str, niceness: int
) -> None:
    """`cli.main` notes how nice the process is when it is imported."""
    code = (
        "import os, sys, types\n"
        "from cli.entry import main\n"
        "class Late(types.ModuleType):\n"
        "    def __getattr__(self, name):\n"
        "        print(os.nice(0) - before)\n"
        "        return lambda: None\n"
        "before = os.nice(0)\n"
        "sys.modules['cli.main'] = Late('cli.main')\n"
        f"sys.argv[1:] = {args.split()}\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout.split()[0]) == min(niceness, 19 - os.nice(0))


@pytest.mark.parametrize("kind", [PermissionError, IsADirectoryError, FileNotFoundError])
def test_a_path_that_cannot_be_opened_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: type[OSError]
) -> None:
    def action() -> None:
        raise kind(1, "words of the system", "/data/a.csv")

    assert ended(monkeypatch, action, "--json") == 2
    error = json.loads(capsys.readouterr().out)
    assert error["error"] == "file.access"
    assert "/data/a.csv" in error["message"]


@pytest.mark.parametrize(
    "arguments",
    ["--help", "doctor", "doctor --json", "db status --json", "rings list --json", "nonsense --json"],
)
def test_a_reader_that_has_left_ends_a_command_quietly(arguments: str, tmp_path: Path) -> None:
    """As in `fingraph … | head`: what comes after the reader is gone goes nowhere."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        done = subprocess.run(
            [sys.executable, "-m", "cli", *arguments.split()],
            env={**os.environ, "FINGRAPH_HOME": str(tmp_path)},
            stdout=pipe,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (main.READER_LEFT, "")


def test_what_a_person_types_is_no_markup(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Opened:
        def __enter__(self) -> Graph:
            return None  # type: ignore[return-value]

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(rings_commands, "_graph", Opened)
    monkeypatch.setattr(rings_commands, "outcome_shares", lambda *_, **__: {"inside": OutcomeShare(4, 1)})
    with output.stdout.capture() as shown:
        rings_commands.shares(target="[/x]", users=3)
    assert "[/x] inside rings" in shown.get()
