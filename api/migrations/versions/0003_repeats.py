"""The table of `api.repeats`: which request made what, for `Idempotency-Key`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "repeats",
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("key_digest", sa.LargeBinary(), nullable=False),
        sa.Column("request_digest", sa.LargeBinary(), nullable=False),
        sa.Column("made", sa.String(64), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_repeats_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("organization_id", "key_digest", name=op.f("pk_repeats")),
    )
    op.create_index(op.f("ix_repeats_made_at"), "repeats", ["made_at"], unique=False)


def downgrade() -> None:
    """Drop it; a request sent again after this is done again."""
    op.drop_index(op.f("ix_repeats_made_at"), table_name="repeats")
    op.drop_table("repeats")
