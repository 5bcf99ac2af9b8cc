"""Values that policies are made of: vocabulary, rules, viewers and what binds a viewer to one factory.

Guarantees immutability and nothing about validity: ``schema`` validates what owners write, and the evaluators accept
any value built here without raising. Attributes of a viewer are facts established elsewhere, never self-statements.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal, NewType

from policies.errors import MalformedGrant, MalformedVocabulary, UnknownField
from policies.levels import Level, Tier

LISTING = "$listing"
EVERYTHING = "*"
CAPABILITY_PREFIX = "capability/"
PURPOSES = ("sourcing", "rfq", "audit", "capacity_exchange", "benchmark", "emergency")
ROLES = ("supplier", "buyer", "auditor", "accreditor", "operator")
BACKING = {"document": 1, "peer": 2, "body": 3}
"""How a viewer's certificate is backed; ``attested`` in an audience asks for at least that much. 0 is not held."""

RuleId = NewType("RuleId", str)
Attested = Literal["peer", "body"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The fields policies speak about, in bit order, and the groups owners think in.

    Every field is in exactly one group. A name that is both a group and a field means that field alone.
    ``$listing`` is not among ``fields``: it always has position 0, and field ``i`` has position ``i + 1``.
    ``derived`` names fields that say something about others: such a field is never shown finer than any of its inputs.
    ``inputs`` is its closure: the inputs, their inputs, and so on.
    """

    fields: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    derived: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    inputs: Mapping[str, frozenset[str]] = field(init=False, repr=False, compare=False)
    positions: Mapping[str, int] = field(init=False, repr=False, compare=False)
    limits: tuple[tuple[int, int], ...] = field(init=False, repr=False, compare=False)
    """For each derived field and level, its bit in a decision and those of its inputs (``decision`` says which bits)."""

    def __post_init__(self) -> None:
        positions = {LISTING: 0} | {name: place for place, name in enumerate(self.fields, start=1)}
        grouped = [name for members in self.groups.values() for name in members]
        names = [*self.fields, *self.groups]
        if len(positions) != 1 + len(self.fields):
            raise MalformedVocabulary("a field is named twice")
        if sorted(grouped) != sorted(self.fields):
            raise MalformedVocabulary("every field belongs to exactly one group")
        if any(name.startswith(("$", CAPABILITY_PREFIX)) or name in ("", EVERYTHING) for name in names):
            raise MalformedVocabulary("a name collides with a reserved target")
        if any(name in positions and members != (name,) for name, members in self.groups.items()):
            raise MalformedVocabulary("a group named like a field must hold that field alone")
        if any(name not in self.fields for name in (*self.derived, *(each for of in self.derived.values() for each in of))):
            raise MalformedVocabulary("a derived field or an input of one is not a field")
        object.__setattr__(self, "positions", positions)
        object.__setattr__(self, "inputs", {name: _closure(name, self.derived) for name in self.derived})
        object.__setattr__(self, "limits", tuple(self._limits()))

    def _limits(self) -> Iterator[tuple[int, int]]:
        for name, inputs in self.inputs.items():
            for shift in (0, self.width, 2 * self.width):
                needed = sum(1 << self.positions[each] + shift for each in inputs)
                yield 1 << self.positions[name] + shift, needed

    @property
    def width(self) -> int:
        """Bits per level: one for ``$listing`` and one for each field."""
        return 1 + len(self.fields)

    def position(self, name: str) -> int:
        """Position of a field or of ``$listing``; raises UnknownField."""
        try:
            return self.positions[name]
        except KeyError:
            raise UnknownField(name) from None

    def expand(self, target: str) -> tuple[str, ...]:
        """Fields (and ``$listing``) that a target other than ``capability/<id>`` stands for; raises UnknownField."""
        if target == EVERYTHING:
            return (LISTING, *self.fields)
        if target in self.groups:
            return self.groups[target]
        self.position(target)
        return (target,)


def _closure(name: str, derived: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Everything that ``name`` is derived from, at any remove."""
    found: set[str] = set()
    waiting = list(derived[name])
    while waiting:
        one = waiting.pop()
        if one == name:
            raise MalformedVocabulary("a field is derived from itself")
        if one not in found:
            found.add(one)
            waiting += derived.get(one, ())
    return frozenset(found)


class Effect(StrEnum):
    """Whether a rule adds (``show``) or limits (``cap``)."""

    SHOW = "show"
    CAP = "cap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """A conjunction of atoms; ``None`` means the atom is not asked. With none asked it is "anyone".

    ``holds`` asks for all of its schemes; every other set asks for any of its members. ``verified`` means "at least"
    in a show and "at most" in a cap.
    """

    org: frozenset[str] | None = None
    country: frozenset[str] | None = None
    sector: frozenset[str] | None = None
    holds: frozenset[str] | None = None
    nda: frozenset[str] | None = None
    role: frozenset[str] | None = None
    group: frozenset[str] | None = None
    tier: Tier | None = None
    verified: int | None = None
    attested: Attested | None = None


ANYONE = Audience()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of an owner's form: who, for what purpose, from and until which day (inclusive), what, how precisely."""

    id: RuleId
    to: Audience
    effect: Effect
    targets: tuple[tuple[str, Level], ...]
    purposes: frozenset[str] | None = None
    start: date | None = None
    until: date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Who sees what of one factory. ``inherited`` are the rules of the templates named in ``extends``."""

    factory: str
    revision: int
    rules: tuple[Rule, ...]
    extends: tuple[str, ...] = ()
    inherited: tuple[Rule, ...] = ()

    @property
    def effective(self) -> tuple[Rule, ...]:
        """Every rule that decides; extending is set union, so order and repetition do not matter."""
        return self.rules + self.inherited

    @property
    def capabilities(self) -> tuple[str, ...]:
        """Ids of capabilities that a rule names, sorted: the order of their bits."""
        targets = {target for rule in self.effective for target, _ in rule.targets}
        return tuple(sorted(t.removeprefix(CAPABILITY_PREFIX) for t in targets if t.startswith(CAPABILITY_PREFIX)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformCap:
    """A cap of the node operator. ``identified`` bites only where the named attributes are known, so it never closes
    what the whole world may see; ``everyone`` bites on unknown attributes too, like an owner's cap."""

    rule: Rule
    binds: Literal["identified", "everyone"] = "identified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who asks. ``None`` is an unknown mandatory attribute; an empty optional one means "does not have it".

    ``holds`` maps a scheme to how it is backed (a key of ``BACKING``; another word backs nothing).
    """

    org: str | None
    country: str | None
    verified: int | None
    purpose: str | None
    member: bool = False
    sectors: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    holds: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def anonymous(cls) -> "Viewer":
        """The public: nothing is known."""
        return cls(org=None, country=None, verified=None, purpose=None)

    @classmethod
    def any_member(cls) -> "Viewer":
        """Whoever may read the member log: a member, and nothing else is known."""
        return cls(org=None, country=None, verified=None, purpose=None, member=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveGrant:
    """A place on one factory's tier, for a purpose, from ``start`` until ``until`` (whole days, inclusive).

    ``fields`` narrows the tier's shows to those fields and the listing. ``direct`` names no tier: it shows exactly
    ``fields`` at exact, and the listing, by itself. Caps limit both. A field unknown to the vocabulary is ignored.
    """

    tier: Tier | None
    purpose: str
    start: date
    until: date
    fields: frozenset[str] | None = None
    direct: bool = False

    def __post_init__(self) -> None:
        if self.direct and (self.fields is None or self.tier is not None):
            raise MalformedGrant("a direct grant names fields and no tier")
        if not self.direct and (self.tier is None or self.tier is Tier.PUBLIC):
            raise MalformedGrant("a grant names a tier above public")

    def counts(self, viewer: Viewer, day: date) -> bool:
        """Whether it says anything today for the purpose the viewer came with."""
        return viewer.purpose == self.purpose and self.start <= day <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What binds one viewer to one factory: grants, NDAs accepted by both, and the owner's lists the viewer is on."""

    grants: tuple[ActiveGrant, ...] = ()
    ndas: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


NO_RELATION = Relation()
