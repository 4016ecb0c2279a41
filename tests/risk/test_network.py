"""The network over several targets: what it learns, that nothing else enters, and that serving needs no torch."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import IncompatibleError
from registry.card import write_card
from risk import Trained, load_model, train
from risk.combine import Combination
from risk.encoding import Encoding
from risk.metrics import F64, auc, logit
from risk.network import Network, can_fit
from risk.parts import NETWORK
from risk.report import write_report
from risk.together import Together, alone
from tests.risk.tables import several, several_training
from tests.risk.test_together import turned_late
from tests.risk.test_train import card

ROOT = Path(__file__).parents[2]
fits = pytest.mark.skipif(not can_fit(), reason="networks are fitted with the extra torch: TORCH=1 make test")


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(several_training(several()))


@pytest.fixture
def network(trained: Trained) -> Network:
    found = trained.model.parts[NETWORK]
    assert isinstance(found, Network)
    return found


def values_of(trained: Trained) -> F64:
    return trained.model.encoding.matrix(trained.windows["test"].frame)


def written(trained: Trained, folder: Path) -> Path:
    trained.model.write(folder)
    write_card(folder, card(trained))
    return folder


@fits
def test_it_comes_close_to_the_true_probabilities_out_of_time(trained: Trained, network: Network) -> None:
    test = trained.windows["test"]
    frame = several()
    true = frame.filter((frame["split"] == "test") & (frame["weight"] > 0))["chance"].to_numpy()
    ceiling = auc(true, test.label)
    assert auc(network.chance(values_of(trained)), test.label) - 0.5 > 0.85 * (ceiling - 0.5)
    assert set(network.towers) == {"overdue", "fraud", "approval", "disbursement"}
    assert network.epochs == trained.budgets.epochs


def drawn(rows: int, seed: int) -> tuple[F64, F64, F64, F64]:
    """Rows of thirty features, and three draws from one probability that turns on two pairs of them."""
    dice = np.random.default_rng(seed)
    values = dice.normal(size=(rows, 30))
    z = -1 + 1.5 * values[:, 0] * values[:, 1] + 1.5 * values[:, 2] * np.abs(values[:, 3])
    chance = 1 / (1 + np.exp(-z))
    one, two = (dice.random((2, rows)) < chance).astype(np.float64)
    return values, chance, one, two


@fits
def test_few_labels_and_many_of_a_related_target_tell_more_than_the_few_alone() -> None:
    from risk.network_train import fit_network

    encoding = Encoding(tuple(f"f{i}" for i in range(30)), {})
    values, _, many, label = drawn(8_000, 1)
    few = np.where(np.arange(8_000) < 400, label, np.nan)
    by_itself = fit_network(alone(values[:400], few[:400]), encoding, 0, epochs=12)
    with_other = fit_network(Together(values, {"overdue": few, "fraud": many}), encoding, 0, epochs=12)
    judged, _, _, truth = drawn(4_000, 2)
    little, more = (auc(one.chance(judged), truth) for one in (by_itself, with_other))
    assert more > little + 0.05


@fits
def test_a_label_that_is_not_known_adds_nothing() -> None:
    import torch

    from risk.network_train import Losses

    label = np.array([1.0, 0.0, np.nan, np.nan])
    other = np.array([np.nan, 1.0, 0.0, np.nan])
    losses = Losses(Together(np.empty((4, 0)), {"overdue": label, "fraud": other}))
    odds = torch.zeros((4, 2), requires_grad=True)
    losses.of(odds, losses.labels).backward()
    assert odds.grad is not None
    assert (odds.grad.numpy() != 0).tolist() == [[True, False], [True, True], [False, True], [False, False]]


@fits
def test_the_loss_of_a_chain_is_that_of_the_product_over_everybody() -> None:
    import torch

    from risk.network_train import OTHERS, Losses

    approved, paid = np.array([1.0, 1.0, 0.0]), np.array([1.0, 0.0, np.nan])
    losses = Losses(Together(np.empty((3, 0)), {"disbursement": paid, "approval": approved}))
    odds = torch.tensor([[1.0, 0.5], [-0.3, 2.0], [0.7, -1.0]])
    p = 1 / (1 + np.exp(-odds.numpy().astype(np.float64)))
    both = p[:, 0] * p[:, 1]
    by_hand = (
        -np.mean(np.log([p[0, 0], 1 - p[1, 0]]))  # among the approved alone
        - OTHERS * np.mean(np.log([p[0, 1], p[1, 1], 1 - p[2, 1]]))
        - OTHERS * np.mean(np.log([both[0], 1 - both[1], 1 - both[2]]))
    )
    assert float(losses.of(odds, losses.labels)) == pytest.approx(by_hand, rel=1e-5)


@fits
def test_same_rows_and_seed_give_the_same_bytes_whatever_was_not_yet_known(
    trained: Trained, network: Network
) -> None:
    again = train(several_training(turned_late(several(), "test"))).model.parts[NETWORK]
    assert isinstance(again, Network)
    assert again == network
    assert str(ROOT).encode() not in network.file
    other = train(several_training(several(), seed=1)).model.parts[NETWORK]
    assert isinstance(other, Network)
    assert other.file != network.file


@fits
def test_what_is_served_is_what_was_fitted() -> None:
    import torch

    from risk.network_train import Layers, _exported, fit_scale

    dice = np.random.default_rng(0)
    values = np.column_stack([dice.normal(size=300), dice.normal(size=300) * 1e9, dice.integers(0, 4, 300)])
    values[dice.random(300) < 0.2, 0] = np.nan
    layers = Layers(fit_scale(values, Encoding(("a", "b", "lender"), {"lender": ("w", "x", "y", "z")})), 2)
    far = np.array([[1e300, -np.inf, 9.0], [np.nan, np.nan, np.nan], *values[:20]])
    with torch.no_grad():
        wanted = layers.eval()(torch.from_numpy(far)).numpy()
    found = Network(_exported(layers, 3), ("one", "two"), 1).odds(far)
    assert np.isfinite(found).all()
    assert found == pytest.approx(wanted, abs=1e-5)


@fits
def test_read_back_alone_and_among_others_it_gives_the_same_bits(trained: Trained, tmp_path: Path) -> None:
    read = load_model(written(trained, tmp_path / "model"), "v1")[0].parts[NETWORK]
    assert read == trained.model.parts[NETWORK]
    values = values_of(trained)
    among = read.chance(values)
    assert among.tobytes() == trained.model.parts[NETWORK].chance(values).tobytes()
    assert (
        np.concatenate([read.chance(values[i : i + 1]) for i in range(40)]).tobytes() == among[:40].tobytes()
    )
    assert read.chance(values[:0]).shape == (0,)


@fits
def test_what_features_add_is_the_log_odds_over_those_of_who_nothing_is_known_of(
    trained: Trained, network: Network
) -> None:
    values = values_of(trained)
    added = network.contributions(values)
    nothing = logit(network.chance(np.full((1, values.shape[1]), np.nan)))
    assert added.sum(axis=1) == pytest.approx(logit(network.chance(values)) - nothing, abs=1e-6)
    assert (added[np.isnan(values)] == 0).all()
    model = replace(trained.model, deciding=Combination(("scorecard", NETWORK), (0.4, 0.6), 0.1))
    frame = trained.windows["test"].frame
    rest = logit(model.chance(frame)) - model.contributions(frame).sum(axis=1)
    assert np.abs(rest - rest.mean()).max() < 1e-3
    strong = added[:, trained.model.encoding.features.index("strong")]
    assert np.corrcoef(strong, np.nan_to_num(values[:, 0]))[0, 1] > 0.8


@fits
def test_few_rows_at_a_time_are_explained_alike(
    trained: Trained, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = values_of(trained)[:50]
    whole = network.contributions(values)
    monkeypatch.setattr("risk.network.CELLS", 20)
    assert network.contributions(values).tobytes() == whole.tobytes()


@fits
def test_it_stands_in_the_report(trained: Trained, tmp_path: Path) -> None:
    write_report(tmp_path / "report.html", card(trained), trained)
    assert "<td>network</td>" in (tmp_path / "report.html").read_text("utf-8")


@fits
def test_serving_imports_nothing_of_torch(trained: Trained, tmp_path: Path) -> None:
    folder = written(trained, tmp_path / "model")
    code = (
        "import sys, pathlib, numpy as np; from risk import load_model; "
        f"network = load_model(pathlib.Path({str(folder)!r}))[0].parts['network']; "
        f"values = np.zeros((3, {len(trained.model.encoding.features)})); network.chance(values); network.contributions(values); "
        "sys.exit(any(name.split('.')[0] in ('torch', 'onnx', 'onnxscript') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@fits
def test_without_onnx_runtime_a_model_with_a_network_is_refused(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = written(trained, tmp_path / "model")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(IncompatibleError, match="onnxruntime, which runs it") as error:
        load_model(folder)
    assert error.value.code == "risk.onnxruntime"
