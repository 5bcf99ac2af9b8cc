"""Owners' policies for made-up factories: half keep the catalogue's start, the others differ as owners differ.

Guarantees: the same seed, factory number and parties give the same rules; every rule is one that an owner may save.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from policies import Policy
from policies.schema import rule_document

Rule = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Whom this owner's rules name, and the day around which they are dated."""

    rivals: Sequence[str]
    template: str
    own_list: str
    day: date


def varied(start: Policy, capabilities: Sequence[str], number: int, seed: int, around: Around) -> Mapping[str, object] | None:
    """The policy document of factory `number`; None when it keeps `start`."""
    random = Random(f"{seed}/policy/{number}")
    chosen = random.choices(_MAKERS, weights=_WEIGHTS)[0]
    if chosen is None:
        return None
    rules = [rule_document(rule) for rule in start.rules]
    return {"v": 1, "rules": chosen(rules, random, capabilities, around)}


Maker = Callable[[list[Rule], Random, Sequence[str], Around], list[Rule]]


def _members_only(rules: list[Rule], random: Random, capabilities: Sequence[str], around: Around) -> list[Rule]:
    return [rule for rule in rules if rule["id"] != "tier-public"]


def _stealth(rules: list[Rule], random: Random, capabilities: Sequence[str], around: Around) -> list[Rule]:
    return [rule for rule in rules if rule["id"] in ("tier-partner", "tier-confidential")]


def _rivals(rules: list[Rule], random: Random, capabilities: Sequence[str], around: Around) -> list[Rule]:
    return [*rules, {"id": "rivals", "to": {"org": sorted(around.rivals)}, "cap": [["$listing", "hidden"]]}]


def _no_benchmark(rules: list[Rule], random: Random, capabilities: Sequence[str], around: Around) -> list[Rule]:
    cap = [["capacity", "existence"], ["tolerance", "band"], ["lead_time", "hidden"]]
    return [*rules, {"id": "no-benchmark", "to": "anyone", "for": ["benchmark"], "cap": cap}]


def _season(rules: list[Rule], random: Random, capabilities: Sequence[str], around: Around) -> list[Rule]:
    begins = around.day + timedelta(days=random.randint(-90, 60))
    ends = begins + timedelta(days=random.randint(20, 120))
    show = [["capacity", "exact"], ["lead_time", "exact"]]
    season: Rule = {"id": "season", "to": {"tier": "member"}, "show": show}
    return [*rules, season | {"from": begins.isoformat(), "until": ends.isoformat()}]


def _blackout(rules: list[Rule], random: Random, capabilities: Sequence[str], around: Around) -> list[Rule]:
    ends = around.day + timedelta(days=random.randint(-30, 90))
    return [*rules, {"id": "busy", "to": "anyone", "until": ends.isoformat(), "cap": [["capacity", "existence"]]}]


def _car_makers(rules: list[Rule], random: Random, capabilities: Sequence[str], around: Around) -> list[Rule]:
    to = {"sector": ["C29"], "country": random.choice((["JP"], ["JP", "KR"], ["DE", "FR"]))}
    return [
        *rules,
        {"id": "car-makers", "to": to, "for": ["sourcing", "rfq"], "show": [["tolerance", "exact"], ["lot", "exact"]]},
    ]


def _agreed(rules: list[Rule], random: Random, capabilities: Sequence[str], around: Around) -> list[Rule]:
    show = [["geometry", "exact"], ["tolerance", "exact"], ["capacity", "exact"]]
    return [*rules, {"id": "agreed", "to": {"nda": [around.template]}, "show": show}]


def _friends(rules: list[Rule], random: Random, capabilities: Sequence[str], around: Around) -> list[Rule]:
    return [*rules, {"id": "friends", "to": {"group": [around.own_list]}, "show": [["*", "exact"]]}]


def _unverified(rules: list[Rule], random: Random, capabilities: Sequence[str], around: Around) -> list[Rule]:
    return [*rules, {"id": "unverified", "to": {"verified": 1}, "cap": [["contact", "hidden"], ["location", "band"]]}]


def _secret_capability(rules: list[Rule], random: Random, capabilities: Sequence[str], around: Around) -> list[Rule]:
    if not capabilities:
        return rules
    hidden = f"capability/{random.choice(capabilities)}"
    return [*rules, {"id": "secret", "to": "anyone", "cap": [[hidden, "hidden"]]}]


_SHARES: Mapping[Maker | None, int] = {
    None: 50,
    _members_only: 8,
    _stealth: 4,
    _rivals: 4,
    _no_benchmark: 5,
    _season: 7,
    _blackout: 5,
    _car_makers: 4,
    _agreed: 4,
    _friends: 3,
    _unverified: 3,
    _secret_capability: 3,
}
_MAKERS, _WEIGHTS = tuple(_SHARES), tuple(_SHARES.values())
