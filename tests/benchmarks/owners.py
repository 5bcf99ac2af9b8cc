"""Owners' policies for made-up factories: half keep the catalogue's start, the others differ as owners differ.

Guarantees: the same seed, factory number and parties give the same rules; every rule is one that an owner may save.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from policies import Policy
from policies import Rule as PolicyRule
from policies.schema import rule_document

Rule = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Whom this owner's rules name, and the day around which they are dated."""

    owner: str
    rivals: Sequence[str]
    template: str
    own_list: str
    day: date


def varied(
    start: Policy, capabilities: Sequence[str], number: int, seed: int, around: Around, *, rules: int = 0
) -> Mapping[str, object] | None:
    """The policy document of factory `number`; None when it keeps `start`. With `rules` it has exactly so many."""
    random = Random(f"{seed}/policy/{number}")
    chosen = random.choices(_MAKERS, weights=_WEIGHTS)[0]
    if chosen is None and not rules:
        return None
    made = list(_documents(start.rules))
    if chosen is not None:
        # Of many rules, what is nobody's but this factory's: the capability that it hides.
        made = chosen(made, random if not rules else _of_owner(seed, number, around), capabilities, around)
    return {"v": 1, "rules": _filled(made, rules, seed, number, around)}


@lru_cache(maxsize=4)
def _documents(rules: tuple[PolicyRule, ...]) -> tuple[Rule, ...]:
    return tuple(rule_document(rule) for rule in rules)


VARIANTS = 4
"""An owner of many factories writes a few policies, not one for each."""


def _of_owner(seed: int, number: int, around: Around) -> Random:
    return Random(f"{seed}/rules/{around.owner}/{number % VARIANTS}")


def _filled(made: list[Rule], rules: int, seed: int, number: int, around: Around) -> list[Rule]:
    """The rules, and further ones up to the number that is asked for."""
    random = _of_owner(seed, number, around)
    further = random.sample(_FURTHER, len(_FURTHER))
    return [*made, *(make(random, around, at) for at, make in enumerate(further[: max(0, rules - len(made))]))]


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


Further = Callable[[Random, Around, int], Rule]
_COUNTRIES = ("JP", "KR", "DE", "FR", "TH", "US", "CN", "IN")
_SECTORS = ("C25", "C26", "C27", "C28", "C29", "C30")


def _shown_to_country(random: Random, around: Around, at: int) -> Rule:
    to = {"country": sorted(random.sample(_COUNTRIES, 2))}
    return {"id": f"country-{at}", "to": to, "for": ["sourcing", "rfq"], "show": [["lead_time", "exact"], ["lot", "exact"]]}


def _shown_to_sector(random: Random, around: Around, at: int) -> Rule:
    to = {"sector": [random.choice(_SECTORS)], "verified": 2}
    return {"id": f"sector-{at}", "to": to, "show": [["geometry", "exact"], ["equipment", "band"]]}


def _shown_to_named(random: Random, around: Around, at: int) -> Rule:
    ends = around.day + timedelta(days=30 * random.randint(1, 12))
    show = [["commercial", "exact"], ["contact", "exact"]]
    return {"id": f"named-{at}", "to": {"org": sorted(around.rivals)[:1]}, "until": ends.isoformat(), "show": show}


def _shown_to_auditors(random: Random, around: Around, at: int) -> Rule:
    return {"id": f"auditors-{at}", "to": {"role": ["auditor"]}, "for": ["audit"], "show": [["certificate", "exact"]]}


def _shown_to_holders(random: Random, around: Around, at: int) -> Rule:
    to = {"holds": [random.choice(("IATF16949", "ISO9001", "AS9100"))], "attested": "body"}
    return {"id": f"holders-{at}", "to": to, "show": [["quality", "band"], ["tolerance", "exact"]]}


def _shown_when_agreed(random: Random, around: Around, at: int) -> Rule:
    return {"id": f"agreed-{at}", "to": {"nda": [around.template]}, "show": [["quality", "exact"], ["capacity", "exact"]]}


def _shown_in_season(random: Random, around: Around, at: int) -> Rule:
    begins = around.day + timedelta(days=30 * random.randint(-4, 2))
    ends = begins + timedelta(days=30 * random.randint(1, 6))
    season: Rule = {"id": f"season-{at}", "to": {"tier": "member"}, "show": [["lead_time", "exact"], ["capacity", "exact"]]}
    return season | {"from": begins.isoformat(), "until": ends.isoformat()}


def _capped_for_purpose(random: Random, around: Around, at: int) -> Rule:
    cap = [["capacity", "band"], ["commercial", "hidden"], ["quality", "hidden"]]
    return {"id": f"purpose-{at}", "to": "anyone", "for": [random.choice(("benchmark", "emergency"))], "cap": cap}


def _capped_until_verified(random: Random, around: Around, at: int) -> Rule:
    return {"id": f"verified-{at}", "to": {"verified": 1}, "cap": [["people", "hidden"], ["equipment", "existence"]]}


def _capped_for_rivals(random: Random, around: Around, at: int) -> Rule:
    cap = [["commercial", "hidden"], ["markets", "hidden"], ["sustainability", "existence"]]
    return {"id": f"rivals-{at}", "to": {"org": sorted(around.rivals)}, "cap": cap}


_FURTHER: Sequence[Further] = (
    _shown_to_country,
    _shown_to_sector,
    _shown_to_named,
    _shown_to_auditors,
    _shown_to_holders,
    _shown_when_agreed,
    _shown_in_season,
    _capped_for_purpose,
    _capped_until_verified,
    _capped_for_rivals,
)
