"""Reads rules: who, for what, from when until when, what, how precisely.

Guarantees not to raise for any object and to return only rules that every evaluator accepts; a rule with a fault is
left out and the fault recorded. Codes are stable.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from policies.levels import LEVELS, TIERS, Level, Tier
from policies.matrix import TIER_RULES, is_tier_rule
from policies.model import (
    ANYONE,
    CAPABILITY_PREFIX,
    EVERYTHING,
    LISTING,
    PURPOSES,
    ROLES,
    Attested,
    Audience,
    Effect,
    PlatformCap,
    Rule,
    RuleId,
    Vocabulary,
)
from policies.reading import Reader, under

MOST_TARGETS = 200
MOST_ITEMS = 250
NOTE_LENGTH = 500
MANDATORY_ATOMS = ("org", "country", "verified")
OPTIONAL_ATOMS = ("tier", "sector", "holds", "attested", "nda", "role", "group")
TIER_WORDS = tuple(tier.word for tier in Tier if tier > Tier.PUBLIC)

SLUG_PATTERN = r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?"
ORGANIZATION_PATTERN = r"did:[a-z0-9]{1,20}:[0-9A-Za-z._:%-]{1,300}"
COUNTRY_PATTERN = r"[A-Z]{2}"
CODE_PATTERN = r"[0-9A-Za-z][0-9A-Za-z._:/+-]{0,99}"
CAPABILITY_PATTERN = r"[0-9A-Za-z_-]{1,64}"

_SLUG = re.compile(SLUG_PATTERN)
_ORGANIZATION = re.compile(ORGANIZATION_PATTERN)
_COUNTRY = re.compile(COUNTRY_PATTERN)
_CODE = re.compile(CODE_PATTERN)
_CAPABILITY = re.compile(CAPABILITY_PATTERN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a document may refer to. ``None`` means "not known here": then only the form is checked."""

    vocabulary: Vocabulary
    capabilities: Collection[str] | None = None
    country_groups: Mapping[str, Collection[str]] = field(default_factory=dict)
    countries: Collection[str] | None = None


