"""A model of whatever kind, from its files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from registry.card import Card, read_card
from risk.model import Model, load_chance

if TYPE_CHECKING:
    from risk.amount import AmountModel


def load_model(folder: Path, catalogue: str | None = None) -> tuple[Model | AmountModel, Card]:
    """A model whose files are whole. Raises as `risk.model.require_card`."""
    from risk.amount import KIND, load_amount  # noqa: PLC0415 - a second to import

    return (
        load_amount(folder, catalogue) if read_card(folder).kind == KIND else load_chance(folder, catalogue)
    )
