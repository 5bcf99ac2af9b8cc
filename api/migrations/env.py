"""What Alembic runs for every command: it uses the open transaction of `api.migrations.run` and makes none itself."""

from __future__ import annotations

from alembic import context

from api.migrations.run import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata(),
    # SQLite cannot alter most things in place; batch mode copies the table.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
