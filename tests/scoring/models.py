"""Models of drawn truths over features of the house's catalogue, trained in seconds, kept as champions of a home."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from features import Catalogue, house_catalogue
from registry import Card, Registry
from risk import Training, train, trees
from risk.amount import train_amount
from risk.parts import AMOUNT
from tests.risk.tables import DAY, blocks_of

SHARED = ("device_other_users_all", "own_phone_other_users_all", "card_other_users_all", "ip_other_users_all")
OWN = ("attribute_amount", "attribute_income", "amount_over_income", "id_age", "person_sex")
FRAUD = (*SHARED, "device_other_applications_1d", "device_known_fraud_all", "attribute_amount", "id_age")
OF = {"fraud": FRAUD, "approval": (*OWN, SHARED[0]), "overdue": (*OWN, SHARED[1]), "ability": OWN}
ROWS = 3_000


def features_table(seed: int = 1) -> pl.DataFrame:
    """Applications whose features are drawn, and whose label follows from them."""
    dice = np.random.default_rng(seed)
    names = sorted({name for some in OF.values() for name in some} - {"person_sex"})
    columns = {name: np.round(dice.exponential(1.0, ROWS)) for name in names}
    columns["attribute_amount"] = np.round(dice.lognormal(13.0, 0.5, ROWS))
    columns["attribute_income"] = np.round(dice.lognormal(13.2, 0.4, ROWS))
    columns["amount_over_income"] = columns["attribute_amount"] / columns["attribute_income"]
    columns["id_age"] = np.round(dice.uniform(18, 70, ROWS))
    z = -2.0 + 1.2 * np.minimum(columns[SHARED[0]], 4) + 0.5 * columns[SHARED[1]] - 0.02 * columns["id_age"]
    z += 0.8 * np.log(columns["amount_over_income"])
    label = (dice.random(ROWS) < 1 / (1 + np.exp(-z))).astype(np.int8)
    place = np.arange(ROWS) / ROWS
    head = {
        "application": [f"a{i}" for i in range(ROWS)],
        "known_at": (place * 300 * DAY).astype(np.int64),
        "label": label,
        "value": np.round(columns["attribute_amount"] * dice.uniform(0.5, 1.0, ROWS)),
        "weight": np.ones(ROWS),
        "matured": np.ones(ROWS, np.bool_),
        "split": np.where(place < 0.6, "train", np.where(place < 0.8, "validation", "test")),
    }
    return pl.DataFrame({**head, **columns, "person_sex": dice.choice(["F", "M"], ROWS)})


def keep_models(home: Path, catalogue: Catalogue | None = None) -> Registry:
    """Five champions below a home: fraud, approval, overdue, ability and amount."""
    registry, version = Registry(home / "models"), (catalogue or house_catalogue()).version
    frame = features_table()
    rounds, count = trees.ROUNDS, trees.FOREST["num_parallel_tree"]
    trees.ROUNDS, trees.FOREST["num_parallel_tree"] = 40, 20
    try:
        for name, features in OF.items():
            keep(
                registry,
                name,
                Training(blocks_of(frame), features, parts=("scorecard", "boosting", "forest")),
                version,
            )
        keep(registry, "amount", Training(blocks_of(frame), OWN), version)
    finally:
        trees.ROUNDS, trees.FOREST["num_parallel_tree"] = rounds, count
    return registry


def keep(registry: Registry, name: str, training: Training, catalogue: str, *, champion: bool = True) -> int:
    """Train a model, keep it, and let it decide. → its version."""
    target = name.partition("-")[0]
    if name == "amount":
        amounts = train_amount(training)
        model, kind, features = amounts.model, AMOUNT, amounts.model.encoding.features
    else:
        found = train(training)
        model, kind, features = found.model, found.model.kind, found.model.encoding.features  # type: ignore[assignment]
    card = Card(
        target, kind, catalogue, features, "2024-01-01", "2025-01-01", "2025-06-01", 30.0, 0, "0", {}, {},
        {"holds": True, "mutants": {}}, lender=name.partition("-")[2],
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        model.write(Path(folder))
        made = registry.register(name, Path(folder), card)
    if champion:
        registry.promote(name, made.version)
    return made.version


POLICY = """
name = "house"
version = 1
about = "Declines what is nearly sure, looks at what shares devices."
models = ["fraud", "approval", "overdue", "amount"]
decides = "fraud"
otherwise = "approve"
fallback = "review"
attributes = "ability"

[[rule]]
name = "trusted"
when = "list.trusted"
then = "approve"

[[rule]]
name = "watched"
when = "list.watched"
then = "decline"
code = "A07"
about = "Something of it is on the watch list."

[[rule]]
name = "sure"
when = "fraud.probability >= 0.6"
then = "decline"

[[rule]]
name = "shared_device"
when = "feature.device_other_users_all >= 1"
then = "review"
about = "Another user applied with this device."

[[rule]]
name = "unable"
when = "degraded.graph and ability.score < 500"
then = "decline"
"""
