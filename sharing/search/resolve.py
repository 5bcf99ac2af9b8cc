"""From an atom of a query to the records of one view that satisfy it.

Guarantees: each atom is answered per level, from the posting or column of that level and the records at which the
field is shown exactly at that level, so a value never counts where it is hidden or at a precision that is not shown.
"""

from datetime import date

from policies import Level
from sharing.search.bitmaps import Bitmap, Rids, bitmap, rids_of, union
from sharing.search.columns import MISSING, Mask
from sharing.search.postings import Use
from sharing.search.query import Atom, Certificates, Comparison, Numbers, SpareHours, Terms, Words
from sharing.search.reading import HOURS, SCHEME, VALID_FROM, VALID_UNTIL
from sharing.search.store import Store
from sharing.search.view import View

STEPS = (Level.EXACT, Level.BAND)


class Resolver:
    """Answers atoms for one view on one day."""

    def __init__(self, store: Store, view: View, day: date) -> None:
        self._store = store
        self._view = view
        self._day = day

    def matching(self, atom: Atom, within: Bitmap) -> Bitmap:
        """The records of `within` (all in the view) that satisfy the atom."""
        if isinstance(atom, Words):
            return self._words(atom, within)
        if isinstance(atom, Terms):
            return self._terms(atom, within)
        if isinstance(atom, Numbers):
            return self._numbers(atom, within)
        if isinstance(atom, Certificates):
            return self._certificates(atom, within)
        return self._hours(atom, within)

    def _words(self, atom: Words, within: Bitmap) -> Bitmap:
        tables = self._store.postings.tables(Use.WORD)
        for word in atom.words:
            within = within & union(
                members & self._view.shown(table.field, table.level)
                for table in tables
                if (members := table.by_term.get(word)) is not None
            )
        return within

    def _terms(self, atom: Terms, within: Bitmap) -> Bitmap:
        found = []
        for key in atom.fields:
            for step in STEPS:
                postings = self._store.postings.table(Use.TERM, key, step)
                members = [postings[term] for term in atom.terms if term in postings]
                if members:
                    found.append(union(members) & self._view.shown(key, step))
        return within & union(found)

    def _numbers(self, atom: Numbers, within: Bitmap) -> Bitmap:
        holding: list[Bitmap] = []
        failing: list[Bitmap] = []
        for comparison in atom.comparisons:
            for step in STEPS:
                rids = rids_of(within & self._view.shown(comparison.field, step))
                known, satisfied = self._compare(comparison, step, rids)
                holding.append(bitmap(rids[known & satisfied]))
                failing.append(bitmap(rids[known & ~satisfied]))
        return union(holding) - union(failing)

    def _compare(self, comparison: Comparison, step: Level, rids: Rids) -> tuple[Mask, Mask]:
        """Which rows have a value, and which certainly satisfy the comparison at `step`."""
        column = self._store.numbers[comparison.field]
        known: Mask = column.exact(rids) != MISSING
        satisfies = column.exact_satisfies if step is Level.EXACT else column.band_satisfies
        return known, satisfies(rids, comparison.at_least, comparison.at_most)

    def _hours(self, atom: SpareHours, within: Bitmap) -> Bitmap:
        found = []
        span = atom.last - atom.first + 1
        for step in STEPS:
            rids = rids_of(within & self._view.shown(HOURS, step))
            given, total, least = self._store.hours.totals(rids, atom.first, atom.last, band=step is Level.BAND)
            enough = (given == span) & (least >= atom.tenths) if atom.each else (given > 0) & (total >= atom.tenths)
            found.append(bitmap(rids[enough]))
        return union(found)

    def _certificates(self, atom: Certificates, within: Bitmap) -> Bitmap:
        holders = self._store.certificates.holders(atom.terms, (atom.day or self._day).toordinal())
        candidates = within & self._view.shown(SCHEME, Level.EXACT)
        found = []
        for from_shown, begun in self._split(VALID_FROM, candidates):
            for until_shown, ended in self._split(VALID_UNTIL, begun):
                rids = rids_of(ended)
                heads = self._store.ids.head_of[rids]
                found.append(bitmap(rids[self._store.flagged(holders.heads(from_shown, until_shown))[heads]]))
        return union(found)

    def _split(self, key: str, records: Bitmap) -> list[tuple[Level, Bitmap]]:
        """The records by the level at which a date is shown; HIDDEN stands for everything that shows no date."""
        exact = records & self._view.shown(key, Level.EXACT)
        band = records & self._view.shown(key, Level.BAND)
        parts = [(Level.EXACT, exact), (Level.BAND, band), (Level.HIDDEN, records - exact - band)]
        return [(level, part) for level, part in parts if part]
