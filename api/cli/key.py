"""`guildnet key`: an auditor's own key file (offline), and the keys that this node knows.

Guarantees: `new` and `show FILE` need no node; private halves are never printed.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from api.cli import show
from api.cli.files import a_file, a_new_file, read_bounded
from api.cli.keyfile import make_key_file, read_key_file
from trust import strict_json
from trust.keys import PrivateKey

if TYPE_CHECKING:
    from network.identity import Key
    from trust.key_statement import Role

NODE = "node"
_NODE_ROLES = ("root", "token")
"""Not the status key: what was signed names it, and nobody else could say any more what was withdrawn."""


@click.group()
def key() -> None:
    """Keys: make one of your own, show, list and replace those of a node."""


@key.command("new")
@click.option("--did", "subject", required=True, help="Your organization's DID, such as did:web:registry.example:orgs:tuv.")
@click.option("--out", required=True, type=a_new_file, help="The new key file; keep it where only you can read it.")
@show.as_json
def new(*, subject: str, out: Path, json_output: bool) -> None:
    """Make a key that you keep yourself. Prints the public half, which the node needs; works offline."""
    _write_own(make_key_file(out, subject, secrets.token_bytes), json_output=json_output)
    click.echo(f"The private half is in {out} and nowhere else: a lost key cannot be made again.", err=True)


@key.command("show")
@click.argument("which", metavar="FILE|KID")
@show.as_json
def show_one(*, which: str, json_output: bool) -> None:
    """Show a key: the public half of your own key file, or one that this node knows, by its id."""
    if "#" not in which:
        _write_own(read_key_file(Path(which)), json_output=json_output)
        return
    from api.cli.node import opened  # noqa: PLC0415 - a key file is shown without a database
    from network import identity  # noqa: PLC0415

    with opened() as container, container.house.database.read() as session:
        shown = _described(identity.find_key(session, which))
    if json_output:
        show.write_json(shown)
    else:
        show.write_facts((name, value) for name, value in shown.items() if name != "public")
        click.echo(strict_json.compact(shown["public"]).decode())


@key.command("list")
@click.argument("owner", default=NODE)
@show.as_json
def list_all(*, owner: str, json_output: bool) -> None:
    """List every key that OWNER ever had: an organization's slug, or `node` (the default) with its anchors."""
    from api.cli.node import opened, organization  # noqa: PLC0415
    from network import identity  # noqa: PLC0415
    from trust.anchors import write  # noqa: PLC0415

    with opened() as container, container.house.database.read() as session:
        subject = identity.node(session).did if owner == NODE else organization(session, owner).did
        keys = [_described(each) for each in identity.keys_of(session, subject)]
        anchors = [write(each) for each in identity.own_anchors(session)] if owner == NODE else []
    if json_output:
        show.write_json({"owner": subject, "anchors": anchors, "keys": keys})
        return
    columns = ("role", "custody", "valid_from", "valid_until", "compromised_at", "kid")
    show.write_table(columns, [[each[name] or "" for name in columns] for each in keys], empty="It has no key.")
    for anchor in anchors:
        click.echo(f"\nanchor: {anchor}")


