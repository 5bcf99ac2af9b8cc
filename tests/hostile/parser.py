"""What an entry of the registry is, and how parsers of files are called.

Parser(name="trust.did:parse", call=did.parse, samples=..., mutate=mutate.text, errors=(TrustError,))
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.hostile import mutate

Samples = Callable[[], Sequence[Any]]


def as_json(sample: Any) -> bytes:
    """A document as bytes."""
    return json.dumps(sample).encode()


@dataclass(frozen=True, kw_only=True)
class Parser:
    """One parser. `errors` may come out and nothing else; `seconds` and `megabytes` bound one call."""

    name: str
    call: Callable[[Any], object]
    samples: Samples
    mutate: mutate.Mutator
    errors: tuple[type[BaseException], ...]
    seconds: float = 5.0
    megabytes: int = 64
    quick: int = 200
    paths: bool = False
    """Whether its errors name every fault with its path and code."""
    plain: bool = False
    """Whether its error is one of the door's own, without a code: a setting, a token."""
    also: tuple[str, ...] = field(default=())
    """Further names that this entry stands for: they are reached through the same call."""
    refused: Callable[[Any], bool] = lambda _: False
    """Whether what came back is a refusal, for parsers that return one instead of raising."""
    whole: Callable[[Any], Any] = lambda sample: sample
    """The unmutated sample as `call` takes it."""


@cache
def folder() -> Path:
    """One folder for every file that a parser reads."""
    return Path(tempfile.mkdtemp(prefix="guildnet-hostile-"))


def from_file(read: Callable[[Path], object], name: str, mode: int = 0o600) -> Callable[[bytes], object]:
    """A parser of bytes out of one of files."""

    def call(data: bytes) -> object:
        path = folder() / name
        path.write_bytes(data)
        path.chmod(mode)
        return read(path)

    return call


def texts(*samples: str) -> Samples:
    return lambda: list(samples)
