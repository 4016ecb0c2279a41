"""The tables of this room, as statements name them; `core/sql/migrations` makes them. Times are µs since 1970."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, String, Table, Text

from core.sql import METADATA

API_KEYS = Table(
    "api_keys",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("scopes", String(200), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
    Column("last_used_at", BigInteger),
    Index(None, "created_at", "id"),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(80), nullable=False),
    Column("object", String(500), nullable=False),
    Column("params", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

AUDIT_HEAD = Table(
    "audit_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
"""One row: the last row of `audit`. Writers lock it, so they come one after another."""

GUARDS = {
    "sqlite": {"audit_no_update", "audit_no_delete", "audit_no_replace", "audit_head_no_delete"},
    "postgresql": {
        "audit_no_update",
        "audit_no_delete",
        "audit_no_truncate",
        "audit_head_no_delete",
        "audit_head_no_truncate",
    },
}
"""Triggers that refuse what an append-only table must refuse."""
