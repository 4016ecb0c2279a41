"""Whether the circuit breaker held a decision back; and what the graph is told of one, so that nobody reads whole records for it.

What waits for the graph when this comes has no summary: the record says it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("decisions", sa.Column("held_back", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("decision_outbox", sa.Column("told", sa.Text))
    op.add_column("decision_outbox", sa.Column("again_at", sa.BigInteger))
