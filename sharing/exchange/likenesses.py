"""Factories of one organization that may be one: noted by imports, decided by a person, and every merge can be taken back.

Guarantees: nothing is merged without a decision; factories of two organizations are never compared, and factories with
different tax codes are never merged; merging and undoing are new revisions and withdrawals like any other, so nothing that was
signed is touched; undoing restores both factories as they were, and is refused once the kept one was edited since.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing import factories, publish
from sharing.catalogue.document import COLLECTIONS, ID, RUNS_ON
from sharing.errors import NotFound, StateConflict
from sharing.exchange.alike import Alike, Register, different_tax_codes
from sharing.exchange.merging import identity
from sharing.exchange.models import LikenessRow
from sharing.exchange.policies_apart import OTHER_POLICY, ask_about_policies
from sharing.factories import PUBLISHED, WITHDRAWN
from sharing.house import House
from sharing.models import Factory, ProfileRevision, Publication
from sharing.profile import parse_profile, record_document
from sharing.publications import unpublish
from sharing.stored import stored_document
from sharing.viewers import Caller

OPEN, MERGED, APART = "open", "merged", "apart"
_MOST_LISTED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One factory of a likeness, for its owner."""

    factory_id: str
    state: str
    legal_name: str
    country: str
    address: str
    identifiers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Two factories that may be one, why, and what was decided. `kept`: the one that a merge kept."""

    id: str
    reason: str
    state: str
    first: Side
    second: Side
    kept: str | None
    found_at: datetime
    decided_at: datetime | None


def register_of(session: Session, organization_id: str) -> Register:
    """The organization's factories by what makes them alike, without those that were merged into another."""
    register, gone = Register(), merged_away(session, organization_id)
    query = (
        select(Factory.id, ProfileRevision.document)
        .join(ProfileRevision, ProfileRevision.factory_id == Factory.id)
        .where(
            Factory.organization_id == organization_id,
            Factory.state != factories.ERASED,
            ProfileRevision.revision == Factory.revision,
        )
        .order_by(Factory.created_at, Factory.id)
        .execution_options(yield_per=500)
    )
    for factory_id, document in session.execute(query):
        if factory_id not in gone:
            register.add(factory_id, stored_document(document))
    return register


def merged_away(session: Session, organization_id: str) -> Mapping[str, str]:
    """Factory -> the one that it was merged into, at the end of the chain."""
    rows = session.scalars(
        select(LikenessRow).where(LikenessRow.organization_id == organization_id, LikenessRow.state == MERGED)
    )
    into = {(row.second_id if row.kept_id == row.first_id else row.first_id): str(row.kept_id) for row in rows}
    return {gone: _end(into, gone) for gone in into}


def _end(into: Mapping[str, str], factory_id: str) -> str:
    seen = set()
    while factory_id in into and factory_id not in seen:
        seen.add(factory_id)
        factory_id = into[factory_id]
    return factory_id


def note_likeness(house: House, session: Session, organization_id: str, factory_id: str, other: Alike) -> None:
    """Note a pair, once; one that was decided before stays decided."""
    first, second = sorted((factory_id, other.factory_id))
    known = session.scalars(
        select(LikenessRow.id).where(
            LikenessRow.organization_id == organization_id, LikenessRow.first_id == first, LikenessRow.second_id == second
        )
    ).first()
    if known is None:
        session.add(
            LikenessRow(
                id=house.new_id(),
                organization_id=organization_id,
                first_id=first,
                second_id=second,
                reason=other.reason,
                state=OPEN,
                found_at=house.now(),
            )
        )


def find(house: House, session: Session, caller: Caller) -> int:
    """Compare all of the caller's factories and note the pairs that are not known yet; returns how many are open now."""
    organization = _organization(caller)
    register, gone = Register(), merged_away(session, organization)
    for row in session.scalars(
        select(Factory)
        .where(Factory.organization_id == organization, Factory.state != factories.ERASED)
        .order_by(Factory.created_at, Factory.id)
    ):
        if row.id not in gone:
            document = record_document(factories.newest_record(session, row))
            for each in register.alike(document):
                note_likeness(house, session, organization, row.id, each)
            register.add(row.id, document)
    session.flush()
    return len(likenesses(house, session, caller, state=OPEN))


