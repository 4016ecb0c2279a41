"""Part of a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.errors import UsageError

LIMIT_MOST = 1_000
"""Items of a page at most."""
T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Part of a list: `next` continues it, `cut` says that there is more."""

    items: list[T]
    next: str | None = None
    cut: bool = False
    total: int | None = None
    """Items of all pages; None where they are not counted."""
    total_cut: bool = False
    """Whether counting stopped there: there are at least `total`."""


def require_limit(limit: int) -> None:
    """Raise `UsageError` (`page.limit`) unless a page of `limit` items may be asked for."""
    if not 1 <= limit <= LIMIT_MOST:
        raise UsageError("page.limit", f"The limit must be between 1 and {LIMIT_MOST:,}.")


def page_of(found: Sequence[T], limit: int, names: Sequence[str]) -> Page[T]:
    """The page that shows `limit` of `found`, which was read with one more; `names` continue after each."""
    cut = len(found) > limit
    return Page(list(found[:limit]), names[limit - 1] if cut else None, cut)
