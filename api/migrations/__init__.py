"""The history of the tables, and how a database is brought to one point of it.

Works from an installed wheel: the scripts are found through the package, there is no `alembic.ini`. A migration runs in
one transaction on both databases, so that it is done whole or not at all, and two processes that start it at once
queue.
"""

from __future__ import annotations

from api.migrations.run import current, downgrade, head, known, metadata, upgrade

__all__ = ["current", "downgrade", "head", "known", "metadata", "upgrade"]
