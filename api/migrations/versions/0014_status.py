"""A standing view is found by its status list without reading every other: verifiers ask for lists all day."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision: str | None = "0013"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Add the index."""
    with op.batch_alter_table("stored_views") as batch:
        batch.create_index(op.f("ix_stored_views_status_list_id"), ["status_list_id"])


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("stored_views") as batch:
        batch.drop_index(op.f("ix_stored_views_status_list_id"))
