"""`guildnet confirm`: an owner says that what was stated is unchanged."""

from __future__ import annotations

import click

from api.cli import show
from api.cli.node import acting_for, opened
from network import membership
from sharing.confirming import confirm_unchanged
from sharing.errors import NotFound
from sharing.models import Factory


@click.command()
@click.argument("factory")
@click.argument("paths", nargs=-1)
@show.as_json
def confirm(*, factory: str, paths: tuple[str, ...], json_output: bool) -> None:
    """Confirm that values of FACTORY are unchanged: all of its capacity, or PATHS such as `capacity/<id>/spare_hours`."""
    with opened() as container:
        house = container.house
        with house.database.write("confirm") as session:
            row = session.get(Factory, factory)
            if row is None:
                raise NotFound(f"There is no factory {factory!r}.")
            owner = acting_for(membership.member_of(session, row.organization_id))
            done = confirm_unchanged(house, session, owner, factory, paths or None)
    result = {"factory": factory, "as_of": done.as_of.isoformat(), "paths": list(done.paths), "live": list(done.live)}
    if json_output:
        show.write_json(result)
    else:
        show.write_facts({**result, "paths": len(done.paths), "live": len(done.live)}.items())
