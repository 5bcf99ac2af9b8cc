"""The directory: facts with a source, and nothing known that nobody established."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network import membership
from network.errors import FactInvalid, NameInvalid, OrganizationUnknown
from tests.network.beginnings import NOW, found, keystore, settle

LATER = NOW + timedelta(days=1)
UNKNOWN = "0" * 32


@pytest.fixture
def an_phat(database):
    store = keystore()
    with database.write() as session:
        found(session, store)
        return settle(session, store)


def test_nothing_is_known_of_a_new_member(database, an_phat):
    with database.read() as session:
        member = membership.member_of(session, an_phat)
        assert (member.country, member.verified, member.sectors, member.roles) == (None, None, frozenset(), frozenset())
        assert not member.suspended


def test_facts_make_the_member(database, an_phat):
    with database.write() as session:
        for attribute, values in {
            "country": ["VN"],
            "verified": ["2"],
            "sector": ["C25", "C29.3"],
            "role": ["supplier", "auditor"],
        }.items():
            membership.set_facts(session, an_phat, attribute, values, source="operator", now=NOW)
    with database.read() as session:
        member = membership.member_of(session, an_phat)
        assert (member.id, member.slug, member.name) == (an_phat, "an-phat", "an-phat")
        assert (member.country, member.verified) == ("VN", 2)
        assert member.sectors == {"C25", "C29.3"}
        assert member.roles == {"supplier", "auditor"}
        assert {fact.source for fact in membership.facts(session, an_phat)} == {"operator"}


def test_setting_an_attribute_replaces_its_values_and_no_others(database, an_phat):
    with database.write() as session:
        membership.set_facts(session, an_phat, "country", ["VN"], source="operator", now=NOW)
        membership.set_facts(session, an_phat, "role", ["supplier", "buyer"], source="operator", now=NOW)
        membership.set_facts(session, an_phat, "role", ["buyer", "auditor"], source="operator", now=LATER)
        dates = {(fact.attribute, fact.value): fact.set_at for fact in membership.facts(session, an_phat)}
        assert dates == {("country", "VN"): NOW, ("role", "buyer"): NOW, ("role", "auditor"): LATER}
        membership.set_facts(session, an_phat, "country", [], source="operator", now=LATER)
        assert membership.member_of(session, an_phat).country is None


def test_another_source_dates_the_value_anew(database, an_phat):
    with database.write() as session:
        membership.set_facts(session, an_phat, "verified", ["2"], source="operator", now=NOW)
        membership.set_facts(session, an_phat, "verified", ["2"], source="computed", now=LATER)
        (fact,) = membership.facts(session, an_phat)
        assert (fact.source, fact.set_at) == ("computed", LATER)


@pytest.mark.parametrize(
    ("attribute", "values", "source"),
    [
        ("country", ["vn"], "operator"),
        ("country", ["VNM"], "operator"),
        ("country", ["VN", "JP"], "operator"),
        ("country", ["VN\n"], "operator"),
        ("verified", ["0"], "operator"),
        ("verified", ["4"], "operator"),
        ("verified", ["²"], "operator"),
        ("role", ["admin"], "operator"),
        ("role", ["supplier\x00"], "operator"),
        ("sector", ["c25"], "operator"),
        ("sector", ["C2"], "operator"),
        ("sector", [f"C{n}" for n in range(10, 60)], "operator"),
        ("holds", ["ISO9001"], "operator"),
        ("country", ["VN"], "self"),
        ("country", ["VN"], ""),
    ],
)
def test_a_fact_outside_its_pattern_is_refused(database, an_phat, attribute, values, source):
    with pytest.raises(FactInvalid), database.write() as session:
        membership.set_facts(session, an_phat, attribute, values, source=source, now=NOW)


def test_two_operators_at_once_leave_one_country(postgres_database):
    store = keystore()
    with postgres_database.write() as session:
        found(session, store)
        organization = settle(session, store)

    def settle_in(country: str) -> None:
        with postgres_database.write() as session:
            membership.set_facts(session, organization, "country", [country], source="operator", now=NOW)

    with ThreadPoolExecutor(1) as pool:
        with postgres_database.write() as session:
            membership.set_facts(session, organization, "country", ["VN"], source="operator", now=NOW)
            second = pool.submit(settle_in, "JP")
            with pytest.raises(TimeoutError):
                second.result(timeout=0.3)
        second.result(timeout=10)
    with postgres_database.read() as session:
        assert [fact.value for fact in membership.facts(session, organization)] == ["JP"]


def test_a_member_is_found_by_id_did_and_slug(database, an_phat):
    with database.read() as session:
        member = membership.member_of(session, an_phat)
        for name in (member.id, member.did, member.slug):
            assert membership.find(session, name) == member
        for name in (UNKNOWN, "nobody", "did:web:guild.example:orgs:nobody", "did:web:guild.example", ""):
            assert membership.find(session, name) is None


def test_a_slug_that_looks_like_an_id_is_found(database):
    store = keystore()
    slug = "deadbeef" * 4
    with database.write() as session:
        found(session, store)
        organization = settle(session, store, slug)
        found_member = membership.find(session, slug)
        assert found_member is not None
        assert found_member.id == organization


def test_members_are_listed_by_slug(database):
    store = keystore()
    with database.write() as session:
        found(session, store)
        ids = {slug: settle(session, store, slug) for slug in ("co", "an", "binh")}
        membership.set_facts(session, ids["binh"], "country", ["VN"], source="operator", now=NOW)
    with database.read() as session:
        listed = membership.members(session)
        assert [(member.slug, member.country) for member in listed] == [("an", None), ("binh", "VN"), ("co", None)]
        assert listed[0] == membership.member_of(session, ids["an"])


def test_a_suspension_keeps_its_first_date_until_it_ends(database, an_phat):
    with database.write() as session:
        membership.suspend(session, an_phat, now=NOW)
        membership.suspend(session, an_phat, now=LATER)
        member = membership.member_of(session, an_phat)
        assert member.suspended
        assert member.suspended_at == NOW
        membership.reinstate(session, an_phat)
        assert not membership.member_of(session, an_phat).suspended


def test_a_name_changes_and_the_slug_stays(database, an_phat):
    with database.write() as session:
        membership.rename(session, an_phat, "Công ty An Phát")
        member = membership.member_of(session, an_phat)
        assert (member.name, member.slug) == ("Công ty An Phát", "an-phat")
    with pytest.raises(NameInvalid), database.write() as session:
        membership.rename(session, an_phat, "An\u202ePhat")


@pytest.mark.parametrize("name", [UNKNOWN, "", "an-phat\x00", "\ud800", "x" * 10_000])
def test_an_unknown_organization_is_refused_by_name(database, an_phat, name):
    with database.write() as session:
        assert membership.find(session, name) is None
        for ask in (
            lambda: membership.member_of(session, name),
            lambda: membership.rename(session, name, "x"),
            lambda: membership.suspend(session, name, now=NOW),
            lambda: membership.reinstate(session, name),
            lambda: membership.set_facts(session, name, "country", ["VN"], source="operator", now=NOW),
        ):
            with pytest.raises(OrganizationUnknown):
                ask()


@given(attribute=st.sampled_from(["country", "verified", "sector", "role", "x"]), value=st.text(max_size=12))
def test_any_value_is_a_fact_or_refused_by_name(attribute, value):
    try:
        membership.directory._checked(attribute, [value])
    except FactInvalid:
        return
    assert value.isascii()
    assert value.isprintable()
