"""What stands behind the reasons of rings: keys of the identifiers and applications that speak for them.

Only names that last decide, so that the same facts give the same evidence in whatever order they were loaded: the
identifiers that tie most members come first, of equals the one with the earlier bond, then the smaller key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from rings.bonds import JOINT
from rings.choose import Finder
from rings.signs import SIGNS

PROOFS = 5
"""Ids a reason names at most."""
Proof = Mapping[str, Sequence[str]]
"""Keys by sign, strongest first; a sign without any is left out."""
_OUTCOMES = {"fraud_known": pl.col("value") > 0, "clean_known": pl.col("value") <= 0}
_NAMED = {"Employer": "employers", "Address": "addresses"}
"""Signs that count identifiers of a type, whether they bind or not."""


def proofs(finder: Finder, rings: pl.DataFrame) -> Mapping[int, Proof]:
    """The proof of each of `rings` (`group, who`), by group: `by_<type>`, `employers` and `addresses` by keys of
    identifiers, `fraud_known` and `clean_known` by keys of applications."""
    found: dict[int, dict[str, Sequence[str]]] = {}
    things = pl.concat([_binding(finder, rings), _named(finder, rings)])
    for group, sign, keys in _by_outcome(finder, rings):
        found.setdefault(group, {})[sign] = keys
    for group, sign, keys in _first(finder, things):
        found.setdefault(group, {})[sign] = keys
    return found


def with_proof(reasons: Iterable[Mapping[str, object]], proof: Proof) -> list[dict[str, object]]:
    """`reasons` in their whole shape, `{code, params, weight, evidence_ids}`."""
    return [
        {**reason, "evidence_ids": list(proof.get(str(reason["code"]).removeprefix("ring."), ()))}
        for reason in reasons
    ]


def _binding(finder: Finder, rings: pl.DataFrame) -> pl.DataFrame:
    """`group, sign, type, thing, users, began`: what ties members, the users it ties, and its first bond."""
    inside = (
        finder.bonds.filter(pl.col("type") != JOINT)
        .join(rings.rename({"who": "a"}), on="a")
        .join(rings.rename({"who": "b"}), on=["group", "b"], how="semi")
    )
    ends = pl.concat(inside.select("group", "type", "thing", "known_at", who=end) for end in ("a", "b"))
    return _gathered(ends, "by_" + pl.col("type").str.to_lowercase())


def _named(finder: Finder, rings: pl.DataFrame) -> pl.DataFrame:
    """The same of employers and addresses that members name."""
    named = finder.firsts.filter(pl.col("type").is_in(list(_NAMED))).join(rings, on="who")
    return _gathered(named, pl.col("type").replace_strict(_NAMED, return_dtype=pl.String))


def _gathered(uses: pl.DataFrame, sign: pl.Expr) -> pl.DataFrame:
    return (
        uses.group_by("group", "type", "thing")
        .agg(pl.col("who").n_unique().alias("users"), pl.col("known_at").min().alias("began"))
        .select("group", sign.alias("sign"), "type", "thing", "users", "began")
    )


def _first(finder: Finder, things: pl.DataFrame) -> Iterable[tuple[int, str, Sequence[str]]]:
    """The first of each sign by what they tie. Keys are read of those alone that may be among them."""
    best = pl.struct(-pl.col("users").cast(pl.Int64), pl.col("began").fill_null(2**62)).rank("min")
    able = things.filter(pl.col("sign").is_in(SIGNS)).filter(best.over("group", "sign") <= PROOFS)
    keys = pl.concat(
        [pl.DataFrame(schema={"type": pl.String, "thing": pl.Int64, "key": pl.String})]
        + [
            finder.facts.keys(label, of.get_column("thing").unique().sort().to_list()).select(
                pl.lit(label).alias("type"), "thing", "key"
            )
            for (label,), of in able.group_by("type", maintain_order=True)
        ]
    )
    ranked = (
        able.join(keys, on=["type", "thing"])
        .sort("group", "sign", -pl.col("users").cast(pl.Int64), "began", "key", nulls_last=True)
        .group_by("group", "sign", maintain_order=True)
        .agg(pl.col("key").head(PROOFS))
    )
    return ranked.iter_rows()


def _by_outcome(finder: Finder, rings: pl.DataFrame) -> Iterable[tuple[int, str, Sequence[str]]]:
    """Applications by what is known of them, in the order of facts."""
    known = (
        finder.users.targets.filter("application")
        .join(rings, on="who")
        .join(finder.latest_outcomes("fraud"), on="target")
        .sort("group", "place")
    )
    for sign, holds in _OUTCOMES.items():
        one = known.filter(holds).unique(["group", "target"], keep="first", maintain_order=True)
        for group, keys in (
            one.group_by("group", maintain_order=True).agg(pl.col("key").head(PROOFS)).iter_rows()
        ):
            yield group, sign, keys
