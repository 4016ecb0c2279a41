"""`docs/ring_evaluation.md`, from the kept results: `python -m benchmarks.ring_tables` writes it anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from benchmarks.results import ROOT, Result, read_result

DOCUMENT = ROOT / "docs" / "ring_evaluation.md"
HEAD = """# How well rings are found

Written by `python -m benchmarks.ring_tables` from `benchmarks/results`; `make goals RUN=ring_recall` and
`make goals RUN=ring_days` measure anew. What counts as found, right and detected is said in [rings](rings.md#commands), how the
worlds come about in [the simulator](simulator.md); its difficulty was fixed before the finder was tuned, and these seeds
were used for nothing else.
"""


def document() -> str:
    """The text that the document must have."""
    recall, days = kept("ring_recall"), kept("ring_days")
    seeds: Mapping[str, Any] = recall.details
    return "\n".join(
        [HEAD, *_of_seeds(recall, seeds), *_by_kind(seeds), *_innocent(seeds), *_detection(days)]
    )


def kept(name: str) -> Result:
    """The kept result of a goal, which the document needs."""
    found = read_result(name)
    if found is None:
        raise SystemExit(f"{name} was never measured; run: make goals RUN={name}")
    return found


def _of_seeds(recall: Result, seeds: Mapping[str, Any]) -> Iterable[str]:
    yield "## By seed\n"
    yield f"{recall.data.removesuffix(', the worst seed')}; commit {recall.commit[:7]}, {recall.date[:10]}.\n"
    yield from head(
        "seed", "way", "planted", "found", "recall", "listed", "right", "precision", "members found"
    )
    for seed, told in seeds.items():
        for way, one in {"rings": told["rings"], **told["plain"]}.items():
            found = f"{one['members_found']:,} of {one['members']:,}"
            yield row(
                seed, way, one["planted"], one["found"], f"{one['recall']:.3f}", one["listed"], one["right"],
                f"{one['precision']:.3f}", found,
            )  # fmt: skip


def _by_kind(seeds: Mapping[str, Any]) -> Iterable[str]:
    yield "\n## By kind of fraud\n"
    yield "Recall, and in brackets found of planted; last, what plain components (first 20 users) find, all seeds together.\n"
    yield from head("kind", *seeds, "plain components")
    for kind, rows in _kinds(seeds, "by_kind"):
        plain = [next(iter(told["plain"].values()))["by_kind"][kind] for told in seeds.values()]
        share = sum(row["found"] for row in plain) / sum(row["planted"] for row in plain)
        cells = [f"{row['recall']:.3f} ({row['found']} of {row['planted']})" for row in rows]
        yield row(kind, *cells, f"{share:.3f}")
    yield "\nWhy some are missed, and what is listed and wrong: [ten rings, looked at](examples/ten_rings.md).\n"


def _innocent(seeds: Mapping[str, Any]) -> Iterable[str]:
    yield "## Innocent sharing\n"
    yield "Share of the applications of honest people who share something that lies in a listed ring.\n"
    yield from head("kind", *seeds, "plain components, at worst")
    for kind, rows in _kinds(seeds, "innocent"):
        plain = max(
            one["innocent"][kind]["share"] for told in seeds.values() for one in told["plain"].values()
        )
        cells = [f"{row['share']:.3%} ({row['in_listed_rings']} of {row['applications']:,})" for row in rows]
        yield row(kind, *cells, f"{plain:.1%}")


def _kinds(seeds: Mapping[str, Any], part: str) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    """Each kind of `part` with what the rings came to, seed by seed."""
    for kind in next(iter(seeds.values()))["rings"][part]:
        yield kind, [told["rings"][part][kind] for told in seeds.values()]


def _detection(days: Result) -> Iterable[str]:
    told = days.details
    yield "\n## How soon\n"
    yield f"{days.data}; commit {days.commit[:7]}, {days.date[:10]}.\n"
    yield (
        f"Of {told['rings']} rings that had a third application in these days {told['detected']} were detected; from that "
        f"application to the first run that lists them it takes {told['median_days']} days (median). A run takes "
        f"{told['seconds_a_day']} s.\n"
    )


def head(*cells: object) -> Iterable[str]:
    """The first lines of a table."""
    yield row(*cells)
    yield row(*("---" for _ in cells))


def row(*cells: object) -> str:
    """A line of a table."""
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
