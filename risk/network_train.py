"""Fitting a network over several targets with PyTorch: shared layers, a tower a target, losses masked and chained.

Numbers are held within training quantiles and standardised, what is missing is 0 with a flag of its own; texts are one
column a common word. Each target adds its log loss over the rows that it is known of, and where it is known only among
those that others came true of, the log loss of all of them coming true, over everybody of whom that is known (`Together`).
The weights kept are running averages, which vary less from epoch to epoch. Same rows and seed: the same file.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import onnx
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from risk.encoding import Encoding
from risk.metrics import F64, TINY
from risk.network import Network
from risk.together import Together

THREADS = 1
"""Layers this small gain little from a second, and lose much where others use it; and sums keep their order."""
SHARED, TOWER, DROPPED = (128, 64), 32, 0.1
"""Units of the shared layers and of a tower's own, and the share of units left out at a time while learning."""
EPOCHS, PATIENCE = 15, 3
BATCH, LEAST_BATCH, STEPS = 2_048, 64, 100
"""Rows of a step: fewer where there would not be `STEPS` of them in an epoch."""
RATE, DECAY, AVERAGED = 1e-3, 1e-4, 0.99
OTHERS = 0.3
"""Weight of each loss that is not the trained target's own."""
HELD = (0.02, 0.98)
REACH = 8.0
"""Standard deviations that a value is held within, where quantiles are all one value."""
WORDS = 20


@dataclass(frozen=True)
class Scale:
    """How features become inputs, fitted on the rows that are learned from."""

    numbers: tuple[int, ...]
    """Columns of numbers."""
    low: F64
    high: F64
    mean: F64
    deviation: F64
    """(numbers)"""
    flagged: tuple[int, ...]
    """Columns that were missing of some rows."""
    words: tuple[tuple[int, int], ...]
    """(column, place of the word) of each common word of each text."""


def fit_scale(values: F64, encoding: Encoding) -> Scale:
    """The scale of rows (n, features)."""
    texts = [i for i, name in enumerate(encoding.features) if name in encoding.words]
    numbers = tuple(i for i in range(len(encoding.features)) if i not in texts)
    low, high, mean, deviation = np.array([_held(values[:, i]) for i in numbers]).reshape(-1, 4).T
    missing = np.array([np.isnan(values[:, place]).any() for place in range(values.shape[1])], dtype=bool)
    words = tuple(
        (i, place) for i in texts for place in range(min(WORDS, len(encoding.words[encoding.features[i]])))
    )
    return Scale(numbers, low, high, mean, deviation, tuple(np.flatnonzero(missing).tolist()), words)


def _held(column: F64) -> tuple[float, float, float, float]:
    """Lowest and highest value that count, mean and deviation."""
    known = column[np.isfinite(column)]
    if not len(known):
        return 0.0, 0.0, 0.0, 1.0
    low, high = np.quantile(known, HELD)
    if low == high:  # what nearly everybody shares: the rest is what tells
        low, high = known.min(), known.max()
    held = np.clip(known, low, high)
    mean, deviation = held.mean(), held.std() or 1.0
    return max(low, mean - REACH * deviation), min(high, mean + REACH * deviation), mean, deviation


class Layers(nn.Module):
    """(n, features) float64, NaN where missing → (n, towers) float32 log odds."""

    def __init__(self, scale: Scale, towers: int) -> None:
        super().__init__()
        for name in ("low", "high", "mean", "deviation"):
            self.register_buffer(name, torch.tensor(getattr(scale, name), dtype=torch.float64))
        for name, places in (
            ("numbers", scale.numbers),
            ("flagged", scale.flagged),
            ("texts", [column for column, _ in scale.words]),
        ):
            self.register_buffer(name, torch.tensor(places, dtype=torch.int64))
        self.register_buffer("words", torch.tensor([w for _, w in scale.words], dtype=torch.float64))
        width, layers = len(scale.numbers) + len(scale.flagged) + len(scale.words), list[nn.Module]()
        for units in SHARED:
            layers += [nn.Linear(width, units), nn.ReLU(), nn.Dropout(DROPPED)]
            width = units
        self.shared = nn.Sequential(*layers)
        self.towers = nn.ModuleList(
            nn.Sequential(nn.Linear(width, TOWER), nn.ReLU(), nn.Linear(TOWER, 1)) for _ in range(towers)
        )

    def forward(self, values: Tensor) -> Tensor:
        """The log odds of each tower."""
        return self.odds(self.inputs(values))

    def inputs(self, values: Tensor) -> Tensor:
        """(n, inputs) float32, which nothing is learned of."""
        numbers = values.index_select(1, self.numbers)
        known = torch.where(torch.isnan(numbers), self.mean, numbers)
        held = torch.minimum(torch.maximum(known, self.low), self.high)
        return torch.cat(
            [
                ((held - self.mean) / self.deviation).float(),
                torch.isnan(values.index_select(1, self.flagged)).float(),
                (values.index_select(1, self.texts) == self.words).float(),
            ],
            dim=1,
        )

    def odds(self, inputs: Tensor) -> Tensor:
        """The log odds of each tower, from what `inputs` gives."""
        shared = self.shared(inputs)
        return torch.cat([tower(shared) for tower in self.towers], dim=1)


