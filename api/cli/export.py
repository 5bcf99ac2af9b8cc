"""`guildnet export`: what leaves the node as a file. Everything in it is what its reader may see anyway, or their own."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.orm import Session

from api.cli import show
from api.cli.files import a_new_file, write_result
from api.cli.node import acting_for, opened, organization
from network import membership
from sharing import views
from sharing.errors import NotFound
from sharing.exchange.own import FORMATS, own_data
from sharing.ledger.collecting import MEMBER, PUBLIC, Recipient, collecting
from sharing.ledger.recording import record
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
            with collecting(_reader(session, audience, purpose)) as gathered:
                data = views.bundle_for(house, session, owner, factory, audience=audience, purpose=purpose)
        # Whoever is handed the file has seen it: it is in the ledger before it is written.
        record(house, gathered, way="export bundle")
    write_result(out, data)
    result = {"factory": factory, "as": audience, "file": str(out), "bytes": len(data)}
    if json_output:
        show.write_json(result)
    else:
        show.write_facts(result.items())


@export.command("own")
@click.option("--org", "slug", required=True, help="The organization whose data this is.")
@click.option("--format", "form", required=True, type=click.Choice(sorted(FORMATS)), help="csv: a zip archive of lists.")
@click.option("--out", required=True, type=a_new_file, help="Where it goes.")
@show.as_json
def own(*, slug: str, form: str, out: Path, json_output: bool) -> None:
    """Write everything of an organization's own; `guildnet import` reads the workbook back."""
    with opened() as container, container.house.database.read() as session:
        data = own_data(container.house, session, acting_for(organization(session, slug)), form)
    write_result(out, data)
    result = {"organization": slug, "format": form, "file": str(out), "bytes": len(data)}
    if json_output:
        show.write_json(result)
    else:
        show.write_facts(result.items())


def _reader(session: Session, audience: str, purpose: str | None) -> Recipient:
    member = None if audience in (PUBLIC, MEMBER) else membership.find(session, audience)
    if member is None:
        return Recipient(id=audience)  # a name that is nobody's is refused where the bundle is made
    return Recipient(id=member.id, did=member.did, purpose=purpose)
