"""Who sees a field at a level: the rules, and the members of the directory today, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from policies import LEVELS, LISTING, Opening, Origin, Sight, members_who_see, who_sees
from sharing import catalogue
from sharing.answers.directory import Directory, Entry, directory
from sharing.answers.drafts import matter
from sharing.answers.explaining import PLATFORM
from sharing.answers.names import known_to_owner
from sharing.errors import invalid
from sharing.house import House
from sharing.sentences import Known, Language, rule_sentence
from sharing.sentences.needs import whoever_words
from sharing.viewers import Caller

MOST_LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which members to list: at most `limit`, after the slug `after`."""

    limit: int = 50
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaking:
    """A rule that opens or limits; `when`: `now`, `later` or `over`."""

    rule: str
    origin: str
    level: str
    when: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeing:
    """A member who sees it, and for which purposes."""

    organization: str
    slug: str
    name: str
    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whoever:
    """Further members see it who hold something; who of them does is theirs to show. `among`: how many it may be."""

    whoever: str
    purposes: tuple[str, ...]
    among: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """`members` see it today for certain: `count` of them, one page listed. `listing` and `unlisting` are the rules on
    which it depends that there is a factory at all; `inputs` have to be seen at this level too."""

    field: str
    level: str
    opens: tuple[Speaking, ...]
    limits: tuple[Speaking, ...]
    listing: tuple[Speaking, ...]
    unlisting: tuple[Speaking, ...]
    inputs: tuple[str, ...]
    directory: int
    count: int
    members: tuple[Seeing, ...]
    next: str | None
    conditions: tuple[Whoever, ...]
    left_out: int


def audience(
    house: House,
    session: Session,
    caller: Caller,
    factory_id: str,
    *,
    field: str,
    level: str = "existence",
    policy: object = None,
    page: Page = Page(),
    language: Language = "en",
) -> Audience:
    """Who sees `field` of the caller's factory at `level` or better, under the saved policy or a draft."""
    found = matter(session, caller, factory_id, policy)
    vocabulary, today = catalogue.vocabulary(), house.today()
    if field != LISTING and field not in vocabulary.positions:
        raise invalid("field", "unknown_field", "No field has this name.")
    rules = [*found.policy.effective, *(cap.rule for cap in house.platform)]
    everybody = directory(session, found.factory, rules, today)
    seers = who_sees(found.policy, field, LEVELS[level], day=today, vocabulary=vocabulary, platform=house.platform)
    sights = members_who_see(
        found.policy, field, LEVELS[level], everybody.kinds, day=today, vocabulary=vocabulary, platform=house.platform
    )
    certain = [(entry, sight.purposes) for sight in sights.certain for entry in everybody.of(sight.names)]
    purposes: dict[Entry, frozenset[str]] = {}
    for entry, seen_for in certain:
        purposes[entry] = purposes.get(entry, frozenset()) | seen_for
    ordered = sorted(purposes, key=lambda entry: entry.slug)
    shown = [entry for entry in ordered if page.after is None or entry.slug > page.after]
    listed = shown[: page.limit]
    known = known_to_owner(session, found.factory, found.policy.effective)

    def say(openings: tuple[Opening, ...]) -> tuple[Speaking, ...]:
        return tuple(_speaking(each, known, language) for each in openings)

    return Audience(
        field=field,
        level=seers.level.word,
        opens=say(seers.opens),
        limits=say(seers.limits),
        listing=say(seers.listing) if field != LISTING else (),
        unlisting=say(seers.unlisting) if field != LISTING else (),
        inputs=seers.inputs,
        directory=everybody.size,
        count=len(ordered),
        members=tuple(
            Seeing(organization=each.did, slug=each.slug, name=each.name, purposes=tuple(sorted(purposes[each])))
            for each in listed
        ),
        next=listed[-1].slug if len(shown) > len(listed) else None,
        conditions=tuple(_conditions(sights.conditional, everybody, language)),
        left_out=sights.left_out,
    )


def _speaking(opening: Opening, known: Known, language: Language) -> Speaking:
    said = opening.said
    platform = said.origin is Origin.PLATFORM
    return Speaking(
        rule=said.rule.id,
        origin=said.origin.value,
        level=opening.level.word,
        when=opening.when.value,
        text=PLATFORM[language] if platform else rule_sentence(said.rule, language, known),
    )


def _conditions(sights: Iterable[Sight], everybody: Directory, language: Language) -> Iterator[Whoever]:
    for sight in sights:
        among = sum(len(everybody.entries[name]) for name in everybody.able(sight.names, sight.given))
        if among:
            whoever = whoever_words(sight.given, language)
            yield Whoever(whoever=whoever, purposes=tuple(sorted(sight.purposes)), among=among)
