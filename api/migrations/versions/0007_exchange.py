"""The tables of exchange: imports, factories found alike, and owners' references."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "imports",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("errors", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", _TIME, nullable=False),
        _to("imports", "organization_id", "organizations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_organization_id"), "imports", ["organization_id"], unique=False)
    op.create_table(
        "likenesses",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("first_id", sa.String(21), nullable=False),
        sa.Column("second_id", sa.String(21), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("kept_id", sa.String(21), nullable=True),
        sa.Column("undo", sa.Text(), nullable=True),
        sa.Column("found_at", _TIME, nullable=False),
        sa.Column("decided_at", _TIME, nullable=True),
        _to("likenesses", "organization_id", "organizations"),
        _to("likenesses", "first_id", "factories"),
        _to("likenesses", "second_id", "factories"),
        _to("likenesses", "kept_id", "factories"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_likenesses")),
    )
    op.create_index("ix_likenesses_pair", "likenesses", ["organization_id", "first_id", "second_id"], unique=True)
    op.create_index(op.f("ix_likenesses_first_id"), "likenesses", ["first_id"], unique=False)
    op.create_index(op.f("ix_likenesses_second_id"), "likenesses", ["second_id"], unique=False)
    op.create_table(
        "factory_references",
        sa.Column("factory_id", sa.String(21), nullable=False),
        sa.Column("reference", sa.String(100), nullable=False),
        _to("factory_references", "factory_id", "factories"),
        sa.PrimaryKeyConstraint("factory_id", name=op.f("pk_factory_references")),
    )


def downgrade() -> None:
    """Drop them; a merge made before this can no longer be undone."""
    op.drop_table("factory_references")
    op.drop_table("likenesses")
    op.drop_table("imports")


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
