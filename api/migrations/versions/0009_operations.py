"""The tables of operations: how far this database has signed, and which restored copies were settled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    """Make the tables; nothing signed by an earlier release has a generation."""
    state = op.create_table(
        "signing_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("kek_check", sa.String(64), nullable=True),
        sa.Column("restored_at", _TIME, nullable=True),
        sa.Column("restored_from", sa.String(64), nullable=True),
        sa.Column("elsewhere", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_signing_state_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_state")),
    )
    op.bulk_insert(state, [{"id": 1, "generation": 0}])
    op.create_table(
        "restorations",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("accepted_at", _TIME, nullable=False),
        sa.Column("restored_at", _TIME, nullable=True),
        sa.Column("restored_from", sa.String(64), nullable=True),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restorations")),
    )
    op.add_column("status_lists", sa.Column("doubted_since", _TIME, nullable=True))


def downgrade() -> None:
    """Drop them; a restored copy is not noticed any more."""
    op.drop_column("status_lists", "doubted_since")
    op.drop_table("restorations")
    op.drop_table("signing_state")
