"""What somebody may be about to type: codes, words and names that the viewer sees, the most frequent first.

Guarantees: everything in a suggestion is taken from the hits of the search it continues and from what they show to the viewer:
a suggestion occurs among them, its number is how many hits the search would have with it, and whether an edit is forgiven
depends on what the viewer sees as well. A code's label is the catalogue's; a name is read from projections.

What is typed continues the search that is given. Its own parameter is left out of the count where several values are
alternatives (a second process is *or*), and stays where they are not (a further word is *and*).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as field_of
from enum import StrEnum
from functools import cache
from heapq import heappush, heappushpop

from policies import Level
from sharing.catalogue import Match, field, tokens, words
from sharing.catalogue.codes import Code, Codes
from sharing.catalogue.materials import FAMILIES
from sharing.search.bitmaps import Bitmap, bitmap, rids_of, union
from sharing.search.postings import Use
from sharing.search.query import Certificates, Query, Terms
from sharing.search.reading import CERTIFICATE, PARAMETERS, TERM_FIELDS, WORDS
from sharing.search.resolve import STEPS, Resolver
from sharing.search.spelling import MARK, Spelling, terms
from sharing.search.typed import Typed, begun, lexicon, together

SHORTEST = 2
"""Letters that are needed before words and names are suggested."""
MOST_NAMED = 20
"""Names are suggested when at most so many factories in the viewer's hits have one that fits."""
FEW = 10
"""Up to so many matching factories, an answer tells something of each of them, shown or not."""
LONGEST_NAME = 200
"""Characters of a name that a search takes as a value."""
NAMES = ("legal_name", "trading_name", "name_ascii")
COMPLETED: tuple[str, ...] = (*(name for name, each in PARAMETERS.items() if each.reads[0][1] is Match.TERM), WORDS)
"""The parameters whose values can be completed, in the order that breaks ties."""
_PLACE = {name: place for place, name in enumerate(COMPLETED)}
_OPEN = frozenset(each.key for each in TERM_FIELDS if each.codes is None)

NamesOf = Callable[[Sequence[str]], Mapping[str, Sequence[str]]]
"""The names that each of these factories shows to the viewer: read from its projection, by factory id."""


class Kind(StrEnum):
    """What a suggestion is."""

    CODE = "code"
    WORD = "word"
    NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A value for a search parameter; `label` in English and Vietnamese is what a person reads.

    `hits`: how many hits the search has with it, at least one. `corrected`: it fits what was typed but for one edit.
    `few`: the factories of those hits, where they are at most `FEW`; for the ledger, and no part of what leaves.
    """

    parameter: str
    value: str
    kind: Kind
    label_en: str
    label_vi: str
    hits: int
    corrected: bool
    few: tuple[str, ...] = field_of(default=(), compare=False, repr=False)


Parts = list[tuple[Bitmap, Bitmap]]
Place = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may be suggested: the hits are the union of the intersections of its parts, or of `matching`, which is
    within that."""

    parameter: str
    kind: Kind
    value: str
    parts: Parts
    matching: Callable[[], Bitmap] | None = None

    @property
    def most(self) -> int:
        """Never less than its hits."""
        return sum(min(len(members), len(within)) for members, within in self.parts)

    @property
    def place(self) -> Place:
        """Its fixed public place among equals."""
        return _PLACE[self.parameter], self.kind.value, self.value

    def count(self) -> int:
        """Its hits."""
        if self.matching is not None:
            return len(self.matching())
        if len(self.parts) == 1:
            ((members, within),) = self.parts
            return members.intersection_cardinality(within)
        return len(union(members & within for members, within in self.parts))


