"""Policies as JSON: reading what an owner wrote, and writing back what was understood.

Guarantees: ``parse_policy`` returns a policy that every evaluator accepts or raises ``PolicyErrors`` with all faults,
whatever the object; reading ``policy_document(p)`` in the same surroundings gives ``p``. Country groups are stored
expanded: a group that grows later opens nothing by itself. It does not know organizations, countries or certificates:
misspelt ones are refused only where the caller hands in the known ones.
"""

import re
from collections.abc import Collection, Mapping

from policies.errors import PolicyErrors
from policies.model import ANYONE, Audience, PlatformCap, Policy, Rule, Vocabulary
from policies.rule_reader import RuleReader, Surroundings

VERSION = 1
MOST_RULES = 50
MOST_TEMPLATES = 10
MOST_PLATFORM_CAPS = 200
LARGEST_REVISION = 2**53 - 1

_FACTORY = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z:._-]{0,98}[0-9A-Za-z])?")


def parse_policy(
    document: object,
    vocabulary: Vocabulary,
    *,
    known_capabilities: Collection[str] | None,
    templates: Mapping[str, tuple[Rule, ...]] | None = None,
    country_groups: Mapping[str, Collection[str]] | None = None,
    countries: Collection[str] | None = None,
) -> Policy:
    """Read a policy; raises PolicyErrors with every fault.

    ``known_capabilities`` are the factory's; None accepts any well-formed id (a stored policy outlives a capability).
    ``country_groups`` maps a group's name to alpha-2 codes and goes before codes; ``countries`` are all known codes.
    """
    around = Surroundings(
        vocabulary=vocabulary,
        capabilities=known_capabilities,
        country_groups=country_groups or {},
        countries=countries,
    )
    reader = _PolicyReader(around, templates or {})
    policy = reader.policy(document)
    if policy is None or reader.faults:
        raise PolicyErrors(reader.faults)
    return policy


def parse_platform(
    document: object,
    vocabulary: Vocabulary,
    *,
    country_groups: Mapping[str, Collection[str]] | None = None,
    countries: Collection[str] | None = None,
) -> tuple[PlatformCap, ...]:
    """Read the operator's caps: an array of cap rules, each with an optional ``binds``. Raises PolicyErrors.

    A platform cap names no capability: those belong to one factory.
    """
    around = Surroundings(vocabulary=vocabulary, capabilities=(), country_groups=country_groups or {}, countries=countries)
    reader = RuleReader(around)
    caps = reader.platform(document, "", most=MOST_PLATFORM_CAPS)
    if reader.faults:
        raise PolicyErrors(reader.faults)
    return tuple(caps)


class _PolicyReader(RuleReader):
    def __init__(self, around: Surroundings, templates: Mapping[str, tuple[Rule, ...]]) -> None:
        super().__init__(around)
        self.templates = templates

    def policy(self, value: object) -> Policy | None:
        members = self.members(value, "", required=("v", "factory", "revision", "rules"), optional=("extends",))
        if members is None:
            return None
        self.member(members, "", "v", self._version)
        factory = self.member(members, "", "factory", self._factory)
        revision = self.member(members, "", "revision", self._revision)
        extends = self.member(members, "", "extends", self._extends) or ()
        # A policy may be nothing but templates.
        rules = (
            self.rules(members["rules"], "rules", most=MOST_RULES, least=0 if members.get("extends") else 1)
            if "rules" in members
            else []
        )
        if factory is None or revision is None:
            return None
        return Policy(
            factory=factory,
            revision=revision,
            rules=tuple(rules),
            extends=extends,
            inherited=tuple(rule for name in extends for rule in self.templates[name]),
        )

    def _version(self, value: object, path: str) -> int | None:
        if value != VERSION or not isinstance(value, int) or isinstance(value, bool):
            self.fault(path, "wrong_version", f"Only version {VERSION} is read here.")
            return None
        return value

    def _revision(self, value: object, path: str) -> int | None:
        return self.integer(value, path, least=0, most=LARGEST_REVISION)

    def _factory(self, value: object, path: str) -> str | None:
        return self.matching(value, path, _FACTORY, "bad_factory", "Must be a factory id.")

    def _extends(self, value: object, path: str) -> tuple[str, ...] | None:
        def read(item: object, here: str) -> str | None:
            return self.one_of(item, here, self.templates, "unknown_template")

        if value == []:
            return ()
        names = self.texts(value, path, read, most=MOST_TEMPLATES)
        return None if names is None else tuple(sorted(names))


def policy_document(policy: Policy) -> dict[str, object]:
    """The JSON of a policy; sets are sorted, absent things absent. Inherited rules stay with their templates."""
    extends = {"extends": list(policy.extends)} if policy.extends else {}
    return {
        "v": VERSION,
        "factory": policy.factory,
        "revision": policy.revision,
        **extends,
        "rules": [rule_document(rule) for rule in policy.rules],
    }


def platform_document(caps: tuple[PlatformCap, ...]) -> list[dict[str, object]]:
    """The JSON of the operator's caps."""
    return [rule_document(cap.rule) | {"binds": cap.binds} for cap in caps]


def rule_document(rule: Rule) -> dict[str, object]:
    """The JSON of one rule."""
    said: dict[str, object | None] = {
        "id": rule.id,
        "note": rule.note,
        "to": _audience(rule.to),
        "for": _sorted(rule.purposes),
        "from": None if rule.start is None else rule.start.isoformat(),
        "until": None if rule.until is None else rule.until.isoformat(),
        rule.effect.value: [[target, level.word] for target, level in rule.targets],
    }
    return {key: value for key, value in said.items() if value is not None}


def _audience(to: Audience) -> object:
    if to == ANYONE:
        return "anyone"
    atoms: dict[str, object | None] = {
        "tier": None if to.tier is None else to.tier.word,
        "org": _sorted(to.org),
        "country": _sorted(to.country),
        "sector": _sorted(to.sector),
        "verified": to.verified,
        "holds": _sorted(to.holds),
        "attested": to.attested,
        "nda": _sorted(to.nda),
        "role": _sorted(to.role),
        "group": _sorted(to.group),
    }
    return {atom: value for atom, value in atoms.items() if value is not None}


def _sorted(values: frozenset[str] | None) -> list[str] | None:
    return None if values is None else sorted(values)
