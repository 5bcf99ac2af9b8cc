"""What saving a draft would change: over the directory by name, and over all possible viewers by example.

Guarantees: counts and names follow from what every member may know and from the owner's own ties; what depends on what others
hold is a condition ("whoever holds X"), never a name. The second part speaks of everybody who could ever come, today and
later, and is exact, or says that it is not and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from policies import Effect, Rule
from policies.impact import Change, DirectoryOnly, Impact, impact
from policies.shifts import Shift, impact_on
from sharing import catalogue
from sharing.answers.audience import Page
from sharing.answers.directory import Directory, Entry, directory
from sharing.answers.drafts import Matter, matter
from sharing.answers.names import known_to_owner
from sharing.answers.oddities import Found, odd_of
from sharing.answers.pictures import Picture
from sharing.answers.widening import digest_of, openings, surely_widens
from sharing.house import House
from sharing.sentences import Known, Language, Sentence, policy_sentences, rule_sentence
from sharing.sentences.needs import country_words, organization_words, who_words, whoever_words
from sharing.viewers import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A rule because of which somebody may see more: `shows`, or `limits_no_more` where a cap is gone or cut."""

    rule: str
    change: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field from one level to another."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Members for whom the same changes: `count` of them. `whoever`: only those of them who hold something."""

    count: int
    purposes: tuple[str, ...]
    gains: tuple[FieldChange, ...]
    loses: tuple[FieldChange, ...]
    whoever: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """One member. `changes` are places in the list of changes."""

    organization: str
    slug: str
    name: str
    changes: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverDirectory:
    """`members` in all; how many gain and lose something, for some purpose; one page of them by name."""

    members: int
    gain: int
    lose: int
    changes: tuple[Changed, ...]
    organizations: tuple[Affected, ...]
    next: str | None
    conditions: tuple[Changed, ...]
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Possible:
    """What changes for some viewers that there may be; `witness` is one of them, with the day."""

    fields: tuple[str, ...]
    before: str
    after: str
    gain: bool
    who: tuple[str, ...]
    more: int
    witness: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverEverybody:
    """`exact`: every change there is. Else `reason` says of what there were too many: `regions` or `combinations`."""

    exact: bool
    regions: int
    limit: int | None
    reason: str | None
    changes: tuple[Possible, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftImpact:
    """`widens`: somebody may see more; then `digest` is what saving asks for, and `opens` the rules that it is about."""

    factory: str
    widens: bool
    digest: str
    opens: tuple[Opened, ...]
    sentences: tuple[Sentence, ...]
    directory: OverDirectory
    everybody: OverEverybody
    oddities: Found


def draft_impact(
    house: House,
    session: Session,
    caller: Caller,
    factory_id: str,
    document: object,
    *,
    page: Page,
    language: Language = "en",
) -> DraftImpact:
    """What saving this draft in place of the caller's saved policy would change."""
    found = matter(session, caller, factory_id, document)
    known = known_to_owner(session, found.factory, [*found.saved.effective, *found.policy.effective])
    today = house.today()
    opens = openings(found.saved, found.policy, today)
    possible = impact(found.saved, found.policy, today=today, vocabulary=catalogue.vocabulary(), platform=house.platform)
    return DraftImpact(
        factory=factory_id,
        widens=bool(opens) and surely_widens(possible),
        digest=digest_of(found.saved, found.policy),
        opens=tuple(_opened(rule, known, language) for rule in opens),
        sentences=policy_sentences(found.policy, language, known),
        directory=_over_directory(house, session, found, page, language),
        everybody=_everybody(possible, known, language),
        oddities=odd_of(house, session, found, language),
    )


def _opened(rule: Rule, known: Known, language: Language) -> Opened:
    change = "shows" if rule.effect is Effect.SHOW else "limits_no_more"
    return Opened(rule=rule.id, change=change, text=rule_sentence(rule, language, known))


def _over_directory(house: House, session: Session, found: Matter, page: Page, language: Language) -> OverDirectory:
    rules = [*found.saved.effective, *found.policy.effective, *(cap.rule for cap in house.platform)]
    everybody = directory(session, found.factory, rules, house.today())
    shifts = impact_on(
        found.saved,
        found.policy,
        everybody.kinds,
        day=house.today(),
        vocabulary=catalogue.vocabulary(),
        platform=house.platform,
    )
    places: dict[Entry, list[int]] = {}
    gaining: set[str] = set()
    losing: set[str] = set()
    for place, shift in enumerate(shifts.as_listed):
        for name in shift.names:
            if any(each.after > each.before for each in shift.changes):
                gaining.add(name)
            if any(each.after < each.before for each in shift.changes):
                losing.add(name)
        for entry in everybody.of(shift.names):
            places.setdefault(entry, []).append(place)
    ordered = sorted((entry for entry in places if page.after is None or entry.slug > page.after), key=lambda each: each.slug)
    listed = ordered[: page.limit]
    return OverDirectory(
        members=everybody.size,
        gain=len(everybody.of(gaining)),
        lose=len(everybody.of(losing)),
        changes=tuple(_changed(each, len(everybody.of(each.names)), None) for each in shifts.as_listed),
        organizations=tuple(
            Affected(organization=each.did, slug=each.slug, name=each.name, changes=tuple(places[each])) for each in listed
        ),
        next=listed[-1].slug if len(ordered) > len(listed) else None,
        conditions=tuple(_conditional(shifts.conditional, everybody, language)),
        left_out=shifts.left_out,
    )


def _conditional(shifts: Sequence[Shift], everybody: Directory, language: Language) -> Iterator[Changed]:
    for shift in shifts:
        among = len(everybody.of(everybody.able(shift.names, shift.given)))
        if among:
            yield _changed(shift, among, whoever_words(shift.given, language))


def _changed(shift: Shift, count: int, whoever: str | None) -> Changed:
    said = [
        (each.after > each.before, FieldChange(field=each.field, before=each.before.word, after=each.after.word))
        for each in shift.changes
    ]
    return Changed(
        count=count,
        purposes=tuple(sorted(shift.purposes)),
        gains=tuple(change for gain, change in said if gain),
        loses=tuple(change for gain, change in said if not gain),
        whoever=whoever,
    )


def _everybody(possible: Impact | DirectoryOnly, known: Known, language: Language) -> OverEverybody:
    if isinstance(possible, DirectoryOnly):
        return OverEverybody(
            exact=False, regions=possible.count, limit=possible.limit, reason=possible.reason.value, changes=()
        )
    changes = tuple(_possible(each, known, language) for each in possible.changes)
    return OverEverybody(exact=True, regions=possible.regions, limit=None, reason=None, changes=changes)


def _possible(change: Change, known: Known, language: Language) -> Possible:
    seen = change.witness
    document = dict(Picture(viewer=seen.viewer, relation=seen.relation, day=seen.day).document())
    document["organization"] = None if seen.viewer.org is None else organization_words(seen.viewer.org, language, known)
    document["country"] = None if seen.viewer.country is None else country_words(seen.viewer.country, language)
    document["holds"] = dict(seen.viewer.holds)
    return Possible(
        fields=change.fields,
        before=change.before.word,
        after=change.after.word,
        gain=change.gain,
        who=tuple(who_words(each, language, known) for each in change.who),
        more=change.more,
        witness=document,
    )
