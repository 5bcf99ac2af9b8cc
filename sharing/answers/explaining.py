"""Why somebody sees a field as they do, and what it would take to see more. For the factory's owner alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from policies import LISTING, FieldReasons, Origin, Path, Said, Voice, explain
from sharing import catalogue
from sharing.answers.drafts import matter
from sharing.answers.names import known_to_owner
from sharing.answers.pictures import Asked, picture
from sharing.errors import invalid
from sharing.house import House
from sharing.sentences import Known, Language, rule_sentence
from sharing.sentences.needs import need_words
from sharing.viewers import Caller

PLATFORM = {"en": "A limit of this node's operator.", "vi": "Giới hạn của đơn vị vận hành nút này."}
BY_GRANT = {"en": "A grant of an audit names this field.", "vi": "Quyền cấp cho một cuộc đánh giá nêu trường này."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A rule that speaks here: `rule` is None for a grant. `decides`: nothing else shows more, or limits to less."""

    rule: str | None
    origin: str
    level: str
    decides: bool
    unknown: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WayUp:
    """A rule that would show more, and what the viewer lacks: `reaches` is what they would then see, `held_by` what would
    still keep them below the rule's own `level`."""

    rule: str
    level: str
    reaches: str
    lacks: tuple[str, ...]
    held_by: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One field for this viewer."""

    field: str
    level: str
    show: str
    cap: str
    because: str
    shows: tuple[Spoken, ...]
    caps: tuple[Spoken, ...]
    inputs: tuple[str, ...]
    would_take: tuple[WayUp, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """`viewer` says whom it is about."""

    viewer: object
    fields: tuple[Explained, ...]


def explained(
    house: House,
    session: Session,
    caller: Caller,
    factory_id: str,
    asked: Asked,
    *,
    field: str | None = None,
    policy: object = None,
    language: Language = "en",
) -> Explanation:
    """Reasons for one field (a group: for its fields; None: for all), under the saved policy or a draft."""
    found = matter(session, caller, factory_id, policy)
    whom = picture(session, factory_id, asked, house.today())
    vocabulary = catalogue.vocabulary()
    reasons = explain(
        found.policy, whom.viewer, whom.relation, whom.day, vocabulary, house.platform, fields=fields_named(field)
    )
    tell = _Teller(known_to_owner(session, found.factory, found.policy.effective), language)
    return Explanation(viewer=whom.document(), fields=tuple(tell.field(each) for each in reasons.values()))


def fields_named(name: str | None) -> Sequence[str]:
    """A field or `$listing`, the fields of a group, or all of them. Raises `InvalidDocument`."""
    vocabulary = catalogue.vocabulary()
    if name is None or name == "*":
        return (LISTING, *vocabulary.fields)
    if name not in vocabulary.groups and name not in vocabulary.positions:
        raise invalid("field", "unknown_field", "No field or group has this name.")
    return vocabulary.expand(name)


class _Teller:
    """Puts reasons into words."""

    def __init__(self, known: Known, language: Language) -> None:
        self._known, self._language = known, language

    def field(self, reasons: FieldReasons) -> Explained:
        return Explained(
            field=reasons.field,
            level=reasons.level.word,
            show=reasons.show.word,
            cap=reasons.cap.word,
            because=reasons.because.value,
            shows=tuple(self._spoken(each) for each in reasons.shows),
            caps=tuple(self._spoken(each) for each in reasons.caps),
            inputs=reasons.inputs,
            would_take=tuple(self._way(each) for each in reasons.paths),
        )

    def _spoken(self, voice: Voice) -> Spoken:
        return Spoken(
            rule=None if voice.said is None else voice.said.rule.id,
            origin="grant" if voice.said is None else voice.said.origin.value,
            level=voice.level.word,
            decides=voice.decides,
            unknown=tuple(atom.name.value for atom in voice.unknown) if _own(voice.said) else (),
            text=self.text(voice.said),
        )

    def _way(self, path: Path) -> WayUp:
        return WayUp(
            rule=path.said.rule.id,
            level=path.level.word,
            reaches=path.reaches.word,
            lacks=tuple(need_words(atom, self._language, self._known) for atom in path.lacks),
            held_by=tuple(voice.said.rule.id for voice in path.held_by if voice.said is not None),
            text=self.text(path.said),
        )

    def text(self, said: Said | None) -> str:
        """The rule in words. Whom a limit of the operator is about is the operator's."""
        if said is None:
            return BY_GRANT[self._language]
        return rule_sentence(said.rule, self._language, self._known) if _own(said) else PLATFORM[self._language]


def _own(said: Said | None) -> bool:
    return said is not None and said.origin is not Origin.PLATFORM
