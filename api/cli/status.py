"""`guildnet status`: where this node stands, for the person who runs it.

Guarantees: reads only. Says so, with exit code 1, when the database is a restored copy that nobody has settled.
"""

from __future__ import annotations

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import migrations
from api.cli import show
from api.cli.node import opened, read_settings, require_tables
from network import identity
from network.database import current_change
from network.journal import Journal
from network.models import SigningState
from network.standing import is_behind

BEHIND = "This database is older than what the node has said: it signs nothing. `guildnet restore accept` settles it."


@click.command()
@show.as_json
@click.pass_context
def status(context: click.Context, *, json_output: bool) -> None:
    """Say where this node stands: its tables, how far it has signed, and whether it is a restored copy."""
    settings = read_settings()
    require_tables(settings)
    with opened(settings) as container, container.house.database.read() as session:
        facts = described(session, container.house.database.journal)
    if json_output:
        show.write_json(facts)
    else:
        show.write_facts((name.replace("_", " "), value) for name, value in facts.items())
    if facts["behind"]:
        click.echo(BEHIND, err=True)
        context.exit(1)


def described(session: Session, journal: Journal | None) -> dict[str, object]:
    """What there is to say. `generation` is how far the database has signed, `journal_generation` how far the journal knows."""
    node = identity.node(session)
    state = session.scalars(select(SigningState)).one()
    return {
        "node": node.did,
        "name": node.name,
        "development": node.development,
        "tables": migrations.head(),
        "change": current_change(session),
        "generation": state.generation,
        "journal": None if journal is None else str(journal.path),
        "journal_generation": None if journal is None else journal.newest(),
        "restored_at": state.restored_at.isoformat() if state.restored_at else None,
        "behind": is_behind(session),
    }
