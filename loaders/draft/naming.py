"""What names a row, who did it, and what orders rows of the same moment."""

from __future__ import annotations

import itertools

import polars as pl

from loaders.draft import words
from loaders.draft.guess import Guess, Role, told
from loaders.draft.profile import Column
from loaders.draft.times import Moments

_LONGEST_ID = 100


def id_column(columns: list[Column]) -> Column | None:
    """The column that names a row: another short value in every row, and a name like an id's."""
    fitness = {column.name: _id_fitness(column) for column in columns}
    best = max(columns, key=lambda column: fitness[column.name], default=None)
    return best if best is not None and fitness[best.name] > 0 else None


def _id_fitness(column: Column) -> int:
    if not column.unique or not (column.integer or not column.number):
        return 0
    if column.named(words.BARE_ID):
        return 3
    if not column.named(words.ID) or column.share(rf"^.{{1,{_LONGEST_ID}}}$") < 1:
        return 0
    if column.named(words.USER):
        return 2
    return 4 if column.named(words.FACT) else 1


def user_column(columns: list[Column]) -> Column | None:
    """The column that names the person of a row."""
    called = [column for column in columns if column.named(words.USER) and _id_of_user(column)]
    return max(called, key=lambda column: column.filled, default=None)


def _id_of_user(column: Column) -> bool:
    called = column.named(words.ID) or column.named(words.USER_ALONE)
    plain = column.share(r"^[\w.:@/-]{1,100}$") >= 0.99 and column.share(r"\d") >= 0.5
    return called and plain and column.filled * 2 > column.rows


def together(columns: list[Column], first: list[Column]) -> list[str] | None:
    """Two or three columns, `first` among them, that name a row together."""
    rest = [c for c in columns if c not in first and c.filled == c.rows and c.distinct > 1]
    start = [c for c in first if c.filled == c.rows]
    if not start:
        return None
    frame = pl.DataFrame([c.text.alias(c.name) for c in [*start, *rest]])
    for more in itertools.chain([()], ((c,) for c in rest[:8])):
        names = [c.name for c in (*start, *more)]
        if len(names) > 1 and not frame.select(names).is_duplicated().any():
            return names
    return None


def order(when: Moments | None, candidates: list[Column | None]) -> Guess | None:
    """A whole-number column for rows that share their moment; None where none do, or nothing orders them."""
    if when is None:
        return None
    moments = when.at().drop_nulls()
    ties = int(moments.is_duplicated().sum())
    for column in candidates:
        if ties and column is not None and column.integer and column.unique and column.share(r"^\d") >= 1:
            about = f"{ties:,} of {column.rows:,} rows share their time with another; this number orders them"
            return Guess(column.name, Role.ORDER, about)
    return None


def naming(id_: Column | None, user: Column | None) -> list[Guess]:
    """What is told of the two columns."""
    found = []
    if id_ is not None:
        about = "another value in every row looked at"
        if id_ is user:
            about += "; it names a person, and stands for the row as well because nothing else does"
        found.append(Guess(id_.name, Role.ID, told(id_, about)))
    if user is not None:
        about = f"{user.distinct:,} different values in {user.filled:,} rows"
        found.append(Guess(user.name, Role.USER, told(user, about)))
    return found
