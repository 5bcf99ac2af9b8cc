"""`guildnet restore`: put a backup in place, and settle what the node said after it was taken.

Guarantees: nothing that is there is replaced. A restored node signs nothing until `restore accept`, which says what it
will do before it does it.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from api import backups
from api.backups import settling
from api.cli import show
from api.cli.files import a_file, read_bounded
from api.cli.node import opened, read_settings
from api.container import system_clock
from network.database import parse_url
from network.journal import Journal
from network.keystore import Keystore, load_kek
from sharing.restored import KINDS

WORDS = {
    "exactly": "by the journal",
    "again": "taken back again",
    "lost": "made since and lost",
    "withdrawn": "factories withdrawn",
    "erased": "erased again",
    "left": "left again",
    "ended": "grants ended",
    "doubted": "attestations doubted",
    "keys": "new keys",
    "without_key": "bring a new key",
    "clients": "clients revoked",
    "without_password": "ask for a new password",
    "roles": "roles of the backup",
    "mailed": "mailed tokens ended",
    "ledgers": "ledger rows lost but for their hash",
}


class FileOrCommand(click.Group):
    """`restore FILE` and `restore accept`: what is no command is a file."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of the first word; without one, `file` with all words."""
        if args and args[0] not in self.commands:
            return "file", self.commands["file"], args
        return super().resolve_command(ctx, args)


@click.group(cls=FileOrCommand, subcommand_metavar="FILE | accept | confirm")
def restore() -> None:
    """Put the backup FILE in place (--to URL, else GUILDNET_DATABASE_URL); then `accept` what it forgot."""


@restore.command("file", hidden=True)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--to", "target", metavar="URL|FILE", help="An empty database; that of GUILDNET_DATABASE_URL when left out.")
@show.as_json
def restore_file(*, file: Path, target: str | None, json_output: bool) -> None:
    """Restore FILE as a database. Stop the node first."""
    settings = read_settings()
    url = settings.database_url if target is None else target if "://" in target else f"sqlite:///{Path(target).absolute()}"
    keystore = Keystore(load_kek(Path(settings.kek_file), settings.kek), _no_chance)
    elsewhere = _place(url) != _place(settings.database_url)
    manifest = backups.restore(file, url, keystore, system_clock(), elsewhere=elsewhere)
    facts = {"node": manifest.node, "taken_at": manifest.taken_at, "change": manifest.change, "generation": manifest.generation}
    if json_output:
        show.write_json(facts)
    else:
        show.write_facts(facts.items())
    click.echo(
        "Restored. What happened after the backup is forgotten: the node answers and signs nothing until you have looked at "
        "`guildnet status` and run `guildnet restore accept`.",
        err=True,
    )
    if elsewhere:
        click.echo(
            "It is not in the place of GUILDNET_DATABASE_URL, so it is a rehearsal: the running node is not touched, and "
            "`accept` only says what it would do, unless with --take-over.",
            err=True,
        )


@restore.command("accept")
@click.option("--yes", is_flag=True, help="Do it; without this, only say what would be done.")
@click.option("--without-journal", is_flag=True, help="Settle without knowing what was taken back: doubt what may have been.")
@click.option(
    "--keep",
    multiple=True,
    type=click.Choice(KINDS),
    help="With --without-journal: vouch that none of these was taken back since the backup.",
)
@click.option("--journal", "journals", multiple=True, type=a_file, help="The journal of another machine of this node.")
@click.option("--take-over", is_flag=True, help="Of a copy restored with --to: the node is gone, this is it now.")
@show.as_json
def accept(
    *, yes: bool, without_journal: bool, keep: tuple[str, ...], journals: tuple[Path, ...], take_over: bool, json_output: bool
) -> None:
    """Settle a restored copy, so that it may sign again: take back again what was taken back after the backup."""
    if keep and not without_journal:
        raise click.UsageError("--keep goes with --without-journal.")
    with opened() as container:
        plan = settling.settle(
            container.house,
            [Journal(path, settling.journal_name(container.house), container.house.clock) for path in journals],
            keep=frozenset(keep) if without_journal else None,
            really=yes,
            take_over=take_over,
        )
    if json_output:
        show.write_json({"done": yes, **asdict(plan)})
    else:
        show.write_facts((WORDS[name], _told(value)) for name, value in asdict(plan).items())
    click.echo("Done: the node signs again." if yes else "Nothing was changed; --yes does it.", err=True)


@restore.command("confirm")
@click.argument("attestations", metavar="[ATTESTATION]...", nargs=-1)
@click.option("--auditor", metavar="SLUG", help="All of this auditor's: they say that they revoked none since the backup.")
@click.option("--from-status", "lists", multiple=True, type=a_file, help="A status list that a reader still holds.")
@show.as_json
def confirm(*, attestations: tuple[str, ...], auditor: str | None, lists: tuple[Path, ...], json_output: bool) -> None:
    """Confirm the status of attestations that is doubted since `accept --without-journal`; alone: list them."""
    with opened() as container:
        facts = settling.confirm(container.house, attestations, auditor, [read_bounded(each).decode() for each in lists])
    if json_output:
        show.write_json(facts)
    else:
        show.write_facts(facts.items())


def _place(url: str) -> object:
    parsed = parse_url(url)
    return (
        Path(parsed.database or "").resolve() if parsed.get_backend_name() == "sqlite" else parsed.set(password=None, query={})
    )


def _told(value: object) -> object:
    return [f"{name} {count}" for name, count in value.items()] if isinstance(value, dict) else value


def _no_chance(size: int) -> bytes:
    raise AssertionError(size)  # restoring seals nothing
