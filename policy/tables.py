"""The tables of this room, as statements name them; `core/sql/migrations` makes them. Times are µs since 1970."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from core.sql import METADATA

POLICIES = Table(
    "policies",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("kept_at", BigInteger, nullable=False),
    Index(None, "name", "version", unique=True),
)
"""Versions of policies; a version never changes."""

POLICY_ROLES = Table(
    "policy_roles",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("role", String(20), nullable=False),
    Column("digest", String(64), nullable=True),
    Column("at", BigInteger, nullable=False),
    Column("by", String(80), nullable=False),
)
"""Who was given a role when, new rows only: the last of a role holds it; without a digest nobody does."""

LIST_ENTRIES = Table(
    "list_entries",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("list", String(60), nullable=False),
    Column("label", String(40), nullable=False),
    Column("key", String(500), nullable=False),
    Column("reason", String(300), nullable=False),
    Column("owner", String(80), nullable=False),
    Column("known_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("removed_at", BigInteger),
    Index(None, "label", "key"),
    Index(None, "list", "known_at", "id"),
)
"""What stands on a list from `known_at` until it expires or is removed."""
