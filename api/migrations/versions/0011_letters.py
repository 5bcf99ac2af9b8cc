"""A letter on its way knows whose account it goes to, so that erasing the account destroys it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Add the column; letters that wait go on without, and leave within two hours."""
    with op.batch_alter_table("outbox") as batch:
        batch.add_column(sa.Column("person_id", sa.String(32), nullable=True))
        batch.create_foreign_key(op.f("fk_outbox_person_id_persons"), "persons", ["person_id"], ["id"])
        batch.create_index(op.f("ix_outbox_person_id"), ["person_id"])


def downgrade() -> None:
    """Forget whose letters they are."""
    with op.batch_alter_table("outbox") as batch:
        batch.drop_index(op.f("ix_outbox_person_id"))
        batch.drop_constraint(op.f("fk_outbox_person_id_persons"), type_="foreignkey")
        batch.drop_column("person_id")
