"""`guildnet file`: the certificates, drawings and reports that an organization attaches to its profiles."""

from __future__ import annotations

from pathlib import Path

import click

from api.cli import show
from api.cli.files import a_file, a_new_file, read_bounded, write_result
from api.cli.node import acting_for, opened, organization
from network.media import FILE_BYTES_MAX
from sharing.files import shelf

_ORG = click.option("--org", "slug", required=True, help="The organization whose files these are.")


@click.group("file")
def file() -> None:
    """Keep files that profiles name by their digest."""


@file.command("add")
@click.argument("paths", nargs=-1, required=True, type=a_file, metavar="FILE...")
@_ORG
@show.as_json
def add(*, paths: tuple[Path, ...], slug: str, json_output: bool) -> None:
    """Keep PDF, PNG or JPEG files of 10 MB at the most; all of them, or none."""
    contents = [(path.name, read_bounded(path, most=FILE_BYTES_MAX)) for path in paths]
    with opened() as container:
        house = container.house
        with house.database.write("file-add") as session:
            owner = acting_for(organization(session, slug))
            kept = [shelf.add_file(house, session, owner, content, name=name) for name, content in contents]
    _write(kept, json_output=json_output)


@file.command("list")
@_ORG
@show.as_json
def list_files(*, slug: str, json_output: bool) -> None:
    """List what is kept."""
    with opened() as container:
        house = container.house
        with house.database.read() as session:
            kept = shelf.list_files(house, session, acting_for(organization(session, slug)))
    _write(kept, json_output=json_output)


@file.command("get")
@click.argument("digest")
@_ORG
@click.option("--out", required=True, type=a_new_file, help="Where the file goes.")
@show.as_json
def get(*, digest: str, slug: str, out: Path, json_output: bool) -> None:
    """Write one file."""
    with opened() as container:
        house = container.house
        with house.database.read() as session:
            given = shelf.own_file(house, session, acting_for(organization(session, slug)), digest)
    write_result(out, given.content)
    result = {"digest": given.digest, "media_type": given.media_type, "file": str(out), "bytes": len(given.content)}
    if json_output:
        show.write_json(result)
    else:
        show.write_facts(result.items())


@file.command("remove")
@click.argument("digest")
@_ORG
@show.as_json
def remove(*, digest: str, slug: str, json_output: bool) -> None:
    """Destroy a file that no profile names."""
    with opened() as container:
        house = container.house
        with house.database.write("file-remove") as session:
            shelf.throw_away(house, session, acting_for(organization(session, slug)), digest)
    if json_output:
        show.write_json({"digest": digest, "removed": True})


def _write(kept: list[shelf.FileFacts], *, json_output: bool) -> None:
    if json_output:
        show.write_json(
            {
                "files": [
                    {
                        "digest": each.digest,
                        "media_type": each.media_type,
                        "name": each.name,
                        "size": each.size,
                        "created_at": each.created_at.isoformat(),
                        "used": each.used,
                    }
                    for each in kept
                ]
            }
        )
    else:
        rows = [(each.digest, each.media_type, each.size, "used" if each.used else "", each.name) for each in kept]
        show.write_table(("digest", "type", "bytes", "", "name"), rows, empty="There are no files.")