@key.command("rotate")
@click.argument("owner")
@click.option("--role", type=click.Choice(_NODE_ROLES), help="Which of the node's keys; only with OWNER `node`.")
@click.option("--public-key", type=a_file, help="The next public key (JWK) of an organization that keeps its own.")
@show.as_json
def rotate(*, owner: str, role: str | None, public_key: Path | None, json_output: bool) -> None:
    """Replace the open key of OWNER: an organization's slug, or `node` with --role."""
    if (owner == NODE) != (role is not None) or (owner == NODE and public_key is not None):
        raise click.UsageError("Give an organization's slug, or `node` with --role.")
    from api.cli.node import opened, organization  # noqa: PLC0415
    from network import identity  # noqa: PLC0415
    from sharing.in_force import note_keys_changed  # noqa: PLC0415
    from sharing.publications import resign  # noqa: PLC0415

    signed = 0
    jwk = None if public_key is None else strict_json.loads_object(read_bounded(public_key))
    with opened() as container, container.house.database.write("key-rotate") as session:
        house = container.house
        subject = identity.node(session).did if owner == NODE else organization(session, owner).did
        kind = cast("Role", role or "organization")
        made = identity.rotate(session, house.keystore, subject, kind, now=house.now(), public_jwk=jwk)
        shown = _described(made)
        if owner != NODE:
            signed = resign(house, session, organization(session, owner).id)
        note_keys_changed(session, None if owner == NODE else organization(session, owner).id)
    if json_output:
        show.write_json(shown)
    else:
        show.write_facts((name, value) for name, value in shown.items() if name != "public")
    if role is None:
        click.echo(f"{signed} standing views were signed anew.", err=True)
    if role == "root":
        click.echo("Anchors name the root key: give the new one (`guildnet key list`) to everybody who pinned it.", err=True)


@key.command("compromise")
@click.argument("kid")
@click.option("--at", "moment", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Not to be believed from this day.")
@show.as_json
def compromise(*, kid: str, moment: datetime, json_output: bool) -> None:
    """Record that the key KID came into other hands, and close it. Nothing it signed verifies any more; then `rotate`."""
    from api.cli.node import opened  # noqa: PLC0415
    from network import identity  # noqa: PLC0415
    from sharing.in_force import note_keys_changed  # noqa: PLC0415

    with opened() as container, container.house.database.write("key-compromise") as session:
        if identity.find_key(session, kid).role == "status":
            raise click.ClickException("The status key is not closed: what was signed names it.")
        at = moment.replace(tzinfo=UTC)
        marked = identity.mark_compromised(session, kid, at=at, now=container.house.now())
        shown = _described(marked)
        note_keys_changed(session, marked.organization_id)
    if json_output:
        show.write_json(shown)
    else:
        show.write_facts((name, value) for name, value in shown.items() if name != "public")


def _write_own(own: PrivateKey, *, json_output: bool) -> None:
    shown = {"kid": own.kid, "did": own.kid.partition("#")[0], "custody": "self", "public": own.public.jwk}
    if json_output:
        show.write_json(shown)
        return
    click.echo(f"kid: {own.kid}", err=True)
    # Alone on standard output, so that it can be sent into the file that the operator needs.
    click.echo(strict_json.compact(own.public.jwk).decode())


def _described(each: Key) -> dict[str, object]:
    return {
        "kid": each.kid,
        "owner": each.owner,
        "role": each.role,
        "custody": each.custody,
        "valid_from": each.valid_from.isoformat(),
        "valid_until": each.valid_until.isoformat() if each.valid_until else None,
        "compromised_at": each.compromised_at.isoformat() if each.compromised_at else None,
        "public": each.public.jwk,
    }


@key.command("rewrap")
@show.as_json
def rewrap(*, json_output: bool) -> None:
    """Change the key-encryption key: a new key file, everything sealed anew under it. Stop the node first."""
    from api.cli.node import opened, read_settings, require_tables  # noqa: PLC0415
    from api.rewrapping import change_kek  # noqa: PLC0415

    settings = read_settings()
    require_tables(settings)
    with opened(settings) as container, show.progress("sealing anew") as step:
        done = change_kek(container.house, Path(settings.kek_file), in_file=not settings.kek, step=step)
    kept = None if done.old_file is None else str(done.old_file)
    if json_output:
        show.write_json({"values": done.values, "kek_file": str(done.kek_file), "old_file": kept})
    else:
        show.write_facts([("values", sum(done.values.values())), ("key file", done.kek_file), ("old key file", kept)])
    click.echo("Start every process of this node anew: one that ran meanwhile answers 503 kek_replaced.", err=True)
    if kept is None:
        click.echo("Give its content as GUILDNET_KEK from now on: the old one opens nothing any more.", err=True)
    else:
        click.echo("Backups made until now open with the old key file only: keep it with them, away from here.", err=True)
