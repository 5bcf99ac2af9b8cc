"""`guildnet audit`: what an auditor prepares for an audit, offline."""

from __future__ import annotations

from pathlib import Path

import click

from api.cli import show
from api.cli.files import a_file, read_bounded
from sharing.auditing.checklist import Item, read_checklist
from sharing.errors import InvalidDocument


@click.group()
def audit() -> None:
    """Audits: check a checklist before it is handed in."""


@audit.command()
@click.argument("file", type=a_file)
@show.as_json
def checklist(*, file: Path, json_output: bool) -> None:
    """Check the checklist FILE (JSON or CSV). With --json it becomes the body of PUT /v1/audits/<id>/checklist.

    Columns or members: id, criterion, class, applicable, na_reason, field_paths. The words of a licensed checklist stay out.
    """
    try:
        items = read_checklist(read_bounded(file))
    except InvalidDocument as error:
        for problem in error.problems:
            click.echo(f"{problem.path or 'file'}: {problem.message} [{problem.code}]", err=True)
        raise click.ClickException(f"The checklist has {len(error.problems)} problem(s).") from error
    if json_output:
        show.write_json({"items": [item.document() for item in items]})
        return
    columns = ("id", "criterion", "class", "applies", "fields")
    show.write_table(columns, [_row(item) for item in items], empty="")


def _row(item: Item) -> tuple[object, ...]:
    applies = "yes" if item.applicable else f"no: {item.na_reason}"
    return (item.id, item.criterion, item.kind, applies, " ".join(item.field_paths))