def likenesses(house: House, session: Session, caller: Caller, *, state: str | None = OPEN) -> list[Likeness]:
    """The caller's pairs in one state (None: all), the surest reasons first, at most 500."""
    query = select(LikenessRow).where(LikenessRow.organization_id == _organization(caller))
    if state is not None:
        query = query.where(LikenessRow.state == state)
    rows = session.scalars(query.order_by(LikenessRow.reason, LikenessRow.found_at, LikenessRow.id).limit(_MOST_LISTED))
    return [_likeness(session, row) for row in rows]


def get_likeness(house: House, session: Session, caller: Caller, likeness_id: str) -> Likeness:
    """One of the caller's pairs; raises `NotFound` for any other."""
    return _likeness(session, _own(session, caller, likeness_id))


def apart(house: House, session: Session, caller: Caller, likeness_id: str) -> Likeness:
    """Decide that the two are two; they are not asked about again."""
    row = _own(session, caller, likeness_id, lock=True)
    _expect(row, OPEN)
    row.state, row.decided_at = APART, house.now()
    return _likeness(session, row)


def merge(
    house: House,
    session: Session,
    caller: Caller,
    likeness_id: str,
    *,
    keep: str | None = None,
    confirmed: frozenset[str] = frozenset(),
) -> Likeness:
    """Decide that the two are one: `keep` (else the published, else the older) takes what it lacks from the other.

    Its own values win. The other is withdrawn and stays, marked, so that this can be undone. Raises `StateConflict` when both
    are published, when their tax codes differ, or when the joined profile cannot stand; `ConfirmationNeeded` when the kept
    one's policy may show what is taken from the other to somebody to whom the other's policy does not.
    """
    row = _own(session, caller, likeness_id, lock=True)
    _expect(row, OPEN)
    pair = [factories.own_factory(session, caller, each, lock=True) for each in (row.first_id, row.second_id)]
    if keep is None:
        pair.sort(key=lambda each: (each.state != PUBLISHED, each.created_at, each.id))
    elif keep == row.second_id:
        pair.reverse()
    elif keep != row.first_id:
        raise NotFound
    kept, other = pair
    gone = merged_away(session, row.organization_id)
    if kept.id in gone or other.id in gone:
        raise StateConflict("One of the two was merged into another factory meanwhile.", state=MERGED)
    mine, theirs = (factories.newest_record(session, each) for each in pair)
    known, lent = record_document(mine), record_document(theirs)
    if different_tax_codes(known, lent):
        raise StateConflict("Factories with different tax codes are never merged.", state=row.state)
    joined, copied = _joined(house, known, lent)
    record = parse_profile(joined, existing_ids=mine.ids | frozenset(copied.values()), new_id=house.new_id)
    if record_document(record) != known and OTHER_POLICY not in confirmed:
        ask_about_policies(*(factories.newest_policy(session, each) for each in pair), copied=copied)
    live = session.get(Publication, other.id)
    undo = {"kept": kept.revision, "other": other.state, "live": None if live is None else live.revision}
    if record_document(record) != known:
        factories.add_revision(house, session, kept, record)
    if other.state == PUBLISHED:
        unpublish(session, other)
    other.state = WITHDRAWN
    row.state, row.kept_id, row.decided_at = MERGED, kept.id, house.now()
    row.undo = json.dumps({**undo, "merged": kept.revision}, sort_keys=True)
    session.flush()
    return _likeness(session, row)


