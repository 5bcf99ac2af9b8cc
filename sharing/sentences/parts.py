"""A rule taken apart for a sentence: what it says at which level, in an order that reads well.

Guarantees that every target of the rule is in exactly one part, and that a part's level is what a reader really gets of it:
a field whose band is its exact value is said to be exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from policies import LISTING, Effect, Level, Rule
from policies.model import CAPABILITY_PREFIX, EVERYTHING
from sharing import catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one rule says at one level. `nouns` are fields and groups; the rest of the targets have a member of their own."""

    level: Level
    nouns: tuple[str, ...]
    everything: bool
    listing: bool
    capabilities: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many things it names."""
        return len(self.nouns) + len(self.capabilities) + self.everything + self.listing


def parts(rule: Rule) -> list[Part]:
    """The rule's parts: of a show the most open first, of a cap the strictest first."""
    at: dict[Level, list[str]] = {}
    for target, level in rule.targets:
        at.setdefault(_shown(target, level), []).append(target)
    return [_part(level, at[level]) for level in sorted(at, reverse=rule.effect is Effect.SHOW)]


def nouns_of(fields: Iterable[str]) -> tuple[str, ...]:
    """Fields as few nouns: a group where all of its fields are among them."""
    left, nouns = set(fields), []
    for group, members in catalogue.vocabulary().groups.items():
        if left.issuperset(members):
            nouns.append(group)
            left.difference_update(members)
    return (*nouns, *(name for name in catalogue.vocabulary().fields if name in left))


def _part(level: Level, targets: Sequence[str]) -> Part:
    return Part(
        level=level,
        nouns=tuple(each for each in targets if each not in {EVERYTHING, LISTING} and not each.startswith(CAPABILITY_PREFIX)),
        everything=EVERYTHING in targets,
        listing=LISTING in targets,
        capabilities=tuple(each.removeprefix(CAPABILITY_PREFIX) for each in targets if each.startswith(CAPABILITY_PREFIX)),
    )


def _shown(target: str, level: Level) -> Level:
    """The level that the target's fields are really shown at; a group whose fields differ keeps the word of the rule."""
    if target in {EVERYTHING, LISTING} or target.startswith(CAPABILITY_PREFIX):
        # Whether something exists has no bands.
        return Level.EXACT if target != EVERYTHING and level > Level.HIDDEN else level
    found = {catalogue.field(name).shown(level) for name in catalogue.vocabulary().expand(target)}
    return found.pop() if len(found) == 1 else level
