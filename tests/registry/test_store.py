"""The registry on MLflow's own SQLite: versions, who decides, and the way back."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import EnvironmentMissingError, IncompatibleError, NotFoundError, UsageError
from registry import Card, Registry, store
from registry.card import write_card

ROOT = Path(__file__).parents[2]
CARD = Card(
    "fraud", "boosting", "v1", ("a",), "2025-01-01", "2025-06-01", "2025-09-01", 95.0, 0, "0.1.0",
    {"train": 10}, {"auc": 0.9}, {"holds": True},
)  # fmt: skip


def model(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "model.json").write_text(text)
    return folder


def keep_versions(home: Path, count: int) -> Path:
    """So many versions of `fraud`. → the folder of the registry, to be copied: MLflow takes seconds to make one."""
    made = Registry(home / "models")
    for number in range(1, count + 1):
        made.register("fraud", model(home / f"made{number}", f'{{"n": {number}}}'), CARD)
    return home / "models"


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keep_versions(tmp_path_factory.mktemp("three"), 3)


@pytest.fixture
def registry(three: Path, tmp_path: Path) -> Registry:
    return Registry(shutil.copytree(three, tmp_path / "models"))


def test_versions_are_promoted_found_and_rolled_back(registry: Registry) -> None:
    registry.promote("fraud", 1)
    registry.promote("fraud", 2)
    registry.promote("fraud", 3, "challenger")
    card, folder, version = registry.find("fraud")
    assert (version, card.target, (folder / "model.json").read_text()) == (2, "fraud", '{"n": 2}')
    assert [(one.version, one.aliases) for one in registry.versions("fraud")] == [
        (3, ("challenger",)), (2, ("champion",)), (1, ()),
    ]  # fmt: skip
    assert registry.rollback("fraud") == 1
    assert registry.find("fraud")[2] == 1
    assert registry.rollback("fraud") == 2
    assert registry.versions()[0].metrics == {"auc": 0.9}


@pytest.mark.parametrize("lender", ["Lotus Bank", "\u83b2\u82b1", "l" * 60, "a'b"])
def test_a_name_that_no_policy_could_write_is_refused_before_anything_is_kept(
    registry: Registry, tmp_path: Path, lender: str
) -> None:
    made = replace(CARD, lender=lender)
    with pytest.raises(UsageError) as refused:
        registry.register(made.name, model(tmp_path / "made", "{}"), made)
    assert refused.value.code == "models.name"
    assert [one.name for one in registry.versions()] == ["fraud"] * 3
    assert not (tmp_path / "made" / "card.json").exists()


def test_all_names_are_listed_however_many_a_page_holds(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_NAMES", 2)
    for number in range(4):
        card = replace(CARD, lender=f"l{number}")
        registry.register(card.name, model(tmp_path / f"of{number}", "{}"), card)
        registry.promote(card.name, 1)
    assert {one.name for one in registry.versions()} == {"fraud", *(f"fraud-l{n}" for n in range(4))}
    assert set(registry.champions()) == {f"fraud-l{n}" for n in range(4)}


def test_a_copy_reads_its_own_files_though_the_first_one_stands(
    registry: Registry, three: Path, tmp_path: Path
) -> None:
    _, folder, _ = registry.find("fraud", "2")
    assert folder.is_relative_to(tmp_path)
    (folder / "model.json").write_text("{}")
    assert Registry(three).find("fraud", "2")[1].is_relative_to(three)
    with pytest.raises(IncompatibleError):
        registry.find("fraud", "2")


def test_another_process_sees_the_same(registry: Registry, tmp_path: Path) -> None:
    registry.promote("fraud", 2)
    assert Registry(tmp_path / "models").find("fraud")[2] == 2


def test_a_home_that_was_moved_keeps_its_models_and_takes_in_more(registry: Registry, tmp_path: Path) -> None:
    registry.promote("fraud", 2)
    (tmp_path / "models").rename(tmp_path / "moved")
    there = Registry(tmp_path / "moved")
    assert there.find("fraud")[1].is_relative_to(tmp_path / "moved")
    for number in (4, 5):
        there.register("fraud", model(tmp_path / f"more{number}", f'{{"n": {number}}}'), CARD)
        assert there.find("fraud", str(number))[1].is_relative_to(tmp_path / "moved")
    assert not (tmp_path / "models").exists()
    (there.find("fraud", "5")[1] / "card.json").unlink()
    with pytest.raises(NotFoundError) as error:
        there.find("fraud", "5")
    assert error.value.code == "models.missing"


def test_one_setting_names_another_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MLflow's own: a database of somebody else's, and the folder of this home stays empty."""
    elsewhere = tmp_path / "server"
    elsewhere.mkdir()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{elsewhere / 'mlflow.db'}")
    Registry(tmp_path / "models").register("fraud", model(tmp_path / "made", "{}"), CARD)
    assert (elsewhere / "mlflow.db").exists()
    assert not (tmp_path / "models" / "mlflow.db").exists()


def test_a_changed_file_is_refused_and_never_promoted(registry: Registry) -> None:
    _, folder, _ = registry.find("fraud", "2")
    (folder / "model.json").write_text('{"n": 9}')
    with pytest.raises(IncompatibleError) as error:
        registry.promote("fraud", 2)
    assert error.value.code == "models.changed"
    assert error.value.message.startswith("model.json of a model of fraud: not what")
    with pytest.raises(NotFoundError, match="promote a version first"):
        registry.find("fraud")


def test_a_card_that_was_changed_with_its_files_is_refused(registry: Registry) -> None:
    _, folder, _ = registry.find("fraud", "2")
    (folder / "model.json").write_text('{"n": 9}')
    write_card(folder, CARD)
    with pytest.raises(IncompatibleError):
        registry.find("fraud", "2")


def test_a_model_of_another_target_is_refused(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        registry.register("overdue", model(tmp_path / "made9", "{}"), CARD)
    assert error.value.code == "models.other"


def test_a_server_that_does_not_answer_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    with pytest.raises(EnvironmentMissingError) as error:
        Registry(tmp_path / "models").require_open()
    assert error.value.code == "models.unreachable"


def test_two_first_openings_at_once_both_succeed(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from registry import Registry; Registry(Path(sys.argv[1])).require_open()"
    ways = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "models")], cwd=ROOT) for _ in range(2)
    ]
    assert [one.wait(120) for one in ways] == [0, 0]


def test_unknown_names_versions_and_aliases_are_refused(registry: Registry) -> None:
    for name, which in (("approval", "champion"), ("fraud", "9"), ("fraud", "champion")):
        with pytest.raises(NotFoundError):
            registry.find(name, which)
    with pytest.raises(NotFoundError) as error:
        registry.rollback("fraud")
    assert error.value.code == "models.no_before"
    with pytest.raises(UsageError):
        registry.promote("fraud", 1, "king")
    with pytest.raises(UsageError):
        registry.find("fraud' OR name LIKE '%", "1")
