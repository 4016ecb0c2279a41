"""The tables of this room, as statements name them; `core/sql/migrations` makes them. Times are µs since 1970."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, String, Table, Text, false

from core.sql import METADATA

DECISIONS = Table(
    "decisions",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("key", String(501), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("known_at", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("decided_at", BigInteger, nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("rule", String(60), nullable=False),
    Column("policy", String(64), nullable=False),
    Column("record", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("held_back", Boolean, nullable=False, server_default=false()),
    Index(None, "key", unique=True),
    Index(None, "decided_at", "outcome", "held_back"),
)
"""The decision record, new rows only: one a key, whole and sealed."""

OUTBOX = Table(
    "decision_outbox",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("kept_at", BigInteger, nullable=False),
    Column("told", Text),
    Column("again_at", BigInteger),
    Column("missed", Boolean, nullable=False, server_default=false()),
    Index(None, "kept_at"),
    Index(None, "missed", "again_at"),
)
"""Decisions of which the graph has not been told yet. `told`: what it is told (JSON); null: the record has it. `again_at`: of one
that it could not be told of, when that is tried again. `missed`: it was decided without the graph, which lacks the application."""

GUARDS = {
    "sqlite": {"decisions_no_update", "decisions_no_delete", "decisions_no_replace"},
    "postgresql": {"decisions_no_update", "decisions_no_delete", "decisions_no_truncate"},
}
"""Triggers that refuse what an append-only table must refuse."""
