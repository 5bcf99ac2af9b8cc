"""What was disclosed, to whom, and the sealed batches of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision: str | None = "0011"
branch_labels: str | None = None
depends_on: str | None = None

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables; nothing is known of what was disclosed before."""
    op.create_table(
        "disclosures",
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("owner_id", sa.String(32), nullable=False),
        sa.Column("factory_id", sa.String(21), nullable=True),
        sa.Column("viewer", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(32), nullable=True),
        sa.Column("purpose", sa.String(20), nullable=True),
        sa.Column("way", sa.String(64), nullable=False),
        sa.Column("form", sa.String(12), nullable=False),
        sa.Column("subject", sa.String(64), nullable=True),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.Column("legend", sa.String(16), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("close", sa.Text(), nullable=True),
        sa.Column("policy_revision", sa.Integer(), nullable=True),
        sa.Column("question", sa.String(32), nullable=True),
        sa.Column("leaf", sa.BigInteger(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_disclosures")),
    )
    op.create_index("ix_disclosures_owner", "disclosures", ["owner_id", "number"])
    op.create_index("uq_disclosures_leaf", "disclosures", ["owner_id", "leaf"], unique=True)
    unsealed = sa.text("leaf IS NULL")
    op.create_index("ix_disclosures_unsealed", "disclosures", ["number"], sqlite_where=unsealed, postgresql_where=unsealed)
    op.create_table(
        "ledger_legends",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_legends")),
    )
    op.create_table(
        "ledger_heads",
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("edge", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sealed_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "size", name=op.f("pk_ledger_heads")),
    )
    op.create_table(
        "ledger_first_sights",
        sa.Column("factory_id", sa.String(21), nullable=False),
        sa.Column("viewer", sa.String(32), nullable=False),
        sa.Column("field_group", sa.String(32), nullable=False),
        sa.Column("disclosure", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("factory_id", "viewer", "field_group", name=op.f("pk_ledger_first_sights")),
    )
    op.create_table(
        "ledger_questions",
        sa.Column("asker", sa.String(32), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("shape", sa.String(32), nullable=False),
        sa.Column("variant", sa.String(32), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("asker", "monday", "shape", "variant", name=op.f("pk_ledger_questions")),
    )
    with op.batch_alter_table("notices") as batch:
        batch.add_column(sa.Column("ledger_size", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Drop them; who saw what is forgotten."""
    with op.batch_alter_table("notices") as batch:
        batch.drop_column("ledger_size")
    for table in ("ledger_questions", "ledger_first_sights", "ledger_heads", "ledger_legends", "disclosures"):
        op.drop_table(table)
