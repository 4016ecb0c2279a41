"""How hard the rings of a written world are to find: `python -m simulator.difficulty FOLDER …`.

A ring is found when a component has a Jaccard index of at least one half with it; by applications.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import polars as pl

from core.errors import UsageError
from simulator.dice import Ints

FIRST_LINKS = 20
"""Links of an identifier that plain components keep."""
FOUND = 0.5
PLAIN = {
    "device_id": "Device", "phone": "Phone", "card_number": "BankCard", "id_number": "IdNumber",
    "address": "Address", "email": "Email",
}  # fmt: skip
ALL = PLAIN | {
    "contact_phone": "Phone", "employer_phone": "Phone", "ip": "IpAddress", "employer": "Employer",
}  # fmt: skip


@dataclass(frozen=True)
class Difficulty:
    """Figures of one world; rings are those of at least three applications of two users."""

    applications: int
    rings: int
    rings_of: dict[str, int]
    """By kind."""
    innocent: dict[str, int]
    """Applications by reason why they share something innocently."""
    oracle: float
    """Share of rings that links between applications of one true ring find, of all types and roles."""
    plain: float
    """Share of rings that components over devices, own phones, cards, identity numbers, addresses and e-mails find."""
    plain_of: dict[str, float]
    """By kind."""
    plain_without_events: float
    """The same where devices of sign-ups and logins are left out."""
    precision: float
    """Share of those components (three applications, two users) that are rings."""
    components: int
    largest: int
    """Applications of the largest component."""
    ring_fraud: float
    """Share of all applications that are fraud of a ring."""
    sharing: float
    """Share of applications whose device another user has too."""
    sharing_fraud: float
    """Share of these that are fraud."""


def difficulty(folder: Path) -> Difficulty:
    """The figures of the world in `folder`. Raises `UsageError` (`simulate.unfinished`) where there is none."""
    if not (folder / "mapping.toml").exists():
        raise UsageError("simulate.unfinished", f"{folder} holds no complete world; simulate one.")
    rows = _rows(folder)
    rings = (
        rows.drop_nulls("ring")
        .group_by("ring")
        .agg(pl.col("kind").first(), size=pl.len(), users=pl.col("user").n_unique())
        .filter((pl.col("size") >= 3) & (pl.col("users") >= 2))
    )
    oracle = _components(rows.filter(pl.col("ring").is_not_null()), _links(rows, ALL, within_rings=True))
    plain = _components(rows, _first(pl.concat([_links(rows, PLAIN), _event_links(folder)])))
    found = _found(rings, plain)
    without = _found(rings, _components(rows, _first(_links(rows, PLAIN))))
    listed = _listed(plain)
    shared = rows.filter(pl.col("user").n_unique().over("device_id") > 1)
    return Difficulty(
        applications=rows.height,
        rings=rings.height,
        rings_of=_counts(rings["kind"]),
        innocent=_counts(rows["innocence"].drop_nulls()),
        oracle=_share(_found(rings, oracle)),
        plain=_share(found),
        plain_of={
            str(kind): _share(part)
            for (kind,), part in sorted(found.partition_by("kind", as_dict=True).items())
        },
        plain_without_events=_share(without),
        precision=round(_hits(listed, rings) / max(1, listed.height), 4),
        components=listed.height,
        largest=int(listed["size"].max() or 0),  # type: ignore[arg-type]
        ring_fraud=_mean(rows["ring"].is_not_null() & rows["fraud"]),
        sharing=round(shared.height / rows.height, 4),
        sharing_fraud=_mean(shared["fraud"]),
    )


def _rows(folder: Path) -> pl.DataFrame:
    truth = pl.read_parquet(
        folder / "truth" / "applications.parquet", columns=["ring_id", "kind", "innocence", "fraud"]
    )
    given = pl.read_parquet(folder / "applications.parquet", columns=["user_id", "submitted_at", *ALL])
    return (
        given.hstack(truth)
        .rename({"ring_id": "ring", "user_id": "user"})
        .with_columns(pl.col("kind", "innocence").cast(pl.String))
    )


def _links(rows: pl.DataFrame, columns: dict[str, str], *, within_rings: bool = False) -> pl.DataFrame:
    """User, identifier (type and value; within rings also the ring) and time of each link."""
    source = rows.filter(pl.col("ring").is_not_null()) if within_rings else rows
    prefix = [pl.col("ring")] if within_rings else []
    return pl.concat(
        source.select(
            "user",
            thing=pl.concat_str([*prefix, pl.lit(label), pl.col(column)], separator=" "),
            at="submitted_at",
        ).drop_nulls()
        for column, label in columns.items()
    )


def _event_links(folder: Path) -> pl.DataFrame:
    events = pl.read_parquet(folder / "events.parquet", columns=["user_id", "device_id", "event_at"])
    return events.select(
        user="user_id", thing=pl.concat_str([pl.lit("Device"), "device_id"], separator=" "), at="event_at"
    )


def _first(links: pl.DataFrame) -> pl.DataFrame:
    """The first links of each identifier."""
    ordered = links.sort("at", maintain_order=True)
    return ordered.filter(pl.int_range(pl.len()).over("thing") < FIRST_LINKS)


def _components(rows: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """The rows with their component: what users share ties them, and a user ties all their applications."""
    users = pl.concat([rows["user"], links["user"]]).cast(pl.Categorical).to_physical().to_numpy()
    things = links["thing"].cast(pl.Categorical).to_physical().to_numpy()
    people = int(users.max()) + 1
    label = labels(
        users[rows.height :].astype(np.int64), _dense(things) + people, people + len(np.unique(things))
    )
    return rows.with_columns(component=pl.Series(label[users[: rows.height]]))


def _dense(values: np.ndarray[tuple[int, ...], np.dtype[np.uint32]]) -> Ints:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def labels(one: Ints, other: Ints, count: int) -> Ints:
    """The smallest node of each node's component, by spreading the least label and halving paths."""
    label = np.arange(count, dtype=np.int64)
    while True:
        low = np.minimum(label[one], label[other])
        after = label.copy()
        np.minimum.at(after, label[one], low)
        np.minimum.at(after, label[other], low)
        np.minimum.at(after, one, low)
        np.minimum.at(after, other, low)
        while not np.array_equal(shorter := after[after], after):
            after = shorter
        if np.array_equal(after, label):
            return label
        label = after


