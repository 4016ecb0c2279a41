"""From nested candidates to rings: each user is in one at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import polars as pl

from graph_schema import Schema
from rings.bonds import ANONYMOUS, Users, bonds_of, first_links, pair_strengths, users_of
from rings.candidates import LARGEST, candidates, large_enough
from rings.components import Engine, groups, in_columns
from rings.decisions import Decision, carry_out
from rings.facts import Facts, latest
from rings.score import CHOSEN, scored
from rings.signs import signs

COVER = 0.5
"""Rings whose users are at least this share of an identifier's users are one ring, and its other users belong, unless
that is larger than a ring may be."""
MOST = 60
"""What more users have than this unites nothing."""
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
        )

    def scored(self, members: pl.DataFrame) -> pl.DataFrame:
        """The signs of groups with their score."""
        return scored(self.signs(members), self._by)

    def rings(self) -> pl.DataFrame:
        """`group, who`: rings by their first user, each user in one at most."""
        found = self.candidates()
        members = found.select(pl.col("candidate").alias("group"), "who")
        score = self.scored(members).select(pl.col("group").alias("candidate"), "score")
        chosen = _outermost(found.join(score.filter(pl.col("score") >= CHOSEN), on="candidate", how="semi"))
        united = self._united(chosen)
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

    def _united(self, chosen: pl.DataFrame) -> pl.DataFrame:
        """Chosen groups joined by what is mostly theirs, with whoever else uses that."""
        used = self.firsts.select("type", "thing", "who", pl.len().over("type", "thing").alias("all"))
        used = used.filter(pl.col("all") <= MOST)
        for _ in range(2):
            theirs = (
                used.join(chosen, on="who")
                .with_columns(pl.len().over("type", "thing").alias("users"))
                .filter(pl.col("users") >= 2, pl.col("users") >= COVER * pl.col("all"))
            )
            chosen = self._joined(chosen, theirs)
            near = theirs.select("type", "thing", "who").join(chosen, on="who")
            owner = near.group_by("type", "thing").agg(pl.col("group").min())
            more = (
                used.join(owner, on=["type", "thing"])
                .join(chosen, on="who", how="anti")
                .group_by("who")
                .agg(pl.col("group").min())
            )
            wider = pl.concat([chosen, more.select("group", "who")])
            chosen = wider.filter(self._fits(wider, "group") | (pl.int_range(pl.len()) < chosen.height))
        return chosen

    def _joined(self, chosen: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
        ties = theirs.select("type", "thing", "group").unique().sort("type", "thing", "group")
        same = (pl.col("type") == pl.col("type").shift()) & (pl.col("thing") == pl.col("thing").shift())
        pairs = ties.with_columns(pl.col("group").shift().alias("a"), pl.col("group").alias("b")).filter(same)
        # A group is numbered by its smallest user, so groups are joined as users are.
        root = groups(self.number, pairs.select("a", "b"))
        united = chosen.with_columns(pl.Series("united", root[chosen["group"].to_numpy()]))
        fits = self._fits(united, "united")
        return united.select(pl.when(fits).then("united").otherwise("group").alias("group"), "who")

    def _fits(self, members: pl.DataFrame, group: str) -> pl.Series:
        """Whether the `group` of each of the members is no larger than a ring may be."""
        made = pl.Series("made", self.people["applications"].gather(members["who"]))
        return members.with_columns(made).select(pl.col("made").sum().over(group) <= LARGEST).to_series()

    def _large(self, members: pl.DataFrame) -> pl.DataFrame:
        """Groups that are still rings once others took their users."""
        return large_enough(members.join(self.people, on="who")).select("group", "who")


def _outermost(chosen: pl.DataFrame) -> pl.DataFrame:
    """`group, who` of those candidates that lie in no other, by their first user."""
    level = pl.col("level")
    outer = chosen.filter(level == level.min().over("who"))
    # A group inside a larger one lost all its users to it: groups of a level lie inside those of the looser.
    return outer.select(pl.col("who").min().over("candidate").alias("group"), "who")
