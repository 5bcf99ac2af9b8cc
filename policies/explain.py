"""Why a viewer sees a field as they do: which rules show, which limit, and what it would take to see more.

Guarantees: the level given is the one the reference evaluator decides. Everything else is for the owner alone: a viewer
is told which rules granted, never what was withheld. ``$listing`` is explained like a field.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from policies.atoms import Atom, atoms_of, lacking, least
from policies.evaluate import decide
from policies.levels import Kleene, Level
from policies.model import (
    ANYONE,
    LISTING,
    Effect,
    PlatformCap,
    Policy,
    Relation,
    Rule,
    Viewer,
    Vocabulary,
)
from policies.said import Origin, Said, level_of, said_by


class Because(StrEnum):
    """What the level comes from."""

    NOTHING_SHOWS = "nothing_shows"
    SHOWN = "shown"
    CAPPED = "capped"
    UNLISTED = "unlisted"
    """The factory itself is hidden, whatever the rules say of the field."""
    INPUTS = "inputs"
    """The field is derived from others that this viewer sees less precisely."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A rule, a platform cap or a direct grant (``said`` is None) that speaks here, and at which level.

    ``decides``: no other show gives more, no other cap allows less. ``truth`` is UNKNOWN for a cap that counts because
    nobody can tell whom it meets; ``unknown`` are the atoms of which that is so.
    """

    said: Said | None
    level: Level
    truth: Kleene
    decides: bool
    unknown: tuple[Atom, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A show that would give more than the viewer has, and does not speak for want of at most one false atom.

    ``lacks``: that atom, and those nobody can tell for want of an attribute. ``reaches``: the level the field would have
    if the rule spoke and nothing else changed; ``held_by``: the caps that would still keep it below ``level``.
    """

    said: Said
    level: Level
    lacks: tuple[Atom, ...]
    reaches: Level
    held_by: tuple[Voice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldReasons:
    """One field for one viewer. ``level`` is the least of ``show``, ``cap`` and what ``inputs`` allow; 0 when unlisted.

    ``inputs`` are the fields it is derived from that this viewer sees less precisely than ``show`` and ``cap`` would allow.
    """

    field: str
    level: Level
    show: Level
    cap: Level
    because: Because
    shows: tuple[Voice, ...]
    caps: tuple[Voice, ...]
    inputs: tuple[str, ...]
    paths: tuple[Path, ...]


def explain(  # noqa: PLR0917 - the six inputs of every decision, in the order all callers know them
    policy: Policy,
    viewer: Viewer,
    relation: Relation,
    day: date,
    vocabulary: Vocabulary,
    platform: Sequence[PlatformCap] = (),
    *,
    fields: Sequence[str] | None = None,
) -> Mapping[str, FieldReasons]:
    """Reasons for each of ``fields`` (``$listing`` and all of them for None). Raises UnknownField."""
    ask = _Question(policy, viewer, relation, day, vocabulary, platform)
    return {name: ask.reasons(name) for name in (fields if fields is not None else (LISTING, *vocabulary.fields))}


class _Question:
    def __init__(  # noqa: PLR0917 - as explain
        self,
        policy: Policy,
        viewer: Viewer,
        relation: Relation,
        day: date,
        vocabulary: Vocabulary,
        platform: Sequence[PlatformCap],
    ) -> None:
        self.policy, self.viewer, self.relation, self.day = policy, viewer, relation, day
        self.vocabulary, self.platform = vocabulary, platform
        self.decision = decide(policy, viewer, relation, day, vocabulary, platform)
        self.said = said_by(policy, platform)
        self._opened: dict[Rule, Mapping[str, Level]] = {}

    def reasons(self, name: str) -> FieldReasons:
        level = self.decision.level(name)
        shows, caps, apart = self._shows(name), self._caps(name), self._limits(name)
        show = max((voice.level for voice in shows), default=Level.HIDDEN)
        cap = min((voice.level for voice in caps), default=Level.EXACT)
        inputs = tuple(each for each, allowed in apart.items() if allowed < min(show, cap))
        shows = tuple(replace(voice, decides=voice.level == show) for voice in shows)
        caps = tuple(replace(voice, decides=voice.level == cap) for voice in caps)
        return FieldReasons(
            field=name,
            level=level,
            show=show,
            cap=cap,
            because=self._because(show, cap, inputs),
            shows=shows,
            caps=caps,
            inputs=inputs,
            paths=tuple(self._paths(name, level, caps)),
        )

    def _because(self, show: Level, cap: Level, inputs: tuple[str, ...]) -> Because:
        if show is Level.HIDDEN:
            return Because.NOTHING_SHOWS
        if cap is Level.HIDDEN:
            return Because.CAPPED
        if not self.decision.listed:
            return Because.UNLISTED
        if inputs:
            return Because.INPUTS
        return Because.CAPPED if cap < show else Because.SHOWN

    def _shows(self, name: str) -> tuple[Voice, ...]:
        voices = [
            Voice(said=said, level=level, truth=Kleene.TRUE, decides=False)
            for said, level in self._rules(Effect.SHOW, name)
            if level > Level.HIDDEN and least(self._atoms(said, name)) is Kleene.TRUE
        ]
        granted = any(
            grant.direct and grant.fields is not None and grant.counts(self.viewer, self.day)
            and (name == LISTING or name in grant.fields)
            for grant in self.relation.grants
        )  # fmt: skip
        direct = Voice(said=None, level=Level.EXACT, truth=Kleene.TRUE, decides=False)
        return (direct, *voices) if granted else tuple(voices)

    def _caps(self, name: str) -> tuple[Voice, ...]:
        voices = []
        for said, level in self._rules(Effect.CAP, name):
            atoms = self._atoms(said, name)
            truth = least(atoms)
            if level < Level.EXACT and said.bites(truth):
                unknown = tuple(atom for atom in atoms if atom.truth is Kleene.UNKNOWN)
                voices.append(Voice(said=said, level=level, truth=truth, decides=False, unknown=unknown))
        return tuple(voices)

    def _limits(self, name: str) -> Mapping[str, Level]:
        """What each input of a derived field comes to by itself."""
        found = {}
        for each in sorted(self.vocabulary.inputs.get(name, ())):
            show = max((voice.level for voice in self._shows(each)), default=Level.HIDDEN)
            found[each] = min([show, *(voice.level for voice in self._caps(each))])
        return found

    def _paths(self, name: str, level: Level, caps: tuple[Voice, ...]) -> Iterator[Path]:
        for said, offered in self._rules(Effect.SHOW, name):
            lacks = lacking(self._atoms(said, name)) if offered > level else ()
            if not lacks or sum(atom.truth is Kleene.FALSE for atom in lacks) > 1:
                continue
            yield Path(
                said=said,
                level=offered,
                lacks=lacks,
                reaches=self._opening(said.rule)[name],
                held_by=tuple(voice for voice in caps if voice.level < offered),
            )

    def _opening(self, rule: Rule) -> Mapping[str, Level]:
        """The levels if this show spoke to everybody."""
        if rule not in self._opened:
            free = replace(rule, to=ANYONE, purposes=None, start=None, until=None)
            policy = replace(self.policy, rules=(*self.policy.rules, free))
            decision = decide(policy, self.viewer, self.relation, self.day, self.vocabulary, self.platform)
            self._opened[rule] = {LISTING: decision.level(LISTING), **decision.levels}
        return self._opened[rule]

    def _rules(self, effect: Effect, name: str) -> Iterator[tuple[Said, Level]]:
        for said in self.said:
            level = level_of(said.rule, name, self.vocabulary) if said.rule.effect is effect else None
            if level is not None:
                yield said, level

    def _atoms(self, said: Said, name: str) -> tuple[Atom, ...]:
        relation = Relation() if said.origin is Origin.PLATFORM else self.relation
        return atoms_of(said.rule, self.viewer, relation, self.day, name)
