"""From an atom of a query to the records of one view that satisfy it.

Guarantees: each atom is answered per level, from the posting or column of that level and the records at which the
field is shown exactly at that level, so a value never counts where it is hidden or at a precision that is not shown.
"""

from datetime import date

from policies import Level
from sharing.backing import CLASSES, SHOWN_DOCUMENT
from sharing.search.bitmaps import Bitmap, bitmap, rids_of, union
from sharing.search.columns import Split
from sharing.search.postings import FILE, Use, backs
from sharing.search.query import AnyWords, Atom, BackedBy, Certificates, Comparison, Fresh, Numbers, SpareHours, Terms, Words
from sharing.search.reading import DOCUMENTED, HOURS, SCHEME, STATUS, VALID_FROM, VALID_UNTIL
from sharing.search.store import Store
from sharing.search.view import View
from trust.verdict import Provenance

STEPS = (Level.EXACT, Level.BAND)


class Resolver:
    """Answers atoms for one view on one day."""

    def __init__(self, store: Store, view: View, day: date) -> None:
        self.store = store
        self.view = view
        self._day = day
        self._having: dict[str, Bitmap] = {}

    def matching(self, atom: Atom, within: Bitmap) -> Bitmap:
        """The records of `within` (all in the view) that satisfy the atom."""
        match atom:
            case Words():
                found = within
                for word in atom.words:
                    found = found & self.having(word)
            case AnyWords():
                found = within & union(self.having(word) for word in atom.words)
            case Terms():
                found = self._terms(atom, within)
            case Numbers():
                found = self._numbers(atom, within)
            case Certificates():
                found = self._certificates(atom, within)
            case SpareHours():
                found = self._hours(atom, within)
            case Fresh():
                found = self._fresh(atom, within)
            case BackedBy():
                found = self._backed(atom, within)
        return found

    @property
    def today(self) -> int:
        """The day that is asked on, as an ordinal."""
        return self._day.toordinal()

    def having(self, word: str) -> Bitmap:
        """The records of the view that show a word in any of their fields."""
        known = self._having.get(word)
        if known is None:
            known = self._having[word] = union(
                members & self.view.shown(table.field, table.level)
                for table in self.store.postings.tables(Use.WORD)
                if (members := table.by_term.get(word)) is not None
            )
        return known

    def _fresh(self, atom: Fresh, within: Bitmap) -> Bitmap:
        found = []
        for step in STEPS:
            rids = rids_of(within & self.view.shown(HOURS, step))
            ages = self.store.hours.ages(rids, self.today, band=step is Level.BAND)
            found.append(bitmap(rids[ages <= atom.days]))
        return union(found)

    def _backed(self, atom: BackedBy, within: Bitmap) -> Bitmap:
        documents = self.view.shown(SHOWN_DOCUMENT, Level.EXACT) if DOCUMENTED else bitmap()
        for key, rank in atom.asked:
            found = []
            for step in STEPS:
                table = self.store.postings.table(Use.BACKED, key, step)
                members = union(members for term, members in table.items() if backs(term, rank, self.today))
                if FILE in table and rank <= CLASSES[Provenance.DOCUMENT]:
                    members = members | (table[FILE] & documents)
                found.append(members & self.view.shown(key, step))
            within = within & union(found)
        return within

    def _terms(self, atom: Terms, within: Bitmap) -> Bitmap:
        found = []
        for key in atom.fields:
            for step in STEPS:
                postings = self.store.postings.table(Use.TERM, key, step)
                members = [postings[term] for term in atom.terms if term in postings]
                shown = self.view.shown(key, step) if members else None
                if shown:
                    found.append((within & members[0] if len(members) == 1 else within & union(members)) & shown)
        return union(found)

    def _numbers(self, atom: Numbers, within: Bitmap) -> Bitmap:
        holding: list[Bitmap] = []
        failing: list[Bitmap] = []
        for comparison in atom.comparisons:
            for step in STEPS:
                shown = self.view.shown(comparison.field, step)
                if shown:
                    known, satisfied = self._compare(comparison, step, within & shown)
                    holding.append(satisfied)
                    if len(atom.comparisons) > 1:
                        failing.append(known - satisfied)
        # Each record shows a field at one level, so of a single comparison nothing fails that holds.
        return union(holding) - union(failing) if failing else union(holding)

    def _compare(self, comparison: Comparison, step: Level, within: Bitmap) -> Split:
        """Which records have a value, and which certainly satisfy the comparison at `step`."""
        column = self.store.numbers[comparison.field]
        split = column.exact_split if step is Level.EXACT else column.band_split
        return split(within, comparison.at_least, comparison.at_most)

    def _hours(self, atom: SpareHours, within: Bitmap) -> Bitmap:
        found = []
        span = atom.last - atom.first + 1
        for step in STEPS:
            rids = rids_of(within & self.view.shown(HOURS, step))
            given, total, least = self.store.hours.totals(rids, atom.first, atom.last, self.today, band=step is Level.BAND)
            enough = (given == span) & (least >= atom.tenths) if atom.each else (given > 0) & (total >= atom.tenths)
            found.append(bitmap(rids[enough]))
        return union(found)

    def _certificates(self, atom: Certificates, within: Bitmap) -> Bitmap:
        holders = self.store.certificates.holders(atom.terms, (atom.day or self._day).toordinal())
        candidates = within & self.view.shown(SCHEME, Level.EXACT)
        telling = self.view.shown(STATUS, Level.EXACT)
        found = []
        for from_shown, begun in self._split(VALID_FROM, candidates):
            for until_shown, ended in self._split(VALID_UNTIL, begun):
                for status_shown, records in ((True, ended & telling), (False, ended - telling)):
                    rids = rids_of(records)
                    heads = self.store.ids.head_of[rids]
                    holding = holders.heads(from_shown, until_shown, status_shown=status_shown)
                    found.append(bitmap(rids[self.store.flagged(holding)[heads]]))
        return union(found)

    def _split(self, key: str, records: Bitmap) -> list[tuple[Level, Bitmap]]:
        """The records by the level at which a date is shown; HIDDEN stands for everything that shows no date."""
        exact = records & self.view.shown(key, Level.EXACT)
        band = records & self.view.shown(key, Level.BAND)
        parts = [(Level.EXACT, exact), (Level.BAND, band), (Level.HIDDEN, records - exact - band)]
        return [(level, part) for level, part in parts if part]
