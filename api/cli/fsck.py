"""`guildnet fsck`: whether what is stored, signed and derived still fits together."""

from __future__ import annotations

from dataclasses import asdict

import click

from api import logs
from api.cli import show
from api.cli.group import DAMAGED
from api.cli.node import opened, read_settings, require_tables
from sharing import fsck


@click.command(name="fsck")
@click.option("--rebuild", is_flag=True, help="Make anew what is derived: standing views found wrong, the index snapshot.")
@show.as_json
def run_fsck(*, rebuild: bool, json_output: bool) -> None:
    """Look through the whole node. Ends with 3 when something is not as it must be.

    Reads one snapshot and keeps nobody waiting, so it can run beside `serve`, and on a copy. Names ids and codes, no values.
    """
    settings = read_settings()
    require_tables(settings)
    with logs.for_a_command(settings.log_level), opened(settings) as container:
        report = fsck.fsck(container.house)
        if rebuild:
            report = fsck.rebuild(container.house, report)
    if json_output:
        show.write_json({"sound": report.sound, **asdict(report)})
    else:
        _write(report)
    if not report.sound:
        raise click.exceptions.Exit(DAMAGED)


def _write(report: fsck.Report) -> None:
    show.write_facts((name, f"{count} looked at") for name, count in report.checked.items())
    for word, listed in (("repaired", report.repaired), ("note", report.notes), ("FOUND", report.findings)):
        for each in listed:
            click.echo(show.printable(f"{word}: {each.check}: {each.problem}: {each.subject} {each.detail}".rstrip()))
    click.echo("sound" if report.sound else f"{len(report.findings)} problems")
