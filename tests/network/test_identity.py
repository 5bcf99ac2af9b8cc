"""Nodes, organizations and their keys: made once, replaced in order, never forgotten; what is published about them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from network import identity
from network.database import Database
from network.errors import (
    DatabaseBusy,
    DatabaseFailure,
    KeyNotHeld,
    KeyRefused,
    KeyTimeInvalid,
    KeyUnknown,
    NetworkError,
    NodeExists,
    NodeMissing,
    OriginInvalid,
    SealBroken,
    SlugInvalid,
    SlugTaken,
    StoredValueInvalid,
)
from network.membership import member_of
from network.models import KeyRow
from tests.network.beginnings import HOUR, NOW, ORIGIN, found, keystore, settle
from trust import base64url, did, jws, key_statement
from trust.anchors import parse as parse_anchor
from trust.anchors import write as write_anchor
from trust.keys import PrivateKey

LATER = NOW + timedelta(days=30)
SELF = PrivateKey.from_seed(bytes(range(32)), did="did:web:guild.example:orgs:auditor")
NEXT = PrivateKey.from_seed(bytes(range(1, 33)), did="did:web:guild.example:orgs:auditor")


def test_a_new_node_has_an_origin_a_did_and_three_keys_of_its_own(database):
    store = keystore()
    with database.write() as session:
        made = found(session, store)
    with database.read() as session:
        assert identity.node(session) == made
        assert (made.origin, made.did, made.development, made.created) == (ORIGIN, "did:web:guild.example", False, NOW)
        keys = identity.keys_of(session, made.did)
        assert sorted(key.role for key in keys) == ["root", "status", "token"]
        assert len({key.public.thumbprint for key in keys}) == 3
        assert all(key.custody == "node" and key.valid_until is None for key in keys)


def test_a_node_is_made_once_and_its_origin_is_fixed(database):
    store = keystore()
    with database.write() as session:
        found(session, store)
    with pytest.raises(NodeExists), database.write() as session:
        identity.create_node(session, store, origin="https://other.example", name="Other", now=NOW)
    with database.read() as session:
        assert identity.node(session).origin == ORIGIN


def test_a_development_origin_needs_the_development_setting(database):
    store = keystore()
    with pytest.raises(OriginInvalid), database.write() as session:
        identity.create_node(session, store, origin="http://localhost:8080", name="Try", now=NOW)
    with database.write() as session:
        made = identity.create_node(session, store, origin="http://localhost:8080", name="Try", now=NOW, development=True)
        organization = settle(session, store)
        assert made.development
        assert member_of(session, organization).did == "did:web:localhost%3A8080:orgs:an-phat"


def test_nothing_works_before_the_node_is_made(database):
    store = keystore()
    with pytest.raises(NodeMissing), database.read() as session:
        identity.node(session)
    with pytest.raises(NodeMissing), database.write() as session:
        settle(session, store)
    with pytest.raises(NodeMissing), database.read() as session:
        identity.node_signer(session, store, "root")


def test_an_organization_gets_a_did_and_a_key(database):
    store = keystore()
    with database.write() as session:
        found(session, store)
        organization = settle(session, store)
    with database.read() as session:
        member = member_of(session, organization)
        key = identity.organization_key(session, organization)
        assert member.did == "did:web:guild.example:orgs:an-phat" == key.owner
        assert key.custody == "node"
        signer = identity.organization_signer(session, store, organization)
        assert signer.kid == key.kid
        key.public.verify(signer.sign(b"x"), b"x")


def test_a_slug_is_used_once(database):
    store = keystore()
    with database.write() as session:
        found(session, store)
        settle(session, store)
    with pytest.raises(SlugTaken), database.write() as session:
        settle(session, store)
    with pytest.raises(SlugInvalid), database.write() as session:
        settle(session, store, "An-Phat")


def test_two_who_take_a_slug_at_once_are_told_apart(postgres_database):
    store = keystore()
    with postgres_database.write() as session:
        found(session, store)

    def take() -> str:
        try:
            with postgres_database.write() as session:
                return settle(session, store)
        except SlugTaken:
            return "taken"

    with ThreadPoolExecutor(4) as pool:
        outcomes = [job.result() for job in [pool.submit(take) for _ in range(4)]]
    assert outcomes.count("taken") == 3


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


def test_did_documents_list_open_keys_only(database):
    store = keystore()
    with database.write() as session:
        home = found(session, store)
        organization = settle(session, store)
        owner = member_of(session, organization).did
        old = identity.organization_key(session, organization)
        new = identity.rotate(session, store, owner, "organization", now=LATER)
    with database.read() as session:
        document = identity.did_document(session, owner)
        listed = did.read_document(document, did=owner, relationship="assertionMethod")
        assert listed == {new.kid: new.public}
        assert old.kid not in str(document)
        listed = did.read_document(identity.did_document(session, home.did), did=home.did, relationship="assertionMethod")
        assert set(listed) == {
            identity.current_key(session, home.did, "root").kid,
            identity.current_key(session, home.did, "status").kid,
        }


def test_an_identity_whose_keys_are_all_closed_has_an_empty_document(database):
    store = keystore()
    with database.write() as session:
        found(session, store)
        key = identity.organization_key(session, settle(session, store))
        identity.mark_compromised(session, key.kid, at=NOW, now=NOW)
        document = identity.did_document(session, key.owner)
        assert did.read_document(document, did=key.owner, relationship="assertionMethod") == {}


def test_the_key_set_holds_the_token_key_alone(database):
    store = keystore()
    with database.write() as session:
        home = found(session, store)
        token = identity.current_key(session, home.did, "token")
        assert identity.jwks(session) == {"keys": [{**token.public.jwk, "kid": token.kid, "use": "sig", "alg": "EdDSA"}]}


def test_key_statements_say_what_is_recorded_and_are_signed_by_the_root(database):
    store = keystore()
    with database.write() as session:
        home = found(session, store)
        auditor = settle(session, store, "auditor", public_jwk=SELF.public.jwk)
        owner = member_of(session, auditor).did
        identity.rotate(session, store, owner, "organization", now=LATER, public_jwk=NEXT.public.jwk)
        identity.mark_compromised(session, SELF.kid, at=NOW, now=LATER)
    with database.read() as session:
        root = identity.current_key(session, home.did, "root")
        read = key_statement.read(
            identity.key_statement(session, store, SELF.kid, at=LATER + timedelta(minutes=9)), root=root.public
        )
        assert (read.issuer, read.subject, read.kid, read.role, read.custody) == (
            home.did,
            owner,
            SELF.kid,
            "organization",
            "self",
        )
        assert read.valid_from == HOUR
        assert read.valid_until == LATER.replace(microsecond=0)
        assert read.compromised_at == NOW.replace(microsecond=0)
        assert read.issued == LATER.replace(minute=0, second=0, microsecond=0)


def test_statements_of_one_hour_are_the_same_bytes(database):
    store = keystore()
    with database.write() as session:
        found(session, store)
        kid = identity.organization_key(session, settle(session, store)).kid
        first, second, other = (
            identity.key_statement(session, store, kid, at=at)
            for at in (HOUR, HOUR + timedelta(minutes=59, seconds=59), HOUR + timedelta(hours=1))
        )
        assert first == second != other


def test_statements_lead_from_the_own_anchor_to_a_key(database):
    store = keystore()
    with database.write() as session:
        home = found(session, store)
        key = identity.organization_key(session, settle(session, store))
    with database.read() as session:
        (anchor,) = identity.own_anchors(session)
        assert parse_anchor(write_anchor(anchor)) == anchor
        assert anchor.did == home.did
        root = identity.current_key(session, home.did, "root")
        stated = key_statement.read_root(identity.key_statement(session, store, root.kid, at=NOW))
        assert stated.key.thumbprint == anchor.thumbprint
        read = key_statement.read(identity.key_statement(session, store, key.kid, at=NOW), root=stated.key)
        assert (read.kid, read.key) == (key.kid, key.public)


def test_a_root_key_states_itself(database):
    store = keystore()
    with database.write() as session:
        home = found(session, store)
        old = identity.current_key(session, home.did, "root")
        identity.rotate(session, store, home.did, "root", now=LATER)
        root = identity.current_key(session, home.did, "root")
        token = identity.key_statement(session, store, root.kid, at=LATER)
        assert jws.peek(token).kid == root.kid
        assert key_statement.read_root(token).kid == root.kid
        with pytest.raises(KeyUnknown):
            identity.key_statement(session, store, old.kid, at=LATER)


@given(st.text(max_size=40))
def test_any_text_as_identity_is_known_or_refused_by_name(sqlite_session_store, name):
    session, store = sqlite_session_store
    for ask in (
        lambda: identity.did_document(session, name),
        lambda: identity.find_key(session, name),
        lambda: identity.organization_key(session, name),
        lambda: identity.organization_signer(session, store, name),
        lambda: identity.key_statement(session, store, name, at=NOW),
    ):
        with pytest.raises(NetworkError):
            ask()


@pytest.mark.parametrize("name", ["\x00", "\ud800", "did:web:guild.example\x00", "x" * 10_000])
def test_texts_no_database_can_hold_are_refused_by_name(database, name):
    store = keystore()
    with database.write() as session:
        found(session, store)
    with database.read() as session:
        for ask in (identity.did_document, identity.find_key, identity.organization_key):
            with pytest.raises(NetworkError):
                ask(session, name)
        assert identity.keys_of(session, name) == ()
        with pytest.raises(KeyUnknown):
            identity.rotate(session, store, name, "token", now=NOW)
        with pytest.raises(KeyUnknown):
            identity.key_statement(session, store, name, at=NOW)


@pytest.fixture(scope="module")
def sqlite_session_store(tmp_path_factory, sqlite_template):
    path = tmp_path_factory.mktemp("identity") / "node.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    store = keystore()
    with database.write() as session:
        found(session, store)
    with database.read() as session:
        yield session, store
    database.dispose()
