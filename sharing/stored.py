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

from policies import Policy, Rule, parse_policy, policy_document, rule_document
from policies.schema import VERSION
from sharing import catalogue
from sharing.profile import Record, record_document, record_of

_INHERITED = "templates"  # sorted behind the rules: see `_OF_WHOM`


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
    """A policy as text, with the rules of its templates written out: what a template says later is another matter."""
    document = policy_document(policy)
    if policy.inherited:
        document[_INHERITED] = [rule_document(each) for each in policy.inherited]
    return _text(document)


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
    document = json.loads(text)
    inherited = _rules(document.get(_INHERITED, []))
    return Policy(
        factory="0",
        revision=0,
        rules=_rules(document["rules"]),
        extends=tuple(document.get("extends", ())),
        # Whose rule it is does not matter to a decision.
        inherited=inherited,
    )


def _rules(documents: list[object]) -> tuple[Rule, ...]:
    return tuple([_rule(_text(each)) for each in documents])


# Policies differ in which rules they have more than in the rules.
@lru_cache(maxsize=8192)
def _rule(text: str) -> Rule:
    document = {"v": VERSION, "factory": "0", "revision": 0, "rules": [json.loads(text)]}
    (rule,) = parse_policy(document, catalogue.vocabulary(), known_capabilities=None).rules
    return rule


def _text(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
