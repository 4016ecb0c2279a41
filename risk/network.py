"""A network over several targets, served by ONNX Runtime from its own file: nothing of PyTorch is needed.

The file takes features as they are (float64, NaN where missing) and holds what prepares them; it is fitted in
`risk.network_train`. One thread and basic optimisations, and rows run by the same kernels however many come: the same
bits alone and among others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit

from core.errors import IncompatibleError
from risk.metrics import F64, TINY, logit

if TYPE_CHECKING:
    import onnxruntime

ROWS, LEAST = 4_096, 16
"""Rows of one run, at most; and what their number is filled up to a multiple of, since of a single row the sums are taken
by another kernel, in another order."""
CELLS = 4_000_000
"""Of rows with one feature missing that are held at once: 32 MB."""
LIMIT = float(logit(np.array([1 - TINY]))[0])


def can_fit() -> bool:
    """Whether a network can be fitted here: the extra `torch` is installed."""
    return all(find_spec(name) for name in ("torch", "onnx", "onnxscript"))


@dataclass(frozen=True)
class Network:
    """One tower a target over shared layers; the first tower is of the target that it was trained for."""

    file: bytes = field(repr=False)
    """ONNX: `values` (n, features) float64 → `odds` (n, towers) float32, log odds of each target among those that it can be
    known of."""
    towers: tuple[str, ...]
    epochs: int
    """How often it went over the rows."""

    def chance(self, values: F64) -> F64:
        """(n) Probability of a positive; `values` (n, features) in the order of the encoding."""
        found: F64 = expit(self.odds(values)[:, 0])
        return found

    def odds(self, values: F64) -> F64:
        """(n, towers) Log odds of each target, held off certainty."""
        runs = [np.empty((0, len(self.towers)))]
        for first in range(0, len(values), ROWS):
            rows = values[first : first + ROWS]
            filled = np.concatenate([rows, np.full((-len(rows) % LEAST, values.shape[1]), np.nan)])
            (told,) = self._session.run(["odds"], {"values": filled})
            runs.append(told[: len(rows)].astype(np.float64))
        return np.clip(np.concatenate(runs), -LIMIT, LIMIT)

    def contributions(self, values: F64) -> F64:
        """(n, features) What each adds to the log odds, over those of a row of which nothing is known.

        Each known feature is taken for missing, one at a time; what the log odds then lose is its own (occlusion, Zeiler
        2014). Features that say the same thing are missed less than what they say together: the rest is shared out by how
        much each is missed, so that they add up. A feature that is missing adds nothing.
        """
        whole = self.odds(values)[:, 0]
        nothing = self.odds(np.full((1, values.shape[1]), np.nan))[0, 0]
        found = np.zeros(values.shape)
        rows, places = np.nonzero(~np.isnan(values))
        most = max(1, CELLS // max(1, values.shape[1]))
        for first in range(0, len(rows), most):
            row, place = rows[first : first + most], places[first : first + most]
            without = values[row]
            without[np.arange(len(row)), place] = np.nan
            found[row, place] = whole[row] - self.odds(without)[:, 0]
        weight = np.abs(found) + 1e-12 * ~np.isnan(values)
        rest = whole - nothing - found.sum(axis=1)
        share = np.divide(rest, weight.sum(axis=1), out=np.zeros_like(rest), where=weight.any(axis=1))
        added: F64 = found + share[:, None] * weight
        return added

    def write(self, folder: Path, name: str) -> dict[str, Any]:
        """As ONNX in a file of its own; what else must be known, for the model's file."""
        (folder / f"{name}.onnx").write_bytes(self.file)
        return {"towers": list(self.towers), "epochs": self.epochs}

    @staticmethod
    def read(folder: Path, name: str, told: Mapping[str, Any]) -> Network:
        """What `write` wrote. Raises `IncompatibleError` (`risk.onnxruntime`) where ONNX Runtime is not installed."""
        _runtime()
        return Network((folder / f"{name}.onnx").read_bytes(), tuple(told["towers"]), told["epochs"])

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        runtime = _runtime()
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.execution_mode = runtime.ExecutionMode.ORT_SEQUENTIAL
        options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.use_deterministic_compute = True
        return runtime.InferenceSession(self.file, options, providers=["CPUExecutionProvider"])


def _runtime() -> Any:
    try:
        import onnxruntime  # noqa: PLC0415 - half a second to import, for models that have a network
    except ImportError:
        raise IncompatibleError(
            "risk.onnxruntime",
            "The model has a network, and onnxruntime, which runs it, is not installed; install what "
            "requirements.lock names.",
        ) from None
    return onnxruntime
