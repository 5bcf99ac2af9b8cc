"""What one request gives out, gathered where it leaves: each projection that is written into an answer, and what services
give out as bytes.

    with collecting(Recipient(...)) as gathered:
        ...                                     note(projection) is called wherever one is given out
    recording.record(house, gathered, ...)

Guarantees: what a recipient is given of their own is not gathered, everything else is, each factory once for each form; a
projection of which nobody knows for whom it was made raises `ProjectionForged`. Outside of `collecting` a note goes nowhere:
what is given out there stays in the process (a test holds the list of commands that write files for others).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from policies import Level
from sharing.errors import ProjectionForged
from sharing.projection import Projection

PUBLIC, MEMBER = "public", "member"
"""Recipients that are no single organization."""
SHOWN, MATCHED, FILE = "shown", "matched", "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who gets what is given out: an organization's id and DID, or `PUBLIC` or `MEMBER` and no DID; `actor` is who asks for
    it (`person/<id>`, `program/<client id>`), None for nobody in particular."""

    id: str
    did: str | None = None
    actor: str | None = None
    purpose: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One factory that was given out: `fields` are those that this form shows, None for all of the projection."""

    projection: Projection
    form: str = SHOWN
    fields: frozenset[str] | None = None
    subject: str | None = None

    @property
    def levels(self) -> Mapping[str, Level]:
        """The fields that were given out and their levels."""
        levels = self.projection.levels
        return levels if self.fields is None else {key: level for key, level in levels.items() if key in self.fields}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question for the count of alike ones; see `probing`. `asker`: the organization, or the group that it belongs to.
    `counted`: it was asked this week already, and is in the count."""

    asker: str
    shapes: tuple[str, ...]
    variant: str
    names: str
    counted: bool = False


@dataclass(slots=True, kw_only=True)
class Gathered:
    """What a request gave out so far; `accounted` once it said what, be it nothing."""

    recipient: Recipient
    given: dict[tuple[str, str, str | None], Given] = field(default_factory=dict)
    asked: Asked | None = None
    accounted: bool = False

    def entries(self) -> Iterable[Given]:
        """Each once: what was shown whole is not told again as merely matched."""
        whole = {factory for factory, form, subject in self.given if form == SHOWN and subject is None}
        return [
            each
            for (factory, form, _), each in sorted(self.given.items(), key=_place)
            if form != MATCHED or factory not in whole
        ]


def _place(item: tuple[tuple[str, str, str | None], Given]) -> tuple[str, str, str]:
    factory, form, subject = item[0]
    return factory, form, subject or ""


_gathering: Final[ContextVar[Gathered | None]] = ContextVar("guildnet_disclosures", default=None)


@contextmanager
def collecting(recipient: Recipient) -> Iterator[Gathered]:
    """Gather what is given out to `recipient` while the block runs."""
    gathered = Gathered(recipient=recipient)
    token = _gathering.set(gathered)
    try:
        yield gathered
    finally:
        _gathering.reset(token)


def note(
    projection: Projection, *, form: str = SHOWN, fields: Collection[str] | None = None, subject: str | None = None
) -> None:
    """Say that a projection, or those `fields` of it, is given out now; `subject` names the file or paper it is given in."""
    gathered = _gathering.get()
    if gathered is None:
        return
    gathered.accounted = True
    if projection.organization == gathered.recipient.did:
        return
    if projection.sight is None:
        raise ProjectionForged("A projection of which nobody knows for whom it was made may not be given out.")
    key = (projection.factory_id, form, subject)
    gathered.given[key] = Given(
        projection=projection, form=form, fields=None if fields is None else frozenset(fields), subject=subject
    )


def note_question(asked: Asked) -> None:
    """Say what was asked, whether or not anything is given out."""
    gathered = _gathering.get()
    if gathered is not None:
        gathered.asked = asked


def nothing_more() -> None:
    """Say that what was noted, be it nothing, is all that the answer gives out."""
    gathered = _gathering.get()
    if gathered is not None:
        gathered.accounted = True
