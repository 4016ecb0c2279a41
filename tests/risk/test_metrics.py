"""Measures against scikit-learn, on random scores with ties."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score, roc_curve

from risk import metrics
from risk.metrics import auc, ece, ece_by_chance, flagged, interval, recall_at
from risk.selection import information_value


def drawn(seed: int) -> tuple[metrics.F64, metrics.F64]:
    dice = np.random.default_rng(seed)
    chance = np.round(dice.beta(1, 8, 800), 2 if seed % 2 else 8)
    return chance, (dice.random(800) < chance).astype(np.float64)


@pytest.mark.parametrize("seed", range(6))
def test_ranking_measures_are_those_of_scikit_learn(seed: int) -> None:
    score, label = drawn(seed)
    fall, hit, _ = roc_curve(label, score, drop_intermediate=False)
    assert metrics.auc(score, label) == pytest.approx(roc_auc_score(label, score))
    assert metrics.average_precision(score, label) == pytest.approx(average_precision_score(label, score))
    assert metrics.ks(score, label) == pytest.approx(np.max(hit - fall))
    assert metrics.recall_at_fpr(0.01)(score, label) == pytest.approx(hit[fall <= 0.01].max())
    assert metrics.brier(score, label) == pytest.approx(brier_score_loss(label, score))


@pytest.mark.parametrize("seed", range(3))
def test_the_calibration_slope_is_that_of_a_logistic_regression(seed: int) -> None:
    score, label = drawn(2 * seed)
    made = LogisticRegression(C=1e9, max_iter=1_000).fit(metrics.logit(score).reshape(-1, 1), label)
    assert metrics.calibration_slope(score, label) == pytest.approx(made.coef_[0, 0], rel=1e-3)


def test_true_probabilities_are_calibrated_and_halved_ones_are_not() -> None:
    dice = np.random.default_rng(1)
    chance = dice.beta(1, 8, 50_000)
    label = (dice.random(50_000) < chance).astype(np.float64)
    assert metrics.ece(chance, label) < 0.01
    assert metrics.ece(chance / 2, label) > 0.03


def test_recall_and_precision_at_a_share_count_the_highest() -> None:
    score = np.arange(100.0)
    label = (score >= 95).astype(np.float64)
    assert metrics.recall_at(0.02)(score, label) == pytest.approx(0.4)
    assert metrics.precision_at(0.1)(score, label) == pytest.approx(0.5)


def test_a_shift_is_seen_by_the_psi_and_missing_values_have_a_bin() -> None:
    dice = np.random.default_rng(2)
    before, same, moved = dice.normal(size=5_000), dice.normal(size=5_000), dice.normal(0.8, size=5_000)
    assert metrics.psi(before, same) < 0.02 < 0.25 < metrics.psi(before, moved)
    gone = np.where(dice.random(5_000) < 0.4, np.nan, same)
    assert metrics.psi(before, gone) > 0.25


def test_without_one_of_the_outcomes_nothing_is_said() -> None:
    score, none = np.arange(5.0), np.zeros(5)
    assert all(math.isnan(of(score, none)) for of in metrics.RANKING.values())


def test_intervals_hold_the_figure_and_are_the_same_for_a_seed() -> None:
    score, label = drawn(0)
    low, high = metrics.interval(metrics.auc, score, label)
    assert low < metrics.auc(score, label) < high
    assert (low, high) == metrics.interval(metrics.auc, score, label)


@pytest.mark.parametrize("common", [0.0, 1.0])
def test_what_is_the_same_of_nearly_everybody_still_tells(common: float) -> None:
    dice = np.random.default_rng(4)
    rare = dice.random(20_000) < 0.03
    value = np.where(rare, 1.0 - common, common)
    label = (dice.random(20_000) < np.where(rare, 0.6, 0.05)).astype(np.float64)
    assert information_value(value, label)[0] > 0.3
    assert metrics.psi(value, np.where(dice.random(20_000) < 0.3, 1.0 - common, common)) > 0.25


def test_few_features_that_tell_nothing_reach_what_chance_would() -> None:
    dice = np.random.default_rng(6)
    for values in (2, 12, 1_000):
        over = 0
        for _ in range(200):
            label = (dice.random(4_000) < 0.1).astype(np.float64)
            told, by_chance = information_value(dice.integers(0, values, 4_000).astype(np.float64), label)
            over += told > by_chance
        assert over < 22, values  # 5 % of 200, and three deviations


def test_equal_scores_at_a_cut_count_by_what_is_left_of_it() -> None:
    label = np.array([1.0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
    score = np.array([5.0, *[1.0] * 9])
    order = np.random.default_rng(1).permutation(10)
    for share, recall in ((0.1, 0.5), (0.5, 0.5 + 0.5 * 4 / 9), (1.0, 1.0)):
        assert recall_at(share)(score, label) == pytest.approx(recall)
        assert recall_at(share)(score[order], label[order]) == pytest.approx(recall)
    assert flagged(score, 0.5).sum() == pytest.approx(5)
    assert flagged(np.ones(10), 0.2).tolist() == pytest.approx([0.2] * 10)


def test_an_interval_of_groups_that_turn_out_alike_is_wider() -> None:
    dice = np.random.default_rng(2)
    group = np.repeat(np.arange(60), 20)
    score = np.repeat(dice.normal(size=60), 20)
    label = np.repeat((dice.random(60) < 0.3).astype(np.float64), 20)
    rows, groups = (interval(auc, score, label, group=one) for one in (None, group))
    assert groups[1] - groups[0] > 2 * (rows[1] - rows[0])


def test_calibration_is_never_better_than_chance_lets_it_seem() -> None:
    dice = np.random.default_rng(3)
    chance = dice.beta(1, 20, 20_000)
    label = (dice.random(20_000) < chance).astype(np.float64)
    assert ece(chance, label) == pytest.approx(ece_by_chance(chance), abs=0.002)
