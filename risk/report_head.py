"""What a report says of every model, whatever it predicts: of what it was made, which features it reads, what was proved."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import polars as pl

from registry.card import Card
from risk.model import COMBINED
from risk.pages import section, table, text
from risk.selection import Judged
from risk.targets import target_of
from risk.windows import NAMES


def title(card: Card) -> str:
    """What a report is headed by."""
    return f"{card.name}: decided by {'a combination' if card.kind == COMBINED else card.kind}"


def purpose(card: Card) -> str:
    """What is predicted, of whom, learned from what."""
    target = target_of(card.target)
    among = (
        f" It is known only of applications with {target.among}, and says nothing of others."
        if target.among
        else ""
    )
    rows = [
        (name, card.windows.get(name, ""), card.rows[name], card.rows[f"positives_{name}"]) for name in NAMES
    ]
    return section(
        "Purpose and data",
        text(
            f"Predicted of an application{f' to {card.lender}' if card.lender else ''}: {target.positive}. Its label is what was known {card.maturity_days:g} days after "
            f"it.{among} Applications known from {card.first} until before {card.end}; what became known from "
            f"{card.known_until} on was in no label. Windows are 60, 20 and 20 % of the applications in the order of time; the last "
            "before validation and before the test are left out, for as long as a label takes, and of the shorter window that is the "
            "larger share. "
            f"Nothing was chosen on the test window. Catalogue {card.catalogue}, {len(card.features)} features, seed "
            f"{card.seed}, FinGraph {card.code}."
        ),
        table(("window", "days", "labelled applications", "positives"), rows),
    )


def selection(judged: Sequence[Judged]) -> str:
    """Which features are read, and why others are not."""
    kept = [one for one in judged if not one.left_out]
    why = {
        "by no model": [one.left_out for one in judged if one.left_out],
        "by no scorecard": [one.off_card for one in kept if one.off_card],
    }
    counted = [
        (who, reason, len(list(group)))
        for who, reasons in why.items()
        for reason, group in itertools.groupby(sorted(_short(one) for one in reasons))
    ]
    rows = [(one.name, one.iv, one.auc, one.ks, one.psi, one.missing, one.off_card) for one in kept[:40]]
    return section(
        "Features",
        text(f"{len(kept)} of {len(judged)} are read; the forty of the greatest information value:"),
        table(("feature", "IV", "AUC", "KS", "PSI", "missing", "kept off scorecards, since it"), rows),
        table(("not read", "because it", "features"), counted),
    )


def _short(reason: str) -> str:
    return "says what another says" if reason.startswith("says what") else reason


def certificate(card: Card) -> str:
    """What was proved of the features."""
    told = card.certificate
    caught = [
        (name, "caught" if found else "nothing in the data that it could see")
        for name, found in told["mutants"].items()
    ]
    return section(
        "Leakage certificate",
        text(
            f"At {told['decisions']} points of {told['data']} all features of the catalogue were computed with and without "
            "what came later, and were the same to the bit. Computations that look ahead on purpose were held against the "
            "same proof:"
        ),
        table(("mutant", "was"), caught),
    )


def months(frame: pl.DataFrame) -> list[tuple[str, Any]]:
    """The months of a frame, with a mask (n) each."""
    month = frame["known_at"].cast(pl.Datetime("us")).dt.strftime("%Y-%m").to_numpy()
    return [(name, month == name) for name in sorted(set(month))]
