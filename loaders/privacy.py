"""What must not enter the graph as it is: a look at the columns whose values a mapping takes over unhashed."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from core.errors import UsageError
from loaders.convert import text_of
from loaders.files import Batch
from loaders.mapping.model import Table, Value
from loaders.normalise import NORMALISERS

PERSONAL = {
    "phone": "phone numbers",
    "id_number": "identity numbers",
    "card": "card numbers",
    "email": "e-mail addresses",
}
SAMPLE, FEWEST, SHARE = 500, 5, 0.8
_IDS = ("id", "user", "application", "from_", "to")


def refuse_raw_identifiers(table: Table, batch: Batch) -> None:
    """Raise `UsageError` (`mapping.raw_identifier`) when ids or texts of the batch are personal identifiers.

    A sample decides: of at least five distinct values four in five are numbers or addresses of one kind.
    """
    for column in sorted(set(_taken_over(table))):
        kind = looks_personal(text_of(batch.frame.get_column(column)))
        if kind is not None:
            raise UsageError(
                "mapping.raw_identifier",
                f"table '{table.name}': column '{column}' holds {PERSONAL[kind]}, and would enter the graph as it is.",
                hints=(
                    f'An id: add hashed = ["{column}"], and its keyed hash becomes the id.',
                    "What applications share: declare it under identifiers.",
                    "Neither: leave it out of properties.",
                ),
            )


def looks_personal(values: pl.Series) -> str | None:
    """The kind of identifier that most of a sample of `values` are, if there is one."""
    sample = values.drop_nulls().head(SAMPLE * 4).unique(maintain_order=True).head(SAMPLE)
    if len(sample) < FEWEST:
        return None
    for kind in PERSONAL:
        accepted = NORMALISERS[kind](sample, {}).value.is_not_null().sum()
        if accepted >= SHARE * len(sample):
            return kind
    return None


def _taken_over(table: Table) -> Iterator[str]:
    """Columns whose values become ids or texts of the graph."""
    for name in _IDS:
        columns = getattr(table, name, None)
        for column in [columns] if isinstance(columns, str) else columns if isinstance(columns, list) else []:
            if column not in table.hashed:
                yield column
    properties: dict[str, Value] = getattr(table, "properties", {})
    for value in properties.values():
        if value.column and value.type == "string" and not value.values and not value.money:
            yield value.column
