"""
smaller customer indexes
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_customer_owner": ["owner_id", "stage", "protected_until"],
    "ix_customer_pool": ["pool", "pooled_at"],
    "ix_customer_department_id": ["department_id"],
    "ix_customer_protected_until": ["protected_until"],
    "ix_customer_deadline_at": ["deadline_at"],
    "ix_customer_touched": ["last_touched_at"],
}


def upgrade() -> None:
    """
    Forward only: rows whose first column is NULL leave the indexes.
    """
    for name, columns in INDEXES.items():
        known = sa.text(f"{columns[0]} IS NOT NULL")
        op.drop_index(name, table_name="customer")
        op.create_index(name, "customer", columns, sqlite_where=known, postgresql_where=known)
