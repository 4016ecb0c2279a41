"""The decision record with its guards and its outbox; policies, their roles, and lists.

Times are microseconds since 1970 (UTC).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_REFUSED = "decisions takes new rows only"
_SQLITE_GUARDS = {
    "decisions_no_update": "BEFORE UPDATE ON decisions",
    "decisions_no_delete": "BEFORE DELETE ON decisions",
    # INSERT OR REPLACE deletes the old row without asking the trigger above.
    "decisions_no_replace": (
        "BEFORE INSERT ON decisions WHEN EXISTS (SELECT 1 FROM decisions WHERE id = NEW.id OR key = NEW.key)"
    ),
}
_POSTGRESQL_GUARDS = {
    "decisions_no_update": "BEFORE UPDATE ON decisions FOR EACH ROW",
    "decisions_no_delete": "BEFORE DELETE ON decisions FOR EACH ROW",
    "decisions_no_truncate": "BEFORE TRUNCATE ON decisions FOR EACH STATEMENT",
}


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("key", sa.String(501), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("known_at", sa.BigInteger, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("decided_at", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("rule", sa.String(60), nullable=False),
        sa.Column("policy", sa.String(64), nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_key", "decisions", ["key"], unique=True)
    op.create_index("ix_decisions_decided_at_outcome", "decisions", ["decided_at", "outcome"])
    op.create_table(
        "decision_outbox",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kept_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decision_outbox"),
    )
    op.create_index("ix_decision_outbox_kept_at", "decision_outbox", ["kept_at"])
    _policies()
    _lists()
    _guard()


def _policies() -> None:
    op.create_table(
        "policies",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("kept_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_policies"),
    )
    op.create_index("ix_policies_name_version", "policies", ["name", "version"], unique=True)
    op.create_table(
        "policy_roles",
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("digest", sa.String(64)),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_policy_roles"),
    )


def _lists() -> None:
    op.create_table(
        "list_entries",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("list", sa.String(60), nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.Column("key", sa.String(500), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("known_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("removed_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_list_entries"),
    )
    op.create_index("ix_list_entries_label_key", "list_entries", ["label", "key"])
    op.create_index("ix_list_entries_list_known_at_id", "list_entries", ["list", "known_at", "id"])


def _guard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, when in _SQLITE_GUARDS.items():
            op.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END")
        return
    op.execute(
        "CREATE FUNCTION decisions_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}' USING ERRCODE = 'FG001'; END $$"
    )
    for name, when in _POSTGRESQL_GUARDS.items():
        op.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION decisions_refuse()")
