"""Reading a search from its parameters: names and texts, as they come from a URL, a form, the command line or another
node.

Guarantees: a parameter's meaning is fixed by the catalogue; what is refused depends on the request alone. Unknown
names are refused. Everything wrong is reported at once. Repeating a parameter gives alternatives (except comparisons,
which are single).

Besides the catalogue's parameters: `certificate_day` (ISO date, default the day of the search), `weeks_from`,
`weeks_until` (ISO weeks, at most 104, default eight from the current one), `hours_mode` (`total` or `each`), `wish`
(names of given parameters that shall rank and not filter), `sort` (an `Order`). A setting given without what it changes
is refused: whoever gave it expects it to count.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from sharing.backing import CLASSES
from sharing.catalogue import Match, SearchParameter, field, tokens
from sharing.catalogue.quantities import quantity
from sharing.catalogue.weeks import week_number, week_of
from sharing.errors import Problems
from sharing.freshness import STALE_DAYS
from sharing.search.errors import InvalidQuery
from sharing.search.query import (
    AnyWords,
    Atom,
    BackedBy,
    Certificates,
    Comparison,
    Fresh,
    Numbers,
    Order,
    Query,
    SpareHours,
    Terms,
    Words,
)
from sharing.search.reading import (
    BACKED,
    BACKED_FIELDS,
    CERTIFICATE,
    FRESHNESS,
    HOURS,
    PARAMETERS,
    QUESTIONS,
    TEXT,
    WORDS,
)

HOURS_PARAMETER = "spare_hours"
SETTINGS: Mapping[str, tuple[str, ...]] = {
    "certificate_day": (CERTIFICATE,),
    "weeks_from": (HOURS_PARAMETER, f"sort={Order.SPARE_HOURS}"),
    "weeks_until": (HOURS_PARAMETER, f"sort={Order.SPARE_HOURS}"),
    "hours_mode": (HOURS_PARAMETER,),
    "wish": (),
    "sort": (),
}
"""Every setting, and what it changes: it is refused unless one of these is given (none: it stands by itself)."""
MOST_VALUES = 50
LONGEST = 200
MOST_WEEKS = 104
DEFAULT_WEEKS = 8
_MOST_NUMBER = 10**15
_BACKED_KEYS = frozenset(each.key for each in BACKED_FIELDS)

Given = Mapping[str, Sequence[str]]


def parse_query(parameters: Given, day: date) -> Query:
    """The query of these parameters, asked on `day`. Raises `InvalidQuery` with all problems."""
    reader = _Reader(parameters, day)
    query = reader.query()
    if reader.problems.found:
        raise InvalidQuery(tuple(reader.problems.found))
    return query


class _Reader:
    def __init__(self, given: Given, day: date) -> None:
        self.problems = Problems()
        self._day = day
        fit = {name: values for name, values in given.items() if self._fit(name, values)}
        self._given = {name: [one.strip() for one in values] for name, values in fit.items()}

    def query(self) -> Query:
        weeks = self._weeks()
        atoms: dict[str, Atom] = {}
        for name, values in self._given.items():
            atom = self._atom(name, values, weeks) if name in QUESTIONS else None
            if atom is not None:
                atoms[name] = atom
        wished = self._given.get("wish", [])
        for name in wished:
            if name not in QUESTIONS or name not in self._given:
                self.problems.add("wish", "unknown_wish", "A wish names a search parameter that is given.")
        self._unused()
        return Query(
            filters=tuple(atom for name, atom in sorted(atoms.items()) if name not in wished),
            wishes=tuple(atom for name, atom in sorted(atoms.items()) if name in wished),
            order=self._order(bool(wished)),
            weeks=weeks,
        )

    def _fit(self, name: str, values: Sequence[str]) -> bool:
        if name not in QUESTIONS and name not in SETTINGS:
            self.problems.add(name[:LONGEST], "unknown_parameter", "There is no such search parameter.")
        elif not 1 <= len(values) <= MOST_VALUES:
            self.problems.add(name, "too_many", f"Give 1 to {MOST_VALUES} values.")
        elif any(len(one) > LONGEST or not one.strip() or not one.isprintable() for one in values):
            self.problems.add(name, "bad_text", f"Each value is 1 to {LONGEST} printable characters.")
        else:
            return True
        return False

    def _single(self, name: str) -> str | None:
        values = self._given.get(name)
        if values is None:
            return None
        if len(values) > 1:
            self.problems.add(name, "too_many", "Give this once.")
        return values[0]

    def _unused(self) -> None:
        """Settings that would change nothing."""
        given = {*self._given, *(f"sort={each}" for each in self._given.get("sort", ()))}
        for name, changes in SETTINGS.items():
            if name in given and changes and given.isdisjoint(changes):
                self.problems.add(name, "unused_setting", f"This changes nothing without {' or '.join(changes)}.")
        for order, needed in ((Order.WISHES, "wish"), (Order.RELEVANCE, TEXT)):
            if f"sort={order}" in given and needed not in given:
                self.problems.add("sort", "unused_setting", f"The order {order} needs {needed}.")

    def _atom(self, name: str, values: Sequence[str], weeks: tuple[int, int]) -> Atom | None:
        if name in (WORDS, TEXT):
            return self._words(name, values)
        if name == BACKED:
            return self._backed(values)
        return self._fresh(name) if name == FRESHNESS else self._of_fields(PARAMETERS[name], values, weeks)

    def _of_fields(self, parameter: SearchParameter, values: Sequence[str], weeks: tuple[int, int]) -> Atom | None:
        name = parameter.name
        if name == CERTIFICATE:
            return Certificates(name=name, terms=self._codes(parameter, values), day=self._date("certificate_day"))
        match = parameter.reads[0][1]
        if match is Match.TERM:
            return Terms(name=name, fields=parameter.fields, terms=self._codes(parameter, values))
        number = self._single(name) or ""
        if match is Match.HOURS:
            return self._spare_hours(name, number, weeks)
        return self._numbers(parameter, number)

    def _words(self, name: str, values: Sequence[str]) -> Words | AnyWords:
        words = tuple(sorted(frozenset[str]().union(*map(tokens, values))))
        if not words:
            self.problems.add(name, "no_words", "This has no word to look for.")
        return Words(name=name, words=words) if name == WORDS else AnyWords(name=name, words=words)

    def _fresh(self, name: str) -> Fresh | None:
        days = quantity(self._single(name) or "", name, self.problems, decimals=0, least=0, most=STALE_DAYS - 1)
        return None if days is None else Fresh(name=name, days=days)

    def _backed(self, values: Sequence[str]) -> BackedBy:
        asked = set()
        for value in values:
            key, _, word = value.partition(":")
            if key not in _BACKED_KEYS:
                self.problems.add(BACKED, "never_backed", "Name a field that can be attested, such as capability.process:peer.")
            elif CLASSES.get(word, 0) == 0:
                classes = ", ".join(each for each, rank in CLASSES.items() if rank)
                self.problems.add(BACKED, "unknown_class", f"Add one of {classes} after the field and a colon.")
            else:
                asked.add((key, CLASSES[word]))
        return BackedBy(name=BACKED, asked=tuple(sorted(asked)))

    def _codes(self, parameter: SearchParameter, values: Sequence[str]) -> tuple[str, ...]:
        vocabularies = [field(key).codes for key in parameter.fields]
        structured = [field(key).form for key in parameter.fields if field(key).codes is None]
        found = set()
        for value in values:
            spellings = (value, value.upper(), value.lower(), "".join(value.upper().split()))
            known = [one for one in spellings for codes in vocabularies if codes is not None and one in codes]
            known += [one for form in structured if (one := form.asked(value)) is not None]
            if not known:
                self.problems.add(parameter.name, "unknown_code", "This is not a code of the vocabulary.")
            found.add(known[0] if known else value)
        return tuple(sorted(found))

    def _numbers(self, parameter: SearchParameter, text: str) -> Atom | None:
        comparisons = []
        for key, match in parameter.reads:
            bound = self._quantity(parameter.name, text, field(key).decimals)
            if bound is None:
                return None
            comparisons.append(Comparison(field=key, match=match, bound=bound))
        return Numbers(name=parameter.name, comparisons=tuple(comparisons))

    def _quantity(self, name: str, text: str, decimals: int) -> int | None:
        return quantity(text, name, self.problems, decimals=decimals, least=0, most=_MOST_NUMBER)

    def _spare_hours(self, name: str, text: str, weeks: tuple[int, int]) -> Atom | None:
        tenths = self._quantity(name, text, field(HOURS).decimals)
        mode = self._single("hours_mode") or "total"
        if mode not in ("total", "each"):
            self.problems.add("hours_mode", "unknown_mode", "Choose total or each.")
        if tenths is None:
            return None
        return SpareHours(name=name, first=weeks[0], last=weeks[1], tenths=tenths, each=mode == "each")

    def _weeks(self) -> tuple[int, int]:
        first = self._week("weeks_from", self._day)
        until = self._single("weeks_until")
        last = first + DEFAULT_WEEKS - 1 if until is None else self._week("weeks_until", self._day)
        if not 0 <= last - first < MOST_WEEKS:
            self.problems.add("weeks_until", "bad_range", f"The weeks run forward and are at most {MOST_WEEKS}.")
        return first, last

    def _week(self, name: str, default: date) -> int:
        text = self._single(name)
        number = week_number(week_of(default) if text is None else text)
        if number is None:
            self.problems.add(name, "not_a_week", "Write an ISO week that exists, such as 2026-W48.")
            return 0
        return number

    def _date(self, name: str) -> date | None:
        text = self._single(name)
        if text is None:
            return None
        try:
            # date.fromisoformat also takes 2026-W47-7.
            found = date.fromisoformat(text) if len(text) == 10 and text[4] == text[7] == "-" else None
        except ValueError:
            found = None
        if found is None:
            self.problems.add(name, "not_a_date", "Write a date as YYYY-MM-DD.")
        return found

    def _order(self, wished: bool) -> Order:
        text = self._single("sort")
        if text is None:
            return Order.WISHES if wished else Order.RELEVANCE if TEXT in self._given else Order.PLAIN
        if text not in tuple(Order):
            self.problems.add("sort", "unknown_sort", f"Choose one of {', '.join(Order)}.")
            return Order.PLAIN
        return Order(text)
