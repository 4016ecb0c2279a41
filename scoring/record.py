"""The decision record: one a key, whole, sealed, never changed; and what the graph has still to be told."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, insert, or_, select, update

from core.errors import IncompatibleError, NotFoundError, UsageError
from core.page import Page, page_of, require_limit
from core.sql import Sql
from loaders.arrive import Rehearsed
from policy.check import GRAPH
from scoring.tables import DECISIONS, OUTBOX

FORMAT = 1
_OF_KEY = select(DECISIONS).where(DECISIONS.c.key == bindparam("asked"))
_KEEP, _TELL = insert(DECISIONS), insert(OUTBOX)
_BEHIND = select(OUTBOX.c.id).where(OUTBOX.c.missed, OUTBOX.c.again_at.is_(None)).limit(1)
"""What was set aside is tried each minute, for ever perhaps: decisions would say so for ever, and of nobody that they know."""
_DECLINED = or_(DECISIONS.c.outcome == "decline", DECISIONS.c.held_back)
COUNT = (
    select(_DECLINED, func.count()).where(DECISIONS.c.decided_at >= bindparam("since")).group_by(_DECLINED)
)
"""Reads an index alone: beside it lie whole records, a hundred times as much."""
Told = dict[str, Any]


@dataclass(frozen=True)
class Decision:
    """What was answered, and everything that it was answered from."""

    id: str
    key: str
    digest: str
    """Of the request's content."""
    known_at: int
    seq: int
    decided_at: int
    outcome: str
    rule: str
    policy: str
    """Digest of the policy."""
    held_back: bool
    """Whether the circuit breaker made a review of a decline."""
    record: Told = field(repr=False)

    @property
    def reply(self) -> Told:
        """What was answered, as it was."""
        found: Told = self.record["reply"]
        return found


def new_id() -> str:
    """A name for a decision: 32 hex digits that say nothing."""
    return secrets.token_hex(16)


def keep(sql: Sql, decision: Decision) -> Decision:
    """Put a decision on disk, and what the graph is told of it into the outbox; or return the one that stands by its key.

    Raises `IncompatibleError` (`score.conflict`) where that one is of other content, and what `Sql.write` raises.
    """
    try:
        with sql.write() as connection:
            _insert(connection, decision)
    except UsageError as error:
        if error.code not in ("sql.constraint", "sql.append_only"):
            raise
        standing = of_key(sql, decision.key)
        if standing is None:
            raise
        return require_same(standing, decision.digest)
    return decision


def rehearse(sql: Sql, decision: Decision) -> None:
    """Put a decision on disk and take it back, so that the first one takes no longer than the next."""
    with suppress(Rehearsed), sql.write() as connection:
        _insert(connection, decision)
        raise Rehearsed("record.rehearsed", "A rehearsal is over; nothing of it stays.")


def _insert(connection: Connection, decision: Decision) -> None:
    text = told_text(decision.record)
    row = {
        **{name: value for name, value in vars(decision).items() if name != "record"},
        "record": text,
        "sha256": _seal(text),
    }
    connection.execute(_KEEP, row)
    summary = summary_of(decision)
    told = {"told": told_text(summary), "missed": summary["missed"]}
    connection.execute(_TELL, {"id": decision.id, "kept_at": decision.decided_at, **told})


def require_same(standing: Decision, digest: str) -> Decision:
    """The decision that stands; raises `IncompatibleError` (`score.conflict`) unless it is of the same content."""
    if standing.digest != digest:
        raise IncompatibleError(
            "score.conflict",
            "An application of this source and id was decided already, with other content; the first stands. Send what changed "
            "as an amendment, or another id.",
        )
    return standing


def of_key(sql: Sql, key: str) -> Decision | None:
    """The decision about an application `source:id`."""
    with sql.read() as connection:
        row = connection.execute(_OF_KEY, {"asked": key}).one_or_none()
    return None if row is None else _decision(row._mapping)


def is_behind(sql: Sql) -> bool:
    """Whether the graph lacks an application that was decided while it was away; those that were set aside count no more."""
    with sql.read() as connection:
        return connection.execute(_BEHIND).first() is not None


def of_id(sql: Sql, id_: str) -> Decision:
    """The decision of an id. Raises `NotFoundError` (`decisions.unknown`), `IncompatibleError` (`decisions.changed`)."""
    with sql.read() as connection:
        row = connection.execute(select(DECISIONS).where(DECISIONS.c.id == id_)).one_or_none()
    if row is None:
        raise NotFoundError("decisions.unknown", "There is no decision of this id.")
    return _decision(row._mapping)


