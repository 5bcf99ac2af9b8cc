"""Credentials that are refused, and why."""

import pytest

from tests.trust.world import (
    AUDITOR,
    AWAY,
    HOME,
    NOW,
    SUPPLIER,
    content,
    live_view,
    statement,
)
from trust import cell, did, instant, jws, key_statement
from trust.errors import CredentialError, TrustError


def test_a_node_does_not_speak_as_an_organization():
    with pytest.raises(CredentialError):
        live_view(content(organization=HOME.did), signer=HOME.root)


def test_a_key_statement_reads_back_as_issued():
    token = AWAY.state(AUDITOR, custody="self", valid_until=NOW)
    found = key_statement.read(token, root=AWAY.root.public)
    assert (found.issuer, found.subject, found.kid) == (AWAY.did, statement().issuer, AUDITOR.kid)
    assert (found.role, found.custody, found.key) == ("organization", "self", AUDITOR.public)
    assert (found.valid_until, found.compromised_at) == (NOW, None)


def test_a_key_statement_is_dated_to_the_hour():
    found = key_statement.read(HOME.state(SUPPLIER, issued=NOW), root=HOME.root.public)
    assert found.issued == NOW.replace(minute=0)


def test_a_root_states_itself():
    found = key_statement.read_root(HOME.root_statement())
    assert (found.subject, found.role, found.kid) == (HOME.did, "root", HOME.root.kid)
    assert key_statement.is_root(HOME.root_statement())
    assert not key_statement.is_root(HOME.status_statement())
    with pytest.raises(TrustError):
        key_statement.read_root(HOME.status_statement())


@pytest.mark.parametrize(
    ("signer", "role"),
    [
        (SUPPLIER, "status"),
        (SUPPLIER, "root"),
        (HOME.status, "organization"),
        (HOME.status, "root"),
        (HOME.status, "other"),
        (AUDITOR, "organization"),
    ],
)
def test_roles_are_not_shared_and_hosts_not_crossed(signer, role):
    with pytest.raises(CredentialError):
        HOME.state(signer, role)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(kid=AUDITOR.kid),
        lambda d: d.update(jwk=AUDITOR.public.jwk),
        lambda d: d.update(jwk=SUPPLIER.public.jwk | {"d": "x"}),
        lambda d: d.update(iss="did:web:away.example"),
        lambda d: d.update(iss="did:web:home.example:orgs:lathe"),
        lambda d: d.update(sub="did:web:away.example:orgs:lathe"),
        lambda d: d.update(sub=5),
        lambda d: d.update(custody="shared"),
        lambda d: d.update(note="x"),
        lambda d: d.pop("compromised_at"),
        lambda d: d.update(valid_from=None),
        lambda d: d.update(valid_until=5),
        lambda d: d.update(iat="2026"),
        lambda d: d.update(iat=True),
        lambda d: d.update(iat=-1),
        lambda d: d.update(iat=10**15),
    ],
)
def test_a_statement_of_another_shape_is_refused_though_well_signed(change):
    payload = jws.peek(HOME.state(SUPPLIER)).payload
    change(payload)
    token = jws.sign(payload, typ=key_statement.TYP, signer=HOME.root)
    with pytest.raises(TrustError):
        key_statement.read(token, root=HOME.root.public)


@pytest.mark.parametrize(
    ("attested", "shown", "supports"),
    [
        ({"level": "existence"}, {"level": "existence"}, True),
        ({"level": "existence"}, {"level": "exact", "value": "1"}, False),
        ({"level": "band", "value": "VN"}, {"level": "band", "value": "VN"}, True),
        ({"level": "band", "value": "VN"}, {"level": "band", "value": "TH"}, False),
        ({"level": "exact", "value": ["a", "b"]}, {"level": "exact", "value": ["b", "a"]}, False),
        ({"level": "exact", "value": "10"}, {"level": "exact", "value": "10.0"}, False),
        ({"level": "exact", "value": True}, {"level": "exact", "value": "true"}, False),
        ({"level": "exact", "value": "1"}, {"level": "exact", "value": "1", "unit": "H87"}, False),
    ],
)
def test_a_claim_supports_only_the_same_value(attested, shown, supports):
    assert cell.supports(attested, shown) is supports


@pytest.mark.parametrize(
    ("inner", "outer", "inside"),
    [
        ({"at_least": "2026-10-01", "below": "2027-01-01"}, {"at_least": "2026-10-01", "below": "2027-01-01"}, True),
        ({"at_least": "2026-10-01", "below": "2027-01-01"}, {"at_least": "2026-01-01", "below": "2027-01-01"}, True),
        ({"at_least": "2026-10-01", "below": "2027-01-01"}, {"at_least": "2026-11-01"}, False),
        ({"at_least": "1990", "below": "2000"}, {"at_least": "1980", "below": "2000"}, True),
        ({"at_least": "9", "below": "10"}, {"at_least": "8", "below": "11"}, True),
        ({"at_least": "-10", "below": "-9"}, {"at_least": "-11", "below": "-8"}, True),
        ({"at_least": "10"}, {"at_least": "10", "below": "20"}, False),
        ({"at_least": "x"}, {"at_least": "a"}, False),
        ({"at_least": "1e1"}, {"at_least": "1"}, False),
        ({"at_least": ["1"]}, {"at_least": "1"}, False),
        (
            {"lat": {"at_least": "21", "below": "22"}, "lon": {"at_least": "105", "below": "106"}},
            {"lat": {"at_least": "20", "below": "22"}, "lon": {"at_least": "105", "below": "106"}},
            True,
        ),
        ({"lat": {"at_least": "21", "below": "22"}}, {"lon": {"at_least": "21", "below": "22"}}, False),
        ({"2026-W48": {"at_least": "0", "below": "40"}}, {"2026-W48": {"at_least": "0", "below": "80"}}, True),
        ({"2026-W48": {"at_least": "0"}}, {"2026-W48": {"at_least": "0", "below": "80"}}, False),
        ("VN", {"at_least": "1"}, False),
    ],
)
def test_a_band_supports_only_what_contains_it(inner, outer, inside):
    assert cell.supports({"level": "band", "value": inner}, {"level": "band", "value": outer}) is inside


def test_times_are_utc_whole_seconds():
    assert instant.write(NOW) == "2026-11-23T10:30:00Z"
    assert instant.read("2026-11-23T10:30:00Z") == NOW
    assert did.node_of(HOME.did) == HOME.did
    for text in ("2026-11-23T10:30:00", "2026-11-23 10:30:00Z", "2026-11-23T24:30:00Z", "٢026-11-23T10:30:00Z", None):
        with pytest.raises(CredentialError):
            instant.read(text)
