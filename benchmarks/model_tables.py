"""`docs/model_evaluation.md`, from the kept results: `python -m benchmarks.model_tables` writes it anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from benchmarks.results import ROOT, Result, read_result
from benchmarks.ring_tables import head, row

DOCUMENT = ROOT / "docs" / "model_evaluation.md"
HEAD = """# How good models are

Written by `python -m benchmarks.model_tables` from `benchmarks/results`; `make goals RUN=simulated_fraud_way`, say, measures
anew. Windows follow one another in time; nothing was chosen on what is judged on. Public data are not in this repository.
"""
PUBLIC = (
    ("handbook_auc", "card fraud of the handbook, a week, labels after 7 days: AUC"),
    ("handbook_ap", "the same: average precision"),
    ("handbook_card_precision", "the same: compromised cards among 100"),
    ("handbook_time_auc", "the same payments, half a year by time: AUC"),
    ("handbook_time_ap", "the same: average precision"),
    ("handbook_time_recall", "the same: recall at 1 % of alerts"),
    ("ecommerce_t_auc", "purchases that share devices, by time: AUC"),
    ("ecommerce_t_precision", "the same: precision at 1 %"),
    ("ecommerce_b_auc", "the same, within the burst, what was bought before taken as labelled: AUC"),
    ("ecommerce_g_auc", "the same, by component: AUC"),
    ("ecommerce_g_ap", "the same: average precision"),
    ("credit_auc", "Give Me Some Credit: AUC"),
    ("credit_ks", "the same: KS"),
    ("credit_card_auc", "the same, scorecard: AUC"),
    ("credit_card_ks", "the same, scorecard: KS"),
    ("rong360_2018_auc", "Rong360 of 2018, profiles and calls: AUC"),
    ("rong360_2016_auc", "Rong360 of 2016, by time: AUC"),
    ("german_auc", "German credit: AUC"),
    ("loan_kg_auc", "flags that are coin flips: distance of the AUC from .5"),
)


def document() -> str:
    """The text that the document must have."""
    simulated = read_result("simulated_fraud_way")
    parts = [part(simulated) for part in (_simulated, _ladder, _amounts)] if simulated else []
    return "\n".join([HEAD, *(line for part in parts for line in part), *_transfer(), *_public()])


def _seeds(found: Result, target: str) -> list[tuple[str, Mapping[str, Any]]]:
    return [(seed, told[target]) for seed, told in found.details.items()]


def _simulated(found: Result) -> Iterable[str]:
    yield "## A lender whose truth is known\n"
    yield (
        f"{found.data}; commit {found.commit[:7]}, {found.date[:10]}. The ceiling is the AUC of the true probabilities on the "
        "same applications, which know ability, intent and who is in which ring. Way: how far from chance to it. Identity, "
        "willingness and ability are scorecards on some of the features. ECE in brackets: that of the true probabilities, "
        "which is chance alone.\n"
    )
    yield from head(
        "target", "seed", "labelled, positive", "decides", "AUC, 95 %", "ceiling", "way", "AP", "KS", "ECE"
    )
    for target in next(iter(found.details.values())):
        for seed, one in _seeds(found, target):
            if "auc" in one:
                calibrated = f"{one['ece']:.4f} ({one['ece_true']:.4f})" if "ece" in one else ""
                yield row(
                    target, seed, f"{one['rows']:,}, {one['positives']:,}", one["decides"],
                    f"{one['auc']:.4f} ({one['auc_low']:.4f}–{one['auc_high']:.4f})", f"{one['ceiling']:.4f}",
                    f"{one['way']:.1%}", f"{one['ap']:.4f}", f"{one['ks']:.4f}", calibrated,
                )  # fmt: skip
    yield from _of_a_million()
    yield "\nAUC of each part, calibrated by itself:\n"
    parts = list(next(iter(found.details.values()))["fraud"]["parts"])
    yield from head("target", "seed", *parts)
    for target in ("fraud", "approval", "disbursement", "overdue"):
        for seed, one in _seeds(found, target):
            yield row(target, seed, *(f"{one['parts'][part]:.4f}" for part in parts if part in one["parts"]))


def _of_a_million() -> Iterable[str]:
    found = read_result("training_ece")
    if found is not None:
        told = found.details
        yield (
            f"\nFraud learned from a million applications, {told['rows']['test']:,} of them judged: AUC {told['auc']:.4f}, ECE "
            f"{told['ece']:.4f} ({told['ece_true']:.4f}). In small worlds the share of fraud differs by a fifth from one window to the "
            "next, since a few rings come or go, and a level that was right of one window is not of the next."
        )


def _ladder(found: Result) -> Iterable[str]:
    yield "\n## What the graph adds to fraud\n"
    yield (
        "AUC of boosted trees that learn from the features up to a step; the last row is the control, with every link's "
        "identifier dealt out anew among all applications.\n"
    )
    told = _seeds(found, "fraud")
    yield from head("features up to", *(seed for seed, _ in told))
    for step in told[0][1]["ladder"]:
        yield row(step, *(f"{one['ladder'][step]:.4f}" for _, one in told))


def _amounts(found: Result) -> Iterable[str]:
    yield "\n## Amounts\n"
    yield (
        "Intervals promise 80 %; they cover more, since most get all they ask for, where an interval ends. Error: mean distance "
        "of the median from what was granted, over the mean granted; in brackets that of the true mean.\n"
    )
    yield from head(
        "seed",
        "approved",
        "covered",
        "width, of the amount asked for",
        "pinball loss, of saying the same of all",
        "error",
    )
    for seed, one in _seeds(found, "amount"):
        yield row(
            seed, f"{one['rows']:,}", f"{one['coverage']:.1%}", f"{one['width']:.3f}", f"{one['pinball_ratio']:.3f}",
            f"{one['median_error']:.4f} ({one['error_of_the_true_mean']:.4f})",
        )  # fmt: skip


def _transfer() -> Iterable[str]:
    found = read_result("transfer_gain")
    if found is None:
        return
    yield "\n## What a new lender gains from the others\n"
    yield f"AUC of boosted trees, the mean of the lenders; {found.data}; commit {found.commit[:7]}.\n"
    yield from head("labels of its own", "its own alone", "the others' alone", "both")
    for count, one in found.details["mean"].items():
        yield row(f"{int(count):,}", *(f"{one[way]:.4f}" for way in ("own", "others", "both")))


def _public() -> Iterable[str]:
    yield "\n## Public data\n"
    yield from head("what", "figure", "95 %", "goal", "measured on")
    for name, about in PUBLIC:
        found = read_result(name)
        if found is not None:
            missed = "" if found.holds else " **missed**"
            yield row(
                about, f"{found.figure:.4f}{missed}", _sure(name, found), found.goal.strip(), found.data
            )
    yield "\n95 %: of the bootstrap, rows drawn; of several seeds or dealings of the mean.\n"
    delays = read_result("handbook_delay_curve")
    if delays is not None:
        yield f"\nThe later labels are known, the less they help ({delays.data}):\n"
        yield from head("days", *delays.details)
        for measure in next(iter(delays.details.values())):
            yield row(measure, *(one[measure] for one in delays.details.values()))
    yield ""


def _sure(name: str, found: Result) -> str:
    """The interval that a result keeps beside its measure."""
    told = found.details
    measures = told.get("measures") or told.get("scorecard" if "_card_" in name else "combined", {})
    measure = next((one for one in measures if one.removesuffix("_1pc") == name.rsplit("_", 1)[1]), "")
    low, high = measures.get(f"{measure}_low"), measures.get(f"{measure}_high")
    return "" if low is None else f"{low:.4f}–{high:.4f}"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
