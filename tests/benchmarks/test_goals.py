"""The table of goals: when a figure holds, is missed, is stale, or was never measured."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import goals, model_tables, ring_tables, serving_tables
from benchmarks.goal import ROOMS, Figure, Goal, MeasuringError
from benchmarks.results import CHANGED, LOCK, ROOT, Result, read_result, result_of, write_result


def git(repository: Path, *arguments: str) -> str:
    """Output of a git command that knows an author."""
    author = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    done = subprocess.run(
        ["git", *author, *arguments], cwd=repository, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a measured folder and another one, all committed."""
    root = tmp_path / "repository"
    for name in ("measured/code.py", "other/code.py"):
        (root / name).parent.mkdir(parents=True)
        (root / name).write_text("fast = True\n")
    git(root.parent, "init", "--quiet", str(root))
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "first")
    return root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where results are kept."""
    return tmp_path / "results"


def runner(size: int) -> Mapping[str, Figure]:
    return {"speed": Figure(0.9, f"{size} rows", {"seconds": 1})}


SPEED = Goal("speed", "how fast it is", "≥", 0.8, "×", 100, ("measured",), runner)


def kept(repository: Path, folder: Path, figure: float = 0.9, goal: Goal = SPEED) -> Result:
    """Keep a figure measured on the repository as it is."""
    result = result_of(goal, Figure(figure, "100 rows"), repository)
    write_result(result, folder)
    return result


def state(repository: Path, folder: Path, goal: Goal = SPEED) -> str:
    (row,) = goals.rows([goal], folder, repository)
    return row.state


def test_a_goal_without_a_result_was_never_measured(repository: Path, folder: Path) -> None:
    assert state(repository, folder) == "never measured"


@pytest.mark.parametrize(
    ("compare", "figure", "expected"),
    [("≥", 0.8, "yes"), ("≥", 0.79, "missed"), ("≤", 0.8, "yes"), ("≤", 0.81, "missed")],
)
def test_a_figure_is_judged_by_the_bound(
    repository: Path, folder: Path, compare: str, figure: float, expected: str
) -> None:
    goal = replace(SPEED, compare=compare)
    assert kept(repository, folder, figure, goal).holds is (expected == "yes")
    assert state(repository, folder, goal) == expected


def test_a_figure_is_judged_by_the_goal_as_it_is_now(repository: Path, folder: Path) -> None:
    kept(repository, folder)
    assert state(repository, folder, replace(SPEED, bound=0.95)) == "missed"


def test_a_change_of_what_is_measured_makes_a_figure_stale(repository: Path, folder: Path) -> None:
    kept(repository, folder)
    (repository / "measured" / "code.py").write_text("fast = False\n")
    assert state(repository, folder) == "stale"
    git(repository, "commit", "--quiet", "-a", "-m", "slow")
    assert state(repository, folder) == "stale"


def test_a_new_file_makes_a_figure_stale(repository: Path, folder: Path) -> None:
    kept(repository, folder)
    (repository / "measured" / "more.py").write_text("")
    assert state(repository, folder) == "stale"


def test_a_change_elsewhere_leaves_a_figure_alone(repository: Path, folder: Path) -> None:
    kept(repository, folder)
    (repository / "other" / "code.py").write_text("fast = False\n")
    git(repository, "commit", "--quiet", "-a", "-m", "elsewhere")
    assert state(repository, folder) == "yes"


@pytest.mark.parametrize(
    ("locked", "expected"),
    [
        ("numpy==2.4.1 \\\n    --hash=sha256:aa\n", "yes"),
        ("numpy==2.4.1 \\\n    --hash=sha256:aa\nmlflow==3.1\n", "yes"),
        ("numpy==2.4.2 \\\n    --hash=sha256:bb\n", "stale"),
        ("mlflow==3.1\n", "stale"),
    ],
)
def test_a_package_that_came_later_leaves_a_figure_alone_and_another_version_does_not(
    repository: Path, folder: Path, locked: str, expected: str
) -> None:
    lock = repository / LOCK
    lock.write_text("numpy==2.4.1 \\\n    --hash=sha256:aa\n")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "locked")
    goal = replace(SPEED, measures=("measured", LOCK))
    kept(repository, folder, goal=goal)
    lock.write_text(locked)
    assert state(repository, folder, goal) == expected


def test_an_unknown_commit_makes_a_figure_stale(repository: Path, folder: Path) -> None:
    write_result(replace(kept(repository, folder), commit="0" * 40), folder)
    assert state(repository, folder) == "stale"


def test_a_figure_of_code_that_no_commit_holds_stays_stale(repository: Path, folder: Path) -> None:
    code = repository / "measured" / "code.py"
    before = code.read_text()
    code.write_text("fast = 'very'\n")
    assert kept(repository, folder).commit.endswith(CHANGED)
    code.write_text(before)
    assert state(repository, folder) == "stale"


def test_a_clone_of_head_is_measured_as_committed(repository: Path, folder: Path) -> None:
    (repository / "measured" / "code.py").write_text("fast = 'very'\n")
    result = kept(repository, folder, goal=replace(SPEED, committed=True))
    assert result.commit == git(repository, "rev-parse", "HEAD")


def test_a_stale_figure_counts_as_missed(repository: Path, folder: Path) -> None:
    kept(repository, folder)
    (repository / "measured" / "code.py").write_text("fast = False\n")
    found = goals.rows([SPEED], folder, repository)
    assert goals.summary(found) == {"goals": 1, "hold": 0, "missed": 1, "never_measured": 0}


def test_a_result_says_where_and_when(repository: Path, folder: Path) -> None:
    result = kept(repository, folder)
    assert read_result("speed", folder) == result
    assert result.machine["cores"] >= 1
    assert {"cpu", "memory_mb", "python", "java", "loop_ms"} <= set(result.machine)
    assert result.command == "make goals RUN=speed"
    assert result.date.endswith("Z")


@pytest.fixture
def only_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(goals, "GOALS", (SPEED,))


@pytest.mark.usefixtures("only_speed")
def test_measuring_keeps_the_figure(repository: Path, folder: Path) -> None:
    (result,) = goals.measure("speed", None, folder, repository)
    assert result.data == "100 rows"
    assert read_result("speed", folder) == result


@pytest.mark.usefixtures("only_speed")
def test_a_trial_is_not_kept(repository: Path, folder: Path) -> None:
    (result,) = goals.measure("speed", 7, folder, repository)
    assert result.data == "7 rows"
    assert read_result("speed", folder) is None


def test_the_table_has_a_line_a_goal(repository: Path, folder: Path) -> None:
    kept(repository, folder)
    other = replace(SPEED, name="memory")
    head, first, second = goals.table(goals.rows([SPEED, other], folder, repository)).splitlines()
    assert head.split() == ["name", "goal", "figure", "unit", "holds", "command", "commit", "machine", "date"]
    assert first.startswith("speed")
    assert "0.9" in first
    assert "never measured" in second


def test_json_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert goals.main(["--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in told["rows"]] == [goal.name for goal in goals.GOALS]
    assert told["goals"] == len(goals.GOALS)


def test_a_measurement_that_fails_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_: int) -> Mapping[str, Figure]:
        raise MeasuringError("goals.command", "It did not run.")

    monkeypatch.setattr(goals, "GOALS", (replace(SPEED, runner=fails),))
    assert goals.main(["--run", "speed"]) == 1
    assert "It did not run." in capsys.readouterr().err
    assert goals.main(["--run", "nothing"]) == 3


def test_what_the_goals_measure_is_there() -> None:
    paths = {path for goal in goals.GOALS for path in goal.measures}
    assert not [path for path in paths if not (ROOT / path.removeprefix(":(exclude)")).exists()]
    assert all((ROOT / room / "__init__.py").exists() for room in ROOMS)


def test_the_document_about_rings_says_what_was_measured() -> None:
    assert ring_tables.DOCUMENT.read_text(encoding="utf-8") == ring_tables.document()


def test_the_document_about_models_says_what_was_measured() -> None:
    assert model_tables.DOCUMENT.read_text(encoding="utf-8") == model_tables.document()


def test_the_document_about_serving_says_what_was_measured() -> None:
    assert serving_tables.DOCUMENT.read_text(encoding="utf-8") == serving_tables.document()
    kept = read_result("score_p50_ms")
    assert kept is not None
    assert serving_tables.PLOT.read_text(encoding="utf-8") == serving_tables.plot(kept.details)
