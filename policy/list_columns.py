"""Lists as columns, for features that a home declares: `list.NAME` is 1 for an application that was on the list NAME at its own
point, or whose user was, else 0. It is read with the measure `number`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.errors import UsageError
from core.settings import Settings
from core.sql import open_sql
from features import Catalogue
from policy.lists import NAME, entries_of
from policy.on_lists import on_lists
from snapshot.columns import Bools, Columns
from snapshot.manifest import Manifest

LIST = "list."


def lists_read(catalogue: Catalogue) -> tuple[str, ...]:
    """Lists that features read.

    Raises `UsageError` (`features.list`) where one reads what is no list's name, more than whether the application itself is on
    one, or is carried: others' entries are not looked up when one is scored.
    """
    found: dict[str, None] = {}
    for one in catalogue.definitions:
        named = [column for column in one.columns if column.startswith(LIST)]
        if wrong := [column for column in named if not NAME.fullmatch(column.removeprefix(LIST))]:
            raise UsageError(
                "features.list",
                f"Feature '{one.name}' reads {wrong[0]}; a list is named by small letters, digits and _.",
            )
        carried = any(catalogue.by_name[name].of is one for name in catalogue.carried)
        if named and (one.measure != "number" or carried):
            raise UsageError(
                "features.list",
                f"Feature '{one.name}' reads {named[0]}; lists are read with the measure `number`, of the application itself, "
                "and are not carried.",
            )
        found |= dict.fromkeys(column.removeprefix(LIST) for column in named)
    return tuple(found)


def with_lists(
    columns: Columns, catalogue: Catalogue, folder: Path, made: Manifest, settings: Settings
) -> Columns:
    """The columns of the snapshot in `folder`, whose manifest is `made`, with those of the lists that features read, 8 bytes each an
    application. Raises as `lists_read` and `open_sql`."""
    wanted = lists_read(catalogue)
    if not wanted:
        return columns
    with open_sql(settings) as sql:
        entries = entries_of(sql, wanted)
    every = np.arange(columns.size, dtype=np.int64)
    return _with(columns, on_lists(columns, folder, made, every, entries))


def without_lists(columns: Columns) -> Columns:
    """The columns without those of lists."""
    own = {name: values for name, values in columns.numbers.items() if not name.startswith(LIST)}
    return replace(columns, numbers=own)


def nobody_on(columns: Columns) -> list[str]:
    """Lists on which no application of the columns was: nothing can be learnt of them."""
    found = [(name, values) for name, values in columns.numbers.items() if name.startswith(LIST)]
    return [name.removeprefix(LIST) for name, values in found if not values.any()]


def reading_lists(catalogue: Catalogue) -> list[str]:
    """Features that read lists: proofs over columns take these as given."""
    return [one.name for one in catalogue.variants if one.column.startswith(LIST)]


def with_standing(columns: Columns, position: int, lists: Collection[str], on: Collection[str]) -> Columns:
    """The columns of one application's neighbourhood: of `lists`, it was at its own point `on` some."""
    if not lists:
        return columns
    found = {name: np.zeros(columns.size, dtype=np.bool_) for name in lists}
    for name in found.keys() & set(on):
        found[name][position] = True
    return _with(columns, found)


def _with(columns: Columns, found: dict[str, Bools]) -> Columns:
    more = {f"{LIST}{name}": on.astype(np.int64) for name, on in found.items()}
    return replace(columns, numbers={**columns.numbers, **more})
