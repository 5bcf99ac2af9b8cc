"""Random policies, viewers and relations, small enough in their words that rules often meet viewers.

Everything is drawn from a ``random.Random``: a seeded one, or Hypothesis's, which shrinks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from hypothesis import strategies as st

from policies import (
    LISTING,
    PURPOSES,
    ROLES,
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

SMALL = Vocabulary(
    fields=("name", "place", "hours", "price"),
    groups={"identity": ("name",), "location": ("place",), "capacity": ("hours", "price")},
)
DERIVED = Vocabulary(
    fields=("load", "name", "hours", "price", "peak"),
    groups={"identity": ("name",), "capacity": ("hours", "price", "load"), "peak": ("peak",)},
    derived={"load": ("hours", "price"), "peak": ("load",)},
)
LARGE_GROUPS = {
    "identity": ("legal_name", "trading_name", "identifiers", "established_year"),
    "location": ("country", "province", "address", "point"),
    "contact": ("contacts",),
    "process": ("capability.process", "capability.secondary_operations"),
    "material": ("capability.material_family", "capability.material_grade"),
    "geometry": ("capability.max_x_mm", "capability.max_y_mm", "capability.max_z_mm", "capability.max_mass_kg"),
    "tolerance": ("capability.tolerance_class", "capability.tolerance_um", "capability.roughness_um"),
    "lot": ("capability.lot_min", "capability.lot_economic", "capability.lot_max"),
    "lead_time": ("capability.lead_time_p50_days", "capability.lead_time_p90_days"),
    "capacity": ("capacity.name", "capacity.unit", "capacity.spare_hours"),
    "certificate": (
        "certificate.scheme",
        "certificate.number",
        "certificate.issuer",
        "certificate.scope",
        "certificate.valid_from",
        "certificate.valid_until",
    ),
    "note": ("note",),
}
LARGE = Vocabulary(fields=tuple(name for names in LARGE_GROUPS.values() for name in names), groups=LARGE_GROUPS)

TODAY = date(2026, 6, 15)
ORGANIZATIONS = ("did:web:a.example:orgs:acme", "did:web:a.example:orgs:rival", "did:web:b.example:orgs:third")
COUNTRIES = ("VN", "JP", "KR")
SECTORS = ("C29", "C30")
SCHEMES = ("IATF16949", "ISO9001")
NDAS = ("nda-basic", "nda-strict")
LISTS = ("friends", "pilots")
CAPABILITIES = ("c1", "c2")
BACKINGS = ("document", "peer", "body")
LEVELS = tuple(Level)
FEW_PURPOSES = PURPOSES[:3]
FEW_ROLES = ROLES[:2]


@dataclass(frozen=True, kw_only=True)
class World:
    """All inputs of one decision."""

    vocabulary: Vocabulary
    policy: Policy
    viewer: Viewer
    relation: Relation
    day: date
    platform: tuple[PlatformCap, ...]


def some(rng: Random, words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(rng.sample(words, rng.randint(1, len(words))))


def any_of(rng: Random, words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for word in words if rng.random() < 0.5)


def random_audience(rng: Random, effect: Effect) -> Audience:
    if rng.random() < 0.3:
        return Audience()
    atoms: dict[str, object] = {
        "org": some(rng, ORGANIZATIONS),
        "country": some(rng, COUNTRIES),
        "verified": rng.randint(1, 3),
    }
    if effect is Effect.SHOW:
        atoms |= {
            "sector": some(rng, SECTORS),
            "holds": some(rng, SCHEMES),
            "nda": some(rng, NDAS),
            "role": some(rng, FEW_ROLES),
            "group": some(rng, LISTS),
            "tier": rng.choice([Tier.MEMBER, Tier.PARTNER, Tier.CONFIDENTIAL]),
        }
    wanted = rng.sample(sorted(atoms), rng.randint(1, 2))
    if effect is Effect.SHOW and rng.random() < 0.3:
        wanted = ["tier", *wanted]
    chosen = {name: atoms[name] for name in wanted}
    if "holds" in chosen and rng.random() < 0.5:
        chosen["attested"] = rng.choice(["peer", "body"])
    return Audience(**chosen)


def random_day(rng: Random) -> date:
    return TODAY + timedelta(days=rng.randint(-3, 3))


def random_targets(rng: Random, vocabulary: Vocabulary, effect: Effect) -> tuple[tuple[str, Level], ...]:
    names = [LISTING, "*", *vocabulary.groups, *vocabulary.fields]
    targets = {name: rng.choice(LEVELS) for name in rng.sample(names, rng.randint(1, 3))}
    if effect is Effect.SHOW and rng.random() < 0.6:
        targets[LISTING] = Level.EXACT
    if rng.random() < 0.2:
        targets[f"capability/{rng.choice(CAPABILITIES)}"] = Level.EXACT if effect is Effect.SHOW else Level.HIDDEN
    return tuple(targets.items())


def random_rule(
    rng: Random, vocabulary: Vocabulary, name: str, effect: Effect | None = None, *, capabilities: bool = True
) -> Rule:
    effect = effect or (Effect.SHOW if rng.random() < 0.65 else Effect.CAP)
    start = random_day(rng) if rng.random() < 0.2 else None
    until = random_day(rng) if rng.random() < 0.2 else None
    if start is not None and until is not None and start > until:
        start, until = until, start
    targets = random_targets(rng, vocabulary, effect)
    if not capabilities:
        targets = tuple((t, level) for t, level in targets if not t.startswith("capability/"))
    return Rule(
        id=RuleId(name),
        to=random_audience(rng, effect),
        effect=effect,
        targets=targets,
        purposes=some(rng, FEW_PURPOSES) if rng.random() < 0.25 else None,
        start=start,
        until=until,
        note="why" if rng.random() < 0.1 else None,
    )


def random_policy(rng: Random, vocabulary: Vocabulary, most: int = 6) -> Policy:
    rules = tuple(random_rule(rng, vocabulary, f"r{place}") for place in range(rng.randint(1, most)))
    return Policy(factory="FID", revision=rng.randint(0, 9), rules=rules)


def random_viewer(rng: Random, *, known: bool = False) -> Viewer:
    """A viewer; with ``known`` every mandatory attribute is present."""
    missing = 0.0 if known else 0.25
    return Viewer(
        org=None if rng.random() < missing else rng.choice(ORGANIZATIONS),
        country=None if rng.random() < missing else rng.choice(COUNTRIES),
        verified=None if rng.random() < missing else rng.randint(1, 3),
        purpose=None if rng.random() < missing else rng.choice(FEW_PURPOSES),
        member=rng.random() < 0.6,
        sectors=any_of(rng, SECTORS),
        roles=any_of(rng, FEW_ROLES),
        holds={scheme: rng.choice(BACKINGS) for scheme in SCHEMES if rng.random() < 0.6},
    )


def random_grant(rng: Random, vocabulary: Vocabulary) -> ActiveGrant:
    direct = rng.random() < 0.2
    narrow = direct or rng.random() < 0.5
    start = random_day(rng) if rng.random() < 0.3 else TODAY - timedelta(days=9)
    return ActiveGrant(
        tier=None if direct else rng.choice([Tier.MEMBER, Tier.PARTNER, Tier.CONFIDENTIAL]),
        purpose=rng.choice(FEW_PURPOSES[:2]),
        start=start,
        until=max(start, random_day(rng) if rng.random() < 0.3 else TODAY + timedelta(days=9)),
        fields=frozenset(rng.sample(vocabulary.fields, rng.randint(0, 2))) if narrow else None,
        direct=direct,
    )


def random_relation(rng: Random, vocabulary: Vocabulary) -> Relation:
    grants = tuple(random_grant(rng, vocabulary) for _ in range(rng.randint(0, 3)))
    return Relation(grants=grants, ndas=any_of(rng, NDAS), groups=any_of(rng, LISTS))


def random_platform(rng: Random, vocabulary: Vocabulary, *, everyone: bool = False) -> tuple[PlatformCap, ...]:
    return tuple(
        PlatformCap(
            rule=random_rule(rng, vocabulary, f"p{place}", Effect.CAP, capabilities=False),
            binds="everyone" if everyone or rng.random() < 0.5 else "identified",
        )
        for place in range(rng.choice([0, 0, 1, 2]))
    )


def random_world(rng: Random, vocabulary: Vocabulary, *, known: bool = False, everyone: bool = False) -> World:
    return World(
        vocabulary=vocabulary,
        policy=random_policy(rng, vocabulary),
        viewer=random_viewer(rng, known=known),
        relation=random_relation(rng, vocabulary),
        day=random_day(rng),
        platform=random_platform(rng, vocabulary, everyone=everyone),
    )


def rngs() -> st.SearchStrategy[Random]:
    """Randomness that Hypothesis chooses and shrinks."""
    return st.randoms(use_true_random=False)
