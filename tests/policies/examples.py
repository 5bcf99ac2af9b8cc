"""The example policy an owner could have written, its vocabulary, and people who come to look."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

from policies import ActiveGrant, Policy, Relation, Tier, Viewer, Vocabulary, parse_policy

DOCUMENT = json.loads(Path(__file__).with_name("example_policy.json").read_text(encoding="utf-8"))
GROUPS = (
    "identity", "process", "location", "certificate", "capacity", "lead_time", "equipment", "quality", "price", "contact"
)  # fmt: skip
VOCABULARY = Vocabulary(fields=GROUPS, groups={name: (name,) for name in GROUPS})
DAY = date(2027, 6, 30)


def example_policy(without: tuple[str, ...] = ()) -> Policy:
    policy = parse_policy(DOCUMENT, VOCABULARY, known_capabilities=())
    return replace(policy, rules=tuple(rule for rule in policy.rules if rule.id not in without))


BUYER = Viewer(
    org="did:web:oem.example:orgs:buyer", country="JP", verified=2, purpose="sourcing", member=True,
    sectors=frozenset({"C29"}), roles=frozenset({"buyer"}), holds={"IATF16949": "body"},
)  # fmt: skip
PARTNER = Relation(
    grants=(ActiveGrant(tier=Tier.PARTNER, purpose="sourcing", start=date(2027, 1, 1), until=date(2027, 12, 31)),)
)
