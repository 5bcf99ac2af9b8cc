"""Client credentials: shown once, kept as a hash, and one answer for everything that is wrong."""

from __future__ import annotations

import hmac
import os
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select

from network.database import Database
from network.errors import ClientInvalid, ClientUnknown, OrganizationUnknown
from network.membership import client, clients_of, create_client, revoke_client, verify_client
from network.membership import clients as clients_module
from network.models import ClientRow
from tests.network.beginnings import NOW, found, keystore, settle

LATER = NOW + timedelta(days=1)
WRONG = "A" * 43


def make(session, organization, label="ERP", scopes=("read", "write"), now=NOW):
    return create_client(session, organization, label=label, scopes=scopes, entropy=os.urandom, now=now)


@pytest.fixture
def organization(database):
    store = keystore()
    with database.write() as session:
        found(session, store)
        return settle(session, store)


def test_a_client_is_verified_by_its_secret(database, organization):
    with database.write() as session:
        made = make(session, organization)
    with database.read() as session:
        verified = verify_client(session, made.client.client_id, made.secret)
        assert verified == made.client == client(session, made.client.client_id)
        assert (verified.organization_id, verified.scopes, verified.created) == (organization, {"read", "write"}, NOW)


def test_a_secret_is_256_random_bits_kept_as_a_hash(database, organization):
    with database.write() as session:
        made = make(session, organization)
        other = make(session, organization)
        stored = session.scalars(select(ClientRow.secret_sha256).where(ClientRow.client_id == made.client.client_id)).one()
    assert len(made.secret) == 43
    assert made.secret != other.secret
    assert stored == sha256(made.secret.encode()).digest()
    assert made.secret not in repr(made)


def test_wrong_unknown_and_revoked_are_one_answer(database, organization):
    with database.write() as session:
        made, revoked = make(session, organization), make(session, organization)
        revoke_client(session, organization, revoked.client.client_id, now=LATER)
    answers = set()
    with database.read() as session:
        for client_id, secret in (
            (made.client.client_id, WRONG),
            (made.client.client_id, ""),
            (made.client.client_id, revoked.secret),
            (revoked.client.client_id, revoked.secret),
            ("f" * 32, made.secret),
            ("", ""),
            ("\x00", "\ud800"),
            ("x" * 100_000, made.secret),
        ):
            with pytest.raises(ClientUnknown) as caught:
                verify_client(session, client_id, secret)
            answers.add((caught.value.code, str(caught.value), tuple(caught.value.fields.items())))
    assert len(answers) == 1


def test_known_and_unknown_ids_cost_the_same_work(sqlite_url, monkeypatch):
    """One query and one comparison of 32 bytes each, whichever way it ends."""
    database, store = Database(sqlite_url), keystore()
    with database.write() as session:
        found(session, store)
        organization = settle(session, store)
        made, revoked = make(session, organization), make(session, organization)
        revoke_client(session, organization, revoked.client.client_id, now=LATER)
    work: list[str] = []
    event.listen(
        database._engine,
        "before_cursor_execute",
        lambda connection, cursor, statement, *rest: work.append(statement),
    )
    compare = hmac.compare_digest

    def watched(left: bytes, right: bytes) -> bool:
        work.append(f"compare {len(left)} {len(right)}")
        return compare(left, right)

    monkeypatch.setattr(clients_module.hmac, "compare_digest", watched)
    seen = set()
    for client_id, secret in (
        (made.client.client_id, made.secret),
        (made.client.client_id, WRONG),
        (revoked.client.client_id, revoked.secret),
        ("f" * 32, WRONG),
        ("not an id", WRONG),
    ):
        with database.read() as session:
            work.clear()
            with suppress(ClientUnknown):
                verify_client(session, client_id, secret)
            seen.add(tuple(work))
    database.dispose()
    (steps,) = seen
    assert [step for step in steps if step.startswith("compare")] == ["compare 32 32"]
    assert len(steps) == 2


def test_clients_are_listed_and_revoked_for_good(database, organization):
    with database.write() as session:
        first, second = make(session, organization, "one"), make(session, organization, "two", now=LATER)
        assert [each.label for each in clients_of(session, organization)] == ["one", "two"]
        assert revoke_client(session, organization, first.client.client_id, now=NOW).revoked_at == NOW
        assert revoke_client(session, organization, first.client.client_id, now=LATER).revoked_at == NOW
        assert [each.revoked_at for each in clients_of(session, organization)] == [NOW, None]
        assert verify_client(session, second.client.client_id, second.secret) == second.client


def test_another_organizations_client_cannot_be_revoked(database, organization):
    with database.write() as session:
        other = settle(session, keystore(), "other")
        made = make(session, organization)
        for client_id in (made.client.client_id, "f" * 32, "\x00"):
            with pytest.raises(ClientUnknown):
                revoke_client(session, other, client_id, now=NOW)
        assert verify_client(session, made.client.client_id, made.secret).revoked_at is None


@pytest.mark.parametrize(
    ("label", "scopes"),
    [
        ("", ["read"]),
        ("a\x00", ["read"]),
        ("x" * 201, ["read"]),
        ("ERP", []),
        ("ERP", ["Read"]),
        ("ERP", ["read write"]),
        ("ERP", [""]),
        ("ERP", [f"s{n}" for n in range(17)]),
    ],
)
def test_a_client_needs_a_label_and_scopes(database, organization, label, scopes):
    with pytest.raises(ClientInvalid), database.write() as session:
        make(session, organization, label, scopes)


@pytest.mark.parametrize("name", ["0" * 32, "", "\x00", "an-phat"])
def test_a_client_needs_an_organization(database, organization, name):
    with pytest.raises(OrganizationUnknown), database.write() as session:
        make(session, name)
    with database.read() as session:
        assert clients_of(session, name) == ()


@given(client_id=st.text(max_size=40), secret=st.text(max_size=60))
def test_any_credentials_are_refused_by_name(empty_clients, client_id, secret):
    with pytest.raises(ClientUnknown):
        verify_client(empty_clients, client_id, secret)


@pytest.fixture(scope="module")
def empty_clients(tmp_path_factory, sqlite_template):
    path = tmp_path_factory.mktemp("clients") / "node.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    with database.read() as session:
        yield session
    database.dispose()
