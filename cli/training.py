"""`fingraph train`: from a snapshot to models."""

from __future__ import annotations

import importlib.metadata
import math
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.features import Own
from cli.models import registry, told_of
from cli.output import JsonFlag, Terminal, emit, stdout, table
from cli.snapshot import THREADS, Folder, facts_from
from core.clock import DAY, iso, moment_us
from core.errors import FinGraphError, NotFoundError, UsageError

if TYPE_CHECKING:
    import polars as pl

    from features import Catalogue
    from registry import Card, Version
    from risk import Model, Target, Training
    from risk.amount import AmountModel
    from risk.windows import Blocks, Window
    from scoring.own import Catalogues
    from snapshot.columns import Columns

First = Annotated[
    int, typer.Option("--from", parser=moment_us, metavar="DAY", help="Applications known from then on,")
]
End = Annotated[int, typer.Option("--to", parser=moment_us, metavar="DAY", help="and before then.")]
ALL = "all"
SPAN = 5
"""The validation window is a fifth of the applications, and has to be longer than the gap before the test window."""


@dataclass(frozen=True)
class Facts:
    """What is trained on, or judged on; moments in µs."""

    columns: Columns
    """With what applications carry."""
    catalogues: Catalogues
    data: str
    """What the columns are, in words."""
    first: int
    """Applications known from then on,"""
    end: int
    """and before then."""
    until: int
    """What became known from then on is in no label."""
    seed: int = 0
    lender: str = ""
    """Whose applications alone are read; empty: everybody's."""

    @property
    def catalogue(self) -> Catalogue:
        """The features that are computed."""
        return self.catalogues.whole

    @cached_property
    def dealt(self) -> Columns:
        """The columns with all links dealt out anew, for the control; who was on a list was so by its links."""
        from features import with_carried
        from features.shuffle import unlinked
        from policy.list_columns import without_lists

        return with_carried(unlinked(without_lists(self.columns), self.seed), self.catalogue, THREADS)

    def blocks(self, target: Target, *, dealt: bool = False) -> Blocks:
        """The training table of a target; or that of the control, whose columns are made once somebody reads it."""
        from features.dataset import Wanted, blocks
        from risk.together import beside

        others = tuple((one.outcome, one.maturity) for one in beside(target))
        wanted = Wanted(target.outcome, self.first, self.end, target.maturity, self.until, beside=others)
        return lambda: self._kept(
            blocks(self.dealt if dealt else self.columns, self.catalogue, wanted, THREADS)
        )

    def _kept(self, made: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        import polars as pl

        from risk.segments import LENDER

        if not self.lender:
            return made
        return (block.filter(pl.col(LENDER).eq_missing(self.lender)) for block in made)

    def training(self, target: Target) -> Training:
        """What the pipeline is given, with the control where the target may read everything."""
        from risk import Training

        families = {
            variant.name: variant.of.family
            for variant in self.catalogue.variants
            if target.may_read(variant.of.name, variant.of.family)
        }
        whole = not target.reads and not target.amount
        control = self.blocks(target, dealt=True) if whole else None
        return Training(
            self.blocks(target), tuple(families), self.seed, families, target.parts, control, target
        )

    @property
    def units(self) -> dict[str, str]:
        """Of each feature."""
        return {variant.name: variant.of.unit for variant in self.catalogue.variants}


def train(  # noqa: PLR0917
    first: First,
    end: End,
    target: Annotated[str, typer.Option(help="What to predict; `all`: every target.")] = ALL,
    seed: Annotated[int, typer.Option(help="Same data, same seed: the same model file.")] = 0,
    lender: Annotated[
        str,
        typer.Option(help="Learn from this lender's applications alone; the model is called TARGET-LENDER."),
    ] = "",
    own: Own = None,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Train models on what was known, judge them on what came later, and keep them as a new version."""
    from risk import target_of, targets

    wanted = list(targets().values()) if target == ALL else [target_of(target)]
    if target != ALL:
        _require_days(wanted[0], first, end)
    made: list[Version] = []
    skipped: list[FinGraphError] = []
    with Terminal() as progress:
        registry().require_open()
        facts = replace(read_facts(folder, own, first, end, progress), seed=seed, lender=lender)
        _require_lender(facts, wanted)
        proof = _proof(facts, progress)
        for one in wanted:
            try:
                _require_days(one, first, end)
                made.append(_train_one(facts, one, proof, progress))
            except (NotFoundError, UsageError) as error:
                if target != ALL:
                    raise
                skipped.append(error)
                progress.say(f"{one.name} was not trained: {error.message}")
    if not made:
        raise skipped[0]
    if as_json:
        emit({"items": [asdict(one) for one in made]})
        return
    rows = [(one.name, one.version, one.kind, told_of(one.metrics)) for one in made]
    table(
        "On the test window, which nothing was chosen on", ("target", "version", "decides", "measures"), rows
    )
    stdout.print("\nLet one decide: fingraph models promote TARGET VERSION")


def _require_days(target: Target, first: int, end: int) -> None:
    """Raise `UsageError` (`train.days`) where the windows of so few days hold nothing beside the gaps between them."""
    if end - first <= SPAN * target.maturity:
        raise UsageError(
            "train.days",
            f"A label of {target.name} takes {target.maturity // DAY} days, and windows need more than {SPAN} times that: more than "
            f"{SPAN * target.maturity // DAY} days from --from to --to; these are {max(0, end - first) // DAY}.",
        )


def _require_lender(facts: Facts, wanted: Sequence[Target]) -> None:
    """Raise `NotFoundError` (`train.lender`) where no application is of the lender that is asked for, and as `require_name` where no
    model could be called by it: now rather than after hours of training."""
    from registry import name_of, require_name

    known = facts.columns.words.get("lender", ())
    if facts.lender and facts.lender not in known:
        raise NotFoundError(
            "train.lender",
            f"No application of the snapshot is of lender '{facts.lender[:60]}'; there are {', '.join(sorted(known)[:10])}.",
        )
    for one in wanted:
        require_name(name_of(one.name, facts.lender))


def read_facts(folder: Path | None, own: Path | None, first: int, end: int, progress: Terminal) -> Facts:
    """The snapshot's columns with what applications carry, and the features over them."""
    from features import with_carried

    progress.step("Reading the snapshot")
    columns, manifest, catalogues = facts_from(folder, own)
    data = f"snapshot {manifest.export}, known before {iso(manifest.watermark)}"
    whole = with_carried(columns, catalogues.whole, THREADS)
    return Facts(whole, catalogues, data, first, end, manifest.watermark)


def _proof(facts: Facts, progress: Terminal) -> dict[str, object]:
    """The certificate of the catalogue on this graph; raises `UsageError` (`risk.leaks`)."""
    from features.proofs import part, prove
    from policy.list_columns import reading_lists

    progress.step("Proving that nothing looks ahead")
    certificate = prove(part(facts.columns), facts.catalogue, data=facts.data, seed=facts.seed + 1)
    if not certificate.holds:
        ahead = sorted({one.feature for one in certificate.differences})
        if not ahead:
            missed = ", ".join(name for name, found in certificate.mutants.items() if found is False)
            raise UsageError(
                "risk.unproved",
                f"On these data the proof did not catch a computation that looks ahead on purpose ({missed}), so it "
                "proves nothing; take a snapshot of more, or another --seed.",
            )
        raise UsageError(
            "risk.leaks",
            f"{len(ahead)} features look ahead, {', '.join(ahead[:3])} among them; no model is trained on them. "
            "`fingraph prove` says more.",
        )
    told = certificate.as_dict()
    kept = {name: told[name] for name in ("data", "seed", "decisions", "holds", "mutants")}
    return {**kept, "taken_as_given": reading_lists(facts.catalogue)}


def _train_one(facts: Facts, target: Target, proof: dict[str, object], progress: Terminal) -> Version:
    from risk import train as train_chance
    from risk.amount import train_amount
    from risk.amount_report import write_amount_report
    from risk.parts import AMOUNT
    from risk.report import write_report

    training = facts.training(target)
    write: Callable[[Path, Card], None]
    if target.amount:
        amounts = train_amount(training, progress)
        model: Model | AmountModel = amounts.model
        windows, metrics, kind = amounts.windows, amounts.metrics["test"], AMOUNT
        write = partial(write_amount_report, trained=amounts)
    else:
        found = train_chance(training, progress)
        model, windows, metrics, kind = found.model, found.windows, found.metrics["test"], found.model.kind
        write = partial(write_report, trained=found, units=facts.units)
    card = _card(facts, target, proof, windows, kind, model.encoding.features, metrics)
    with tempfile.TemporaryDirectory(prefix="fingraph-model-") as place:
        folder = Path(place)
        model.write(folder)
        write(folder / "report.html", card)
        return registry().register(card.name, folder, card)


def _card(  # noqa: PLR0917
    facts: Facts, target: Target, proof: dict[str, object], windows: Mapping[str, Window], kind: str,
    features: tuple[str, ...], metrics: Mapping[str, float],
) -> Card:  # fmt: skip
    from registry import Card

    counts = {name: window.frame.height for name, window in windows.items()}
    positives = {f"positives_{name}": int(window.label.sum()) for name, window in windows.items()}
    return Card(
        target=target.name,
        kind=kind,
        catalogue=facts.catalogue.version,
        features=features,
        first=str(iso(facts.first)),
        end=str(iso(facts.end)),
        known_until=str(iso(facts.until)),
        maturity_days=target.maturity / DAY,
        seed=facts.seed,
        code=importlib.metadata.version("fingraph-platform"),
        rows={**counts, **positives},
        metrics=known_figures(metrics),
        certificate=proof,
        lender=facts.lender,
        windows={name: _days(window) for name, window in windows.items()},
    )


def _days(window: Window) -> str:
    known = window.frame["known_at"].to_numpy()
    first, last = (str(iso(int(moment)))[:10] for moment in (known.min(), known.max()))
    return f"{first} to {last}"


def known_figures(metrics: Mapping[str, float]) -> dict[str, float]:
    """Without those that nothing is known of."""
    return {name: figure for name, figure in metrics.items() if not math.isnan(figure)}
