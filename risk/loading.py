"""A model of whatever kind, from its files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import IncompatibleError
from registry.card import Card, read_card
from risk.model import Model, read_chance
from risk.parts import AMOUNT

if TYPE_CHECKING:
    from risk.amount import AmountModel


def load_model(
    folder: Path, catalogue: str | None = None, card: Card | None = None, *, whole: bool = True
) -> tuple[Model | AmountModel, Card]:
    """A model whose files are whole; `card`: its own, where somebody has held the files against it just now; `whole`: as
    `read_chance`.

    Raises as `read_card` and `read_chance`, and `IncompatibleError` (`features.version`) when the model reads the features
    of another catalogue than the version given.
    """
    from risk.amount import read_amount  # noqa: PLC0415 - a second to import

    card = card or read_card(folder)
    if catalogue is not None and card.catalogue != catalogue:
        raise IncompatibleError(
            "features.version",
            f"The model reads features of catalogue {card.catalogue}; these are of {catalogue}. Train it anew.",
        )
    return read_amount(folder) if card.kind == AMOUNT else read_chance(folder, whole=whole), card
