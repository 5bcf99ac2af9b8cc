"""When each value was last stated, beside the document; files that profiles attach.

What was stated before is dated by the revision that it stands in.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None

_TIME = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")
_AT_ONCE = 500


def upgrade() -> None:
    """Add the columns, fill them, then forbid their absence; make the table."""
    for table in ("profile_revisions", "publications"):
        op.add_column(table, sa.Column("stated", sa.Text(), nullable=True))
    _fill()
    for table in ("profile_revisions", "publications"):
        with op.batch_alter_table(table) as batch:
            batch.alter_column("stated", existing_type=sa.Text(), nullable=False)
    op.create_table(
        "files",
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_files_organization_id_organizations")),
        sa.PrimaryKeyConstraint("organization_id", "digest", name=op.f("pk_files")),
    )


def downgrade() -> None:
    """Forget when values were stated, and every file."""
    op.drop_table("files")
    for table in ("publications", "profile_revisions"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("stated")


def _day(moment: object) -> str:
    """The UTC day of a moment as the database gives it: text in UTC, or an aware datetime in some zone."""
    return str(moment.astimezone(UTC) if isinstance(moment, datetime) else moment)[:10]


def _fill() -> None:
    connection = op.get_bind()
    revisions = sa.table("profile_revisions", *map(sa.column, ("factory_id", "revision", "created_at", "stated")))
    live = sa.table("publications", *map(sa.column, ("factory_id", "revision", "stated")))
    key = revisions.c.factory_id, revisions.c.revision
    while True:
        rows = connection.execute(
            sa.select(*key, revisions.c.created_at).where(revisions.c.stated.is_(None)).order_by(*key).limit(_AT_ONCE)
        ).all()
        if not rows:
            break
        for factory_id, number, created_at in rows:
            stated = json.dumps({"": _day(created_at)}, separators=(",", ":"))
            connection.execute(revisions.update().where(key[0] == factory_id, key[1] == number).values(stated=stated))
    dated = sa.select(revisions.c.stated).where(key[0] == live.c.factory_id, key[1] == live.c.revision)
    connection.execute(live.update().values(stated=dated.scalar_subquery()))
