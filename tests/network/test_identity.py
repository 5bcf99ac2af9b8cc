"""Nodes and organizations: made once, under one name for ever; and what is published about them and their keys."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network import identity
from network.database import Database
from network.errors import (
    KeyUnknown,
    NetworkError,
    NodeExists,
    NodeMissing,
    OriginInvalid,
    SlugInvalid,
    SlugTaken,
)
from network.membership import member_of
from tests.network.beginnings import HOUR, NOW, ORIGIN, found, keystore, settle
from trust import did, jws, key_statement
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
        assert identity.jwks(session, since=NOW) == {
            "keys": [{**token.public.jwk, "kid": token.kid, "use": "sig", "alg": "EdDSA"}]
        }


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
