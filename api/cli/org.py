"""`guildnet org`: the organizations that are at home on this node, and the credentials of their programs.

Those that wait or leave are in `applying` and `leaving`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from api.cli import applying, leaving, show
from api.cli.files import a_file, read_bounded
from api.cli.node import opened, organization
from api.container import Container
from network import identity, membership
from network.membership import ROLES, Member
from network.people.leaving import departures
from sharing.auditing.labels import label_organization
from trust import strict_json

BY_OPERATOR = "operator"
SCOPES = ("read", "write")


@click.group()
def org() -> None:
    """Organizations: add, list, show, change, and give their programs credentials."""


for _command in (applying.pending, applying.approve, applying.refuse, leaving.leave, leaving.erase_factory):
    org.add_command(_command)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """Facts as options gave them; None and the empty list mean: not given."""

    roles: tuple[str, ...]
    country: str | None
    verified: int | None
    sectors: tuple[str, ...]
    beneficial_owners: tuple[str, ...]

    def __bool__(self) -> bool:
        lists = self.roles or self.sectors or self.beneficial_owners
        return bool(lists or self.country is not None or self.verified is not None)

    def store(self, container: Container, session: Session, identifier: str) -> None:
        """Set what was given, as said by the operator."""
        values: dict[str, tuple[str, ...]] = {}
        if self.roles:
            values["role"] = self.roles
        if self.sectors:
            values["sector"] = self.sectors
        if self.country is not None:
            values["country"] = (self.country,)
        if self.verified is not None:
            # Nothing verified is the absence of the fact, not a value of it.
            values["verified"] = (str(self.verified),) if self.verified else ()
        if self.beneficial_owners:
            values["beneficial_owner"] = self.beneficial_owners
        for attribute, each in values.items():
            membership.set_facts(session, identifier, attribute, each, source=BY_OPERATOR, now=container.house.now())
        if self.beneficial_owners:
            label_organization(container.house, session, identifier)


def _fact_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option(
            "--beneficial-owner",
            "beneficial_owners",
            multiple=True,
            metavar="NAME",
            help="Your own name for whoever owns it; organizations with one in common do not count as independent.",
        ),
        click.option("--sector", "sectors", multiple=True, metavar="CODE", help="ISIC code, such as C25; several times."),
        click.option("--verified", type=click.IntRange(0, 3), help="How well you know them: 0 not at all, 3 visited."),
        click.option("--country", metavar="CODE", help="ISO 3166-1 alpha-2, such as VN."),
        click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="May be given several times."),
    ):
        command = option(command)
    return command


@org.command("add")
@click.argument("slug")
@click.option("--name", required=True, help="Its name, as people read it.")
@_fact_options
@click.option("--public-key", type=a_file, help="The public key (JWK) that it keeps itself; without, the node holds its key.")
@show.as_json
def add(
    *,
    slug: str,
    name: str,
    public_key: Path | None,
    json_output: bool,
    **facts: Any,
) -> None:
    """Add an organization. Its slug is part of its DID and can never change."""
    jwk = None if public_key is None else strict_json.loads_object(read_bounded(public_key))
    with opened() as container, container.house.database.write("org-add") as session:
        house = container.house
        identifier = identity.create_organization(
            session, house.keystore, slug=slug, name=name, now=house.now(), public_jwk=jwk
        )
        _Given(**facts).store(container, session, identifier)
        shown = _described(session, membership.member_of(session, identifier))
    _write(shown, json_output=json_output)


@org.command("list")
@show.as_json
def list_all(*, json_output: bool) -> None:
    """List every organization."""
    with opened() as container, container.house.database.read() as session:
        gone = departures(session)
        listed = [{**_summary(member), "state": _state(member, gone)} for member in membership.members(session)]
    if json_output:
        show.write_json(listed)
        return
    columns = ("slug", "name", "roles", "country", "verified", "state")
    rows = [[each[column] if each[column] is not None else "" for column in columns] for each in listed]
    show.write_table(columns, rows, empty="There are no organizations yet; `guildnet org add` makes one.")


@org.command("show")
@click.argument("slug")
@show.as_json
def show_one(*, slug: str, json_output: bool) -> None:
    """Show what is known about an organization, who says so, its keys and its clients."""
    with opened() as container, container.house.database.read() as session:
        shown = _described(session, organization(session, slug))
    _write(shown, json_output=json_output)


@org.command("set")
@click.argument("slug")
@click.option("--name", help="Its new name.")
@_fact_options
@click.option("--suspend/--reinstate", default=None, help="Whether it may act on this node.")
@show.as_json
def change(
    *,
    slug: str,
    name: str | None,
    suspend: bool | None,
    json_output: bool,
    **facts: Any,
) -> None:
    """Change what is known about an organization. A list that is given replaces the whole list."""
    given = _Given(**facts)
    if name is None and suspend is None and not given:
        raise click.UsageError("Say what to change; see --help.")
    with opened() as container, container.house.database.write("org-set") as session:
        member = organization(session, slug)
        if name is not None:
            membership.rename(session, member.id, name)
        given.store(container, session, member.id)
        if suspend is not None:
            if suspend:
                membership.suspend(session, member.id, now=container.house.now())
            else:
                membership.reinstate(session, member.id)
        shown = _described(session, membership.member_of(session, member.id))
    _write(shown, json_output=json_output)


@org.command("client")
@click.argument("slug")
@click.option("--label", help="What the program is, for your own lists.")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES), help="Several times; both when left out.")
@click.option("--revoke", metavar="CLIENT_ID", help="Revoke this client instead of making one.")
@show.as_json
def client(*, slug: str, label: str | None, scopes: tuple[str, ...], revoke: str | None, json_output: bool) -> None:
    """Make credentials for a program of an organization. The secret is printed once and cannot be had again."""
    if label is not None and revoke is not None:
        raise click.UsageError("--label is for a new client, --revoke for one that there is.")
    with opened() as container, container.house.database.write("org-client") as session:
        house, member = container.house, organization(session, slug)
        if revoke is not None:
            membership.revoke_client(session, member.id, revoke, now=house.now())
            result = {"client_id": revoke, "organization": member.did, "revoked": True}
        else:
            made = membership.create_client(
                session, member.id, label=label or "client", scopes=scopes or SCOPES, entropy=house.entropy, now=house.now()
            )
            result = {
                "client_id": made.client.client_id,
                "client_secret": made.secret,
                "organization": member.did,
                "scope": " ".join(sorted(made.client.scopes)),
            }
    if json_output:
        show.write_json(result)
        return
    show.write_facts(result.items())
    if revoke is None:
        click.echo("The secret is not stored and is not shown again.", err=True)


def _summary(member: Member) -> dict[str, object]:
    return {
        "slug": member.slug,
        "did": member.did,
        "name": member.name,
        "roles": sorted(member.roles),
        "country": member.country,
        "verified": member.verified,
        "sectors": sorted(member.sectors),
        "suspended": member.suspended,
    }


def _state(member: Member, gone: Mapping[str, str]) -> str:
    """One word for whether it can act here; one that left is suspended too, which says less."""
    return gone.get(member.id) or ("suspended" if member.suspended else "active")


def _described(session: Session, member: Member) -> dict[str, object]:
    return {
        **_summary(member),
        "state": _state(member, departures(session)),
        "facts": [
            {"attribute": fact.attribute, "value": fact.value, "source": fact.source, "since": fact.set_at.isoformat()}
            for fact in membership.facts(session, member.id)
        ],
        "keys": [
            {"kid": key.kid, "custody": key.custody, "open": key.valid_until is None}
            for key in identity.keys_of(session, member.did)
        ],
        "clients": [
            {
                "client_id": each.client_id,
                "label": each.label,
                "scope": " ".join(sorted(each.scopes)),
                "revoked": each.revoked_at is not None,
            }
            for each in membership.clients_of(session, member.id)
        ],
    }


def _write(shown: dict[str, object], *, json_output: bool) -> None:
    if json_output:
        show.write_json(shown)
        return
    show.write_facts((name, value) for name, value in shown.items() if name not in {"facts", "keys", "clients"})
    for name in ("facts", "keys", "clients"):
        rows = shown[name]
        assert isinstance(rows, list)  # noqa: S101 - `_described` made it
        if rows:
            click.echo(f"\n{name}")
            show.write_table(tuple(rows[0]), [list(row.values()) for row in rows], empty="")
