"""What the circuit breaker counts lies in an index: no record is read for it.

Where the order of decisions is listed by outcome, the same index serves.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

_COLUMNS = ["decided_at", "outcome", "held_back"]


def upgrade() -> None:
    """Put the new index in the place of the narrower one."""
    op.create_index("ix_decisions_decided_at_outcome_held_back", "decisions", _COLUMNS)
    op.drop_index("ix_decisions_decided_at_outcome", "decisions")
