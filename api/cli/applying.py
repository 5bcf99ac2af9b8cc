"""`guildnet org pending | approve | refuse`: organizations that people ask for."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.orm import Session

from api.cli import show
from api.cli.files import a_file, read_bounded
from api.cli.node import opened
from network.media import JPEG, PDF, PNG
from network.membership import ROLES, member_of
from network.people import applications, duplicates
from network.people.applications import Application
from trust import strict_json

_ENDINGS = {PDF: "pdf", PNG: "png", JPEG: "jpg"}


@click.command("pending")
@click.option(
    "--documents", type=click.Path(file_okay=False, path_type=Path), help="Write the files they show into this folder."
)
@show.as_json
def pending(*, documents: Path | None, json_output: bool) -> None:
    """List the organizations that wait for you, with what they say and whom they may duplicate."""
    with opened() as container, container.house.database.read() as session:
        found = applications.waiting(session)
        listed = [_described(session, each) for each in found]
        if documents is not None:
            for each in found:
                _write_documents(session, each, documents)
    if json_output:
        show.write_json(listed)
        return
    if not listed:
        click.echo("Nobody waits.", err=True)
    for described in listed:
        duplicates_found = described.pop("candidates")
        show.write_facts(described.items())
        assert isinstance(duplicates_found, list)  # noqa: S101 - `_described` made it
        for candidate in duplicates_found:
            click.echo(f"  may be {candidate['kind']} {candidate['slug']} ({candidate['name']}): same {candidate['reason']}")
        click.echo()


@click.command("approve")
@click.argument("application_id", metavar="APPLICATION")
@click.option("--verified", type=click.IntRange(0, 3), required=True, help="How well you know them: 0 not at all, 3 visited.")
@click.option("--slug", help="Another slug than they asked for.")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="These roles instead of what they asked for.")
@click.option("--public-key", type=a_file, help="The public key (JWK) that it keeps itself; without, the node holds its key.")
@show.as_json
def approve(
    *,
    application_id: str,
    verified: int,
    slug: str | None,
    roles: tuple[str, ...],
    public_key: Path | None,
    json_output: bool,
) -> None:
    """Make the organization, its key and its facts, and tell the applicant, who becomes its owner."""
    jwk = None if public_key is None else strict_json.loads_object(read_bounded(public_key))
    with opened() as container, container.house.database.write("approve-organization") as session:
        house = container.house
        made = applications.approve(
            session,
            house.keystore,
            application_id,
            verified=verified,
            slug=slug,
            roles_given=roles or None,
            public_jwk=jwk,
            now=house.now(),
        )
        member = member_of(session, made)
    result = {"slug": member.slug, "did": member.did, "name": member.name, "roles": sorted(member.roles)}
    if json_output:
        show.write_json(result)
        return
    show.write_facts(result.items())


@click.command("refuse")
@click.argument("application_id", metavar="APPLICATION")
@click.option("--answer", required=True, help="A sentence for the applicant.")
@show.as_json
def refuse(*, application_id: str, answer: str, json_output: bool) -> None:
    """Say no. The applicant is told; the files they showed are destroyed."""
    with opened() as container, container.house.database.write("refuse-organization") as session:
        house = container.house
        applications.refuse(session, house.keystore, application_id, answer=answer, now=house.now())
    if json_output:
        show.write_json({"application": application_id, "refused": True})
    click.echo("Refused; the applicant gets a letter.", err=True)


def _described(session: Session, each: Application) -> dict[str, object]:
    asked = each.asked
    return {
        "application": each.id,
        "slug": asked.slug,
        "legal_name": asked.legal_name,
        "country": asked.country,
        "roles": list(asked.roles),
        "sectors": list(asked.sectors),
        "identifiers": [f"{scheme} {value}" for scheme, value in asked.identifiers.items()],
        "since": each.created.isoformat(),
        "documents": [f"{file.digest[:12]}.{_ENDINGS[file.media_type]}" for file in each.documents],
        "candidates": [
            {"kind": found.kind, "slug": found.slug, "name": found.name, "reason": found.reason}
            for found in duplicates.candidates(session, each)
        ],
    }


def _write_documents(session: Session, each: Application, folder: Path) -> None:
    place = folder / each.asked.slug
    place.mkdir(parents=True, exist_ok=True)
    for file in each.documents:
        content = applications.content_of(session, each.id, file.digest)
        (place / f"{file.digest[:12]}.{_ENDINGS[file.media_type]}").write_bytes(content)
