"""The demo's last applications: kept out of the load, then decided about one by one, as a lender's system would ask."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.output import Terminal, stdout, table
from core.errors import FinGraphError
from core.graph import connect
from core.settings import Settings
from core.sql import open_sql

if TYPE_CHECKING:
    import polars as pl

HELD, OF_RINGS = 12, 3
"""Applications that are kept out, and how many of them are the latest members of rings."""
LATE = 600
MEMBERS = 4
IDENTIFIERS = (
    ("Device", "device_id", None), ("IpAddress", "ip", None), ("Phone", "phone", "self"),
    ("Phone", "contact_phone", "contact"), ("Phone", "employer_phone", "employer"), ("BankCard", "card_number", None),
    ("IdNumber", "id_number", None), ("Address", "address", None), ("Employer", "employer", None), ("Email", "email", None),
)  # fmt: skip
POLICY = """
name = "demo"
version = 1
about = "Declines what is nearly sure, looks at what is likely or shares a device with strangers, approves the rest."
models = ["fraud"]
decides = "fraud"
otherwise = "approve"
fallback = "review"

[[rule]]
name = "sure"
when = "fraud.probability >= 0.5"
then = "decline"
about = "Fraud is more likely than not."

[[rule]]
name = "likely"
when = "fraud.probability >= 0.12"
then = "review"
about = "Fraud is three times as likely as usual."

[[rule]]
name = "crowded_device"
when = "feature.device_other_users_7d >= 3"
then = "review"
about = "Three other users applied with this device within a week."
"""


def request_of(row: Mapping[str, Any], source: str) -> dict[str, Any]:
    """A row of the simulator's applications as the body of `POST /v1/score`: raw values, as a lender's system sends them."""
    given = [
        {
            "type": kind,
            "value": str(row[name]),
            "role": role,
            "options": {"country": "CN"} if kind == "Phone" else {},
        }
        for kind, name, role in IDENTIFIERS
        if row[name] is not None
    ]
    numbers = {
        name: None if row[name] is None else int(row[name])
        for name in ("term_months", "income_cents", "debt_cents")
    }
    amount = None if row["amount"] is None else round(float(row["amount"]) * 100)
    return {
        "source": source, "id": str(row["application_id"]), "user": str(row["user_id"]), "lender": row["lender"],
        "product": row["product_id"], "identifiers": given,
        "properties": {"amount_cents": amount, "channel": row["channel"], **numbers},
    }  # fmt: skip


def hold_back(world: Path, now: int) -> list[dict[str, Any]]:
    """Take out of the files what is not known yet (µs), and some of the last applications, the latest last: each as a request, with its
    `ring` by the truth or None."""
    import polars as pl

    path = world / "applications.parquet"
    frame = pl.read_parquet(path).sort("arrival")
    truth = pl.read_parquet(world / "truth" / "applications.parquet").select("application_id", "ring_id")
    known = truth["ring_id"].drop_nulls().value_counts().filter(pl.col("count") >= MEMBERS)["ring_id"]
    told = frame.join(truth, on="application_id", how="left", maintain_order="left")
    rings = _apart(told.filter(pl.col("ring_id").is_in(known.implode())), "ring_id").tail(OF_RINGS)
    others = told.tail(LATE).filter(pl.col("ring_id").is_null())
    others = _apart(_apart(others, "employer"), "contact_phone").tail(HELD - rings.height)
    chosen = pl.concat([rings, others]).sort("arrival")
    _without(world, chosen["application_id"], now)
    return [request_of(row, "simulated") | {"ring": row["ring_id"]} for row in chosen.to_dicts()]


def _apart(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """The last of those that share something: sent within a second, one would look like the other's accomplice."""
    return frame.unique(column, keep="last", maintain_order=True)