def undo(house: House, session: Session, caller: Caller, likeness_id: str) -> Likeness:
    """Take a decision back; after a merge both factories are as they were, and the pair is open again.

    The other is published again when it was, unless it had edits that were not; what the kept one shows meanwhile stays until
    it is published. Raises `StateConflict` when the kept factory was edited since.
    """
    row = _own(session, caller, likeness_id, lock=True)
    if row.state == APART:
        row.state, row.decided_at = OPEN, None
        return _likeness(session, row)
    _expect(row, MERGED)
    before = json.loads(row.undo or "{}")
    kept = factories.own_factory(session, caller, str(row.kept_id), lock=True)
    other_id = row.second_id if row.kept_id == row.first_id else row.first_id
    other = factories.own_factory(session, caller, other_id, lock=True)
    if kept.revision != before["merged"]:
        raise StateConflict("The kept factory was edited since; take that back first.", state=kept.state)
    if before["kept"] != before["merged"]:
        earlier = session.get_one(ProfileRevision, (kept.id, before["kept"]))
        document = stored_document(earlier.document)
        record = parse_profile(document, existing_ids=factories.ids_ever(session, kept.id), new_id=house.new_id)
        factories.add_revision(house, session, kept, record)
    row.state, row.kept_id, row.undo, row.decided_at = OPEN, None, None, None
    if before["other"] != PUBLISHED:
        other.state = before["other"]
    elif before["live"] == other.revision:
        # It was seen and confirmed when it went live; nothing of it is new.
        said = frozenset({publish.CAP_WITHOUT_CAPABILITY})
        publish.publish(house, session, caller, other.id, confirm=None, confirmed=said)
    session.flush()
    return _likeness(session, row)


def _joined(
    house: House, known: Mapping[str, object], lent: Mapping[str, object]
) -> tuple[dict[str, object], Mapping[str, str]]:
    """`known` with what it lacks: values, and elements of which it has no like; their references go along.

    With it the ids of those elements: the one they had -> the one they get.
    """
    joined: dict[str, object] = {**lent, **known}
    fresh: dict[str, str] = {}  # id in the other factory -> id in this one
    for name, scope in sorted(COLLECTIONS.items(), key=lambda each: each[1] == "capability"):
        mine, theirs = _elements(known, name), _elements(lent, name)
        have = {identity(scope, each): str(each[ID]) for each in mine}
        kept = list(mine)
        for each in theirs:
            like = have.get(identity(scope, each))
            fresh[str(each[ID])] = like or house.new_id()
            if like is None:
                kept.append({**each, ID: fresh[str(each[ID])]})
        if kept:
            joined[name] = kept
    for each in _elements(joined, "capabilities"):
        if each.get(RUNS_ON) in fresh:
            each[RUNS_ON] = fresh[str(each[RUNS_ON])]
    own = {str(each[ID]) for name in COLLECTIONS for each in _elements(known, name)}
    return joined, {old: new for old, new in fresh.items() if new not in own}


def _elements(document: Mapping[str, object], name: str) -> list[dict[str, object]]:
    held = document.get(name, [])
    return [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []


def _likeness(session: Session, row: LikenessRow) -> Likeness:
    return Likeness(
        id=row.id,
        reason=row.reason,
        state=row.state,
        first=_side(session, row.first_id),
        second=_side(session, row.second_id),
        kept=row.kept_id,
        found_at=row.found_at,
        decided_at=row.decided_at,
    )


def _side(session: Session, factory_id: str) -> Side:
    factory = session.get_one(Factory, factory_id)
    document = record_document(factories.newest_record(session, factory))
    stated = document.get("identifiers", ())
    identifiers = tuple(f"{each['scheme']} {each['value']}" for each in stated if isinstance(each, dict))
    return Side(
        factory_id=factory.id,
        state=factory.state,
        legal_name=factory.legal_name,
        country=str(document.get("country", "")),
        address=str(document.get("address", "")),
        identifiers=identifiers,
    )


def _own(session: Session, caller: Caller, likeness_id: str, *, lock: bool = False) -> LikenessRow:
    query = select(LikenessRow).where(
        LikenessRow.id == likeness_id, LikenessRow.organization_id == (caller.organization_id or "")
    )
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound
    return row


def _organization(caller: Caller) -> str:
    if caller.organization_id is None:
        raise NotFound
    return caller.organization_id


def _expect(row: LikenessRow, state: str) -> None:
    if row.state != state:
        raise StateConflict(f"This was decided already: {row.state}.", state=row.state)
