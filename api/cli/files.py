"""Files that commands read and write.

Guarantees: a secret is written only into a new file of mode 0600, made so that nobody can redirect it; what is read is
bounded.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import click

MOST_BYTES = 4_194_304

a_new_file = click.Path(dir_okay=False, path_type=Path)
a_file = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


def read_bounded(path: Path, *, most: int = MOST_BYTES) -> bytes:
    """The bytes of a file of at most `most` bytes."""
    try:
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > most:
        raise click.ClickException(f"{path} is larger than {most:,} bytes.")
    return data


def write_result(path: Path, data: bytes) -> None:
    """Write a result; a file that is there is replaced whole or not at all."""
    write_pieces(path, [data])


def write_pieces(path: Path, pieces: Iterable[bytes]) -> int:
    """The same for a result that comes in pieces; how many bytes there were."""
    partial, written = path.with_name(f".{path.name}.{os.getpid()}.part"), 0
    try:
        with partial.open("wb") as stream:
            for piece in pieces:
                written += stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from error
    return written


def write_secret(path: Path, data: bytes) -> None:
    """Write a secret into a new file that only its owner can read; a file that is there is never touched."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise click.ClickException(f"{path} is there already; a key file is never overwritten.") from error
    except OSError as error:
        raise click.ClickException(f"{path} cannot be made: {error.strerror}") from error
    with os.fdopen(handle, "wb") as stream:
        os.fchmod(handle, 0o600)
        stream.write(data)
        stream.flush()
        os.fsync(handle)
