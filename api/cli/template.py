"""`guildnet template`: an empty workbook to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from api.cli import show
from api.cli.files import a_new_file, write_result
from api.container import system_clock
from sharing.exchange.template import LANGUAGES
from sharing.exchange.template import template as workbook


@click.command("template")
@click.argument("file", type=a_new_file)
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of headings and explanations.")
@show.as_json
def template(*, file: Path, language: str, json_output: bool) -> None:
    """Write the workbook for `guildnet import` to FILE: a sheet each for factories, capabilities, machines, hours ..."""
    write_result(file, workbook(language=language, first_week=system_clock().date()))
    if json_output:
        show.write_json({"file": str(file), "language": language})
    click.echo(f"{file}: fill in the yellow columns and what else you like, then: guildnet import", err=True)
