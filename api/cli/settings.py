"""`guildnet settings`: what is set, without secrets."""

from __future__ import annotations

import os
from dataclasses import asdict

import click

from api.cli import show
from api.settings import Settings


@click.command()
@show.as_json
def settings(*, json_output: bool) -> None:
    """Show every setting, its value in force, and what it means."""
    described = Settings.from_env(os.environ).describe()
    if json_output:
        show.write_json([asdict(each) for each in described])
        return
    for each in described:
        changed = "" if each.value == each.default else f" (default: {each.default or 'empty'})"
        click.echo(f"{each.variable}={each.value}{changed}")
        click.echo(f"    {each.doc} [{each.unit}]")
