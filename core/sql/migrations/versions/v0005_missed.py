"""Whether the graph lacks an application that was decided while it was away: asked at each decision, by an index.

What waits when this comes was told by its summary or record, as ever.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column and its index."""
    op.add_column(
        "decision_outbox", sa.Column("missed", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.create_index("ix_decision_outbox_missed_again_at", "decision_outbox", ["missed", "again_at"])
