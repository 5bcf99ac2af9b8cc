"""`guildnet duplicates`: factories of one organization that may be one. A person decides, and can take it back."""

from __future__ import annotations

import click

from api.cli import show
from api.cli.node import acting_for, opened, organization
from sharing.exchange import likenesses
from sharing.exchange.likenesses import Likeness, Side

_of = click.option("--org", "slug", required=True, help="The organization whose factories these are.")


@click.group()
def duplicates() -> None:
    """Factories that may be one: find, list, merge, tell apart, undo."""


@duplicates.command("find")
@_of
@show.as_json
def find(*, slug: str, json_output: bool) -> None:
    """Compare all factories of an organization; imports do so for what they add."""
    with opened() as container, container.house.database.write("duplicates-find") as session:
        open_now = likenesses.find(container.house, session, acting_for(organization(session, slug)))
    if json_output:
        show.write_json({"open": open_now})
    else:
        show.write_facts([("open", open_now)])


@duplicates.command("list")
@_of
@click.option("--all", "everything", is_flag=True, help="Also those that were decided.")
@show.as_json
def list_pairs(*, slug: str, everything: bool, json_output: bool) -> None:
    """Show the pairs that wait for a decision."""
    with opened() as container, container.house.database.read() as session:
        caller = acting_for(organization(session, slug))
        found = likenesses.likenesses(container.house, session, caller, state=None if everything else likenesses.OPEN)
    if json_output:
        show.write_json([described(each) for each in found])
        return
    if not found:
        click.echo("No pair waits for a decision.", err=True)
    for each in found:
        click.echo(f"{each.id}  {each.state}, alike in: {each.reason.replace('_', ' ')}")
        rows = [_line(each.first), _line(each.second)]
        show.write_table(("factory", "state", "name", "country", "address", "identifiers"), rows, empty="")
        click.echo()


@duplicates.command("merge")
@click.argument("pair")
@_of
@click.option("--keep", metavar="FACTORY", help="The one that stays; without: the published one, else the older.")
@click.option("--confirm", metavar="CODE", multiple=True, help="The code of a warning that was read; may be repeated.")
@show.as_json
def merge(*, pair: str, slug: str, keep: str | None, confirm: tuple[str, ...], json_output: bool) -> None:
    """Decide that the two of PAIR are one. What the kept one lacks is filled in; the other is withdrawn."""
    with opened() as container, container.house.database.write("duplicates-merge") as session:
        caller = acting_for(organization(session, slug))
        decided = likenesses.merge(container.house, session, caller, pair, keep=keep, confirmed=frozenset(confirm))
    _tell(decided, json_output=json_output)


@duplicates.command("apart")
@click.argument("pair")
@_of
@show.as_json
def apart(*, pair: str, slug: str, json_output: bool) -> None:
    """Decide that the two of PAIR are two; they are not asked about again."""
    with opened() as container, container.house.database.write("duplicates-apart") as session:
        decided = likenesses.apart(container.house, session, acting_for(organization(session, slug)), pair)
    _tell(decided, json_output=json_output)


@duplicates.command("undo")
@click.argument("pair")
@_of
@show.as_json
def undo(*, pair: str, slug: str, json_output: bool) -> None:
    """Take the decision on PAIR back; after a merge both factories are as they were."""
    with opened() as container, container.house.database.write("duplicates-undo") as session:
        decided = likenesses.undo(container.house, session, acting_for(organization(session, slug)), pair)
    _tell(decided, json_output=json_output)


def described(pair: Likeness) -> dict[str, object]:
    """The JSON form."""
    return {
        "id": pair.id,
        "reason": pair.reason,
        "state": pair.state,
        "kept": pair.kept,
        "first": _side(pair.first),
        "second": _side(pair.second),
    }


def _side(side: Side) -> dict[str, object]:
    return {
        "factory": side.factory_id,
        "state": side.state,
        "legal_name": side.legal_name,
        "country": side.country,
        "address": side.address,
        "identifiers": list(side.identifiers),
    }


def _line(side: Side) -> tuple[str, ...]:
    names = ", ".join(side.identifiers)
    return side.factory_id, side.state, side.legal_name, side.country, side.address, names


def _tell(pair: Likeness, *, json_output: bool) -> None:
    if json_output:
        show.write_json(described(pair))
    else:
        show.write_facts([("pair", pair.id), ("state", pair.state), ("kept", pair.kept)])
