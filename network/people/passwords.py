"""Passwords: which are taken, and how they are kept (argon2id, RFC 9106).

Guarantees: a password is 12 to 256 characters, compared in NFC, so that one typed on another keyboard is the same; it
is refused when it is made of a word that everybody tries, of one run or repetition, or of the person's own address or
name. Nothing else is asked of it (NIST SP 800-63B section 5.1.1.2: no rules of composition, no expiry). The same length
holds with a second factor, since a factor may be taken off later. Checking against no account costs the same hash.

Not here: any list of leaked passwords from outside; the rules below catch what guessers try first, not everything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cached_property
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from network.errors import StoredValueInvalid
from network.people.errors import PasswordRefused

LEAST: Final = 12
MOST: Final = 256
"""Characters."""

_WORDS = """
password passwort passw0rd p@ssword p@ssw0rd motdepasse matkhau anhyeuem iloveyou letmein welcome admin administrator root
login master dragon monkey shadow sunshine princess football baseball superman batman trustno secret changeme default guest
test tester testing user qwerty qwertyuiop azerty qwertz asdfgh asdfghjkl zxcvbn zxcvbnm abc abcdef abcdefg guildnet factory
company correcthorsebatterystaple hello whatever freedom charlie michael jordan
"""
COMMON: Final = frozenset(_WORDS.split())
"""Words that guessers begin with, without digits, signs and spaces at either end."""

_RUNS = ("abcdefghijklmnopqrstuvwxyz", "0123456789", "qwertyuiopasdfghjklzxcvbnm", "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv")
_FEWEST_DIFFERENT = 5
_LONGEST_PERIOD = 4


class Passwords:
    """Hashes with fixed costs; make one for a process. Safe to share between threads."""

    def __init__(self, *, memory_kib: int, rounds: int, lanes: int) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=lanes)

    def hash(self, password: str) -> str:
        """The encoded hash, with a salt of its own."""
        return self._hasher.hash(normal(password))

    @cached_property
    def _nobodys(self) -> str:
        """What is checked when there is no account, so that it takes as long."""
        return self._hasher.hash("nobody has this password")

    def matches(self, encoded: str | None, password: str) -> bool:
        """Whether the password is the one; with None never, after the same work. Takes about 100 ms: no transaction open."""
        nobodys = self._nobodys  # made by the first check, whosever it is
        try:
            found = self._hasher.verify(encoded or nobodys, normal(password))
        except InvalidHashError as error:
            raise StoredValueInvalid("A stored password hash is not one.") from error
        except VerificationError:
            return False
        return found and encoded is not None

    def outdated(self, encoded: str) -> bool:
        """Whether the hash was made at other costs than today's."""
        return self._hasher.check_needs_rehash(encoded)


def normal(password: str) -> str:
    """The form in which passwords are compared."""
    return unicodedata.normalize("NFC", password)


def check(password: str, *, about: Iterable[str] = ()) -> None:
    """Raise `PasswordRefused` with a reason; `about`: the address and the names of whose it is."""
    text = normal(password)
    if not LEAST <= len(text) <= MOST:
        raise PasswordRefused(f"A password has {LEAST} to {MOST} characters.", path="password", reason="length")
    if any(unicodedata.category(mark) in {"Cc", "Cs", "Cn"} for mark in text):
        raise PasswordRefused("A password holds no control characters.", path="password", reason="character")
    folded = text.casefold()
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    if core.replace(" ", "") in COMMON or _is_repeated(folded) or _is_run(folded):
        raise PasswordRefused("This password is among the first that anybody would try.", path="password", reason="common")
    for own in about:
        word = own.casefold().partition("@")[0]
        if len(word) >= 4 and word in folded and len(folded) - len(word) < 8:
            raise PasswordRefused(
                "This password is your own name or address and little more.", path="password", reason="own_name"
            )


def _is_repeated(text: str) -> bool:
    if len(set(text)) < _FEWEST_DIFFERENT:
        return True
    words = {word for word in COMMON if len(word) * 2 <= len(text) and text.startswith(word * 2)}
    return bool(words) or any(text == (text[:period] * len(text))[: len(text)] for period in range(1, _LONGEST_PERIOD + 1))


def _is_run(text: str) -> bool:
    return any(text in each * MOST for run in _RUNS for each in (run, run[::-1]))
