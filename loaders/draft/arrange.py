"""From guesses about columns to one table of a mapping, and its text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from loaders.draft import identifiers, naming, outcomes, properties, times, words
from loaders.draft.guess import Guess, Role, left_out, told
from loaders.draft.profile import Column
from loaders.draft.sniff import Sniffed, sniff
from loaders.draft.times import Moments
from loaders.draft.write import Plan, written


@dataclass(frozen=True)
class Draft:
    """A proposed mapping."""

    text: str
    """The mapping file."""
    file: str
    rows: int
    """Rows looked at."""
    guesses: tuple[Guess, ...]
    """One or more for every column."""
    notes: tuple[str, ...]
    """What a person should look at first."""


def draft(path: Path) -> Draft:
    """A mapping for the file at `path`, from its first 100,000 rows.

    It is accepted by `read_mapping`, names no value of a personal column, and says of every column what it
    rests on. Raises `UsageError` for a file that cannot be read (`file.none`, `file.empty`, …).
    """
    sniffed = sniff(path)
    table = _Table(sniffed)
    table.guess()
    plan = table.plan(path.name)
    return Draft(written(plan), path.name, sniffed.frame.height, tuple(table.guesses), tuple(plan.notes))


@dataclass
class _Table:
    """The columns of a file; each step takes those that it recognises."""

    sniffed: Sniffed
    left: list[Column] = field(init=False)
    guesses: list[Guess] = field(default_factory=list)
    own_types: list[dict[str, object]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    event_at: Moments | None = None
    id: Column | None = None
    id_columns: list[str] = field(default_factory=list)
    user: Column | None = None

    def __post_init__(self) -> None:
        self.columns = [Column(series.name, series) for series in self.sniffed.frame.get_columns()]
        self.left = list(self.columns)

    def guess(self) -> None:
        """Every column gets its guess."""
        self._unusable()
        self.moments = times.moments(self.left)
        self.event_at = times.event_time(self.moments)
        self._ids()
        self._take([identifiers.identifier(c) for c in self.left if c.name not in self.moments])
        lending = not any(guess.role is Role.IDENTIFIER for guess in self.guesses)
        self._take(
            list(outcomes.outcomes([c for c in self.left if c.name not in self.moments], lending=lending))
        )
        self._times()
        self._take([self._person(column) for column in self.left])
        self._labels()
        self._own_types()
        self._take([properties.prop(column, self.names) for column in self.left])

    def _take(self, guesses: list[Guess | None]) -> None:
        found = [guess for guess in guesses if guess is not None]
        self.guesses += found
        done = {guess.column for guess in found}
        self.left = [column for column in self.left if column.name not in done]

    def _unusable(self) -> None:
        self._take([left_out(c, "lists or structures") for c in self.left if c.nested])
        self._take([left_out(c, "empty in every row looked at") for c in self.left if not c.filled])

    def _ids(self) -> None:
        plain = [c for c in self.left if c.name not in self.moments and not identifiers.personal(c)]
        self.id, self.user = naming.id_column(plain), naming.user_column(plain)
        if self.user is None and self.id is not None and self.id.named(words.USER):
            self.user = self.id
        found = naming.naming(self.id, self.user)
        order = naming.order(self.event_at, [self.id, self.user])
        if self.id is not None:
            self.id_columns = [self.id.name]
        elif self.event_at is not None:
            first = [c for c in (self.user, self.event_at.column) if c is not None]
            self.id_columns = naming.together(plain, first) or []
            found += [
                Guess(name, Role.ID, "names a row together with the others") for name in self.id_columns
            ]
        self._take([*found, order])
        self.left = [column for column in self.left if column is not self.id and column is not self.user]

    def _times(self) -> None:
        when = self.event_at
        for one in self.moments.values():
            if one.either is not None:
                self.notes.append(
                    f"column {one.column.name}: days and months cannot be told apart; confirm the format"
                )
        if when is not None:
            about = f"{_written(when)}; {when.column.distinct:,} different moments"
            self._take(
                [Guess(when.column.name, Role.EVENT_AT, told(when.column, about), "", _time_says(when))]
            )
        for one in [m for m in self.moments.values() if m is not when]:
            self._take([self._other_time(one)])

    def _other_time(self, one: Moments) -> Guess:
        column = one.column
        if column.named(words.BIRTH) and "birth_year" not in self.names:
            return properties.birth_year(column, one.format, self.names)
        if column.named(words.BIRTH):
            return left_out(column, "dates of birth of another person; a date identifies")
        if self.event_at is None:
            return left_out(column, f"moments ({_written(one)}) that do not say when the row happened")
        later = int((one.at() > self.event_at.at()).sum())
        if later > column.filled / 100:
            return left_out(
                column,
                f"moments, {later:,} of {column.filled:,} after the row's own: it would tell the future",
            )
        if column.named(words.SIGN_UP) and not any(g.role is Role.EVENT for g in self.guesses):
            about = told(column, f"moments before the row's own ({_written(one)}), named like a sign-up")
            return Guess(column.name, Role.EVENT, about, "signup", _time_says(one))
        return properties.moment(column, one.format, self.names)

    def _person(self, column: Column) -> Guess | None:
        found = identifiers.person_name(column)
        return properties.person(column, found, self.names) if found else None

    def _labels(self) -> None:
        for role, pattern in ((Role.PRODUCT, words.PRODUCT), (Role.LENDER, words.LENDER)):
            named = [c for c in self.left if c.named(pattern) and c.distinct <= 1_000 and c.spread < 1]
            self._take([Guess(c.name, role, told(c, f"{c.distinct:,} different texts")) for c in named[:1]])

    def _own_types(self) -> None:
        for column in list(self.left):
            found = identifiers.own_type(column)
            if found is not None and found[1]["label"] not in {t["label"] for t in self.own_types}:
                self._take([found[0]])
                self.own_types.append(found[1])

    def plan(self, file: str) -> Plan:
        """What is to be written."""
        place = {column.name: number for number, column in enumerate(self.columns)}
        ordered = sorted(self.guesses, key=lambda guess: place[guess.column])
        by_role = {role: [g for g in ordered if g.role is role] for role in Role}
        facts = any(by_role[role] for role in (Role.EVENT_AT, Role.OUTCOME, Role.IDENTIFIER, Role.PRODUCT))
        is_user = not facts and self.id is not None and self.id is self.user
        dated = self.event_at is not None and bool(self.id_columns)
        if self.event_at is not None and not dated:
            self.notes.append("nothing names a row, so the rows are undated: a time needs an id beside it")
        stand_ins = sorted(
            {text for column in self.columns if not column.nested for text in column.stand_ins}
        )
        how = {
            name: value for name, value in self.sniffed.how.model_dump(exclude_defaults=True).items() if value
        }
        chinese = any(identifiers.has_han(c) for c in self.columns if not c.nested)
        return Plan(
            file=file,
            source=_source(file),
            timezone="Asia/Shanghai" if chinese else "UTC",
            rows=self.sniffed.frame.height,
            refused=self.sniffed.refused,
            reads={**how, **({"empty": stand_ins} if stand_ins else {})},
            becomes="user" if is_user else "application",
            dated=dated,
            ids=self.id_columns,
            guesses=by_role,
            own_types=self.own_types,
            notes=[*self.sniffed.notes, *self.notes],
        )


def _source(file: str) -> str:
    stem = file.split(".", maxsplit=1)[0].lower()
    return re.sub(r"[^a-z0-9_-]+", "_", stem).strip("_-")[:40] or "source"


def _written(one: Moments) -> str:
    return (
        "written as ISO 8601, or of the file's own type"
        if one.format == "auto"
        else f"written as {one.format}"
    )


def _time_says(one: Moments) -> dict[str, object]:
    return {} if one.format == "auto" else {"format": one.format}
