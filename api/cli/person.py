"""`guildnet person`: what the operator does for people whom no owner can help: a lost second factor, a lost owner.

Guarantees: nobody is let in by it. A password stays as it is, and who takes a factor off or gives a role has made sure,
outside of this program, whom they talk to.
"""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from api.cli import show
from api.cli.node import opened, organization
from network.people import factors, persons, roles
from network.people.errors import NotConfirmed, NotThere
from network.people.models import PersonRow

NO_ROLE = "none"


@click.group()
def person() -> None:
    """People: look somebody up, give a role, take off a lost second factor."""


@person.command("show")
@click.argument("address", metavar="EMAIL")
@show.as_json
def show_person(*, address: str, json_output: bool) -> None:
    """One account: its name, whether a second factor is on, and its roles."""
    with opened() as container, container.house.database.read() as session:
        row = _account(session, address)
        facts = {
            "email": row.address,
            "name": row.name,
            "second_factor": row.totp_on,
            "has_password": row.password is not None,
            "roles": [f"{each.organization.slug}: {each.role}" for each in roles.places(session, row.id)],
        }
    if json_output:
        show.write_json(facts)
        return
    show.write_facts(facts.items())


@person.command("role")
@click.argument("address", metavar="EMAIL")
@click.argument("slug")
@click.option("--role", "wanted", type=click.Choice([*roles.ROLES, NO_ROLE]), required=True, help="`none` takes it away.")
@show.as_json
def give_role(*, address: str, slug: str, wanted: str, json_output: bool) -> None:
    """Say what somebody with an account may do for an organization, where no owner is left to say it."""
    with opened() as container:
        house = container.house
        with house.database.write("set-role") as session:
            row, member = _account(session, address), organization(session, slug)
            if wanted == NO_ROLE:
                roles.remove(session, member.id, row.id)
            elif roles.role_of(session, member.id, row.id) is None:
                roles.add(session, member.id, row.id, wanted, now=house.now())
            else:
                roles.set_role(session, member.id, row.id, wanted)
            facts = {"email": row.address, "organization": member.slug, "role": wanted}
    if json_output:
        show.write_json(facts)
        return
    show.write_facts(facts.items())


@person.command("second-factor-off")
@click.argument("address", metavar="EMAIL")
@click.option("--confirm", required=True, metavar="EMAIL", help="The address again: from then on the password alone counts.")
@show.as_json
def second_factor_off(*, address: str, confirm: str, json_output: bool) -> None:
    """Take off the second factor of somebody who lost it and their recovery codes. Ends their sessions; they get a letter."""
    with opened() as container:
        house = container.house
        with house.database.write("take-off-factor") as session:
            row = _account(session, address)
            if confirm != address:
                raise NotConfirmed("Make sure whom you talk to, then give the address again with --confirm.")
            factors.take_off(session, house.keystore, row.id, now=house.now())
            facts = {"email": row.address, "second_factor": False}
    if json_output:
        show.write_json(facts)
    click.echo("It is off. Until another one is on, whoever knows the password or reads the mail gets in.", err=True)


def _account(session: Session, address: str) -> PersonRow:
    row = persons.by_address(session, address)
    if row is None:
        raise NotThere(f"There is no account with the address {address!r}.")
    return row
