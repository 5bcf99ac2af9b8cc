"""`guildnet init`: make this machine a node.

Guarantees: asks for the origin before the first key is made; makes the key file (0600) outside the database and never
replaces one; a run that was broken off can be repeated.
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

import click

from api import migrations
from api.cli import show
from api.cli.node import read_settings, require_database, require_tables
from api.container import system_clock
from api.settings import Settings
from network import identity
from network.database import Database, parse_url
from network.errors import NodeExists, NodeMissing, SchemaMismatch
from network.keystore import Kek, Keystore, create_kek, load_kek
from network.names import parse_origin
from trust.anchors import write


@click.command()
@click.option("--origin", metavar="URL", help="Where the node will be reached, such as https://registry.example.org.")
@click.option("--name", metavar="TEXT", help="What people call this node; its host when left out.")
@click.option("--upgrade", is_flag=True, help="Bring the tables of an existing node to this release and do nothing else.")
@show.as_json
def init(*, origin: str | None, name: str | None, upgrade: bool, json_output: bool) -> None:
    """Make this machine a node. The origin stands in every signature and can never change."""
    settings = read_settings()
    if upgrade:
        if origin or name:
            raise click.UsageError("--upgrade goes alone.")
        require_tables(settings, migrate=True)
        click.echo("The database has the tables of this release.", err=True)
        return
    accepted = parse_origin(origin or _asked(), development=settings.development)
    _refuse_second_node(settings)
    _make_private(settings)
    migrations.upgrade(settings.database_url)
    kek, made = _kek(settings)
    database = Database(settings.database_url)
    try:
        with database.write("init") as session:
            node = identity.create_node(
                session,
                Keystore(kek, secrets.token_bytes),
                origin=accepted.origin,
                name=name or accepted.origin.partition("://")[2],
                now=system_clock(),
                development=settings.development,
            )
            anchor = write(identity.own_anchors(session)[0])
    finally:
        database.dispose()
    result = {"origin": node.origin, "did": node.did, "name": node.name, "anchor": anchor, "kek_file": made}
    if json_output:
        show.write_json(result)
        return
    show.write_facts([("node", node.did), ("anchor", anchor), ("key file", made)])
    click.echo("Give the anchor to those who will verify what this node signs.", err=True)
    if made:
        click.echo("Copy the key file to a safe place, apart from every backup of the database.", err=True)


def _asked() -> str:
    if not sys.stdin.isatty():
        raise click.UsageError("--origin is needed: it stands in every signature and can never change.")
    answer: str = click.prompt("Origin of this node (it can never change), such as https://registry.example.org")
    return answer


def _refuse_second_node(settings: Settings) -> None:
    try:
        require_database(settings)
    except NodeMissing:
        return
    database = Database(settings.database_url)
    try:
        with database.read() as session:
            existing = identity.node(session)
    except (NodeMissing, SchemaMismatch):
        return  # empty, or broken off before the node was made
    finally:
        database.dispose()
    raise NodeExists(f"This database is the node {existing.origin} already, and its origin cannot change.")


def _make_private(settings: Settings) -> None:
    """A new SQLite file is its owner's alone from its first byte: profiles rest in it in clear text."""
    url = parse_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        Path(url.database or "").touch(mode=0o600, exist_ok=True)


def _kek(settings: Settings) -> tuple[Kek, str | None]:
    """The key, and the path of its file if it was made now."""
    path = Path(settings.kek_file)
    # One that is there was made by a run that was broken off, or by hand; `load_kek` checks its mode and form.
    if settings.kek or path.exists():
        return load_kek(path, settings.kek), None
    return create_kek(path, secrets.token_bytes), str(path)
