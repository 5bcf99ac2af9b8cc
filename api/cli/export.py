"""`guildnet export`: what leaves the node as a file. Everything in it is what its reader may see anyway."""

from __future__ import annotations

from pathlib import Path

import click

from api.cli import show
from api.cli.files import a_new_file, write_result
from api.cli.node import acting_for, opened
from network import membership
from sharing import views
from sharing.errors import NotFound
from sharing.models import Factory


@click.group()
def export() -> None:
    """Write files for others."""


@export.command("bundle")
@click.argument("factory")
@click.option("--as", "audience", default="public", metavar="public|member|SLUG", help="Whose view; public when left out.")
@click.option("--purpose", help="The purpose that an organization's view is for; with a slug.")
@click.option("--out", required=True, type=a_new_file, help="Where the bundle goes.")
@show.as_json
def bundle(*, factory: str, audience: str, purpose: str | None, out: Path, json_output: bool) -> None:
    """Write the bundle of FACTORY that its reader can check offline with `guildnet verify`."""
    with opened() as container:
        house = container.house
        views.refresh(house, factory)
        with house.database.read() as session:
            row = session.get(Factory, factory)
            if row is None:
                raise NotFound(f"There is no factory {factory!r}.")
            owner = acting_for(membership.member_of(session, row.organization_id))
            data = views.bundle_for(house, session, owner, factory, audience=audience, purpose=purpose)
    write_result(out, data)
    result = {"factory": factory, "as": audience, "file": str(out), "bytes": len(data)}
    if json_output:
        show.write_json(result)
    else:
        show.write_facts(result.items())