class RuleReader(Reader):
    """Reads the rules of one document."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self.around = around

    def rules(self, value: object, path: str, *, most: int, least: int = 1) -> list[Rule]:
        """An array of ``least`` to ``most`` rules with distinct ids."""
        seen: set[str] = set()
        rules = []
        for place, item in enumerate(self.items(value, path, least=least, most=most) or ()):
            rule = self._rule(item, under(path, place), seen, also=())
            if rule is not None:
                rules.append(rule)
        return rules

    def platform(self, value: object, path: str, *, most: int) -> list[PlatformCap]:
        """An array of up to ``most`` cap rules with distinct ids, each with an optional ``binds``."""
        seen: set[str] = set()
        caps = []
        for place, item in enumerate(self.items(value, path, least=0, most=most) or ()):
            here = under(path, place)
            rule = self._rule(item, here, seen, also=("binds",))
            if rule is None or not isinstance(item, dict):
                continue
            if rule.effect is not Effect.CAP:
                self.fault(under(here, "show"), "platform_only_caps", "The platform limits; it never shows.")
            caps.append(PlatformCap(rule=rule, binds=self._binds(item.get("binds", "identified"), under(here, "binds"))))
        return caps

    def _binds(self, value: object, path: str) -> Literal["identified", "everyone"]:
        word = self.one_of(value, path, ("identified", "everyone"), "unknown_binding")
        return "everyone" if word == "everyone" else "identified"

    def _rule(self, value: object, path: str, seen: set[str], *, also: tuple[str, ...]) -> Rule | None:
        optional = ("note", "for", "from", "until", "show", "cap", *also)
        members = self.members(value, path, required=("id", "to"), optional=optional)
        if members is None:
            return None
        effect = self._effect(members, path)
        id_ = self.member(members, path, "id", self._slug)
        if id_ is not None and id_ in seen:
            self.fault(under(path, "id"), "duplicate", "Another rule has this id.")
        elif id_ is not None:
            seen.add(id_)
        note = self.member(members, path, "note", self._note)
        purposes = self.member(members, path, "for", self._purposes)
        start = self.member(members, path, "from", self.day)
        until = self.member(members, path, "until", self.day)
        if start is not None and until is not None and start > until:
            self.fault(under(path, "until"), "from_after_until", "Ends before it begins.")
        to = self.member(members, path, "to", self._caps_audience if effect is Effect.CAP else self._audience)
        targets = self._targets(members[effect.value], under(path, effect.value), effect) if effect else ()
        if effect is None or id_ is None or to is None:
            return None
        rule = Rule(
            id=RuleId(id_),
            to=to,
            effect=effect,
            targets=targets,
            purposes=purposes,
            start=start,
            until=until,
            note=note,
        )
        if rule.id in TIER_RULES and not is_tier_rule(rule):
            self.fault(under(path, "id"), "reserved_id", "This id is for a column of the tier matrix.")
        return rule

    def _effect(self, members: Mapping[str, object], path: str) -> Effect | None:
        named = [effect for effect in Effect if effect.value in members]
        if len(named) != 1:
            self.fault(path, "show_or_cap", "Needs either show or cap, and not both.")
            return None
        return named[0]

    def _slug(self, value: object, path: str) -> str | None:
        words = "Lower-case letters, digits and inner hyphens, at most 64."
        return self.matching(value, path, _SLUG, "bad_slug", words)

    def _note(self, value: object, path: str) -> str | None:
        return self.text(value, path, most=NOTE_LENGTH)

    def _purposes(self, value: object, path: str) -> frozenset[str] | None:
        return self.texts(value, path, lambda v, p: self.one_of(v, p, PURPOSES, "unknown_purpose"), most=len(PURPOSES))

    # Who

    def _caps_audience(self, value: object, path: str) -> Audience | None:
        """Only attributes that nobody can leave out: a cap on a credential would be escaped by not showing it."""
        for atom in OPTIONAL_ATOMS:
            if isinstance(value, dict) and atom in value:
                words = "A cap may only name organizations, countries or verification."
                self.fault(under(path, atom), "cap_needs_mandatory_attribute", words)
        return self._audience(value, path)

    def _audience(self, value: object, path: str) -> Audience | None:
        if isinstance(value, str):
            if value == "anyone":
                return ANYONE
            self.fault(path, "unknown_audience", 'Write "anyone" or an object.')
            return None
        atoms = self.members(value, path, required=(), optional=(*MANDATORY_ATOMS, *OPTIONAL_ATOMS))
        if atoms is None:
            return None
        if not value:
            self.fault(path, "empty_audience", 'Everybody is written "anyone".')
            return None
        if "attested" in atoms and "holds" not in atoms:
            self.fault(under(path, "attested"), "attested_without_holds", "Says how the schemes in holds are backed.")
        tier = self.member(atoms, path, "tier", lambda v, p: self.one_of(v, p, TIER_WORDS, "unknown_tier"))
        return Audience(
            org=self.member(atoms, path, "org", self._organizations),
            country=self.member(atoms, path, "country", self._countries),
            sector=self.member(atoms, path, "sector", self._codes),
            holds=self.member(atoms, path, "holds", self._codes),
            nda=self.member(atoms, path, "nda", self._codes),
            role=self.member(atoms, path, "role", self._roles),
            group=self.member(atoms, path, "group", self._codes),
            tier=None if tier is None else TIERS[tier],
            verified=self.member(atoms, path, "verified", lambda v, p: self.integer(v, p, least=1, most=3)),
            attested=self.member(atoms, path, "attested", self._attested),
        )

    def _organizations(self, value: object, path: str) -> frozenset[str] | None:
        def read(item: object, here: str) -> str | None:
            return self.matching(item, here, _ORGANIZATION, "bad_organization", "Must be a DID.")

        return self.texts(value, path, read, most=MOST_ITEMS)

    def _countries(self, value: object, path: str) -> frozenset[str] | None:
        groups = self.around.country_groups
        words = self.texts(value, path, self._country, most=MOST_ITEMS)
        return None if words is None else frozenset(code for word in words for code in groups.get(word, (word,)))

    def _country(self, value: object, path: str) -> str | None:
        if isinstance(value, str) and self.around.country_groups.get(value):
            return value
        word = self.matching(value, path, _COUNTRY, "unknown_country", "Must be an ISO 3166-1 alpha-2 code or a group.")
        if word is not None and self.around.countries is not None and word not in self.around.countries:
            self.fault(path, "unknown_country", "No country has this code.")
            return None
        return word

    def _codes(self, value: object, path: str) -> frozenset[str] | None:
        def read(item: object, here: str) -> str | None:
            return self.matching(item, here, _CODE, "bad_code", "Letters, digits and . _ : / + - only, at most 100.")

        return self.texts(value, path, read, most=MOST_ITEMS)

    def _roles(self, value: object, path: str) -> frozenset[str] | None:
        return self.texts(value, path, lambda v, p: self.one_of(v, p, ROLES, "unknown_role"), most=len(ROLES))

    def _attested(self, value: object, path: str) -> Attested | None:
        word = self.one_of(value, path, ("peer", "body"), "unknown_backing")
        return None if word is None else ("body" if word == "body" else "peer")

    # What, and how precisely

    def _targets(self, value: object, path: str, effect: Effect) -> tuple[tuple[str, Level], ...]:
        seen: set[str] = set()
        targets = []
        for place, item in enumerate(self.items(value, path, least=1, most=MOST_TARGETS) or ()):
            here = under(path, place)
            pair = self.items(item, here, least=2, most=2)
            if pair is None:
                continue
            target = self._target(pair[0], under(here, 0))
            level = self.one_of(pair[1], under(here, 1), tuple(LEVELS), "unknown_level")
            if target is None or level is None:
                continue
            if target in seen:
                self.fault(under(here, 0), "duplicate", "Is in the list already.")
            seen.add(target)
            only = Level.EXACT if effect is Effect.SHOW else Level.HIDDEN
            if target.startswith(CAPABILITY_PREFIX) and LEVELS[level] is not only:
                words = "A capability can only be shown exact or capped hidden."
                self.fault(under(here, 1), "capability_level", words)
            targets.append((target, LEVELS[level]))
        return tuple(targets)

    def _target(self, value: object, path: str) -> str | None:
        if not isinstance(value, str):
            self.fault(path, "wrong_type", "Must be text.")
            return None
        vocabulary = self.around.vocabulary
        if value in (EVERYTHING, LISTING) or value in vocabulary.groups or value in vocabulary.positions:
            return value
        if not value.startswith(CAPABILITY_PREFIX):
            self.fault(path, "unknown_target", "No field or group has this name.")
            return None
        capability, known = value.removeprefix(CAPABILITY_PREFIX), self.around.capabilities
        if not _CAPABILITY.fullmatch(capability) or (known is not None and capability not in known):
            self.fault(path, "unknown_capability", "The factory has no such capability.")
            return None
        return value