class Losses:
    """What is to become small: masked log losses of each tower, and of each chain of towers."""

    def __init__(self, learned: Together) -> None:
        names = list(learned.labels)
        self.chains = [
            [names.index(one) for one in chain] for chain in learned.chains.values() if len(chain) > 1
        ]
        labels = [
            *learned.labels.values(),
            *(learned.joint(c) for c in learned.chains.values() if len(c) > 1),
        ]
        self.labels = torch.tensor(np.column_stack(labels), dtype=torch.float32)
        weight = torch.full((len(labels),), OTHERS)
        weight[0] = 1.0
        self._weight = weight / (~torch.isnan(self.labels)).float().mean(dim=0).clamp(min=TINY)

    def of(self, odds: Tensor, labels: Tensor) -> Tensor:
        """The mean over rows, of each loss weighed so that how many it is known of does not matter."""
        known = ~torch.isnan(labels)
        label = torch.where(known, labels, 0.0)
        sure = nn.functional.logsigmoid(odds)
        true = [sure] + [sure[:, chain].sum(dim=1, keepdim=True) for chain in self.chains]
        false = [sure - odds] + [_rest(one) for one in true[1:]]
        loss = -(label * torch.cat(true, dim=1) + (1 - label) * torch.cat(false, dim=1))
        return (torch.where(known, loss, 0.0).mean(dim=0) * self._weight).sum()


def _rest(sure: Tensor) -> Tensor:
    """log(1 - p) of log(p)."""
    return torch.log(-torch.expm1(sure.clamp(max=-TINY)))


def fit_network(
    learned: Together, encoding: Encoding, seed: int, *,
    later: tuple[F64, F64] | None = None, epochs: int | None = None,
) -> Network:  # fmt: skip
    """A network that went over the rows as often as gained on the rows and labels of a `later` window (log loss of the
    trained target; `PATIENCE` without gain end it), or as often as is given."""
    with _fixed(seed):
        layers = Layers(fit_scale(learned.values, encoding), len(learned.labels))
        averaged = AveragedModel(layers, multi_avg_fn=get_ema_multi_avg_fn(AVERAGED))
        judged = None if later is None else (_inputs(layers, later[0]), torch.tensor(later[1]))
        best, least, kept = 0, float("inf"), None
        for epoch, _ in enumerate(_epochs(layers, averaged, learned, epochs or EPOCHS), start=1):
            if judged is None:
                best = epoch
                continue
            loss = _loss(averaged.module, *judged)
            if loss < least:
                best, least = epoch, loss
                kept = {name: one.clone() for name, one in averaged.module.state_dict().items()}
            elif epoch - best >= PATIENCE:
                break
        if kept is not None:
            averaged.module.load_state_dict(kept)
        return Network(_exported(averaged.module, learned.values.shape[1]), tuple(learned.labels), best)


@contextmanager
def _fixed(seed: int) -> Iterator[None]:
    """Torch's dice and threads fixed, and as they were afterwards."""
    threads = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        with torch.random.fork_rng(devices=()):
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(threads)


def _epochs(layers: Layers, averaged: AveragedModel, learned: Together, epochs: int) -> Iterator[None]:
    """Once over all rows in an order that is drawn, each time that the next is asked for."""
    losses, inputs, size = Losses(learned), _inputs(layers, learned.values), len(learned.values)
    batch = int(np.clip(size // STEPS, LEAST_BATCH, BATCH))
    optimizer = torch.optim.AdamW(layers.parameters(), lr=RATE, weight_decay=DECAY)
    for _ in range(epochs):
        layers.train()
        for rows in torch.randperm(size).split(batch):
            loss = losses.of(layers.odds(inputs[rows]), losses.labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            averaged.update_parameters(layers)
        yield


def _inputs(layers: Layers, values: F64) -> Tensor:
    """(n, inputs) of all rows, computed once and not at every step."""
    with torch.no_grad():
        found = torch.empty((len(values), layers.shared[0].in_features))
        for first in range(0, len(values), 16 * BATCH):
            part = slice(first, first + 16 * BATCH)
            found[part] = layers.inputs(torch.tensor(values[part]))
    return found


def _loss(layers: Layers, inputs: Tensor, label: Tensor) -> float:
    """Log loss of the trained target."""
    layers.eval()
    with torch.no_grad():
        odds = torch.cat([layers.odds(part)[:, 0] for part in inputs.split(16 * BATCH)])
    return float(nn.functional.binary_cross_entropy_with_logits(odds.double(), label))


def _exported(layers: nn.Module, features: int) -> bytes:
    """As ONNX, without the places in our code that each node came from."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it warns of libraries that nothing here uses
    example, held = torch.zeros((2, features), dtype=torch.float64), io.BytesIO()
    made = torch.onnx.export(
        layers.eval(), (example,), dynamo=True, input_names=["values"], output_names=["odds"], verbose=False,
        dynamic_shapes={"values": {0: torch.export.Dim("rows")}}, external_data=False,
    )  # fmt: skip
    made.save(held, include_initializers=True)
    model = onnx.load_from_string(held.getvalue())
    for told in (model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output,
                 *model.graph.initializer):  # fmt: skip
        told.doc_string = ""
        del told.metadata_props[:]
    return bytes(model.SerializeToString(deterministic=True))
