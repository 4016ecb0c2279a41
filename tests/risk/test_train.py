"""The pipeline on a table whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from core.errors import IncompatibleError, NotFoundError, UsageError
from registry import Card
from registry.card import CARD, read_card, write_card
from risk import Trained, load_model, train
from risk.combine import Combination
from risk.findings import ENOUGH_POSITIVES, findings, weights
from risk.metrics import auc, ece, logit
from risk.report import write_report
from risk.scorecard import BASE, FACTOR, ODDS
from risk.segments import Fairness
from risk.targets import target_of, targets
from risk.windows import Thinned
from tests.risk.tables import FEATURES, table, training


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(training(table(), ladder=True))


def card(trained: Trained, **changed: object) -> Card:
    rows = dict.fromkeys(("train", "validation", "test"), 1)
    made = Card(
        "fraud", trained.model.kind, "v1", trained.model.encoding.features, "2025-01-01", "2025-10-28", "2026-01-01",
        95.0, 0, "0.1.0", {**rows, **{f"positives_{name}": 1 for name in rows}}, trained.metrics["test"],
        {"data": "a table", "seed": 1, "decisions": 60, "holds": True, "mutants": {"a second ahead": True}},
        windows={"train": "2024-01-01 to 2024-02-01"},
    )  # fmt: skip
    return replace(made, **changed)  # type: ignore[arg-type]


def written(trained: Trained, folder: Path) -> Path:
    trained.model.write(folder)
    write_card(folder, card(trained))
    return folder


def test_it_comes_close_to_the_true_probabilities_out_of_time(trained: Trained) -> None:
    test = trained.windows["test"]
    true = table().filter(pl.col("split") == "test")["chance"].to_numpy()
    chance, ceiling = trained.model.chance(test.frame), auc(true, test.label)
    assert auc(chance, test.label) - 0.5 > 0.85 * (ceiling - 0.5)
    assert ece(chance, test.label) < ece(true, test.label) + 0.03  # which 1,200 rows alone put at some .03


def test_what_says_nothing_twice_or_shifts_is_left_out_with_the_reason(trained: Trained) -> None:
    why = {one.name: one.left_out for one in trained.judged}
    assert why["strong"] == why["lender"] == ""
    assert sorted([why["weak"], why["twin"]])[0] == ""
    assert max(why["weak"], why["twin"]).startswith("says what")
    assert why["constant"] == "the same of everybody"
    off_card = {one.name: one.off_card for one in trained.judged}
    assert off_card["drifting"] == "shifted within the training window"
    assert off_card["noise"] == "tells no more than chance would"
    assert {row.feature for row in trained.model.scorecard.rows} <= {
        n for n, told in off_card.items() if not told
    }


def test_the_points_of_a_scorecard_add_up_to_its_score(trained: Trained) -> None:
    frame = trained.windows["test"].frame
    values = trained.model.encoding.matrix(frame)
    odds = (1 - trained.model.scorecard.chance(values)) / trained.model.scorecard.chance(values)
    exact = BASE + FACTOR * (np.log(odds) - np.log(ODDS))
    points = trained.model.scorecard.points(values)
    assert np.abs(points.sum(axis=1) - exact).max() <= len(trained.model.scorecard.rows) / 2
    assert (points == np.round(points)).all()


def test_what_features_add_is_the_log_odds_over_what_all_share(trained: Trained) -> None:
    frame = trained.windows["test"].frame
    for parts in (("scorecard",), ("boosting",), ("scorecard", "boosting", "forest")):
        weights = tuple(0.5 for _ in parts)
        model = replace(trained.model, deciding=Combination(parts, weights, 0.1))
        rest = logit(model.chance(frame)) - model.contributions(frame).sum(axis=1)
        assert np.abs(rest - rest.mean()).max() < 1e-3
    reasons = trained.model.reasons(frame)
    added = trained.model.contributions(frame)
    first = [names[0].feature for names in reasons if names]
    assert set(first) <= set(trained.model.encoding.features)
    assert all(bool(names) == bool((row > 0).any()) for names, row in zip(reasons, added, strict=True))


def test_what_is_missing_or_out_of_range_or_on_an_edge_has_a_bin(trained: Trained) -> None:
    card = trained.model.scorecard
    told = [[-1e9, 1e9, np.nan, np.inf, *row.edges] for row in card.rows]
    bins = [[0, len(row.edges), -1, len(row.edges), *range(1, len(row.edges) + 1)] for row in card.rows]
    for place, (row, values, due) in enumerate(zip(card.rows, told, bins, strict=True)):
        matrix = np.full((len(values), len(trained.model.encoding.features)), 0.5)
        matrix[:, row.column] = values
        assert card.points(matrix)[:, place].tolist() == [row.points[one] for one in due]
        odds = [row.coefficient * row.woe[one] for one in due]
        assert card.contributions(matrix)[:, row.column].tolist() == odds
    assert all(row.counts[-1] > 0 for row in card.rows if row.feature == "strong")


def test_same_data_and_seed_give_the_same_files(trained: Trained, tmp_path: Path) -> None:
    one, two = written(trained, tmp_path / "one"), written(train(training(table())), tmp_path / "two")
    assert read_card(one).files == read_card(two).files
    other = written(train(training(table(), seed=1)), tmp_path / "other")
    assert read_card(one).files != read_card(other).files


def test_a_model_that_is_read_back_gives_the_same_bits(trained: Trained, tmp_path: Path) -> None:
    model, _ = load_model(written(trained, tmp_path / "model"), "v1")
    frame = trained.windows["test"].frame
    assert model.chance(frame).tobytes() == trained.model.chance(frame).tobytes()


def test_what_speaks_is_read_alone_where_nobody_asks_for_the_rest(trained: Trained, tmp_path: Path) -> None:
    for deciding in (
        Combination(("boosting",), (0.9,), 0.1),
        Combination(("scorecard", "forest"), (0.5, 0.4), 0.0),
    ):
        made = replace(trained, model=replace(trained.model, deciding=deciding))
        model, _ = load_model(written(made, tmp_path / made.model.kind), whole=False)
        frame = trained.windows["test"].frame
        assert set(model.parts) == {*deciding.parts, "scorecard"}
        assert model.contributions(frame).tobytes() == made.model.contributions(frame).tobytes()
        told, before = model.told(frame), made.model.told(frame)
        assert {name: column.tobytes() for name, column in told.items()} == {
            name: column.tobytes() for name, column in before.items()
        }


def test_changed_foreign_and_incompatible_models_are_refused(trained: Trained, tmp_path: Path) -> None:
    folder = written(trained, tmp_path / "model")
    with pytest.raises(IncompatibleError, match="catalogue v1"):
        load_model(folder, "v2")
    whole = (folder / "boosting.json").read_bytes()
    (folder / "boosting.json").write_bytes(whole.replace(b"0", b"1", 1))
    with pytest.raises(IncompatibleError) as changed:
        load_model(folder)
    assert changed.value.code == "models.changed"
    (folder / "boosting.json").write_bytes(whole)
    (folder / "more.bin").write_bytes(b"x")
    with pytest.raises(IncompatibleError, match="not what was written"):
        load_model(folder)
    (folder / "more.bin").unlink()
    (folder / CARD).write_text('{"format": 1, "weights": [1, 2]}')
    with pytest.raises(IncompatibleError) as foreign:
        load_model(folder)
    assert foreign.value.code == "models.foreign"
    (folder / CARD).unlink()
    with pytest.raises(NotFoundError):
        load_model(folder)


def test_a_table_without_a_feature_of_the_model_is_refused(trained: Trained) -> None:
    with pytest.raises(IncompatibleError, match="strong"):
        trained.model.chance(trained.windows["test"].frame.drop("strong"))


def test_rows_by_name_and_frames_are_told_the_same_bits(trained: Trained) -> None:
    frame = trained.windows["test"].frame[:50]
    rows = frame.to_dicts()
    model = trained.model
    assert model.chance(rows).tobytes() == model.chance(frame).tobytes()
    one_by_one = np.concatenate([model.contributions([row]) for row in rows])
    assert one_by_one.tobytes() == model.contributions(frame).tobytes()
    assert model.told(model.encoding.matrix(rows))["score"].tolist() == model.scores(frame).tolist()
    with pytest.raises(IncompatibleError, match="strong"):
        model.chance([{name: value for name, value in row.items() if name != "strong"} for row in rows])


def test_of_too_many_rows_an_even_share_is_kept_in_order() -> None:
    thinned = Thinned(100)
    for first in range(0, 1_000, 37):
        thinned.add(pl.DataFrame({"n": range(first, min(first + 37, 1_000))}))
    kept = thinned.frame["n"].to_list()
    assert kept == list(range(0, 1_000, 8))


def test_words_that_training_never_saw_are_missing(trained: Trained) -> None:
    frame = trained.windows["test"].frame
    new, none = (frame.with_columns(lender=pl.lit(word, dtype=pl.String)) for word in ("new", None))
    assert trained.model.chance(new).tobytes() == trained.model.chance(none).tobytes()


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (table(900), "risk.window"),
        (table(label=0), "risk.no_positives"),
        (table(weight=0.0), "risk.no_labels"),
        (table().with_columns(label=pl.when(pl.col("split") == "train").then(pl.col("label")).otherwise(0)), "risk.no_positives"),
    ],
)  # fmt: skip
def test_what_cannot_be_learned_from_is_refused(frame: pl.DataFrame, code: str) -> None:
    with pytest.raises((UsageError, NotFoundError)) as error:
        train(training(frame))
    assert error.value.code == code


def test_the_combination_is_kept_only_where_it_wins(trained: Trained) -> None:
    deciding = trained.model.deciding
    assert isinstance(deciding, Combination)
    assert trained.model.kind in {"scorecard", "boosting", "forest", "combined"}
    best = max(told["ap"] for told in trained.parts.values())
    assert trained.metrics["test"]["ap"] > 0.97 * best


def test_labels_of_later_windows_never_enter(trained: Trained) -> None:
    """Mutants of the data: the test window's labels turned round change nothing that was learned."""
    turned = table().with_columns(
        label=pl.when(pl.col("split") == "test").then(1 - pl.col("label")).otherwise(pl.col("label"))
    )
    other = train(training(turned))
    frame = trained.windows["test"].frame
    assert other.model.chance(frame).tobytes() == trained.model.chance(frame).tobytes()
    assert other.metrics["test"]["auc"] == pytest.approx(1 - trained.metrics["test"]["auc"])


