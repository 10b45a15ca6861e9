"""
what directories show
"""

import sqlalchemy as sa
from alembic import op

from store.base import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """
    Forward only.
    """
    op.create_table(
        "directory_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("corp_id", sa.String(length=80), nullable=False),
        sa.Column("user_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("mobile", sa.String(length=30), nullable=False),
        sa.Column("email", sa.String(length=120), nullable=False),
        sa.Column("department_ids", sa.JSON(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("missing_since", Instant(), nullable=True),
        sa.Column("said_left_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_entry")),
        sa.UniqueConstraint("platform", "account", "user_id", name=op.f("uq_directory_entry_platform_account_user_id")),
    )
    with op.batch_alter_table("directory_entry", schema=None) as batch_op:
        batch_op.create_index("ix_directory_entry_email", ["email"], unique=False)
        batch_op.create_index("ix_directory_entry_mobile", ["mobile"], unique=False)

    op.create_table(
        "directory_source",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("wanted_at", Instant(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_source")),
        sa.UniqueConstraint("platform", "account", name=op.f("uq_directory_source_platform_account")),
    )
    op.create_table(
        "directory_department",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("corp_id", sa.String(length=80), nullable=False),
        sa.Column("external_id", sa.String(length=80), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_directory_department_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_department")),
        sa.UniqueConstraint(
            "platform", "corp_id", "external_id", name=op.f("uq_directory_department_platform_corp_id_external_id")
        ),
    )
    with op.batch_alter_table("directory_department", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_directory_department_department_id"), ["department_id"], unique=False)

    op.create_table(
        "departure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=80), nullable=False),
        sa.Column("sign", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("noticed_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.CheckConstraint("state IN ('asked','due','done','dismissed')", name=op.f("ck_departure_state")),
        sa.ForeignKeyConstraint(["decided_by"], ["member.id"], name=op.f("fk_departure_decided_by")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_departure_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departure")),
    )
    with op.batch_alter_table("departure", schema=None) as batch_op:
        batch_op.create_index("ix_departure_state", ["state", "platform", "account"], unique=False)
        batch_op.create_index(
            "uq_departure_open",
            ["member_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('asked','due')"),
            postgresql_where=sa.text("state IN ('asked','due')"),
        )

    op.create_table(
        "link_proposal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("corp_id", sa.String(length=80), nullable=False),
        sa.Column("user_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.CheckConstraint("state IN ('open','linked','refused')", name=op.f("ck_link_proposal_state")),
        sa.ForeignKeyConstraint(["decided_by"], ["member.id"], name=op.f("fk_link_proposal_decided_by")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_link_proposal_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_proposal")),
        sa.UniqueConstraint(
            "platform",
            "corp_id",
            "user_id",
            "member_id",
            name=op.f("uq_link_proposal_platform_corp_id_user_id_member_id"),
        ),
    )
    with op.batch_alter_table("link_proposal", schema=None) as batch_op:
        batch_op.create_index("ix_link_proposal_state", ["state"], unique=False)
