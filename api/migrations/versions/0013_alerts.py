"""What a viewer keeps and is told of: saved searches, what their last look found, and what changed since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision: str | None = "0012"
branch_labels: str | None = None
depends_on: str | None = None

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("factory_id", sa.String(21), nullable=True),
        sa.Column("purpose", sa.String(20), nullable=True),
        sa.Column("every", sa.String(8), nullable=False),
        sa.Column("mail", sa.Boolean(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("looked_at", _TIME, nullable=True),
        sa.Column("due_at", _TIME, nullable=True),
        sa.Column("broad", sa.Boolean(), nullable=False),
        sa.CheckConstraint("every IN ('never', 'hourly', 'daily', 'weekly')", name=op.f("ck_saved_searches_every")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_saved_searches_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_saved_searches_person_id_persons")),
        sa.ForeignKeyConstraint(["factory_id"], ["factories.id"], name=op.f("fk_saved_searches_factory_id_factories")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
    )
    for column in ("organization_id", "factory_id", "due_at"):
        op.create_index(op.f(f"ix_saved_searches_{column}"), "saved_searches", [column])
    op.create_table(
        "followed",
        sa.Column("search_id", sa.String(32), nullable=False),
        sa.Column("factory_id", sa.String(21), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["search_id"], ["saved_searches.id"], name=op.f("fk_followed_search_id_saved_searches"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["factory_id"], ["factories.id"], name=op.f("fk_followed_factory_id_factories")),
        sa.PrimaryKeyConstraint("search_id", "factory_id", name=op.f("pk_followed")),
    )
    op.create_index(op.f("ix_followed_factory_id"), "followed", ["factory_id"])
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("search_id", sa.String(32), nullable=False),
        sa.Column("factory_id", sa.String(21), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("changes", sa.LargeBinary(), nullable=True),
        sa.Column("at", _TIME, nullable=False),
        sa.CheckConstraint("kind IN ('appeared', 'changed', 'gone')", name=op.f("ck_alerts_kind")),
        sa.ForeignKeyConstraint(
            ["search_id"], ["saved_searches.id"], name=op.f("fk_alerts_search_id_saved_searches"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["factory_id"], ["factories.id"], name=op.f("fk_alerts_factory_id_factories")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index(op.f("ix_alerts_search_id_at"), "alerts", ["search_id", "at"])
    op.create_index(op.f("ix_alerts_factory_id"), "alerts", ["factory_id"])


def downgrade() -> None:
    """Drop them; saved searches are lost."""
    op.drop_table("alerts")
    op.drop_table("followed")
    op.drop_table("saved_searches")