def test_each_step_of_the_ladder_adds_what_its_features_tell(trained: Trained) -> None:
    steps = {one.name: one for one in trained.ladder}
    assert [*steps] == [
        "attributes",
        "own history",
        "sharing and windows",
        "known outcomes",
        "two hops, rings and hubs",
    ]
    area = [one.metrics["auc"] for one in trained.ladder]
    assert area[0] < area[2] < area[3]
    assert steps["own history"].metrics == steps["attributes"].metrics
    assert train(training(table())).ladder == ()


def test_the_report_stands_alone_and_says_what_a_committee_asks(trained: Trained, tmp_path: Path) -> None:
    write_report(tmp_path / "report.html", card(trained), trained)
    text = (tmp_path / "report.html").read_text("utf-8")
    for heading in (
        "Purpose and data",
        "What to ask about",
        "What weighs most",
        "How good it is",
        "By month",
        "scorecard",
        "Stability",
        "Leakage certificate",
        "Learning curve",
        "Limits",
    ):
        assert heading in text
    assert "http" not in text.replace("data:image", "")
    assert "2024-01-01 to 2024-02-01" in text
    assert all(row.feature in text for row in trained.model.scorecard.rows)


def test_a_learning_curve_is_called_rising_only_where_it_is(trained: Trained, tmp_path: Path) -> None:
    (last,) = trained.learning[-1:]
    for by, said in ((0.05, "Still rising"), (-0.05, "does not rise any more")):
        lower = replace(last, metrics={**last.metrics, "auc": last.metrics["auc"] - by})
        write_report(tmp_path / "report.html", card(trained), replace(trained, learning=(lower, last)))
        assert said in (tmp_path / "report.html").read_text("utf-8")


