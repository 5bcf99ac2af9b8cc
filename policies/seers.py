"""Who sees a field at a level or better: the rules that open it, what limits them, and the members of a directory today.

Guarantees: every viewer of the field at that level comes through one of ``opens`` (or a direct grant that names it) and
through one of ``listing``. Of members it says what follows from the directory alone; what depends on credentials that
are theirs to show is said as a condition, never of a person.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from policies.conditions import ConditionTable
from policies.directory import (
    NOTHING,
    Credentials,
    Listed,
    assumptions,
    come_for,
    kinds,
    purposes_told_apart,
)
from policies.levels import Level
from policies.model import LISTING, Effect, PlatformCap, Policy, Rule, Vocabulary
from policies.planes import compile_platform, compile_policy, decide_compiled
from policies.said import Said, about, level_of, said_by


class When(StrEnum):
    """Whether a rule's days are running, still to come, or over."""

    NOW = "now"
    LATER = "later"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A rule that speaks of the field: a show at the level or better, or a cap below it."""

    said: Said
    level: Level
    when: When


@dataclass(frozen=True, slots=True, kw_only=True)
class Seers:
    """Who sees ``field`` at ``level`` or better, as conditions.

    A viewer does who is met by one of ``opens``, by one of ``listing``, and by none of ``limits`` and ``unlisting``; for a
    derived field each of ``inputs`` has to be seen at the level too. Rules that are over stand last.
    """

    field: str
    level: Level
    opens: tuple[Opening, ...]
    limits: tuple[Opening, ...]
    listing: tuple[Opening, ...]
    unlisting: tuple[Opening, ...]
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Members who see it when they come for one of ``purposes``, if they have ``given`` besides what the directory says."""

    names: tuple[str, ...]
    purposes: frozenset[str]
    given: Credentials = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class SeersToday:
    """``certain``: whoever they are besides. ``conditional``: whoever of them has the credentials named.

    ``left_out``: conditions that were not looked at, because there are too many.
    """

    certain: tuple[Sight, ...]
    conditional: tuple[Sight, ...]
    left_out: int


def who_sees(
    policy: Policy,
    field: str,
    level: Level,
    *,
    day: date,
    vocabulary: Vocabulary,
    platform: Sequence[PlatformCap] = (),
) -> Seers:
    """The rules that open ``field`` at ``level`` or better, and what limits them, seen from ``day``. Raises UnknownField."""
    said, asked = said_by(policy, platform), max(level, Level.EXISTENCE)
    return Seers(
        field=field,
        level=asked,
        opens=_speaking(said, Effect.SHOW, field, asked, vocabulary, day),
        limits=_speaking(said, Effect.CAP, field, asked, vocabulary, day),
        listing=_speaking(said, Effect.SHOW, LISTING, Level.EXISTENCE, vocabulary, day),
        unlisting=_speaking(said, Effect.CAP, LISTING, Level.EXISTENCE, vocabulary, day),
        inputs=tuple(sorted(vocabulary.inputs.get(field, ()))),
    )


def members_who_see(
    policy: Policy,
    field: str,
    level: Level,
    directory: Iterable[Listed],
    *,
    day: date,
    vocabulary: Vocabulary,
    platform: Sequence[PlatformCap] = (),
) -> SeersToday:
    """The members of a directory who see ``field`` at ``level`` or better on ``day``. Raises UnknownField."""
    vocabulary.position(field)
    policy = about(policy, (LISTING, field, *vocabulary.inputs.get(field, ())), vocabulary)
    rules = [said.rule for said in said_by(policy, platform)]
    table = ConditionTable()
    compiled, caps = compile_policy(policy, vocabulary, table), compile_platform(platform, vocabulary, table)
    assumed, asked = assumptions(policy.effective), max(level, Level.EXISTENCE)
    found: dict[tuple[frozenset[str], Credentials], list[str]] = {}
    everybody = kinds(directory, rules)
    purposes = purposes_told_apart(rules, everybody)
    for kind in everybody:
        through: dict[Credentials, set[str]] = {}
        for purpose, alike in purposes.items():
            viewer, opened = come_for(kind.viewer, purpose), list[Credentials]()
            for credentials in (NOTHING, *assumed.each):
                if any(enough <= credentials for enough in opened):
                    continue
                with_them = credentials.given_to(viewer, kind.relation)
                if decide_compiled(compiled, table, *with_them, day, caps).level(field) >= asked:
                    opened.append(credentials)
                    through.setdefault(credentials, set()).update(alike)
        for credentials, seen_for in through.items():
            found.setdefault((frozenset(seen_for), credentials), []).extend(kind.names)
    sights = [
        Sight(names=tuple(names), purposes=seen_for, given=credentials) for (seen_for, credentials), names in found.items()
    ]
    return SeersToday(
        certain=tuple(sight for sight in sights if sight.given == NOTHING),
        conditional=tuple(sight for sight in sights if sight.given != NOTHING),
        left_out=assumed.left_out,
    )


def running(rule: Rule, day: date) -> When:
    """Whether the rule's days are running."""
    if rule.until is not None and (rule.until < day or (rule.start is not None and rule.until < rule.start)):
        return When.OVER
    return When.LATER if rule.start is not None and day < rule.start else When.NOW


def _speaking(  # noqa: PLR0917 - private, called in one place
    said: Iterable[Said], effect: Effect, key: str, level: Level, vocabulary: Vocabulary, day: date
) -> tuple[Opening, ...]:
    found = []
    for each in said:
        spoken = level_of(each.rule, key, vocabulary) if each.rule.effect is effect else None
        if spoken is not None and (spoken >= level if effect is Effect.SHOW else spoken < level):
            found.append(Opening(said=each, level=spoken, when=running(each.rule, day)))
    return tuple(sorted(found, key=lambda opening: opening.when is When.OVER))
