"""What stands beside a model's files: of what, by what and how well it was made, and the hash of every file.

A model is a folder of native files (JSON, XGBoost's own, ONNX) and its card. Nothing in it is ever unpickled.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from core.errors import IncompatibleError, NotFoundError

CARD = "card.json"
FORMAT = 1


@dataclass(frozen=True)
class Card:
    """A model in words and numbers. Days are UTC dates."""

    target: str
    kind: str
    """`scorecard`, `boosting`, `forest`, `network` or `combined`."""
    catalogue: str
    """Version of the catalogue whose features it reads."""
    features: tuple[str, ...]
    """Names of the variants it reads, in order."""
    first: str
    """Applications known from this day on,"""
    end: str
    """and before this one."""
    known_until: str
    """What became known from then on was in no label."""
    maturity_days: float
    seed: int
    code: str
    """Version of FinGraph that made it."""
    rows: Mapping[str, int]
    """Labelled applications by part: `train`, `validation`, `test`; and `positives_…` of each."""
    metrics: Mapping[str, float]
    """Of the test window, which nothing was chosen on."""
    certificate: Mapping[str, Any]
    """Whether its features were proved not to look ahead, on what, and which mutants were caught."""
    lender: str = ""
    """Whose applications alone it learned from; empty: everybody's."""
    windows: Mapping[str, str] = field(default_factory=dict)
    """First and last day of labelled applications by part: `2024-01-01 to 2025-01-17`."""
    files: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 by name."""
    format: int = FORMAT

    @property
    def name(self) -> str:
        """What the registry calls its versions."""
        return name_of(self.target, self.lender)


def name_of(target: str, lender: str) -> str:
    """What models of a target and, where one is named, of a lender alone are called."""
    return f"{target}-{lender}" if lender else target


def write_card(folder: Path, card: Card) -> Card:
    """Seal the files of `folder`: the card, with their hashes, comes last."""
    names = sorted(path.name for path in folder.iterdir() if path.name != CARD)
    sealed = Card(**{**vars(card), "files": {name: sha256(folder / name) for name in names}})
    text = json.dumps(asdict(sealed), indent=1, sort_keys=True, ensure_ascii=False)
    (folder / CARD).write_text(text + "\n", encoding="utf-8")
    return sealed


def read_card(folder: Path) -> Card:
    """The card of a model whose files are those that were written.

    Raises `NotFoundError` (`models.missing`), `IncompatibleError` (`models.foreign`, `models.format`,
    `models.changed`).
    """
    path = folder / CARD
    if not path.exists():
        raise NotFoundError("models.missing", f"{folder.name} holds no model; train one first.")
    try:
        told = json.loads(path.read_text("utf-8"))
        card = Card(**{**told, "features": tuple(told["features"])})
    except (ValueError, TypeError, KeyError):
        raise IncompatibleError(
            "models.foreign", f"{path.name} is no card of FinGraph's; the model is refused."
        ) from None
    if card.format != FORMAT:
        raise IncompatibleError(
            "models.format",
            f"The model has format {card.format}; this FinGraph reads {FORMAT}. Train it anew.",
        )
    there = {one.name: sha256(one) for one in folder.iterdir() if one.name != CARD}
    if there != dict(card.files):
        names = {name for name, _ in there.items() ^ dict(card.files).items()}
        raise changed(card, sorted(names))
    return card


def changed(card: Card, names: Sequence[str]) -> IncompatibleError:
    """What is raised of a model with files that are not what was written."""
    return IncompatibleError(
        "models.changed",
        f"{', '.join(names)} of a model of {card.name}: not what was written; the model is refused.",
        hints=("Put its files back from a backup, promote another version, or train it anew.",),
    )


def sha256(path: Path) -> str:
    """Of a file, as hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