def test_a_report_asks_about_what_is_out_of_bounds(trained: Trained) -> None:
    test = trained.windows["test"]
    everybody = np.ones(len(test.label), dtype=bool)
    level = np.full(len(test.label), test.label.mean())
    many = replace(trained, windows={**trained.windows, "validation": trained.windows["train"]})
    few = replace(trained, windows={**trained.windows, "validation": test.halves()[0]})
    assert few.windows["validation"].label.sum() < ENOUGH_POSITIVES <= many.windows["validation"].label.sum()
    calm = Fairness("sex", "F", 100, 0.1, 0.1, 0.02, 0.5, 0.01, 0.9)
    steady = {"auc": 0.8}
    many = replace(many, metrics=dict.fromkeys(("train", "validation", "test"), steady))
    assert (
        findings(many, level, [("month", everybody)], [("the score", 0.1)], [calm], others=np.empty(0)) == []
    )
    said = "\n".join(
        findings(
            replace(few, metrics={**many.metrics, "train": {"auc": 0.9}}),
            np.minimum(1.0, level * 1.5), [("lender x", everybody)], [("the score", 0.3)], [replace(calm, impact=0.7)],
            others=np.full(50, 0.99),
        )
    )  # fmt: skip
    for words in ("positives of the validation window", "falls from 0.900", "all: the mean", "lender x: the mean",
                  "it lies 50% above", "the score has shifted", "sex F: not turned down 0.70",
                  "Those whose outcome is not known are unlike"):  # fmt: skip
        assert words in said