class Suggester:
    """Suggestions for one typed text within one search; `names_of` is asked at most once for each way of reading."""

    def __init__(self, resolver: Resolver, query: Query, typed: Typed, names_of: NamesOf) -> None:
        self._resolver = resolver
        self._store, self._view = resolver.store, resolver.view
        self._query = query
        self._typed = typed
        self._names_of = names_of
        self._within: dict[tuple[str, str, Level], Bitmap] = {}
        self._hits: dict[str, Bitmap] = {}

    def suggest(self, parameters: Sequence[str], limit: int) -> tuple[Suggestion, ...]:
        """The `limit` most frequent; where nothing visible fits as it was typed, those that nearly fit."""
        for nearly in (False, True):
            found = _most_frequent(self._candidates(parameters, nearly=nearly), limit)
            if found:
                return tuple(_suggestion(each, hits, corrected=nearly, few=self._few(each)) for each, hits in found)
        return ()

    def _few(self, candidate: Candidate) -> tuple[str, ...]:
        """The factories of its hits, as soon as they are known to be few."""
        heads: set[int] = set()
        for members, within in candidate.parts:
            for rid in members & within:
                heads.add(int(self._store.ids.head_of[rid]))
                if len(heads) > FEW:
                    return ()
        return tuple(sorted(self._store.ids.public(head)[0] for head in heads))

    def _candidates(self, parameters: Sequence[str], *, nearly: bool) -> list[Candidate]:
        found: list[Candidate] = []
        for name in parameters:
            if name == WORDS:
                found += self._words(nearly=nearly)
                found += self._names(nearly=nearly)
            else:
                found += self._codes(name, nearly=nearly)
        return found

    def _hits_without(self, name: str) -> Bitmap:
        """The hits of the search, leaving out the alternatives that were chosen for this very parameter."""
        kept = tuple(atom for atom in self._query.filters if atom.name != name or not isinstance(atom, Terms | Certificates))
        key = name if len(kept) < len(self._query.filters) else ""
        known = self._hits.get(key)
        if known is None:
            known = self._view.records
            for atom in kept:
                known = self._resolver.matching(atom, known)
            self._hits[key] = known
        return known

    def _shown(self, name: str, key: str, step: Level) -> Bitmap:
        """The hits that show a field exactly at a level."""
        place = (name, key, step)
        known = self._within.get(place)
        if known is None:
            shown = self._view.shown(key, step)
            known = self._within[place] = shown & self._hits_without(name) if self._query.filters else shown
        return known

    def _codes(self, name: str, *, nearly: bool) -> Iterable[Candidate]:
        fields, postings = PARAMETERS[name].fields, self._store.postings
        values = set[str]().union(*(lexicon(each).matching(self._typed, nearly=nearly) for each in vocabularies(name)))
        tables = [(key, step, postings.table(Use.TERM, key, step)) for key in fields for step in STEPS]
        for key in _OPEN.intersection(fields):
            for step in STEPS:
                values |= terms(begun(postings.spelled(Use.TERM, key, step), self._typed.tight, nearly=nearly))
        for value in values:
            parts = [(table[value], self._shown(name, key, step)) for key, step, table in tables if value in table]
            if parts:
                yield Candidate(name, Kind.CODE, value, parts, self._certified(value) if name == CERTIFICATE else None)

    def _certified(self, scheme: str) -> Callable[[], Bitmap]:
        """A certificate counts on the day that the search asks about, as it does there."""
        days = [each.day for each in (*self._query.filters, *self._query.wishes) if isinstance(each, Certificates)]
        atom = Certificates(name=CERTIFICATE, terms=(scheme,), day=days[0] if days else None)
        return lambda: self._resolver.matching(atom, self._hits_without(CERTIFICATE))

    def _words(self, *, nearly: bool) -> Iterable[Candidate]:
        if len(self._typed.tight) < SHORTEST:
            return
        within = self._hits_without(WORDS)
        for word in self._typed.earlier:
            within = within & self._resolver.having(word)
        parts: dict[str, Parts] = {}
        for table in self._store.postings.tables(Use.WORD) if within else ():
            spelled = self._store.postings.spelled(Use.WORD, table.field, table.level)
            found = terms(begun(spelled, self._typed.last, nearly=nearly))
            shown = self._view.shown(table.field, table.level) & within if found else bitmap()
            for word in found if shown else ():
                if words(word) != (word,):
                    continue  # a code such as VN-HN, which a search would take apart
                parts.setdefault(word, []).append((table.by_term[word], shown))
        for word, own in parts.items():
            yield Candidate(WORDS, Kind.WORD, " ".join((*self._typed.earlier, word)), own)

    def _names(self, *, nearly: bool) -> Iterable[Candidate]:
        if len(self._typed.tight) < SHORTEST:
            return
        having = {(word, near): self._named(word, near=near) for word in self._typed.words for near in {False, nearly}}
        ways = [tuple(having[word, False] for word in self._typed.words)]
        if nearly:
            ways = [(*way[:at], having[self._typed.words[at], True], *way[at + 1 :]) for way in ways for at in range(len(way))]
        records = union(_all(way) for way in ways)
        rids = rids_of(records)
        if not len(rids) or self._store.ids.factories(rids) > MOST_NAMED:
            return
        factories = sorted({self._store.ids.public(int(rid))[0] for rid in rids})
        names = {name for shown in self._names_of(factories).values() for name in shown if self._fits(name, nearly=nearly)}
        hits = self._hits_without(WORDS)
        for name in names:
            members = hits
            for word in tokens(name):
                members = members & self._resolver.having(word)
            yield Candidate(WORDS, Kind.NAME, name, [(members, members)])

    def _named(self, word: str, *, near: bool) -> Bitmap:
        """The hits of factories with a visible name, one word of which begins (nearly) so."""
        found: list[Bitmap] = []
        for key in NAMES:
            shown = self._shown(WORDS, key, Level.EXACT)
            table = self._store.postings.table(Use.WORD, key, Level.EXACT)
            spelled = self._store.postings.spelled(Use.WORD, key, Level.EXACT)
            found += [table[each] & shown for each in terms(begun(spelled, word, nearly=near))] if shown else []
        return union(found)

    def _fits(self, name: str, *, nearly: bool) -> bool:
        """Whether the typed words begin words of this very name."""
        own = Spelling(f"{each}{MARK}1" for each in tokens(name))
        met = together(self._typed, lambda word, near: terms(begun(own, word, nearly=near)), nearly=nearly)
        return bool(met) and len(name) <= LONGEST_NAME


