"""What Alembic runs for every command: it uses the open transaction of `api.migrations.run` and makes none itself."""

from __future__ import annotations

from typing import Any, Literal, cast

from alembic import context
from alembic.runtime.migration import MigrationInfo

from api.migrations.run import metadata
from network import points
from network.columns import CanonicalJson, UtcTime


def spelled_out(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Our column types as the plain types they are stored as, so that a revision does not change when the models do."""
    if kind == "type" and isinstance(item, UtcTime):
        return 'sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")'
    if kind == "type" and isinstance(item, CanonicalJson):
        return "sa.Text()"
    return False


def _applied(**about: object) -> None:
    """Alembic has run one revision, up or down, inside the open transaction."""
    step = about["step"]
    if isinstance(step, MigrationInfo):
        points.reached(f"migration:{step.up_revision_id}")


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata(),
    render_item=spelled_out,
    # SQLite cannot alter most things in place; batch mode copies the table.
    render_as_batch=True,
    on_version_apply=cast("Any", _applied),  # it passes everything by name
)
with context.begin_transaction():
    context.run_migrations()
