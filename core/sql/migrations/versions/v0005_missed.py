"""Whether the graph lacks an application that was decided while it was away: asked at each decision, by an index.

Of what waits when this comes its summary says it; where only the record does, it is taken for missing.
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
    outbox = sa.table("decision_outbox", sa.column("missed", sa.Boolean), sa.column("told", sa.Text))
    lacks = sa.or_(outbox.c.told.is_(None), outbox.c.told.like('%"missed":true%'))
    op.execute(outbox.update().where(lacks).values(missed=sa.true()))
    op.create_index("ix_decision_outbox_missed_again_at", "decision_outbox", ["missed", "again_at"])
