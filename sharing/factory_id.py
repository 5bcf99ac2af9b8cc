"""Factory ids: 100 random bits in Crockford base 32 and one ISO 7064 MOD 37,36 check character, as a URN on the wire.

A mistyped id is told from an unknown one before anything is looked up, so the answer depends on the request alone.
"""

from __future__ import annotations

from collections.abc import Callable

URN = "urn:guildnet:factory:"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECKED = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
RANDOM_CHARACTERS = 20
_BITS = 5


def new_factory_id(entropy: Callable[[int], bytes]) -> str:
    """A fresh id of 21 characters. `entropy(n)` gives n random bytes."""
    number = int.from_bytes(entropy(13)) >> (13 * 8 - RANDOM_CHARACTERS * _BITS)
    body = "".join(ALPHABET[number >> (_BITS * place) & 31] for place in range(RANDOM_CHARACTERS))
    return body + check_character(body)


def check_character(body: str) -> str:
    """The ISO 7064 MOD 37,36 check character of an upper-case alphanumeric text."""
    product = 36
    for character in body:
        total = (product + _CHECKED.index(character)) % 36 or 36
        product = total * 2 % 37
    return _CHECKED[(37 - product) % 36]


def is_factory_id(text: str) -> bool:
    """Whether `text` is an id with a fitting check character."""
    body = text[:-1]
    return (
        len(text) == RANDOM_CHARACTERS + 1
        and all(character in ALPHABET for character in body)
        and check_character(body) == text[-1]
    )


def factory_urn(factory_id: str) -> str:
    """The id as it stands in projections, views and attestations."""
    return URN + factory_id


def factory_id_of(text: str) -> str | None:
    """The id in a URN or bare, or None when it is not one."""
    bare = text.removeprefix(URN)
    return bare if is_factory_id(bare) else None
