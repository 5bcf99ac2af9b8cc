"""Profiles and policies as they rest in the database: compact JSON text that this program wrote and checked before.

Reading trusts the text: it was validated on its way in, and validating 100,000 rows again would make an index slow to build
without making anything safer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

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
    """A policy as this program stored it; factories with equal rules share them."""
    told = _OF_WHOM.match(text)
    if told is None:
        document = json.loads(text)
        factory, revision = document.pop("factory"), document.pop("revision")
        return replace(_policy_of(_text(document)), factory=factory, revision=revision)
    extends, factory, revision = told.groups(default="")
    return replace(_policy_of(f"{{{extends}{text[told.end() :]}"), factory=factory, revision=int(revision))


# Sorted members: whose policy this is stands in front, and what follows is alike for all who have equal rules.
_OF_WHOM = re.compile(r'\{("extends":\[[^\]]*\],)?"factory":"([^"]*)","revision":(\d+),')


# Most owners keep the rules they started from, and reading rules costs more than all else that a row of a page needs.
@lru_cache(maxsize=1024)
def _policy_of(text: str) -> Policy:
    """A policy of no factory in particular."""
    document = {**json.loads(text), "factory": "0", "revision": 0}
    return parse_policy(document, catalogue.vocabulary(), known_capabilities=None)


def _text(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
