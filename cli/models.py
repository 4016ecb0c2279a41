"""`fingraph train`, `fingraph evaluate` and `fingraph models`: from a snapshot to a model that decides."""

from __future__ import annotations

import math
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.features import Own
from cli.output import JsonFlag, Terminal, emit, fields, stdout, table
from cli.snapshot import THREADS, Folder, columns_from
from core.clock import DAY, iso, moment_us
from core.errors import UsageError
from core.settings import load_settings

if TYPE_CHECKING:
    import polars as pl

    from features import Catalogue
    from registry import Registry, Version
    from risk import Target
    from risk.windows import Blocks
    from snapshot.columns import Columns
    from snapshot.manifest import Manifest

app = typer.Typer(help="Models: which there are, and which of them decides.", no_args_is_help=True)
First = Annotated[
    int, typer.Option("--from", parser=moment_us, metavar="DAY", help="Applications known from then on,")
]
End = Annotated[int, typer.Option("--to", parser=moment_us, metavar="DAY", help="and before then.")]
Name = Annotated[str, typer.Argument(metavar="TARGET", help="fraud, approval, disbursement, overdue.")]
Which = Annotated[str, typer.Option("--model", help="A version, or champion, challenger, shadow.")]
SHOWN = ("auc", "ap", "ks", "recall_1pc", "precision_1pc", "ece", "calibration_slope")
ALL = "all"


