"""Keys: one open for each owner and role, replaced in order, dated when compromised, and never forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from network import identity
from network.errors import (
    DatabaseBusy,
    DatabaseFailure,
    KeyNotHeld,
    KeyRefused,
    KeyTimeInvalid,
    KeyUnknown,
    SealBroken,
    StoredValueInvalid,
)
from network.membership import member_of
from network.models import KeyRow
from tests.network.beginnings import HOUR, NOW, ORIGIN, found, keystore, settle
from trust import base64url, did
from trust.keys import PrivateKey

LATER = NOW + timedelta(days=30)
SELF = PrivateKey.from_seed(bytes(range(32)), did="did:web:guild.example:orgs:auditor")
NEXT = PrivateKey.from_seed(bytes(range(1, 33)), did="did:web:guild.example:orgs:auditor")


def test_an_organization_may_hold_its_own_key(database):
    store = keystore()
    with database.write() as session:
        found(session, store)
        auditor = settle(session, store, "auditor", public_jwk=SELF.public.jwk)
    with database.read() as session:
        key = identity.organization_key(session, auditor)
        assert (key.kid, key.custody, key.public) == (SELF.kid, "self", SELF.public)
        with pytest.raises(KeyNotHeld):
            identity.organization_signer(session, store, auditor)
        assert session.scalars(select(KeyRow.sealed).where(KeyRow.kid == SELF.kid)).one() is None


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        [],
        "key",
        {"kty": "OKP", "crv": "Ed25519", "x": base64url.encode(b"\x01" + bytes(31))},
        {"kty": "OKP", "crv": "X25519", "x": SELF.public.jwk["x"]},
        {"kty": "EC", "crv": "P-256", "x": SELF.public.jwk["x"]},
        {**SELF.public.jwk, "d": base64url.encode(bytes(32))},
    ],
)
def test_a_bad_public_key_makes_no_organization(sqlite_database, jwk):
    store = keystore()
    with sqlite_database.write() as session:
        found(session, store)
    with pytest.raises(KeyRefused), sqlite_database.write() as session:
        settle(session, store, "auditor", public_jwk=jwk)


def test_a_key_belongs_to_one_owner(database):
    store = keystore()
    with database.write() as session:
        found(session, store)
        settle(session, store, "auditor", public_jwk=SELF.public.jwk)
    with pytest.raises(KeyRefused), database.write() as session:
        settle(session, store, "another", public_jwk=SELF.public.jwk)


def test_replacing_a_key_closes_the_old_one_and_signs_with_the_new(database):
    store = keystore()
    with database.write() as session:
        found(session, store)
        organization = settle(session, store)
        old = identity.organization_key(session, organization)
        new = identity.rotate(session, store, old.owner, "organization", now=LATER)
    with database.read() as session:
        first, second = identity.keys_of(session, old.owner)
        assert (first.kid, first.valid_until, second.kid, second.valid_until) == (old.kid, LATER, new.kid, None)
        assert identity.organization_signer(session, store, organization).kid == new.kid
        with pytest.raises(KeyUnknown):
            identity.signer(session, store, old.kid)


def test_a_key_begins_with_the_hour_it_was_made_in(database):
    store = keystore()
    with database.write() as session:
        key = identity.current_key(session, found(session, store).did, "status")
        assert key.valid_from == HOUR


@pytest.mark.parametrize("role", ["root", "token", "status"])
def test_node_keys_are_replaced_too(database, role):
    store = keystore()
    with database.write() as session:
        home = found(session, store)
        old = identity.current_key(session, home.did, role)
        identity.rotate(session, store, home.did, role, now=LATER)
        assert [key.kid for key in identity.node_keys(session, role)] != [old.kid]
        assert len(identity.node_keys(session, role)) == 1


def test_a_key_cannot_be_replaced_before_it_began(database):
    store = keystore()
    with database.write() as session:
        did_ = found(session, store).did
    with pytest.raises(KeyTimeInvalid), database.write() as session:
        identity.rotate(session, store, did_, "token", now=HOUR - timedelta(seconds=1))


def test_a_self_held_key_is_replaced_by_its_owner_only(database):
    store = keystore()
    with database.write() as session:
        found(session, store)
        settle(session, store, "auditor", public_jwk=SELF.public.jwk)
    owner = did.of_organization(ORIGIN, "auditor")
    with pytest.raises(KeyRefused), database.write() as session:
        identity.rotate(session, store, owner, "organization", now=LATER)
    with pytest.raises(KeyRefused), database.write() as session:
        identity.rotate(session, store, owner, "organization", now=LATER, public_jwk=SELF.public.jwk)
    with database.write() as session:
        new = identity.rotate(session, store, owner, "organization", now=LATER, public_jwk=NEXT.public.jwk)
        assert (new.kid, new.custody) == (NEXT.kid, "self")


def test_an_organization_may_take_its_key_into_its_own_hands(database):
    store = keystore()
    with database.write() as session:
        found(session, store)
        organization = settle(session, store, "auditor")
        owner = member_of(session, organization).did
        identity.rotate(session, store, owner, "organization", now=LATER, public_jwk=NEXT.public.jwk)
        assert [key.custody for key in identity.keys_of(session, owner)] == ["node", "self"]


def test_a_node_key_is_never_held_elsewhere(database):
    store = keystore()
    with database.write() as session:
        home = found(session, store)
    with pytest.raises(KeyRefused), database.write() as session:
        identity.rotate(session, store, home.did, "status", now=LATER, public_jwk=NEXT.public.jwk)


def test_two_rotations_at_once_leave_one_open_key(postgres_database):
    store = keystore()
    with postgres_database.write() as session:
        home = found(session, store)

    def rotate() -> str:
        try:
            with postgres_database.write() as session:
                return identity.rotate(session, store, home.did, "token", now=LATER).kid
        except DatabaseBusy:
            return "busy"

    with ThreadPoolExecutor(4) as pool:
        outcomes = [job.result() for job in [pool.submit(rotate) for _ in range(4)]]
    with postgres_database.read() as session:
        (current,) = identity.node_keys(session, "token")
    assert current.kid in outcomes


def test_the_database_itself_refuses_a_second_open_key(database):
    store = keystore()
    with database.write() as session:
        home = found(session, store)
        row = session.scalars(select(KeyRow).where(KeyRow.role == "token")).one()
        copied = {name: getattr(row, name) for name in ("owner", "role", "custody", "public_jwk", "sealed", "valid_from")}
    with pytest.raises(DatabaseFailure), database.write() as session:
        session.add(KeyRow(kid=f"{home.did}#second", thumbprint="second", **copied))


def test_a_compromised_key_is_closed_and_dated(database):
    store = keystore()
    with database.write() as session:
        found(session, store)
        organization = settle(session, store)
        key = identity.organization_key(session, organization)
    with database.write() as session:
        marked = identity.mark_compromised(session, key.kid, at=NOW + timedelta(days=1), now=LATER)
        assert (marked.compromised_at, marked.valid_until) == (NOW + timedelta(days=1), LATER)
    with pytest.raises(KeyUnknown), database.read() as session:
        identity.organization_signer(session, store, organization)
    with database.write() as session:
        identity.rotate(session, store, key.owner, "organization", now=LATER)
    with database.read() as session:
        assert identity.organization_signer(session, store, organization).kid != key.kid


def test_a_compromise_date_moves_only_to_an_earlier_one(database):
    store = keystore()
    with database.write() as session:
        kid = identity.current_key(session, found(session, store).did, "token").kid
        identity.mark_compromised(session, kid, at=NOW + timedelta(days=2), now=LATER)
        assert identity.mark_compromised(session, kid, at=NOW, now=LATER).compromised_at == NOW
    for at in (NOW + timedelta(days=1), LATER + timedelta(days=1)):
        with pytest.raises(KeyTimeInvalid), database.write() as session:
            identity.mark_compromised(session, kid, at=at, now=LATER)
    with pytest.raises(KeyUnknown), database.write() as session:
        identity.mark_compromised(session, "did:web:x#none", at=NOW, now=NOW)


def test_a_compromise_is_not_dated_to_the_future(database):
    store = keystore()
    with database.write() as session:
        kid = identity.current_key(session, found(session, store).did, "token").kid
    with pytest.raises(KeyTimeInvalid), database.write() as session:
        identity.mark_compromised(session, kid, at=LATER, now=LATER - timedelta(seconds=1))
    with database.read() as session:
        assert identity.find_key(session, kid).compromised_at is None


def test_a_private_key_moved_to_another_row_does_not_open(database):
    store = keystore()
    with database.write() as session:
        found(session, store)
        mine = settle(session, store, "mine")
        theirs = settle(session, store, "theirs")
        sealed = session.scalars(select(KeyRow.sealed).where(KeyRow.organization_id == theirs)).one()
        session.execute(text("UPDATE keys SET sealed = :sealed WHERE organization_id = :id"), {"sealed": sealed, "id": mine})
    with pytest.raises(SealBroken), database.read() as session:
        identity.organization_signer(session, store, mine)


def test_another_kek_opens_no_key(database):
    with database.write() as session:
        found(session, keystore())
    with pytest.raises(SealBroken), database.read() as session:
        identity.node_signer(session, keystore(b"x" * 32), "root")


def test_a_public_key_changed_in_the_file_is_noticed(database):
    store = keystore()
    with database.write() as session:
        home = found(session, store)
        session.execute(
            text("UPDATE keys SET public_jwk = :jwk WHERE role = 'token'"),
            {"jwk": f'{{"crv":"Ed25519","kty":"OKP","x":"{SELF.public.jwk["x"]}"}}'},
        )
    with pytest.raises(StoredValueInvalid), database.read() as session:
        identity.keys_of(session, home.did)
