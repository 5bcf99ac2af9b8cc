"""The command line `guildnet`.

Guarantees: exit code 0 ok, 1 an expected failure, 2 wrong usage, 3 damaged or forged data; results go to standard
output and everything else to standard error; every command that reads has `--json`. A command's module is loaded when
it is called, so `verify` and `attest` work without a database, a network or the packages that need them.
"""

from api.cli.group import main

__all__ = ["main"]