def train(  # noqa: PLR0917
    first: First,
    end: End,
    target: Annotated[str, typer.Option(help="What to predict; `all`: every target.")] = ALL,
    seed: Annotated[int, typer.Option(help="Same data, same seed: the same model file.")] = 0,
    own: Own = None,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Train models on what was known, judge them on what came later, and keep them as a new version."""
    from features import with_carried
    from features.shuffle import unlinked
    from risk import target_of, targets

    wanted = list(targets().values()) if target == ALL else [target_of(target)]
    made = []
    with Terminal() as progress:
        columns, manifest, catalogue = _read(folder, own, progress)
        proof = _proof(columns, manifest, catalogue, seed, progress)
        dealt = with_carried(unlinked(columns, seed), catalogue, THREADS)
        for one in wanted:
            blocks = _blocks(columns, manifest, catalogue, one, first, end)
            control = _blocks(dealt, manifest, catalogue, one, first, end) if not one.reads else None
            made.append(
                _train_one(blocks, control, manifest, catalogue, one, first, end, seed, proof, progress)
            )
    if as_json:
        emit({"items": [asdict(one) for one in made]})
        return
    rows = [(one.name, one.version, one.kind, *_figures(one.metrics)) for one in made]
    table("On the test window, which nothing was chosen on", ("target", "version", "decides", *SHOWN), rows)
    stdout.print("\nLet one decide: fingraph models promote TARGET VERSION")


def _read(folder: Path | None, own: Path | None, progress: Terminal) -> tuple[Columns, Manifest, Catalogue]:
    """The snapshot's columns with what applications carry, and the features over them."""
    from features import catalogue_for, with_carried

    progress.step("Reading the snapshot")
    columns, manifest = columns_from(folder)
    catalogue = catalogue_for(manifest.schema, own)
    return with_carried(columns, catalogue, THREADS), manifest, catalogue


def _proof(
    columns: Columns, manifest: Manifest, catalogue: Catalogue, seed: int, progress: Terminal
) -> dict[str, object]:
    """The certificate of the catalogue on this graph; raises `UsageError` (`risk.leaks`)."""
    from features.proofs import part, prove

    progress.step("Proving that nothing looks ahead")
    data = f"snapshot {manifest.export}, known before {iso(manifest.watermark)}"
    certificate = prove(part(columns), catalogue, data=data, seed=seed + 1)
    if not certificate.holds:
        ahead = sorted({one.feature for one in certificate.differences})
        raise UsageError(
            "risk.leaks",
            f"{len(ahead)} features look ahead, {', '.join(ahead[:3])} among them; no model is trained on them. "
            "`fingraph prove` says more.",
        )
    told = certificate.as_dict()
    return {name: told[name] for name in ("data", "seed", "decisions", "holds", "mutants")}


def _train_one(  # noqa: PLR0917
    blocks: Blocks, control: Blocks | None, manifest: Manifest, catalogue: Catalogue, target: Target, first: int,
    end: int, seed: int, proof: dict[str, object], progress: Terminal,
) -> Version:  # fmt: skip
    import importlib.metadata

    from registry import Card
    from registry.card import write_card
    from risk import Training
    from risk import train as trained
    from risk.report import write_report

    families = {
        variant.name: variant.of.family
        for variant in catalogue.variants
        if target.may_read(variant.of.name, variant.of.family)
    }
    found = trained(
        Training(blocks, tuple(families), seed, families, target.parts, control, target), progress
    )
    counts = {name: window.frame.height for name, window in found.windows.items()}
    positives = {f"positives_{name}": int(window.label.sum()) for name, window in found.windows.items()}
    card = Card(
        target=target.name,
        kind=found.model.kind,
        catalogue=catalogue.version,
        features=found.model.encoding.features,
        first=str(iso(first)),
        end=str(iso(end)),
        known_until=str(iso(manifest.watermark)),
        maturity_days=target.maturity / DAY,
        seed=seed,
        code=importlib.metadata.version("fingraph-platform"),
        rows={**counts, **positives},
        metrics={name: figure for name, figure in found.metrics["test"].items() if not math.isnan(figure)},
        certificate=proof,
    )
    with tempfile.TemporaryDirectory(prefix="fingraph-model-") as place:
        folder = Path(place)
        found.model.write(folder)
        write_report(folder / "report.html", card, found)
        write_card(folder, card)
        return _registry().register(target.name, folder)


def _blocks(  # noqa: PLR0917
    columns: Columns, manifest: Manifest, catalogue: Catalogue, target: Target, first: int, end: int
) -> Blocks:
    from features.dataset import Wanted, blocks
    from risk.together import beside

    others = tuple((one.outcome, one.maturity) for one in beside(target))
    wanted = Wanted(target.outcome, first, end, target.maturity, manifest.watermark, beside=others)
    return lambda: blocks(columns, catalogue, wanted, THREADS)


def evaluate(  # noqa: PLR0917
    target: Name,
    first: First,
    end: End,
    which: Which = "champion",
    own: Own = None,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Judge a model on applications of some days, with the labels that have matured since."""
    import polars as pl

    from risk import load_model, target_of
    from risk.metrics import RANKING, interval, measure

    wanted = target_of(target)
    with Terminal() as progress:
        _, place, version = _registry().find(target, which)
        columns, manifest, catalogue = _read(folder, own, progress)
        model, _ = load_model(place, catalogue.version)
        progress.step("Scoring")
        keep = ["label", *model.encoding.features]
        parts = [
            block.filter(pl.col("weight") > 0).select(keep)
            for block in _blocks(columns, manifest, catalogue, wanted, first, end)()
        ]
    frame = pl.concat(parts)
    label = frame["label"].cast(pl.Float64).to_numpy()
    chance = model.chance(frame)
    told = measure(chance, label)
    sure = {name: interval(of, chance, label) for name, of in RANKING.items()}
    if as_json:
        emit({"target": target, "version": version, "rows": len(label), "positives": int(label.sum()),
              "metrics": told, "intervals": sure})  # fmt: skip
        return
    rows = [
        (name, f"{figure:.4f}", "–".join(f"{x:.4f}" for x in sure[name]) if name in sure else "")
        for name, figure in told.items()
    ]
    title = f"{target}, version {version}: {len(label):,} applications, {int(label.sum()):,} positives"
    table(title, ("measure", "figure", "95 %"), rows)


def score(  # noqa: PLR0917
    target: Name,
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="CSV or Parquet with a column `application`: keys."),
    ],
    out: Annotated[Path, typer.Option(help="CSV or Parquet to write: by its ending.")],
    which: Which = "champion",
    own: Own = None,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Score applications of a file, each at its own point: probability, points, and the features that weigh most."""
    import numpy as np
    import polars as pl

    from features import prepare
    from risk import load_model

    keys = _keys(file)
    with Terminal() as progress:
        _, place, version = _registry().find(target, which)
        columns, _, catalogue = _read(folder, own, progress)
        model, _ = load_model(place, catalogue.version)
        held = {key: p for p, key in enumerate(columns.keys) if not columns.event[p]}
        at = np.array(sorted(held[key] for key in set(keys) if key in held), dtype=np.int64)
        names = sorted({catalogue.by_name[name].of.name for name in model.encoding.features})
        prepared = prepare(columns, catalogue, names, THREADS)
        progress.step("Scoring", len(at), "applications")
        parts = []
        for block in prepared.blocks(at, threads=THREADS):
            frame = block.frame()
            parts.append(
                pl.DataFrame(
                    {
                        "application": [columns.keys[p] for p in block.at],
                        "probability": model.chance(frame),
                        "score": model.scores(frame).astype(np.int64),
                        "reasons": [" ".join(one) for one in model.reasons(frame)],
                    }
                )
            )
            progress.advance(len(block.at))
    _write(pl.concat(parts) if parts else pl.DataFrame(), out)
    told = {"target": target, "version": version, "asked": len(keys), "scored": len(at), "out": str(out)}
    emit(told) if as_json else fields(told)


def _keys(file: Path) -> list[str]:
    import polars as pl

    frame = pl.read_parquet(file) if file.suffix == ".parquet" else pl.read_csv(file, infer_schema=False)
    if "application" not in frame.columns:
        raise UsageError(
            "score.column", f"{file} has no column `application`, which holds keys as source:id."
        )
    return frame["application"].cast(pl.String).drop_nulls().to_list()


def _write(frame: pl.DataFrame, out: Path) -> None:
    if out.suffix == ".parquet":
        frame.write_parquet(out)
    else:
        frame.write_csv(out)


@app.command("list")
def list_(as_json: JsonFlag = False) -> None:
    """List the versions of every target."""
    found = _registry().versions()
    if as_json:
        emit({"items": [asdict(one) for one in found]})
        return
    rows = [
        (one.name, one.version, one.kind, ", ".join(one.aliases), one.made_at, *_figures(one.metrics))
        for one in found
    ]
    table("Models", ("target", "version", "decides", "is", "made", *SHOWN), rows)


@app.command()
def compare(target: Name, versions: Annotated[list[str], typer.Argument(metavar="VERSION…", help="Versions or aliases.")],
            as_json: JsonFlag = False) -> None:  # fmt: skip
    """Set versions of a target side by side: windows and measures of each on its own test window."""
    registry = _registry()
    cards = {f"{number}": card for card, _, number in (registry.find(target, which) for which in versions)}
    if as_json:
        emit({"items": [{"version": number, **asdict(card)} for number, card in cards.items()]})
        return
    rows: list[tuple[object, ...]] = [
        (name, *(getattr(card, name) for card in cards.values()))
        for name in ("kind", "first", "end", "catalogue", "seed", "code")
    ]
    rows += [
        (name, *(f"{card.metrics.get(name, float('nan')):.4f}" for card in cards.values())) for name in SHOWN
    ]
    table(f"Versions of {target}", ("", *cards), rows)


@app.command()
def promote(
    target: Name,
    version: Annotated[int, typer.Argument(help="Which version.")],
    to: Annotated[str, typer.Option(help="champion, challenger or shadow.")] = "champion",
    as_json: JsonFlag = False,
) -> None:
    """Let a version decide, or run beside the one that does."""
    _registry().promote(target, version, to)
    told = {"target": target, "version": version, "is": to}
    emit(told) if as_json else fields(told)


@app.command()
def rollback(target: Name, as_json: JsonFlag = False) -> None:
    """Let the champion before decide again."""
    told = {"target": target, "version": _registry().rollback(target), "is": "champion"}
    emit(told) if as_json else fields(told)


@app.command()
def report(
    target: Name,
    out: Annotated[Path, typer.Option(help="File to write.")],
    which: Which = "champion",
    as_json: JsonFlag = False,
) -> None:
    """Write the report of a model, as it was when it was trained."""
    _, place, version = _registry().find(target, which)
    out.write_bytes((place / "report.html").read_bytes())
    told = {"target": target, "version": version, "report": str(out)}
    emit(told) if as_json else fields(told)


def _figures(metrics: dict[str, float]) -> list[str]:
    return [f"{metrics[name]:.4f}" if name in metrics else "" for name in SHOWN]


def _registry() -> Registry:
    from registry import Registry

    return Registry(load_settings().home / "models")
