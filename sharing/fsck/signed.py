"""What was signed or sealed: standing views, status entries, grants, attestations, private keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from sqlalchemy import and_, select

from network import identity, sealing
from network.errors import NetworkError
from network.models import KeyRow
from policies import NO_RELATION
from sharing.factories import ERASED
from sharing.factory_id import factory_urn
from sharing.fsck.examine import Check, Examination
from sharing.fsck.report import Finding
from sharing.grants import GRANT_TYPE
from sharing.models import Attestation, Factory, Grant, Publication, StatusEntry, StatusList, StoredView
from sharing.projection import Projection
from sharing.publications import STANDING, live_of
from trust import attestation as credentials
from trust import jws
from trust import view as signed_views
from trust.errors import TrustError
from trust.keys import PublicKey

Stored = tuple[StoredView, StatusEntry | None]
"""A standing view and its status entry."""


def _views(seen: Examination) -> Iterator[Finding]:
    """Each standing view is signed by its factory's owner and says what the projection says; none is missing or left over."""
    session = seen.session
    published = select(Publication).order_by(Publication.factory_id).execution_options(yield_per=seen.at_once)
    for rows in session.scalars(published).partitions():
        stored: defaultdict[str, dict[str, Stored]] = defaultdict(dict)
        with_entry = select(StoredView, StatusEntry).outerjoin(
            StatusEntry, and_(StatusEntry.list_id == StoredView.status_list_id, StatusEntry.index == StoredView.status_index)
        )
        for view, entry in session.execute(with_entry.where(StoredView.factory_id.in_([row.factory_id for row in rows]))):
            stored[view.factory_id][view.audience] = (view, entry)
        for row in rows:
            yield from _views_of(seen, row, stored[row.factory_id])
    of_nothing = select(StoredView.factory_id).where(StoredView.factory_id.not_in(select(Publication.factory_id)))
    for factory_id in sorted(set(session.scalars(of_nothing))):
        yield VIEWS.finding(factory_id, "view_of_nothing_published")


def _views_of(seen: Examination, row: Publication, stored: Mapping[str, Stored]) -> Iterator[Finding]:
    today = seen.house.today()
    try:
        factory = live_of(row)
    except Exception:  # noqa: BLE001 - told by the check of published rows
        return
    due = row.restate_on is not None and row.restate_on <= today
    for audience, viewer in STANDING.items():
        seen.count += 1
        shown = factory.projected(seen.house, viewer, NO_RELATION, today)
        kept, entry = stored.get(audience, (None, None))
        problem = _of_view(seen, kept, entry, shown)
        if problem and due and problem in _TIME_MENDS:
            seen.notes.append(VIEWS.finding(row.factory_id, "due", audience))
        elif problem:
            yield VIEWS.finding(row.factory_id, problem, audience)


_TIME_MENDS = frozenset({"view_missing", "view_left_over", "not_the_projection"})


def _of_view(seen: Examination, kept: StoredView | None, entry: StatusEntry | None, shown: Projection | None) -> str:
    """What is wrong with one standing view; empty for nothing."""
    if kept is None or shown is None:
        return "" if kept is None and shown is None else "view_missing" if kept is None else "view_left_over"
    if entry is None or entry.revoked:
        return "status_bit_set" if entry else "status_entry_missing"
    try:
        read = signed_views.read(kept.jwt, key=_key(seen, signed_views.signed_by(kept.jwt)))
    except (TrustError, NetworkError) as error:
        return f"not_signed:{error.code}"
    named = [(each.index, each.url.rpartition("/")[2]) for each in read.status]
    if read.audience != kept.audience or named != [(kept.status_index, kept.status_list_id)]:
        return "signed_for_another_place"
    return "" if kept.projection_digest == shown.digest and read.content == shown.content else "not_the_projection"


def _key(seen: Examination, kid: str) -> PublicKey:
    if kid not in seen.keys:
        seen.keys[kid] = identity.find_key(seen.session, kid).public
    return seen.keys[kid]