def _listed(rows: pl.DataFrame) -> pl.DataFrame:
    """Components of at least three applications of two users: size, and the ring that most of it belongs to."""
    return (
        (
            rows.with_columns(
                size=pl.len().over("component"), users=pl.col("user").n_unique().over("component")
            )
            .filter((pl.col("size") >= 3) & (pl.col("users") >= 2))
            .group_by("component")
            .agg(pl.col("size").first())
        )
        .join(
            rows.drop_nulls("ring").group_by("component", "ring").agg(common=pl.len()),
            on="component",
            how="left",
        )
        .sort("component", "common", descending=[False, True], nulls_last=True)
        .unique("component", keep="first", maintain_order=True)
    )


def _jaccard(both: pl.DataFrame) -> pl.Series:
    return (both["common"] / (both["size"] + both["size_of_ring"] - both["common"])).fill_null(0.0)


def _hits(listed: pl.DataFrame, rings: pl.DataFrame) -> int:
    both = listed.join(rings.select("ring", size_of_ring="size"), on="ring")
    return int((_jaccard(both) >= FOUND).sum())


def _found(rings: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The rings, and whether one of the listed components is theirs."""
    both = _listed(rows).join(rings.select("ring", size_of_ring="size"), on="ring")
    names = both.filter(_jaccard(both) >= FOUND)["ring"].unique()
    return rings.with_columns(found=pl.col("ring").is_in(names.to_list()))


def _share(rings: pl.DataFrame) -> float:
    return _mean(rings["found"])


def _mean(flags: pl.Series) -> float:
    return round(int(flags.sum()) / max(1, len(flags)), 4)


def _counts(words: pl.Series) -> dict[str, int]:
    return dict(sorted(words.value_counts().iter_rows()))


def lines(folders: list[Path]) -> Iterator[str]:
    """A JSON object for each world."""
    for folder in folders:
        yield json.dumps({"world": str(folder), **asdict(difficulty(folder))})


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("Name folders that `fingraph simulate` wrote: python -m simulator.difficulty FOLDER …")
    for line in lines([Path(name) for name in sys.argv[1:]]):
        print(line)