@cache
def vocabularies(name: str) -> tuple[Codes, ...]:
    """The closed vocabularies that a parameter's terms are of; a material's grade stands under a family."""
    found = [each.codes for key in PARAMETERS[name].fields if (each := field(key)).codes is not None]
    if any(field(key).form.word == "grade" for key in PARAMETERS[name].fields):
        found.append(FAMILIES)
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _all(parts: Sequence[Bitmap]) -> Bitmap:
    found = parts[0]
    for each in parts[1:]:
        found = found & each
    return found


def _most_frequent(candidates: Iterable[Candidate], limit: int) -> list[tuple[Candidate, int]]:
    """The first `limit` by (most hits, place), of those that have any."""
    # What a candidate can have at most is known from the postings alone: it decides how many are counted, never the answer.
    counted: list[tuple[Candidate, int]] = []
    best: list[int] = []
    for most, each in sorted(((each.most, each) for each in candidates), key=lambda pair: -pair[0]):
        if not most or (len(best) == limit and most < best[0]):
            break
        hits = each.count()
        if hits:
            counted.append((each, hits))
            if len(best) < limit:
                heappush(best, hits)
            else:
                heappushpop(best, hits)
    return sorted(counted, key=lambda each: (-each[1], each[0].place))[:limit]


def _suggestion(candidate: Candidate, hits: int, *, corrected: bool, few: tuple[str, ...]) -> Suggestion:
    entry: Code | None = None
    if candidate.kind is Kind.CODE:
        entry = next((found for each in vocabularies(candidate.parameter) if (found := each.get(candidate.value))), None)
    return Suggestion(
        parameter=candidate.parameter,
        value=candidate.value,
        kind=candidate.kind,
        label_en=candidate.value if entry is None else entry.label_en,
        label_vi=candidate.value if entry is None else entry.label_vi,
        hits=hits,
        corrected=corrected,
        few=few,
    )