def _status(seen: Examination) -> Iterator[Finding]:
    """One valid entry for each standing view and none for one that was replaced: no two views of one audience at once."""
    session = seen.session
    placed = select(StoredView.status_list_id, StoredView.status_index, StoredView.factory_id, StoredView.audience)
    standing = {row.status_list_id: row for row in session.execute(placed)}
    attested = set(session.scalars(select(Attestation.status_list_id)))
    open_entries: defaultdict[str, set[int]] = defaultdict(set)
    for list_id, index in session.execute(select(StatusEntry.list_id, StatusEntry.index).where(~StatusEntry.revoked)):
        open_entries[list_id].add(index)
    for list_id in session.scalars(select(StatusList.id).order_by(StatusList.id)):
        seen.count += 1
        entries, view = open_entries.get(list_id, set()), standing.get(list_id)
        if view is not None and entries - {view.status_index}:
            yield STATUS.finding(view.factory_id, "two_views_at_once", view.audience)
        if view is None and list_id not in attested and entries:
            yield STATUS.finding(list_id, "valid_without_a_view")
    for row in session.scalars(select(Attestation).where(Attestation.revoked_at.is_not(None))):
        if row.status_index in open_entries.get(row.status_list_id, set()):
            yield STATUS.finding(row.id, "revoked_and_not_said")


def _grants(seen: Examination) -> Iterator[Finding]:
    """Each grant's signed form says what its row says."""
    session = seen.session
    for row in session.scalars(select(Grant).order_by(Grant.id).execution_options(yield_per=seen.at_once)):
        seen.count += 1
        try:
            kid = jws.kid_of(row.signed)
            stated = jws.verify(row.signed, typ=GRANT_TYPE, key=_key(seen, kid), kid=kid)
        except (TrustError, NetworkError) as error:
            yield GRANTS.finding(row.id, "not_signed", error.code)
            continue
        if not _grants_this(row, stated):
            yield GRANTS.finding(row.id, "says_something_else")


def _grants_this(row: Grant, stated: Mapping[str, object]) -> bool:
    return (
        stated.get("jti") == row.id
        and stated.get("factory") == factory_urn(row.factory_id)
        and stated.get("purpose") == row.purpose
        and stated.get("tier") == row.tier
        and stated.get("fields") == row.fields
        and (stated.get("from"), stated.get("until")) == (row.start.isoformat(), row.until.isoformat())
    )


def _attestations(seen: Examination) -> Iterator[Finding]:
    """Each attestation and worksheet opens, and the attestation is the auditor's about that factory.

    Those about an erased factory are empty, and are to be.
    """
    session, keystore = seen.session, seen.house.keystore
    erased = set(session.scalars(select(Factory.id).where(Factory.state == ERASED)))
    for row in session.scalars(select(Attestation).order_by(Attestation.id).execution_options(yield_per=seen.at_once)):
        seen.count += 1
        if not row.worksheet and row.sealed is None and row.factory_id in erased:
            continue
        try:
            keystore.open(f"worksheet/{row.id}", bytes.fromhex(row.worksheet))
            if row.sealed is None:
                continue
            whole = keystore.open(f"attestation/{row.id}", bytes.fromhex(row.sealed)).decode()
            read = credentials.read(whole, key=_key(seen, credentials.signed_by(whole)))
        except (TrustError, NetworkError) as error:
            yield ATTESTATIONS.finding(row.id, "not_readable", error.code)
            continue
        except ValueError:
            yield ATTESTATIONS.finding(row.id, "not_readable", "not hexadecimal text")
            continue
        if read.statement.id != row.id or read.statement.factory != factory_urn(row.factory_id):
            yield ATTESTATIONS.finding(row.id, "of_something_else")


def _keys(seen: Examination) -> Iterator[Finding]:
    """Each private key that the node holds opens, and is the half of the public one."""
    for row in seen.session.scalars(select(KeyRow).order_by(KeyRow.kid)):
        seen.count += 1
        try:
            key = identity.find_key(seen.session, row.kid)
            if row.sealed is not None:
                seen.house.keystore.signer(kid=key.kid, owner=key.owner, sealed=row.sealed)
        except (TrustError, NetworkError) as error:
            yield KEYS.finding(row.kid, "does_not_open", error.code)


def _sealed(seen: Examination) -> Iterator[Finding]:
    """Everything that any room of the house keeps sealed opens under the key-encryption key in use."""
    for place, key, opens in sealing.look_through(seen.session, seen.house.keystore):
        seen.count += 1
        if not opens:
            yield SEALED.finding(place, "does_not_open", key)


SEALED = Check(name="sealed", look=_sealed)
VIEWS = Check(name="views", look=_views)
STATUS = Check(name="status", look=_status)
GRANTS = Check(name="grants", look=_grants)
ATTESTATIONS = Check(name="attestations", look=_attestations)
KEYS = Check(name="keys", look=_keys)
