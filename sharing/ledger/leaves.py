"""A row of the ledger as it is hashed and exported: canonical JSON, one spelling for one row.

Guarantees: made of the row, of its legend and of the viewer's DID, none of which ever changes; nothing a factory stated is in
it, only which fields were shown at which level. The row's random id salts it, so that a hash tells nothing of a row whose
content is gone. The count of alike questions is no part of it.
"""

from __future__ import annotations

from sharing.factory_id import factory_urn
from sharing.ledger.models import Disclosure
from sharing.ledger.reading import Reader, Seen
from trust import instant, merkle, strict_json


def leaf_data(reader: Reader, row: Disclosure) -> bytes:
    """The leaf's bytes; raises `LedgerDamaged`."""
    return strict_json.canonical(_document(reader.seen(row), row.close))


def leaf_hash(reader: Reader, row: Disclosure) -> bytes:
    """The leaf's hash; raises `LedgerDamaged`."""
    return merkle.leaf_hash(leaf_data(reader, row))


def _document(seen: Seen, close: str | None) -> dict[str, object]:
    shown: dict[str, list[str]] = {}
    for key, level in seen.levels.items():
        shown.setdefault(level.word, []).append(key)
    return {
        "id": seen.id,
        "at": instant.write(seen.at),
        "factory": factory_urn(seen.factory_id),
        "viewer": seen.viewer,
        "actor": seen.actor,
        "purpose": seen.purpose,
        "way": seen.way,
        "form": seen.form,
        "subject": seen.subject,
        "shown": {word: sorted(keys) for word, keys in shown.items()},
        "rules": list(seen.rules),
        "confidential": (close or "").split(),
        "policy_revision": seen.policy_revision,
    }