def test_what_weighs_most_comes_first(trained: Trained) -> None:
    found = weights(trained)
    assert found[0][0] == "strong"
    assert [share for _, share in found] == sorted((share for _, share in found), reverse=True)
    assert sum(share for _, share in found) == pytest.approx(1.0)


def test_targets_are_data() -> None:
    assert list(targets())[:5] == ["fraud", "approval", "disbursement", "overdue", "amount"]
    assert target_of("overdue").among == "disbursement"
    with pytest.raises(NotFoundError, match="fraud"):
        target_of("moon")


def test_a_rate_that_drifts_is_not_counted_twice() -> None:
    """The parts learn once more on later rows: what they were calibrated for before is in them then."""
    frame = table(12_000)
    later = frame["split"] != "train"
    more = pl.Series(np.random.default_rng(4).random(frame.height) < 0.15) & later
    drifted = frame.with_columns(label=pl.when(more).then(1).otherwise(pl.col("label")).cast(pl.Int8))
    steady = tuple(name for name in FEATURES if name != "drifting")
    made = train(replace(training(drifted), features=steady))
    test = made.windows["test"]
    assert made.model.chance(test.frame).mean() == pytest.approx(test.label.mean(), abs=0.02)


def test_points_are_taken_off_for_what_is_bad() -> None:
    scores = {}
    for adverse in (True, False):
        made = train(
            replace(
                training(table()), target=replace(target_of("fraud"), adverse=adverse), parts=("scorecard",)
            )
        )
        test = made.windows["test"]
        scores[adverse] = np.corrcoef(made.model.scores(test.frame), made.model.chance(test.frame))[0, 1]
    assert scores[True] < -0.8
    assert scores[False] > 0.8