def list_decisions(
    sql: Sql, *, first: int = 0, end: int | None = None, outcome: str | None = None, limit: int = 50,
    after: str | None = None,
) -> Page[Decision]:  # fmt: skip
    """Decisions of a time (µs), the oldest first. Raises `UsageError` (`page.limit`, `page.after`)."""
    require_limit(limit)
    columns = DECISIONS.c
    chosen = select(DECISIONS).where(columns.decided_at >= first)
    if end is not None:
        chosen = chosen.where(columns.decided_at < end)
    if outcome is not None:
        chosen = chosen.where(columns.outcome == outcome)
    if after is not None:
        moment, _, id_ = after.partition(":")
        if not moment.isdecimal() or len(moment) > 18:
            raise UsageError("page.after", "Continue with the `next` of the page before.")
        later = (columns.decided_at > int(moment)) | (
            (columns.decided_at == int(moment)) & (columns.id > id_)
        )
        chosen = chosen.where(later)
    chosen = chosen.order_by(columns.decided_at, columns.id).limit(limit + 1)
    with sql.read() as connection:
        found = [_decision(row._mapping) for row in connection.execute(chosen)]
    return page_of(found, limit, [f"{one.decided_at}:{one.id}" for one in found])


def share_declined(sql: Sql, since: int) -> tuple[int, int]:
    """Decisions since a moment (µs), and how many of them declined, or would have but for the breaker: what it holds back must not
    close it again."""
    with sql.read() as connection:
        rows = connection.execute(COUNT, {"since": since}).all()
    counts = {bool(one): int(count) for one, count in rows}
    return sum(counts.values()), counts.get(True, 0)


def waiting(sql: Sql, now: int, most: int = 100) -> Sequence[tuple[str, Told | None]]:
    """At `now` (µs): ids of decisions of which the graph has not been told, the oldest first, with their summaries; None: the record has it."""
    with sql.read() as connection:
        rows = connection.execute(
            select(OUTBOX.c.id, OUTBOX.c.told)
            .where(or_(OUTBOX.c.again_at.is_(None), OUTBOX.c.again_at <= now))
            .order_by(OUTBOX.c.kept_at, OUTBOX.c.id)
            .limit(most)
        ).all()
    return [(id_, None if told is None else json.loads(told)) for id_, told in rows]


def summary_of(decision: Decision) -> Told:
    """What the graph is told of a decision, and whether it `missed` the application's arrival."""
    name = decision.record.get("deciding")
    said = decision.reply["models"].get(name, {})
    return {
        "application": decision.key,
        "key": decision.id,
        "missed": GRAPH in decision.record["degraded"],
        "properties": {
            "outcome": decision.outcome,
            "rule": decision.rule,
            "policy": decision.record["policy"]["label"],
            "model": f"{name}@{said['version']}" if said else None,
            "probability": said.get("probability"),
            "decided_at": decision.decided_at,
        },
    }


def count_waiting(sql: Sql) -> int:
    """How many of them there are."""
    with sql.read() as connection:
        return int(connection.execute(select(func.count()).select_from(OUTBOX)).scalar_one())


def told_of(sql: Sql, ids: Sequence[str]) -> None:
    """The graph has been told of these."""
    with sql.write() as connection:
        connection.execute(delete(OUTBOX).where(OUTBOX.c.id.in_(list(ids))))


def tell_again(sql: Sql, rows: Sequence[Told]) -> None:
    """The graph holds none of these applications, as after a crash or a restore that lost the newest: each arrives from its record."""
    with sql.write() as connection:
        for row in rows:
            told = {"told": told_text({**row, "missed": True}), "missed": True}
            connection.execute(update(OUTBOX).where(OUTBOX.c.id == row["key"]).values(**told))


def set_aside(sql: Sql, id_: str, until: int) -> None:
    """The graph is not told of this one before that moment (µs)."""
    with sql.write() as connection:
        connection.execute(update(OUTBOX).where(OUTBOX.c.id == id_).values(again_at=until))


def told_text(record: Told) -> str:
    """A record as it is kept: floats by their shortest spelling that reads back the same bits."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _seal(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _decision(row: RowMapping) -> Decision:
    if _seal(row["record"]) != row["sha256"]:
        raise IncompatibleError(
            "decisions.changed", "This decision's record is not what was written; put a backup in its place."
        )
    told = {name: row[name] for name in row if name not in ("record", "sha256")}
    return Decision(**told, record=json.loads(row["record"]))
