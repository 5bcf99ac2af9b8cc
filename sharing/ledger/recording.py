"""Noting what an answer discloses, in one insert that is committed before the answer leaves.

Guarantees: when `record` returns, the rows are committed; when it raises `DisclosureUnrecorded`, none is, and the answer must
not leave. Answers that are made at the same time in one process share a commit: whoever comes first writes for all who wait
(one write transaction is what a request costs, and SQLite has one writer). A person or program stands in a row under a name
that differs for each owner, so that owners cannot compare whom they saw.
Does not guarantee that a recorded answer arrived: the record is made first.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from network.errors import NetworkError
from sharing.ledger import legend
from sharing.ledger.collecting import Asked, Gathered, Given
from sharing.ledger.errors import DisclosureUnrecorded
from sharing.ledger.models import Disclosure, Legend, Question
from sharing.ledger.probing import week_of

if TYPE_CHECKING:
    from sharing.house import House

ACTOR_KEY: Final = "names of actors in ledgers"
Row = Mapping[str, object]


@dataclass(slots=True, kw_only=True)
class _Waiting:
    disclosures: Sequence[Row]
    questions: Sequence[Row]
    done: bool = False
    failure: NetworkError | None = None


@dataclass(slots=True)
class Recorder:
    """Writes for one process. `_queue` is guarded by `_gate`; `_turn` is held by the one who writes."""

    _gate: Lock = field(default_factory=Lock)
    _turn: Lock = field(default_factory=Lock)
    _queue: list[_Waiting] = field(default_factory=list)
    _legend_stands: bool = False

    def record(self, house: House, disclosures: Sequence[Row], questions: Sequence[Row]) -> None:
        """Commit these rows, alone or together with those of others. Raises `DisclosureUnrecorded`."""
        mine = _Waiting(disclosures=disclosures, questions=questions)
        with self._gate:
            self._queue.append(mine)
        with self._turn:
            if not mine.done:
                with self._gate:
                    batch, self._queue = self._queue, []
                self._write(house, batch)
        if mine.failure is not None or not mine.done:
            raise DisclosureUnrecorded("What this answer discloses cannot be noted now.") from mine.failure

    def _write(self, house: House, batch: Sequence[_Waiting]) -> None:
        failure: NetworkError | None = None
        try:
            with house.database.write("record-disclosures") as session:
                self._legend(session)
                disclosures = [row for each in batch for row in each.disclosures]
                if disclosures:
                    session.execute(insert(Disclosure.__table__), disclosures)  # type: ignore[arg-type]
                questions = [row for each in batch for row in each.questions]
                if questions:
                    _once(session, Question, questions)
            self._legend_stands = True
        except NetworkError as error:
            failure = error
        for each in batch:
            each.done, each.failure = True, failure

    def _legend(self, session: Session) -> None:
        if not self._legend_stands:
            _once(session, Legend, [{"id": legend.CURRENT, "fields": "\n".join(legend.KEYS)}])


def _once(session: Session, table: type[Legend | Question], rows: Sequence[Row]) -> None:
    """Insert the rows that are not there yet."""
    made = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # In one order, so that two writers never wait for each other.
    ordered = sorted(rows, key=lambda row: [str(value) for value in row.values()])
    session.execute(made(table.__table__).on_conflict_do_nothing(), ordered)  # type: ignore[arg-type]


def record(house: House, gathered: Gathered, *, way: str, form: str | None = None) -> None:
    """Note what was gathered, committed, before it is given out. `way`: the route or command; `form` goes over each entry's.

    Raises `DisclosureUnrecorded`.
    """
    at = house.now().replace(microsecond=0)
    disclosures = _rows(house, gathered, way=way, form=form, at=at)
    questions = [] if gathered.asked is None or gathered.asked.counted else _questions(gathered.asked, at)
    if disclosures or questions:
        house.recorder.record(house, disclosures, questions)


def _questions(asked: Asked, at: datetime) -> list[Row]:
    monday = week_of(at.date())
    return [
        {"asker": asked.asker, "monday": monday, "shape": shape, "variant": asked.variant, "names": asked.names}
        for shape in asked.shapes
    ]


def _rows(house: House, gathered: Gathered, *, way: str, form: str | None, at: datetime) -> list[Row]:
    entries = list(gathered.entries())
    if not entries:
        return []
    key = house.keystore.derive(ACTOR_KEY) if gathered.recipient.actor else b""
    salts = house.entropy(16 * len(entries))
    return [
        _row(gathered, each, way=way, form=form or each.form, at=at, id_=salts[16 * place : 16 * place + 16].hex(), key=key)
        for place, each in enumerate(entries)
    ]


def _row(gathered: Gathered, given: Given, *, way: str, form: str, at: datetime, id_: str, key: bytes) -> Row:
    to, sight = gathered.recipient, given.projection.sight
    if sight is None:  # pragma: no cover - `note` refuses it
        raise DisclosureUnrecorded("What was given out was made for nobody.")
    levels = given.levels
    why = sight.granted(levels)
    close = sorted({legend.group_of(each) for each in why.close})
    return {
        "id": id_,
        "owner_id": sight.owner_id,
        "factory_id": given.projection.factory_id,
        "viewer": to.id,
        "actor": None if to.actor is None else actor_name(key, sight.owner_id, to.actor),
        "purpose": to.purpose,
        "way": way,
        "form": form,
        "subject": given.subject,
        "seen_at": at,
        "legend": legend.CURRENT,
        "shown": legend.shown_text(levels),
        "rules": " ".join(why.rules),
        "close": " ".join(close) or None,
        "policy_revision": sight.policy.revision,
        "question": None if gathered.asked is None else gathered.asked.shapes[0],
    }


def actor_name(key: bytes, owner_id: str, actor: str) -> str:
    """What an owner's ledger calls a person or program of a viewer: the same for the same one, another for each owner."""
    kind = actor.partition("/")[0]
    return f"{kind}-{hmac.new(key, f'{owner_id}/{actor}'.encode(), sha256).hexdigest()[:16]}"
