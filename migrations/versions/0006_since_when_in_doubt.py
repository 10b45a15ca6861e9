"""
since when a message may have been said
"""

import sqlalchemy as sa
from alembic import op

from store.base import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """
    Forward only.
    """
    op.add_column("outbox", sa.Column("in_doubt_since", Instant(), nullable=True))
