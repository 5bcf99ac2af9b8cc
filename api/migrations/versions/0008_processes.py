"""The table of `network.leases`: which process does a periodic piece of work. And a random mark on each change, so that an
index snapshot can tell whether it is of this history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "leases",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("until", _TIME, nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("done_at", _TIME, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.add_column("changes", sa.Column("mark", sa.Float(), nullable=True))
    op.execute("UPDATE changes SET mark = random()")


def downgrade() -> None:
    """Drop it; every periodic piece of work is due again."""
    op.drop_column("changes", "mark")
    op.drop_table("leases")
