"""`guildnet org leave | erase-factory`: what the operator does for an organization that asks in another way than by HTTP."""

from __future__ import annotations

import click

from api.cli import show
from api.cli.node import acting_for, opened, organization
from network.people.errors import NotConfirmed
from sharing import erasing, leaving


@click.command("leave")
@click.argument("slug")
@click.option("--erase", is_flag=True, help="Also destroy its factories, its name and what it showed at approval.")
@click.option("--confirm", required=True, metavar="SLUG", help="The slug again: this cannot be undone.")
@show.as_json
def leave(*, slug: str, erase: bool, confirm: str, json_output: bool) -> None:
    """Take an organization out of the network. Its DID and public keys stay, for what it signed."""
    with opened() as container:
        house = container.house
        with house.database.write("leave-organization") as session:
            member = organization(session, slug)
            if confirm != member.slug:
                raise NotConfirmed("Leaving cannot be undone: give the organization's slug with --confirm.")
            leaving.leave(house, session, acting_for(member), erase=erase)
        if erase:
            erasing.scrub(house)
    if json_output:
        show.write_json({"organization": slug, "left": True, "erased": erase})
    click.echo("It has left.", err=True)


@click.command("erase-factory")
@click.argument("slug")
@click.argument("factory", metavar="FACTORY")
@click.option("--confirm", required=True, metavar="FACTORY", help="The id again: this cannot be undone.")
@show.as_json
def erase_factory(*, slug: str, factory: str, confirm: str, json_output: bool) -> None:
    """Destroy a factory of an organization: profile, policy, and what was signed about it."""
    with opened() as container:
        house = container.house
        with house.database.write("erase-factory") as session:
            leaving.erase_factory(house, session, acting_for(organization(session, slug)), factory, confirm=confirm)
        erasing.scrub(house)
    if json_output:
        show.write_json({"factory": factory, "erased": True})
    click.echo("Erased. Backups made before still hold it.", err=True)
