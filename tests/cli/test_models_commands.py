"""Commands over models, on a simulated world: from training to a version that decides, and the way back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import risk
from benchmarks.columns import columns_of_world
from cli import evaluation, models, scores, snapshot, training
from core.clock import moment_us
from core.errors import NotFoundError, UsageError
from core.settings import load_settings
from features import Catalogue, proofs
from features.proofs import Certificate, Difference
from graph_schema import FINGRAPH
from graph_schema.live import extensions
from risk import Target, target_of, trees, windows
from scoring.own import catalogues_for
from simulator import order, simulate
from snapshot.columns import Columns
from snapshot.manifest import Manifest

FIRST, END = moment_us("2025-02-01"), moment_us("2025-06-01")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Columns:
    folder = tmp_path_factory.mktemp("world")
    simulate(order(9_000, "2025-01-01", 160, 5), folder)
    made = columns_of_world(folder)
    return replace(made, keys=tuple(f"simulated:{p}" for p in range(made.size)))


@pytest.fixture(scope="module")
def prove_once() -> Callable[..., Certificate]:
    """`prove`, of what it is asked first: the proof itself has tests of its own."""
    prove, made = proofs.prove, list[Certificate]()

    def once(*given: Any, **named: Any) -> Certificate:
        if not made:
            made.append(prove(*given, **named))
        return made[0]

    return once


@pytest.fixture
def said(
    world: Columns, prove_once: Callable[..., Certificate], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Any:  # fmt: skip
    end = moment_us("2026-01-01")
    manifest = Manifest(
        FINGRAPH.version, extensions(FINGRAPH), None, 1, end, end, {}, (), (), (), 0, {}, ()
    )  # fmt: skip
    monkeypatch.setattr(proofs, "prove", prove_once)
    monkeypatch.setattr(trees, "ROUNDS", 40)
    monkeypatch.setitem(trees.FOREST, "num_parallel_tree", 20)
    monkeypatch.setattr(snapshot, "columns_from", lambda *_, **__: (world, manifest))
    settings = replace(load_settings({}), home=tmp_path / "home")
    monkeypatch.setattr(models, "load_settings", lambda: settings)
    return lambda: json.loads(capsys.readouterr().out.splitlines()[-1])


def test_a_model_is_trained_promoted_judged_told_of_and_rolled_back(
    said: Any, world: Columns, tmp_path: Path
) -> None:
    training.train(FIRST, END, "approval", as_json=True)
    (made,) = said()["items"]
    assert (made["name"], made["version"], made["aliases"]) == ("approval", 1, [])
    assert made["metrics"]["auc"] > 0.7
    with pytest.raises(NotFoundError, match="champion"):
        evaluation.evaluate("approval", FIRST, END, as_json=True)
    said_of_training = made["metrics"]["auc"]
    training.train(FIRST, END, "approval", seed=1, as_json=True)
    said()
    models.promote("approval", 1, as_json=True)
    models.promote("approval", 2, as_json=True)
    assert said() == {"target": "approval", "version": 2, "is": "champion"}
    models.rollback("approval", as_json=True)
    assert said()["version"] == 1
    evaluation.evaluate("approval", END, moment_us("2025-06-09"), as_json=True)
    told = said()
    low, high = told["intervals"]["auc"]
    assert (told["version"], told["days_seen"], low < told["metrics"]["auc"] < high) == (1, False, True)
    evaluation.evaluate("approval", FIRST, END, as_json=True)
    assert said()["days_seen"]
    _held_against_another(said, told)
    assert abs(told["metrics"]["auc"] - said_of_training) < 0.15
    with pytest.raises(NotFoundError) as error:
        evaluation.evaluate("approval", moment_us("2025-12-20"), moment_us("2025-12-31"), as_json=True)
    assert error.value.code in {"risk.no_labels", "dataset.empty"}
    asked = tmp_path / "asked.csv"
    asked.write_text("application\nsimulated:nobody\n")
    with pytest.raises(NotFoundError) as error:
        scores.score("approval", asked, tmp_path / "scored.parquet", as_json=True)
    assert error.value.code == "score.unknown"
    known = [world.keys[p] for p in range(world.size) if not world.event[p]][-2:]
    asked.write_text("\n".join(["application", known[1], "simulated:nobody", *known]) + "\n")
    scores.score("approval", asked, tmp_path / "scored.parquet", as_json=True)
    told = said()
    assert {name: told[name] for name in ("asked", "scored", "unknown", "version")} == {
        "asked": 4,
        "scored": 2,
        "unknown": 1,
        "version": 1,
    }
    _scored(tmp_path / "scored.parquet", known)
    with pytest.raises(UsageError) as wrong:
        scores.score("approval", asked, tmp_path / "scored.xlsx", as_json=True)
    assert (wrong.value.code, (tmp_path / "scored.xlsx").exists()) == ("score.out", False)
    models.list_(as_json=True)
    assert [(one["version"], one["aliases"]) for one in said()["items"]] == [(2, []), (1, ["champion"])]
    models.compare("approval", ["1", "2"], as_json=True)
    assert [one["seed"] for one in said()["items"]] == [0, 1]
    models.report("approval", tmp_path / "report.html", as_json=True)
    text = (tmp_path / "report.html").read_text("utf-8")
    assert "approved" in text
    assert "links dealt out anew" in text
    assert "Cut-offs" in text
    assert "lender lotus" in text


def _held_against_another(said: Any, told: dict[str, Any]) -> None:
    evaluation.evaluate("approval", END, moment_us("2025-06-09"), against="2", as_json=True)
    both = said()
    other = both["against"]
    assert (both["metrics"], both["intervals"]) == (told["metrics"], told["intervals"])
    assert (other["version"], other["metrics"] == told["metrics"]) == (2, False)
    gap = told["metrics"]["auc"] - other["metrics"]["auc"]
    low, high = other["intervals"]["auc"]
    assert other["difference"]["auc"] == pytest.approx(gap)
    assert low <= gap <= high
    low_alone, high_alone = told["intervals"]["auc"]
    assert high - low < high_alone - low_alone, "what both find hard is no difference between them"
    evaluation.evaluate("approval", END, moment_us("2025-06-09"), against="champion", as_json=True)
    assert set(map(tuple, said()["against"]["intervals"].values())) == {(0.0, 0.0)}


def _scored(path: Path, known: list[str]) -> None:
    scored = pl.read_parquet(path)
    assert scored["application"].to_list() == [known[1], "simulated:nobody", known[0], known[1]]
    assert scored["probability"].is_null().to_list() == [False, True, False, False]
    assert scored["probability"].is_between(0, 1).all()
    for row in scored.drop_nulls("probability").iter_rows(named=True):
        adds = [row[f"adds_{place}"] for place in (1, 2, 3) if row[f"reason_{place}"]]
        assert adds == sorted(adds, reverse=True)
        assert all(one > 0 for one in adds)
    assert scored.row(1)[1:] == (None,) * (scored.width - 1)
    assert scored["score"].drop_nulls().is_between(300, 900).all()


def test_all_targets_are_trained_that_can_be_and_amounts_told_like_any_other(
    said: Any, world: Columns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def some() -> dict[str, Target]:
        return {name: target_of(name) for name in ("fraud", "amount")}

    with monkeypatch.context() as patch:
        patch.setattr(risk, "targets", some)
        training.train(FIRST, END, as_json=True)  # fraud's labels take longer than these days
    (made,) = said()["items"]
    assert (made["name"], made["kind"], 0.75 < made["metrics"]["coverage"] <= 1) == (
        "amount",
        "quantiles",
        True,
    )
    models.promote("amount", 1, as_json=True)
    evaluation.evaluate("amount", END, moment_us("2025-06-09"), as_json=True)
    assert said()["metrics"]["pinball_ratio"] < 1
    asked = tmp_path / "asked.csv"
    asked.write_text("application\n" + "\n".join(key for key in world.keys[-40:]) + "\n")
    scores.score("amount", asked, tmp_path / "scored.csv", as_json=True)
    scored = pl.read_csv(tmp_path / "scored.csv")
    assert ((scored["lower"] <= scored["median"]) & (scored["median"] <= scored["upper"])).all()
    assert (scored["adds_1"].abs() >= scored["adds_2"].abs()).all()
    reasoned = scored.filter(pl.col("reason_1").is_not_null())
    assert reasoned["value_1"].is_not_null().any()


def test_a_lender_whose_name_no_model_could_have_is_refused_before_anything_is_proved(
    said: Any, world: Columns, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = replace(world, words={**world.words, "lender": ("Lotus Bank",)})
    facts = training.Facts(named, catalogues_for(FINGRAPH), "", FIRST, END, END)
    monkeypatch.setattr(training, "read_facts", lambda *_: facts)
    monkeypatch.setattr(training, "_proof", lambda *_: pytest.fail("proved"))
    with pytest.raises(UsageError) as refused:
        training.train(FIRST, END, "approval", lender="Lotus Bank", as_json=True)
    assert refused.value.code == "models.name"


def test_a_lender_has_a_model_of_its_own(
    said: Any, world: Columns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "LEAST_ROWS", 100)
    monkeypatch.setattr(windows, "LEAST_POSITIVES", 10)
    with pytest.raises(NotFoundError) as error:
        training.train(FIRST, END, "approval", lender="nobody", as_json=True)
    assert error.value.code == "train.lender"
    training.train(FIRST, END, "approval", lender="lotus", as_json=True)
    (made,) = said()["items"]
    assert made["name"] == "approval-lotus"
    models.promote("approval-lotus", 1, as_json=True)
    evaluation.evaluate("approval-lotus", END, moment_us("2025-06-09"), as_json=True)
    judged = said()["rows"]
    models.compare("approval-lotus", ["1"], as_json=True)
    (card,) = said()["items"]
    assert (card["target"], card["lender"]) == ("approval", "lotus")
    words = world.words["lender"]
    lotus = world.texts["lender"] == words.index("lotus")
    late = (world.known_at >= END) & (world.known_at < moment_us("2025-06-09")) & ~world.event
    assert 0 < judged <= (lotus & late).sum() < late.sum()
    models.report("approval-lotus", tmp_path / "report.html", as_json=True)
    assert "approval-lotus: decided by" in (tmp_path / "report.html").read_text("utf-8")


def test_a_catalogue_that_looks_ahead_trains_nothing(said: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaking(_: Columns, catalogue: Catalogue, *, data: str, seed: int) -> Certificate:
        one = Difference("device_known_fraud_all", 3, "deleted")
        return Certificate(catalogue.version, (), data, 9, 0, 9, 9, 0, 9, seed, (one,), {"ties": True})

    monkeypatch.setattr(proofs, "prove", leaking)
    with pytest.raises(UsageError) as error:
        training.train(FIRST, END, "approval", as_json=True)
    assert (error.value.code, "device_known_fraud_all" in error.value.message) == ("risk.leaks", True)


def test_what_is_unknown_is_refused(said: Any) -> None:
    with pytest.raises(NotFoundError, match="fraud, approval"):
        training.train(FIRST, END, "moon", as_json=True)
    for first, end in ((FIRST, END), (END, FIRST)):
        with pytest.raises(UsageError, match="more than 475 days") as error:
            training.train(first, end, "fraud", as_json=True)
        assert error.value.code == "train.days"
    with pytest.raises(NotFoundError):
        models.promote("approval", 1)
