"""`guildnet worker`: what is periodic, done by one process at a time."""

from __future__ import annotations

import signal
import threading

import click

from api import logs, worker
from api.cli import show
from api.cli.group import FAILED
from api.cli.node import opened, read_settings, require_tables
from api.settings import Settings
from sharing.house import House


@click.command(name="worker")
@click.option("--once", is_flag=True, help="Do every job once, now, and end; 1 when one failed.")
@show.as_json
def run_worker(*, once: bool, json_output: bool) -> None:
    """Do what is periodic until stopped: sign due views anew, write the index snapshot, clear away what is old.

    Start as many as you like, on as many machines; each job is done by one at a time.
    """
    settings = read_settings()
    require_tables(settings)
    logs.configure(settings.log_level)
    with opened(settings) as container:
        if not once:
            _until_stopped(container.house, settings)
            return
        ran = worker.run_once(container.house, settings)
    if json_output:
        show.write_json(
            [{"job": each.name, "done": each.done, "skipped": each.skipped, "failure": each.failure} for each in ran]
        )
    else:
        for each in ran:
            click.echo(f"{each.name:<16} {_words(each)}")
    if any(each.failure for each in ran):
        raise click.exceptions.Exit(FAILED)


def _until_stopped(house: House, settings: Settings) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    click.echo(f"{len(worker.JOBS)} jobs: {', '.join(each.name for each in worker.JOBS)}", err=True)
    worker.run_until(stop, house, settings)


def _words(ran: worker.Ran) -> str:
    if ran.skipped:
        return "another worker is at it"
    return f"failed: {ran.failure}" if ran.failure else f"done ({ran.done})"
