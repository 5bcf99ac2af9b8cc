"""Valid samples made wrong in ways that look right: structure-aware mutations, and raw noise.

Everything is a function of a `random.Random` that was seeded by the caller, so a failure names its number and comes again.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from random import Random
from typing import Any

from trust import base64url

BIDI = "\u202e\u2066"
HUGE_TEXTS = (
    "1" + "0" * 400,
    "1e400000",
    "-1e400000",
    "9" * 5000,
    "0." + "0" * 400 + "1",
    "1e-400000",
    "NaN",
    "Infinity",
    "-0",
)
STRANGE = (
    None, True, False, 0, -1, 2**31, 2**53, 2**63, 2**64, -(2**70), 10**400, 0.5, -0.0, 1e308, float("inf"), float("nan"),
    "", " ", "\x00", "a\x00b", BIDI + "abc", "\ud800", "\ufeff", "a" * 5_000, "\u0e33" * 300, "é", "e\u0301",
    "../../etc/passwd",
    "=1+1", "urn:guildnet:factory:0", "did:web:", "2026-02-30", "2026-W54", "١٢", [], {}, [[]], [None], {"": None},
)  # fmt: skip
Path = tuple[str | int, ...]


def places(value: Any, at: Path = ()) -> list[Path]:
    """Every place in a document, the document itself first."""
    found: list[Path] = [at]
    if isinstance(value, dict):
        for name, inner in value.items():
            found += places(inner, (*at, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            found += places(inner, (*at, number))
    return found


def value(sample: Any, rng: Random) -> Any:
    """A document as Python sees it, with one to three of its places changed."""
    document = copy.deepcopy(sample)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        document = _changed(document, rng)
    return document


def _changed(document: Any, rng: Random) -> Any:
    where = rng.choice(places(document))
    if not where:
        return copy.deepcopy(rng.choice((*STRANGE, [document], {"document": document})))
    holder = document
    for step in where[:-1]:
        holder = holder[step]
    last, old = where[-1], holder[where[-1]]
    what = rng.randrange(9)
    if what == 0:
        del holder[last]
    elif what == 1 and isinstance(holder, list):
        holder.insert(rng.randrange(len(holder) + 1), copy.deepcopy(old))
    elif what == 1:
        holder[f"{last}{rng.choice(('', ' ', '_', BIDI, 'X' * 300))}"] = copy.deepcopy(old)
    elif what == 2:
        holder[last] = _nested(old, rng)
    elif what == 3 and isinstance(old, str):
        holder[last] = text(old, rng)
    elif what == 4 and isinstance(old, list) and old:
        # Cut, since a list that was made long twice would have nine million places.
        holder[last] = (old * rng.choice((2, 50, 3_000)))[:3_000]
    elif what == 5:
        holder[last] = rng.choice(HUGE_TEXTS)
    else:
        holder[last] = copy.deepcopy(rng.choice(STRANGE))
    return document


def _nested(inner: Any, rng: Random) -> Any:
    for _ in range(rng.choice((1, 3, 33, 150))):
        inner = [inner] if rng.random() < 0.5 else {"a": inner}
    return inner


def json_bytes(sample: Any, rng: Random) -> bytes:
    """A document as bytes, mutated before or after it is written down."""
    written = json.dumps(value(sample, rng) if rng.random() < 0.6 else sample, ensure_ascii=rng.random() < 0.5)
    what = rng.randrange(8)
    if what == 0:
        written = _member_twice(written, rng)
    elif what == 1:
        written = written[: rng.randrange(len(written) + 1)]
    elif what == 2:
        digits = [at for at, mark in enumerate(written) if mark.isdigit()]
        at = rng.choice(digits) if digits else 0
        written = written[:at] + rng.choice(HUGE_TEXTS) + written[at + 1 :]
    elif what == 3:
        return _other_encoding(written, rng)
    elif what == 4:
        deep = rng.choice((31, 33, 100_000))
        written = "[" * deep + written + "]" * deep
    elif what == 5:
        written = text(written, rng)
    return (
        noise(written.encode("utf-8", "surrogatepass"), rng) if rng.random() < 0.1 else written.encode("utf-8", "surrogatepass")
    )


def _member_twice(written: str, rng: Random) -> str:
    at = [number for number, mark in enumerate(written) if mark == "{"]
    if not at:
        return written
    place = rng.choice(at) + 1
    return f'{written[:place]}"v":1,"v":2,{written[place:]}'


def _other_encoding(written: str, rng: Random) -> bytes:
    kind = rng.choice(("utf-16", "utf-32", "utf-8-sig", "utf-16-le", "cp037"))
    return written.encode(kind, "replace" if kind == "cp037" else "surrogatepass")


def text(sample: str, rng: Random) -> str:
    """A text with pieces cut, doubled, moved, or replaced by what breaks parsers."""
    start = rng.randrange(len(sample) + 1)
    end = min(len(sample), start + rng.choice((0, 1, 1, 2, 8, 40)))
    bad = (
        "",
        "\x00",
        BIDI,
        "\ud800",
        "\u2028",
        "%00",
        ".",
        "~",
        "=",
        "-",
        "_",
        ":",
        "/",
        "#",
        ",",
        ";",
        "\n",
        "\r\n",
        "é",
        "１",
    )
    what = rng.randrange(7)
    if what == 0:
        return sample[:start]
    if what == 1:
        return sample[:start] + sample[start:end] * rng.choice((2, 200)) + sample[end:]
    if what == 2:
        return sample[:start] + rng.choice(HUGE_TEXTS) + sample[end:]
    if what == 3:
        return sample + sample
    if what == 4:
        return sample.swapcase()
    return sample[:start] + rng.choice(bad) + sample[end:]


def token(sample: str, rng: Random) -> str:
    """A compact JWS or SD-JWT whose header, payload, signature or disclosures were mutated one by one, or as plain text."""
    if rng.random() < 0.25:
        return text(sample, rng)
    parts = sample.split("~")
    which = rng.randrange(len(parts))
    if which == 0:
        pieces = parts[0].split(".")
        piece = rng.randrange(len(pieces))
        pieces[piece] = _encoded(pieces[piece], rng)
        parts[0] = ".".join(pieces)
    else:
        parts[which] = _encoded(parts[which], rng)
    if rng.random() < 0.1:
        parts.insert(rng.randrange(len(parts) + 1), rng.choice(parts))
    return "~".join(parts)


def _encoded(piece: str, rng: Random) -> str:
    try:
        data = base64url.decode(piece)
    except Exception:
        return text(piece, rng)
    try:
        return base64url.encode(json_bytes(json.loads(data), rng))
    except ValueError:
        return base64url.encode(noise(data, rng))


def noise(data: bytes, rng: Random) -> bytes:
    """Raw bytes: bits turned, pieces cut, doubled, zeroed, swapped for others, or nothing but chance."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        start = rng.randrange(len(changed) + 1)
        end = min(len(changed), start + rng.choice((1, 2, 4, 64, 1_000)))
        what = rng.randrange(7)
        if what == 0 and changed:
            changed[min(start, len(changed) - 1)] ^= 1 << rng.randrange(8)
        elif what == 1:
            del changed[start:end]
        elif what == 2:
            changed[start:start] = changed[start:end]
        elif what == 3:
            changed[start:end] = bytes(end - start)
        elif what == 4:
            changed[start:end] = rng.randbytes(end - start)
        elif what == 5:
            del changed[start:]
        else:
            changed[start:end] = b"\xff" * (end - start)
    return bytes(changed) if rng.random() < 0.95 else rng.randbytes(rng.choice((0, 1, 16, 4_000)))


Mutator = Callable[[Any, Random], Any]
