"""The group of commands, and the one place where errors of our packages become exit codes."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

import click

FAILED: Final = 1
DAMAGED: Final = 3

_COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "init": "api.cli.init:init",
        "serve": "api.cli.serve:serve",
        "worker": "api.cli.worker:run_worker",
        "status": "api.cli.status:status",
        "backup": "api.cli.backup:backup",
        "restore": "api.cli.restore:restore",
        "fsck": "api.cli.fsck:run_fsck",
        "org": "api.cli.org:org",
        "person": "api.cli.person:person",
        "mail": "api.cli.mail:mail",
        "key": "api.cli.key:key",
        "confirm": "api.cli.confirm:confirm",
        "policy": "api.cli.policy:policy",
        "template": "api.cli.template:template",
        "file": "api.cli.attached:file",
        "import": "api.cli.importing:import_list",
        "duplicates": "api.cli.duplicates:duplicates",
        "export": "api.cli.export:export",
        "ledger": "api.cli.ledger:ledger",
        "verify": "api.cli.verify:verify",
        "attest": "api.cli.attest:attest",
        "audit": "api.cli.audit:audit",
        "settings": "api.cli.settings:settings",
        "demo": "api.cli.demo:demo",
    }
)
_INTEGRITY_CODES: Final = frozenset(
    {"seal_broken", "stored_value_invalid", "schema_mismatch", "projection_forged", "backup_damaged", "ledger_damaged"}
)
_OURS: Final = frozenset({"api", "sharing", "network", "policies", "trust"})


class Damaged(click.ClickException):
    """What was read is not what was signed or stored."""

    exit_code = DAMAGED


class Commands(click.Group):
    """Loads a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order in which one meets them."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, if there is one."""
        del ctx
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; an error of our packages becomes a sentence, its code and an exit code."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            code = code_of(error)
            if code is None:
                raise
            kind = Damaged if code in _INTEGRITY_CODES else click.ClickException
            raise kind(f"{error} [{code}]") from error


def code_of(error: Exception) -> str | None:
    """The stable code of an error of our five packages; None for any other exception.

    Told by the module and not by the class: importing all the roots would load a database driver for `verify`.
    """
    code = getattr(type(error), "code", None) if type(error).__module__.partition(".")[0] in _OURS else None
    return code if isinstance(code, str) else None


@click.group(cls=Commands, name="guildnet", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="guildnet", prog_name="guildnet")
def main() -> None:
    """Publish what your factories can do, at the precision each partner has earned."""
