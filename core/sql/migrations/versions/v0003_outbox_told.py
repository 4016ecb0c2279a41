"""What the graph is told of a decision stands in the outbox, so that nobody reads whole records for it.

Null: the record says it; so do all that wait when this comes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column."""
    op.add_column("decision_outbox", sa.Column("told", sa.Text))
