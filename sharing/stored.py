"""Profiles and policies as they rest in the database: compact JSON text that this program wrote and checked before.

Reading trusts the text: it was validated on its way in, and validating 100,000 rows again would make an index slow to build
without making anything safer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from policies import Policy, parse_policy, policy_document
from sharing import catalogue
from sharing.profile import Record, record_document, record_of


def record_text(record: Record) -> str:
    """A record as text."""
    return _text(record_document(record))


def stored_record(text: str) -> Record:
    """A record as this program stored it."""
    return record_of(json.loads(text))


def stored_document(text: str) -> Mapping[str, object]:
    """A stored record's document, as its owner reads it."""
    document: Mapping[str, object] = json.loads(text)
    return document


def policy_text(policy: Policy) -> str:
    """A policy as text."""
    return _text(policy_document(policy))


def stored_policy(text: str) -> Policy:
    """A policy as this program stored it."""
    return parse_policy(json.loads(text), catalogue.vocabulary(), known_capabilities=None)


def _text(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
