"""The catalogue as a Markdown document."""

from __future__ import annotations

from itertools import groupby

from features.catalogue import Catalogue
from features.words import MEASURES, Definition, span


def document(catalogue: Catalogue) -> str:
    """Everything that is declared, as Markdown; the same catalogue gives the same text."""
    lines = [
        "# Features",
        "",
        f"Catalogue version `{catalogue.version}`: {len(catalogue.definitions)} features in {len(catalogue.variants):,} variants. "
        "Written by `fingraph features docs`; change `features/catalogue.toml`, not this file.",
        "",
        "Each is computed at the application's own point `(known_at, seq)` from facts before it. A row is a link: a neighbour met through "
        "two identifiers of one view counts for each, and so do users and texts met through both. Windows are measured in `known_at`, "
        "their ends included; an outcome counts from the later of when it and the link became known. Values are null where the "
        "application names no identifier of the view, or only hubs; with hubs and others, the others are read. "
        "*Empty* is the value where there is no row. Scans look at an identifier's newest 1,000 rows.",
        "",
        "## Views",
        "",
        "| view | through | own role | others' role | en | zh |",
        "|---|---|---|---|---|---|",
        *(
            f"| {v.name} | {v.relation} | {v.mine or 'any'} | {v.theirs or 'any'} | {v.en} | {v.zh} |"
            for v in catalogue.views
        ),
        "",
        "## Carried by every application, for those who meet it later",
        "",
        *(f"- `{name}`" for name in catalogue.carried),
    ]
    ordered = sorted(catalogue.definitions, key=lambda one: one.family)
    for family, group in groupby(ordered, key=lambda one: one.family):
        lines += [
            "",
            f"## {family.capitalize()}",
            "",
            "| feature | what | measure | of | variants | unit | empty | personal |",
            "|---|---|---|---|---|---|---|---|",
        ]
        lines += [_row(one) for one in group]
    return "\n".join(lines) + "\n"


def _row(one: Definition) -> str:
    parts = [
        ("views", one.views),
        ("windows", tuple(span(window) for window in one.windows)),
        ("columns", one.columns),
        ("targets", one.targets),
        ("durations", tuple(span(duration) for duration in one.durations)),
    ]
    told = "; ".join(f"{name} {', '.join(values)}" for name, values in parts if values) or "one"
    whose = "the application" if not one.views else f"{one.rows}, {one.who}"
    empty = MEASURES[one.measure].empty
    return f"| `{one.name}` | {one.description} | {one.measure} | {whose} | {told} | {one.unit} | {empty} | {one.personal} |"
