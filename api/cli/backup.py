"""`guildnet backup`: a verified copy of the database, taken while the node works.

Guarantees: says that it is done only after the copy was opened and checked; never overwrites; holds neither the key file
nor the journal.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from api import backups
from api.cli import show
from api.cli.node import opened, read_settings, require_tables


@click.command()
@click.argument("target", metavar="FILE|FOLDER", type=click.Path(path_type=Path))
@show.as_json
def backup(*, target: Path, json_output: bool) -> None:
    """Back the database up into a new FILE, or a new file in FOLDER, and verify the copy. The node may go on working."""
    settings = read_settings()
    require_tables(settings)
    with opened(settings) as container, show.progress("copying") as step:
        taken = backups.take(container.house, settings.database_url, target, step)
    facts = {"file": str(taken.file), **asdict(taken.manifest)}
    if json_output:
        show.write_json(facts)
    else:
        show.write_facts((name, facts[name]) for name in ("file", "node", "taken_at", "change", "size", "sha256", "checked"))
    if "restored" not in taken.manifest.checked and taken.manifest.form == "postgresql":
        click.echo("The dump was not rehearsed: this role may not make a database for that.", err=True)
    click.echo("The key file and the journal are not in it: keep copies of the key file elsewhere.", err=True)
