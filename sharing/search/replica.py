"""One index per process that follows the tables, and answers for exactly the snapshot that the rows come from.

Guarantees: under one lock a question opens its snapshot, reads the change number there, brings the index to exactly
that number and asks. The lock is then released, and the caller fetches rows in the same snapshot. Because snapshots
open under the lock, the index is never ahead of one. An index that fell behind the change table, or met a database
whose numbers went back, is built anew from all states. One that failed half way is thrown away: the error goes to the
caller and the next question builds a new one. A half-changed index never answers.
Does not guarantee: anything when snapshots come from different, unequal copies of the database.

State owned here: the index and the change number it stands at; nobody else may change the index.
"""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from policies import PlatformCap
from sharing.search.index import FactoryState, Index

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The newest change number, and the oldest one from which on every change is still in the change table.

    With an empty change table `oldest` is `newest + 1`.
    """

    oldest: int
    newest: int


class Feed(Protocol):
    """Where states come from; every call reads the given snapshot and nothing else."""

    def window(self, session: Session) -> Window:
        """What the change table holds. This is the first statement of a snapshot."""
        ...

    def changed(self, session: Session, after: int, until: int) -> Iterable[tuple[str, FactoryState | None]]:
        """The state now (None: not published) of every factory with a change in (after, until], each once."""
        ...

    def everything(self, session: Session) -> Iterable[FactoryState]:
        """The state of every published factory."""
        ...


class Shelf(Protocol):
    """Where an index that was written down earlier may stand."""

    def load(self, session: Session, window: Window) -> tuple[Index, int] | None:
        """An index and the change number it stands at, both of this very database, program and platform caps, with
        every later change still in the change table; None when there is none such. Never raises for what it finds."""
        ...


class Replica:
    """The index of this process. `platform` are the operator's caps; changing them needs a new replica.

    With a `shelf`, an index that would be built anew is taken from there, when there is a usable one, and brought up to
    date.
    """

    def __init__(self, feed: Feed, platform: tuple[PlatformCap, ...] = (), shelf: Shelf | None = None) -> None:
        self._feed = feed
        self._platform = platform
        self.shelf = shelf
        self._lock = Lock()
        self._index: Index | None = None
        self._at = 0
        self._size = 0

    @contextmanager
    def asking(
        self,
        snapshot: Callable[[], AbstractContextManager[Session]],
        question: Callable[[Session, Index], Answer],
    ) -> Iterator[tuple[Session, Answer]]:
        """Open a snapshot, bring the index to it, ask, and keep the snapshot open for the caller's rows.

        `question` runs under the lock (it may read the viewer's relations from the session; it must not keep the
        index, nor ask the replica again); the body of the `with` runs outside it, in the same snapshot.
        """
        with ExitStack() as stack:
            with self._lock:
                session = stack.enter_context(snapshot())
                answer = question(session, self._current(session))
            yield session, answer

    @property
    def at(self) -> int:
        """The change number at which the index stands, 0 before the first question. For whoever watches, not for answers."""
        return self._at

    def window(self, session: Session) -> Window:
        """What the change table of this snapshot holds."""
        return self._feed.window(session)

    @property
    def size(self) -> int:
        """How many factories the index holds, likewise."""
        return self._size

    def forget(self) -> None:
        """Throw the index away; the next question loads or builds one."""
        with self._lock:
            self._index = None

    def _current(self, session: Session) -> Index:
        window = self._feed.window(session)
        index, at = self._index, self._at
        if index is None or not window.oldest - 1 <= at <= window.newest:
            # Until the last change is in there is no index, so whatever is raised between leaves no half-changed one.
            self._index = None
            loaded = None if self.shelf is None else self.shelf.load(session, window)
            index, at = loaded or (self.build(session), window.newest)
            # Millions of objects that live as long as the process: nobody looks among them for garbage at every request.
            gc.freeze()
        if at < window.newest:
            self._index = None
            for factory_id, state in self._feed.changed(session, at, window.newest):
                index.put(factory_id, state)
            if index.overgrown:
                index = self.build(session)
        self._index, self._at, self._size = index, window.newest, len(index)
        return index

    def build(self, session: Session) -> Index:
        """A new index of this snapshot's tables; the replica's own is not touched."""
        index = Index(platform=self._platform)
        for state in self._feed.everything(session):
            index.put(state.factory_id, state)
        index.settle()
        return index