def _without(world: Path, ids: pl.Series, now: int) -> None:
    import polars as pl

    unwanted = {
        "application_id": pl.col("application_id").is_in(ids.implode()),
        "known_at": pl.col("known_at").dt.epoch("us") >= now,
    }
    for path in world.glob("*.parquet"):
        frame = pl.read_parquet(path)
        tests = [test for name, test in unwanted.items() if name in frame.columns]
        if tests:
            frame.filter(~pl.any_horizontal(tests)).write_parquet(path)


def learn(settings: Settings, first: str, end: str, progress: Terminal) -> dict[str, Any]:
    """A snapshot, what applications carry, a model of fraud that decides, and the policy. → what `fingraph train` says of the model

    Raises `FinGraphError` (`demo.command`): a few thousand applications are too few to learn from.
    """
    from graph_schema.live import live_schema
    from policy import read_policy
    from policy.store import promote
    from registry import Registry
    from scoring.known import known_of, require_meant
    from scoring.own import catalogues_for, own_features

    for words, *arguments in (
        ("Exporting the snapshot", "snapshot"),
        ("Storing what applications carry", "features", "carry"),
        ("Training a model of fraud", "train", "--from", first, "--to", end, "--target", "fraud"),
    ):
        progress.step(words)
        told = _fingraph(*arguments)
    (made,) = told["items"]
    registry, policy = Registry(settings.home / "models"), read_policy(POLICY)
    registry.promote("fraud", made["version"])
    with connect(settings) as graph, open_sql(settings) as sql:
        catalogues = catalogues_for(live_schema(graph), own_features(settings))
        require_meant(policy, known_of(registry, catalogues, sql))
        promote(sql, policy)
    found: dict[str, Any] = made
    return found


def _fingraph(*arguments: str) -> dict[str, Any]:
    """What another command of this home says, in a process of its own: its memory is given back."""
    command = [sys.executable, "-m", "cli", *arguments, "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    if done.returncode:
        raise FinGraphError(
            "demo.command", f"`fingraph {' '.join(arguments)}` failed: {done.stdout.strip()[:400]}"
        )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def decide(settings: Settings, requests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Decisions about the applications that were held back, in their order: each `ring`, and its `reply`."""
    from api.v1.score import ScoreAsked
    from loaders.hashing import load_hasher
    from scoring.outbox import drain
    from scoring.service import open_scoring

    with connect(settings) as graph, open_sql(settings) as sql:
        scoring = open_scoring(settings, graph, sql, load_hasher(settings))
        scoring.warm()
        told = []
        for request in requests:
            body = {name: value for name, value in request.items() if name != "ring"}
            decision = scoring.score(ScoreAsked.model_validate(body).asked)
            told.append({"ring": request["ring"], "reply": decision.reply})
        while drain(sql, graph, lambda: scoring.parts):
            pass
    return told


def show(decided: Sequence[Mapping[str, Any]]) -> None:
    """The decisions in a table, and one of a ring with its reasons."""
    rows = [
        (
            reply["application"], reply["outcome"], reply["rule"]["name"], f"{reply['models']['fraud']['probability']:.3f}",
            f"{reply['timings_ms']['total']:.0f}", "yes" if one["ring"] else "",
        )
        for one in decided
        for reply in [one["reply"]]
    ]  # fmt: skip
    table(
        "Decided, one by one",
        ("application", "outcome", "rule", "fraud", "ms", "in a ring, by the truth"),
        rows,
    )
    worst = max(
        decided, key=lambda one: (one["ring"] is not None, one["reply"]["models"]["fraud"]["probability"])
    )
    reply = worst["reply"]
    stdout.print(
        f"\n[bold]{reply['application']}[/bold] is {'in a ring, by the truth ' + worst['ring'] if worst['ring'] else 'in no ring'}; why {reply['outcome']}:"
    )
    for reason in reply["reasons"]:
        stdout.print(f"  {reason['weight']:+.2f}  {reason['staff']['en']}\n         {reason['staff']['zh']}")
    for line in reply["applicant"]:
        stdout.print(f"  the applicant is told: {line['en']} {line['zh']}")
