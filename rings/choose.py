"""From nested candidates to rings: each user is in one at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import polars as pl

from graph_schema import Schema
from rings.bonds import ANONYMOUS, Users, bonds_of, first_links, pair_strengths, users_of
from rings.candidates import LARGEST, candidates, large_enough
from rings.components import Engine, in_columns
from rings.decisions import Decision, carry_out
from rings.facts import Facts, latest
from rings.kin import block_links, joined, kin
from rings.score import CHOSEN, scored
from rings.signs import signs
from rings.stars import largest_first, stars

ROUNDS = 2
"""Once kin are joined, they may have kin of their own."""
KEPT_LEVEL = 1
"""What no score chose is kept as a group of this level of ties, or of the next where that is too large, for people to
look at."""


class Finder:
    """The finder on some facts; its steps, each a frame."""

    def __init__(
        self,
        schema: Schema,
        facts: Facts,
        by: Mapping[str, float] | None = None,
        engine: Engine = in_columns,
    ) -> None:
        self.schema, self.facts, self._by, self._engine = schema, facts, by, engine
        self.users: Users = users_of(facts)
        self.firsts = first_links(schema, facts, self.users)
        self.bonds = bonds_of(schema, self.firsts, self.users)

    @property
    def number(self) -> int:
        """How many users there are."""
        return len(self.users.names)

    @cached_property
    def people(self) -> pl.DataFrame:
        """`who, applications, known`: every user, how much they applied, and whether they have a name."""
        made = self.users.targets.filter("application").group_by("who").agg(pl.len().alias("applications"))
        known = ~self.users.names.str.starts_with(ANONYMOUS)
        numbers = pl.int_range(self.number, eager=True)
        people = pl.DataFrame({"who": numbers, "known": known}).join(made, on="who", how="left")
        return people.with_columns(pl.col("applications").fill_null(0)).sort("who")

    def candidates(self) -> pl.DataFrame:
        """`candidate, level, who`: see `rings.candidates`."""
        return self._candidates

    @cached_property
    def _candidates(self) -> pl.DataFrame:
        pairs = pair_strengths(self.bonds)
        return candidates(self.people, pairs, self._engine(self.users.names, pairs))

    def latest_outcomes(self, name: str) -> pl.DataFrame:
        """`target, value`: of several outcomes of that name the latest known holds."""
        return latest(self.facts.outcomes, name)

    def signs(self, members: pl.DataFrame) -> pl.DataFrame:
        """The signs of groups (`group, who`)."""
        return signs(
            self.schema,
            members,
            targets=self.users.targets,
            firsts=self.firsts,
            bonds=self.bonds,
            outcomes=self.facts.outcomes,
            relations=self._relatives,
        )

    def scored(self, members: pl.DataFrame) -> pl.DataFrame:
        """The signs of groups with their score."""
        return scored(self.signs(members), self._by)

    def rings(self) -> pl.DataFrame:
        """`group, who`: rings by their first user, each user in one at most."""
        found = self.candidates()
        united = self._united(self.parts())
        rest = found.filter(pl.col("level") >= KEPT_LEVEL).join(united, on="who", how="anti")
        return pl.concat([united, self._large(_outermost(rest))]).sort("group", "who")

    def decided(self) -> tuple[pl.DataFrame, Mapping[int, Sequence[Decision]]]:
        """`rings()` as people decided, and their decisions by group."""
        decisions = self.facts.decisions
        if not decisions:
            return self.rings(), {}
        named = {key for one in decisions for part in one.parts for key in part}
        applied = self.users.targets.filter("application", pl.col("key").is_in(list(named)))
        users_of = dict(applied.group_by("key").agg(pl.col("who")).iter_rows())
        rings, by = carry_out(self.rings(), decisions, users_of, pair_strengths(self.bonds))
        return self._large(rings).sort("group", "who"), by

    def parts(self) -> pl.DataFrame:
        """`group, who, score`: groups likely enough to be of a ring, by their first user; they share no user."""
        held = self._with_score(_outermost(self._likely(self.candidates())))
        apart = stars(self.firsts, self.people).rename({"group": "candidate"})
        loose = self._likely(apart).join(held, on="who", how="anti").rename({"candidate": "group"})
        # What others took away may have been what made a star suspicious: what is left is scored again.
        left = self._with_score(self._large(largest_first(loose)))
        return pl.concat([held, left.filter(pl.col("score") >= CHOSEN)]).sort("group", "who")

    def kin(self, parts: pl.DataFrame) -> pl.DataFrame:
        """The signs that pairs of `parts`, or of a part and a user, are kin: see `rings.kin`."""
        return kin(self._shared, parts, self._lives)

    def _united(self, parts: pl.DataFrame) -> pl.DataFrame:
        for _ in range(ROUNDS):
            members = joined(parts, self.kin(parts), self.people.select("who", "applications"), LARGEST)
            parts = self._with_score(members)
        return parts.select("group", "who")

    def _likely(self, found: pl.DataFrame) -> pl.DataFrame:
        """Those of some candidates whose score lets them be chosen."""
        score = self.scored(found.select(pl.col("candidate").alias("group"), "who"))
        chosen = score.filter(pl.col("score") >= CHOSEN).select(pl.col("group").alias("candidate"))
        return found.join(chosen, on="candidate", how="semi")

    def _with_score(self, members: pl.DataFrame) -> pl.DataFrame:
        return members.join(self.scored(members).select("group", "score"), on="group")

    @cached_property
    def _shared(self) -> pl.DataFrame:
        """First links to identifiers and to blocks of numbers."""
        return pl.concat([self.firsts, block_links(self.facts.links, self.users.targets)])

    @cached_property
    def _relatives(self) -> pl.DataFrame:
        """`a, b`: each pair of relatives once."""
        numbers = pl.DataFrame({"name": self.users.names}).with_row_index("who")
        pairs = self.facts.relations.select("user", "relative")
        for name, number in (("user", "one"), ("relative", "other")):
            pairs = pairs.join(
                numbers.select(name=pl.col("name"), **{number: pl.col("who").cast(pl.Int64)}),
                left_on=name,
                right_on="name",
            )
        return (
            pairs.select(
                pl.min_horizontal("one", "other").alias("a"), pl.max_horizontal("one", "other").alias("b")
            )
            .filter(pl.col("a") < pl.col("b"))
            .unique()
        )

    @cached_property
    def _lives(self) -> pl.DataFrame:
        known = pl.col("known_at")
        return self.users.targets.group_by("who").agg(known.min().alias("first"), known.max().alias("last"))

    def _large(self, members: pl.DataFrame) -> pl.DataFrame:
        """Groups that are still rings once others took their users."""
        return large_enough(members.join(self.people, on="who")).select("group", "who")


def _outermost(chosen: pl.DataFrame) -> pl.DataFrame:
    """`group, who` of those candidates that lie in no other, by their first user."""
    level = pl.col("level")
    outer = chosen.filter(level == level.min().over("who"))
    # A group inside a larger one lost all its users to it: groups of a level lie inside those of the looser.
    return outer.select(pl.col("who").min().over("candidate").alias("group"), "who")
