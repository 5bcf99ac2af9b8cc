"""Every possible viewer of a small world, one by one: what the symbolic answers have to agree with.

Written from the definition of a possible viewer and of a rule, without looking at how regions are found: it goes through
all combinations of the words that some rules name, with one word more for everybody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, combinations, product
from random import Random

from policies import (
    LISTING,
    NO_RELATION,
    PURPOSES,
    ActiveGrant,
    Audience,
    Effect,
    Level,
    PlatformCap,
    Policy,
    Relation,
    Rule,
    RuleId,
    Tier,
    Viewer,
    Vocabulary,
)
from tests.policies.worlds import LEVELS, ORGANIZATIONS, TODAY, random_targets, some

TINY = Vocabulary(fields=("name", "hours"), groups={"identity": ("name",), "capacity": ("hours",)})
TINY_DERIVED = Vocabulary(fields=("load", "hours"), groups={"capacity": ("hours", "load")}, derived={"load": ("hours",)})
Asker = tuple[Viewer, Relation, date]
MOST = 2_500

ATOMS = ("org", "country", "verified", "sector", "holds", "nda", "role", "group", "tier", "for", "days")
CAN_CAP = {"org", "country", "verified", "for", "days"}


def small_rule(rng: Random, vocabulary: Vocabulary, name: str, atoms: Sequence[str], effect: Effect | None = None) -> Rule:
    """A rule that asks for up to two of ``atoms``, in few words."""
    effect = effect or (Effect.SHOW if rng.random() < 0.65 else Effect.CAP)
    usable = [atom for atom in atoms if effect is Effect.SHOW or atom in CAN_CAP]
    chosen = rng.sample(usable, min(len(usable), rng.randint(0, 2)))
    asked: dict[str, object] = {}
    start = until = purposes = None
    for atom in chosen:
        match atom:
            case "org":
                asked["org"] = some(rng, ORGANIZATIONS[:2])
            case "country":
                asked["country"] = some(rng, ("VN", "JP"))
            case "verified":
                asked["verified"] = rng.randint(1, 3)
            case "tier":
                asked["tier"] = rng.choice([Tier.MEMBER, Tier.PARTNER, Tier.CONFIDENTIAL])
            case "holds":
                asked["holds"] = some(rng, ("A", "B"))
                if rng.random() < 0.5:
                    asked["attested"] = rng.choice(["peer", "body"])
            case "for":
                purposes = some(rng, PURPOSES[:2])
            case "days":
                start = TODAY + timedelta(days=rng.randint(-3, 3)) if rng.random() < 0.6 else None
                until = (start or TODAY) + timedelta(days=rng.randint(-2, 3)) if rng.random() < 0.6 else None
            case _:
                asked[atom] = some(rng, ("x", "y"))
    return Rule(
        id=RuleId(name),
        to=Audience(**asked),
        effect=effect,
        targets=random_targets(rng, vocabulary, effect),
        purposes=purposes,
        start=start,
        until=until,
    )


def small_policy(rng: Random, vocabulary: Vocabulary, atoms: Sequence[str], most: int = 4) -> Policy:
    rules = [small_rule(rng, vocabulary, f"r{place}", atoms) for place in range(rng.randint(1, most))]
    if rng.random() < 0.6:
        card = ((LISTING, Level.EXACT), ("*", rng.choice(LEVELS)))
        rules.append(Rule(id=RuleId("card"), to=Audience(), effect=Effect.SHOW, targets=card))
    return Policy(factory="F", revision=1, rules=tuple(rules))


def edited(rng: Random, policy: Policy, vocabulary: Vocabulary, atoms: Sequence[str]) -> Policy:
    """One rule more, one less, or one that is another now."""
    rules, place = list(policy.rules), rng.randrange(len(policy.rules))
    match rng.randrange(4):
        case 0:
            rules.append(small_rule(rng, vocabulary, "new", atoms))
        case 1:
            del rules[place]
        case 2:
            rules[place] = small_rule(rng, vocabulary, rules[place].id, atoms)
        case _:
            targets = random_targets(rng, vocabulary, rules[place].effect)
            rules[place] = replace(rules[place], targets=targets)
    return replace(policy, rules=tuple(rules))


def small_platform(rng: Random, vocabulary: Vocabulary, atoms: Sequence[str]) -> tuple[PlatformCap, ...]:
    if rng.random() < 0.6:
        return ()
    rule = small_rule(rng, vocabulary, "platform", atoms, Effect.CAP)
    rule = replace(rule, targets=tuple(t for t in rule.targets if not t[0].startswith("capability/")))
    return (PlatformCap(rule=rule, binds=rng.choice(["identified", "everyone"])),)


def everyone(rules: Iterable[Rule], vocabulary: Vocabulary, today: date) -> list[Asker] | None:
    """All possible viewers, as far as the rules can tell them apart; None for more than ``MOST``."""
    every = list(rules)
    days = all_days(every, today)
    mandatory = list(
        product(
            _named(every, "org", "did:web:nobody-named"),
            [*_named(every, "country", "FR"), None],
            (0, 1, 2, 3, None) if any(rule.to.verified for rule in every) else (2,),
            [*_purposes(every), None],
        )
    )
    optional = list(
        product(
            _subsets(_words(every, "sector")),
            _subsets(_words(every, "role")),
            _holdings(every),
            _subsets(_words(every, "nda")),
            _subsets(_words(every, "group")),
            standings(every, vocabulary),
        )
    )
    if len(days) * len(mandatory) * len(optional) > MOST:
        return None
    found: list[Asker] = [(viewer, NO_RELATION, day) for viewer in (Viewer.anonymous(), Viewer.any_member()) for day in days]
    for (org, country, verified, purpose), (sectors, roles, holds, ndas, groups, grants), day in product(
        mandatory, optional, days
    ):
        viewer = Viewer(
            org=org, country=country, verified=verified, purpose=purpose, member=True, sectors=sectors, roles=roles, holds=holds
        )
        given = tuple(replace(grant, purpose=purpose, start=day, until=day) for grant in grants) if purpose else ()
        found.append((viewer, Relation(grants=given, ndas=ndas, groups=groups), day))
    return found


def all_days(rules: Iterable[Rule], today: date) -> list[date]:
    """Every day from today to a little after the last one that a rule names."""
    named = [day for rule in rules for day in (rule.start, rule.until) if day is not None and day >= today]
    last = max(named, default=today - timedelta(days=1)) + timedelta(days=1)
    return [today + timedelta(days=ahead) for ahead in range((last - today).days + 1)]


def standings(rules: Sequence[Rule], vocabulary: Vocabulary) -> list[tuple[ActiveGrant, ...]]:
    """Grants that differ: whole, narrow to any fields, two narrow ones, direct, and direct beside the others."""
    plain = ActiveGrant(tier=Tier.PARTNER, purpose="sourcing", start=TODAY, until=TODAY)
    tiers = sorted({rule.to.tier for rule in rules if rule.to.tier is not None and rule.to.tier > Tier.MEMBER})
    fields = list(_subsets(vocabulary.fields))
    tiered: list[tuple[ActiveGrant, ...]] = [(), *((replace(plain, tier=tier),) for tier in tiers)]
    tiered += [(replace(plain, tier=tier, fields=some_of),) for tier in tiers for some_of in fields]
    if len(tiers) > 1:
        low, high = tiers
        tiered += [
            (replace(plain, tier=low, fields=few), replace(plain, tier=high, fields=other))
            for few in [*fields, None]
            for other in fields
        ]
    direct = [(), *((replace(plain, tier=None, direct=True, fields=some_of),) for some_of in fields)]
    return [(*one, *other) for one in tiered for other in direct]


def _words(rules: Iterable[Rule], name: str) -> tuple[str, ...]:
    return tuple(sorted({word for rule in rules for word in getattr(rule.to, name) or ()}))


def _named(rules: Iterable[Rule], name: str, other: str) -> list[str]:
    return [*_words(rules, name), other]


def _purposes(rules: Iterable[Rule]) -> list[str]:
    named = {purpose for rule in rules for purpose in rule.purposes or ()}
    return [*sorted(named), next(purpose for purpose in PURPOSES if purpose not in named)]


def _subsets(words: Sequence[str]) -> list[frozenset[str]]:
    return [frozenset(each) for each in chain.from_iterable(combinations(words, n) for n in range(len(words) + 1))]


def _holdings(rules: Iterable[Rule]) -> Iterator[dict[str, str]]:
    schemes = _words(rules, "holds")
    for backing in product((None, "document", "peer", "body"), repeat=len(schemes)):
        yield {scheme: word for scheme, word in zip(schemes, backing, strict=True) if word is not None}
