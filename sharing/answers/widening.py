"""Whether a policy may show somebody more than another one does, told from the rules alone, for every viewer and every day.

Guarantees: "no" is certain. It says no when every show of the new policy is covered by a show of the old one that speaks to
at least the same viewers on at least the same days, and every cap of the old one by a cap of the new one likewise: shows only
add and caps only take away. Of rules that come to the same in other words `openings` may still say yes; `widens` then looks
over all possible viewers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from policies import LISTING, Audience, Effect, Level, PlatformCap, Policy, Rule, rule_document
from policies.impact import DirectoryOnly, Impact, impact
from policies.model import CAPABILITY_PREFIX
from sharing import catalogue
from trust import strict_json

_BACKING = {None: 1, "peer": 2, "body": 3}


def may_widen(old: Policy, new: Policy, today: date) -> bool:
    """Whether anybody might see more of anything under `new`, today or on a later day."""
    return bool(openings(old, new, today))


@lru_cache(maxsize=64)
def widens(old: Policy, new: Policy, today: date, platform: tuple[PlatformCap, ...]) -> bool:
    """Whether some possible viewer sees more under `new`, today or later; yes too where there are too many to tell.

    It may take seconds, and is remembered: who saves a policy asks once before the transaction and once within.
    """
    if not openings(old, new, today):
        return False
    return surely_widens(impact(old, new, today=today, vocabulary=catalogue.vocabulary(), platform=platform))


def surely_widens(found: Impact | DirectoryOnly) -> bool:
    """What an impact over all possible viewers says of it; where it could not be worked out, yes."""
    return isinstance(found, DirectoryOnly) or any(change.gain for change in found.changes)


def openings(old: Policy, new: Policy, today: date) -> tuple[Rule, ...]:
    """The rules because of which somebody may see more: shows of `new` that add, and caps of `old` that are gone."""
    keys = _keys(old, new)
    return (
        *_uncovered(_of(new, Effect.SHOW, today), _of(old, Effect.SHOW, today), keys, today),
        *_uncovered(_of(old, Effect.CAP, today), _of(new, Effect.CAP, today), keys, today),
    )


def digest_of(old: Policy, new: Policy) -> str:
    """What a yes to the change from `old` to `new` is said to: exactly these rules of exactly this factory."""
    change = {"guildnet": "wider-policy", "factory": new.factory, "from": _said(old), "to": _said(new)}
    return hashlib.sha256(strict_json.canonical(change)).hexdigest()


def implies(one: Rule, other: Rule, today: date) -> bool:
    """Whether `other` speaks, from today on, wherever `one` does. Both are shows, or both caps (for whom unknown is enough)."""
    return (
        _within(one.purposes, other.purposes)
        and _days_within(one, other, today)
        and _audience_within(one.to, other.to, capped=one.effect is Effect.CAP)
    )


def _said(policy: Policy) -> list[object]:
    return [rule_document(rule) for rule in sorted(policy.effective, key=lambda rule: rule.id)]


def _of(policy: Policy, effect: Effect, today: date) -> list[Rule]:
    return [rule for rule in policy.effective if rule.effect is effect and (rule.until is None or rule.until >= today)]


def _uncovered(rules: Sequence[Rule], by: Sequence[Rule], keys: Sequence[str], today: date) -> list[Rule]:
    """The rules that say something which no rule of `by` says of at least the same viewers."""
    said = {id(rule): _levels(rule, keys) for rule in (*rules, *by)}
    found = []
    for rule in rules:
        wider = [said[id(each)] for each in by if implies(rule, each, today)]
        if not all(_covered(rule.effect, key, level, wider) for key, level in said[id(rule)].items()):
            found.append(rule)
    return found


def _covered(effect: Effect, key: str, level: Level, wider: Sequence[Mapping[str, Level]]) -> bool:
    if effect is Effect.SHOW:
        return level is Level.HIDDEN or any(each.get(key, Level.HIDDEN) >= level for each in wider)
    return level is Level.EXACT or any(each.get(key, Level.EXACT) <= level for each in wider)


def _keys(*policies: Policy) -> list[str]:
    named = sorted({CAPABILITY_PREFIX + each for policy in policies for each in policy.capabilities})
    return [LISTING, *catalogue.vocabulary().fields, *named]


def _levels(rule: Rule, keys: Iterable[str]) -> Mapping[str, Level]:
    """Key -> level; where targets overlap, the highest of a show and the lowest of a cap."""
    strongest = max if rule.effect is Effect.SHOW else min
    levels: dict[str, Level] = {}
    for target, level in rule.targets:
        if target.startswith(CAPABILITY_PREFIX):
            covered: Iterable[str] = (target,)
        else:
            expanded = catalogue.vocabulary().expand(target)
            listed = [key for key in keys if key.startswith(CAPABILITY_PREFIX)] if LISTING in expanded else []
            covered = (*expanded, *listed)
        for key in covered:
            levels[key] = strongest(levels.get(key, level), level)
    return levels


def _within(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    return other is None or (one is not None and one <= other)


def _days_within(one: Rule, other: Rule, today: date) -> bool:
    starts = other.start is None or other.start <= max(one.start or today, today)
    return starts and (other.until is None or (one.until is not None and one.until <= other.until))


def _audience_within(one: Audience, other: Audience, *, capped: bool) -> bool:
    sets = ((one.org, other.org), (one.country, other.country), (one.sector, other.sector), (one.role, other.role))
    ties = ((one.nda, other.nda), (one.group, other.group))
    return (
        all(_within(a, b) for a, b in (*sets, *ties))
        and (other.tier is None or (one.tier is not None and one.tier >= other.tier))
        and _verified_within(one.verified, other.verified, capped=capped)
        # `holds` asks for all of its schemes, so the longer list speaks to fewer.
        and (other.holds is None or (one.holds is not None and other.holds <= one.holds))
        and (other.holds is None or _BACKING[one.attested] >= _BACKING[other.attested])
    )


def _verified_within(one: int | None, other: int | None, *, capped: bool) -> bool:
    if other is None:
        return True
    return one is not None and (one <= other if capped else one >= other)
