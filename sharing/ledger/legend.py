"""Fields and levels as a short text: two bits for each field of a legend, in its order, as base64url without padding.

Guarantees: `shown_of(shown_text(levels))` is `levels`; a legend's id is a digest of its very fields, so a text is never read
through another catalogue than the one it was written under. The legend in use is that of this program's catalogue.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from policies import Level
from sharing.catalogue import FIELDS
from sharing.ledger.errors import LedgerDamaged
from trust import base64url
from trust.errors import TrustError

KEYS: Final = tuple(each.key for each in FIELDS)
_PLACE: Final = {key: place for place, key in enumerate(KEYS)}
_GROUP: Final = {each.key: each.group for each in FIELDS}
_SIZE: Final = -(-len(KEYS) * 2 // 8)


def legend_id(keys: Sequence[str]) -> str:
    """The name of a list of fields."""
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]


CURRENT: Final = legend_id(KEYS)


def shown_text(levels: Mapping[str, Level]) -> str:
    """The text of these fields and levels, under the legend `CURRENT`."""
    bits = 0
    for key, level in levels.items():
        bits |= level << 2 * _PLACE[key]
    return base64url.encode(bits.to_bytes(_SIZE, "little"))


@lru_cache(maxsize=4096)
def shown_of(text: str, keys: tuple[str, ...]) -> Mapping[str, Level]:
    """Fields and levels again; raises `LedgerDamaged` for a text that was not written under this legend."""
    try:
        bits = int.from_bytes(base64url.decode(text), "little")
    except TrustError as error:
        raise LedgerDamaged("What a disclosure showed cannot be read.") from error
    if bits >> 2 * len(keys):
        raise LedgerDamaged("What a disclosure showed does not fit its legend.")
    return {key: Level(level) for place, key in enumerate(keys) if (level := bits >> 2 * place & 3)}


def groups_of(levels: Mapping[str, Level]) -> dict[str, Level]:
    """The groups of the fields, each with the highest level that any of them was shown at; fields of an older catalogue that
    this one does not have stand for themselves."""
    found: dict[str, Level] = {}
    for key, level in levels.items():
        group = _GROUP.get(key, key)
        found[group] = max(found.get(group, Level.HIDDEN), level)
    return found


def group_of(key: str) -> str:
    """The group of a field of this catalogue."""
    return _GROUP[key]
