"""The leak-free index: postings that are the same for everybody, and for each viewer the bitmaps of what they may
see.

Guarantees: counts, facets, order and hits are functions of the viewer's world alone: each is taken from postings and
columns intersected with the records (and levels) visible to the viewer, and equals what a plain engine finds over the
projections.
Does not guarantee: that the rows fetched for a page still agree; `predicate.matches` checks each of them again.

Where this departs from the measured design: numbers are dense columns, compared by ladders that are made when somebody
compares (docs/adr/0027), instead of bit-sliced bitmaps.

Not thread-safe; `Replica` holds one lock around every use. State owned here: the store and up to VIEWS cached views.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from policies import PlatformCap, Policy, Relation, Viewer, compile_platform, signature
from sharing import catalogue
from sharing.backing import Backing
from sharing.profile import Record
from sharing.search.audiences import Audiences
from sharing.search.cursors import Position
from sharing.search.engine import Found, search
from sharing.search.query import Query
from sharing.search.resolve import Resolver
from sharing.search.store import Store
from sharing.search.suggest import NamesOf, Suggester, Suggestion
from sharing.search.typed import Typed
from sharing.search.view import View

VIEWS = 20
FEWEST_CONDITIONS = 25_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FactoryState:
    """What the index needs of a published factory."""

    factory_id: str
    record: Record
    policy: Policy
    backing: Backing = ()
    hours_as_of: Mapping[str, tuple[date, date]] = field(default_factory=dict)
    """Id of each capacity group with spare hours -> the days on which these were last stated at band and at exact level."""


class Index:
    """An index of published factories."""

    def __init__(self, platform: tuple[PlatformCap, ...] = ()) -> None:
        self._store = Store()
        self._audiences = Audiences(catalogue.vocabulary())
        self._platform = compile_platform(platform, self._audiences.vocabulary, self._audiences.conditions)
        self._settled = 0
        self._views: OrderedDict[str, View] = OrderedDict()

    def settle(self) -> None:
        """Remember how many conditions there are now that all of them are in use."""
        self._settled = len(self._audiences.conditions)

    def tighten(self) -> None:
        """Bring it into the form in which a snapshot holds it; it says what it said."""
        self._store.tighten()
        self._audiences.tighten(self._store.ids.end)

    @property
    def overgrown(self) -> bool:
        """Whether most conditions may be left over from policies that were replaced: a condition is never forgotten, so an
        owner who writes new ones all day would fill the memory. Building the index anew keeps only those in use."""
        left = len(self._audiences) > 2 * max(len(self), FEWEST_CONDITIONS)
        return left or len(self._audiences.conditions) > 2 * max(self._settled, FEWEST_CONDITIONS)

    def __len__(self) -> int:
        return len(self._store.ids)

    @property
    def store(self) -> Store:
        """The records, for `comparing` to read; only `put` changes them."""
        return self._store

    @property
    def audiences(self) -> Audiences:
        """The compiled policies, likewise."""
        return self._audiences

    def put(self, factory_id: str, state: FactoryState | None) -> None:
        """Enter a factory, replace it, or (None) take it away; each cached view is brought up to date."""
        old = self._store.ids.run(factory_id)
        if old is not None:
            for view in self._views.values():
                view.forget(factory_id, old)
            self._audiences.remove(old)
            self._store.withdraw(factory_id)
        if state is None:
            if old is not None:
                self._store.ids.release(factory_id)
            return
        run = self._store.enter(factory_id, state.record, state.backing, state.hours_as_of)
        self._audiences.add(state.policy, run, self._store.ids.capability_ids(run))
        for view in self._views.values():
            view.learn(factory_id, run)

    def search(
        self,
        query: Query,
        *,
        viewer: Viewer,
        relations: Mapping[str, Relation],
        day: date,
        limit: int,
        after: Position | None = None,
    ) -> Found:
        """What `query` finds for a viewer with these relations (by factory id) on `day`: one page, counts and facets.

        `limit` >= 1 hits behind the position `after`. Raises nothing for a valid query.
        """
        return search(self._store, self.view(viewer, relations, day), query, day=day, limit=limit, after=after)

    def suggest(
        self,
        typed: Typed,
        query: Query,
        *,
        viewer: Viewer,
        relations: Mapping[str, Relation],
        day: date,
        parameters: Sequence[str],
        limit: int,
        names_of: NamesOf,
    ) -> tuple[Suggestion, ...]:
        """What `typed` may become in a search for `query`, for values of `parameters` (of `suggest.COMPLETED`)."""
        resolver = Resolver(self._store, self.view(viewer, relations, day), day)
        return Suggester(resolver, query, typed, names_of).suggest(parameters, limit)

    def view(self, viewer: Viewer, relations: Mapping[str, Relation], day: date) -> View:
        """The viewer's world, cached by everything that a decision reads."""
        key = signature(viewer, relations, day)
        view = self._views.pop(key, None)
        if view is None:
            view = View(
                viewer=viewer,
                relations=dict(relations),
                day=day,
                audiences=self._audiences,
                ids=self._store.ids,
                platform=self._platform,
            )
            while len(self._views) >= VIEWS:
                self._views.popitem(last=False)
        self._views[key] = view
        return view
