"""Bitstring status lists: sizes, bombs, and reading exactly the bit that was meant."""

import gzip
import zlib
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trust.world import AUDITOR, AWAY, DAY, HOME, HOUR, NOW
from trust import base64url, jws, status_list
from trust.errors import CredentialError, StatusListError, TokenError
from trust.status_list import Clear, Entry, Set, Unknown

ISSUER = AUDITOR.kid.partition("#")[0]


def packed(bits: bytes, compress=gzip.compress) -> str:
    return "u" + base64url.encode(compress(bits))


@settings(deadline=None, max_examples=20)
@given(st.sets(st.integers(0, status_list.MIN_ENTRIES - 1), max_size=50))
def test_a_list_reads_back_exactly_the_bits_that_were_set(indexes):
    bits = status_list.decode(status_list.encode(indexes))
    found = {8 * at + bit for at, byte in enumerate(bits) if byte for bit in range(8) if byte & 0x80 >> bit}
    assert found == indexes
    assert len(bits) == 16_384


def test_index_zero_is_the_leftmost_bit():
    assert status_list.decode(status_list.encode([0]))[0] == 0x80


def test_the_same_bits_give_the_same_text():
    assert status_list.encode([5, 9]) == status_list.encode([9, 5, 5])


@pytest.mark.parametrize("index", [-1, status_list.MIN_ENTRIES])
def test_a_bit_outside_the_list_is_not_set(index):
    with pytest.raises(StatusListError):
        status_list.encode([index])


@pytest.mark.parametrize("entries", [0, 131_064, 131_071, 131_073, 1_048_584])
def test_a_list_of_another_size_is_not_made(entries):
    with pytest.raises(StatusListError):
        status_list.encode([], entries=entries)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(packed(bytes(16_383)), "too_short", id="one_bit_less"),
        pytest.param(packed(b""), "too_short", id="empty"),
        pytest.param(packed(bytes(131_073)), "too_large", id="one_byte_more"),
        pytest.param(packed(bytes(256 * 1024 * 1024)), "too_large", id="a_bomb"),
        pytest.param(packed(bytes(16_384))[:-8], "damaged", id="cut_off"),
        pytest.param("u" + base64url.encode(gzip.compress(bytes(16_384)) + b"x"), "damaged", id="a_byte_after"),
        pytest.param(
            "u" + base64url.encode(gzip.compress(bytes(16_384)) + gzip.compress(bytes(9))), "damaged", id="two_members"
        ),
        pytest.param(packed(bytes(16_384), zlib.compress), "damaged", id="zlib"),
        pytest.param("u" + base64url.encode(bytes(16_384)), "damaged", id="not_compressed"),
        pytest.param("u", "damaged", id="nothing"),
        pytest.param("u====", "damaged", id="padding_alone"),
        pytest.param(packed(bytes(16_384))[1:], "multibase", id="no_multibase"),
        pytest.param("z" + packed(bytes(16_384))[1:], "multibase", id="another_multibase"),
        pytest.param("", "multibase", id="no_text"),
    ],
)
def test_a_list_that_cannot_be_read_safely_is_refused(text, reason):
    with pytest.raises(StatusListError) as refused:
        status_list.decode(text)
    assert refused.value.reason == reason


def test_a_bomb_is_stopped_while_it_expands():
    import tracemalloc

    bomb = packed(bytes(256 * 1024 * 1024))
    assert len(bomb) < 400_000
    tracemalloc.start()
    with pytest.raises(StatusListError):
        status_list.decode(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024


def test_a_list_that_was_read_is_kept_packed():
    import tracemalloc

    token = AWAY.status_list(encoded=status_list.encode([1_048_575], entries=status_list.MAX_BYTES * 8))
    tracemalloc.start()
    many = [read(token) for _ in range(50)]
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept < 1024 * 1024  # expanded: 6.5 MB
    assert status_list.look_up(AWAY.entry(1_048_575), many[-1], issuer=ISSUER) == Set()
    assert status_list.look_up(AWAY.entry(1_048_574), many[-1], issuer=ISSUER) == Clear()


def read(token: str, node=AWAY):
    return status_list.read(token, key=node.status.public)


def test_a_signed_list_answers_for_the_entry_that_names_it():
    found = read(AWAY.status_list(5))
    assert status_list.look_up(AWAY.entry(5), found, issuer=ISSUER) == Set()
    assert status_list.look_up(AWAY.entry(6), found, issuer=ISSUER) == Clear()


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (AWAY.entry(131_072), "status_index"),
        (AWAY.entry(10**9), "status_index"),
        (Entry(purpose="suspension", index=5, url=AWAY.entry(5).url, key=AWAY.status.kid), "status_purpose"),
        (Entry(purpose="revocation", index=5, url="https://away.example/other", key=AWAY.status.kid), "status_list_other"),
        (Entry(purpose="revocation", index=5, url=AWAY.entry(5).url, key=HOME.status.kid), "status_key"),
    ],
)
def test_purpose_index_address_and_key_must_match(entry, reason):
    assert status_list.look_up(entry, read(AWAY.status_list(5)), issuer=ISSUER) == Unknown(reason)


def test_the_lists_issuer_is_the_credentials_or_the_one_whose_key_it_names():
    own = read(AWAY.status_list(5, issuer=ISSUER))
    assert status_list.look_up(AWAY.entry(5), own, issuer=ISSUER) == Set()
    assert status_list.look_up(AWAY.entry(5), own, issuer="did:web:home.example:orgs:x") == Unknown("status_issuer")


def test_an_index_may_be_a_string_or_an_integer_and_is_written_as_a_string():
    document = AWAY.entry(5).document()
    assert document["statusListIndex"] == "5"
    assert status_list.read_entry(document) == AWAY.entry(5)
    assert status_list.read_entry(document | {"statusListIndex": 5}) == AWAY.entry(5)


@pytest.mark.parametrize("index", ["05", "-1", "+5", "5.0", " 5", "٥", "", -1, 5.0, True, None, "1" * 11, [5]])
def test_another_spelling_of_an_index_is_refused(index):
    with pytest.raises(CredentialError):
        status_list.read_entry(AWAY.entry(5).document() | {"statusListIndex": index})


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "StatusList2021Entry"},
        {"statusPurpose": "message"},
        {"statusListCredential": "http://away.example/x"},
        {"statusListCredential": "https://away.example/x#y"},
        {"statusListCredential": "https://away.example/ạ"},
        {"statusListCredential": "https://away.example/" + "x" * 3000},
        {"statusKey": "did:web:away.example"},
        {"statusKey": "did:key:z6Mk#" + AWAY.status.public.thumbprint},
        {"statusSize": 2},
    ],
)
def test_an_entry_of_another_shape_is_refused(changes):
    with pytest.raises((CredentialError, Exception)) as refused:
        status_list.read_entry(AWAY.entry(5).document() | changes)
    assert refused.value.code in {"credential_refused", "key_refused", "did_refused"}


@pytest.mark.parametrize("value", [None, [], "x", 5, [{}], {}])
def test_a_status_that_is_no_entry_is_refused(value):
    with pytest.raises(CredentialError):
        status_list.read_entries(value)


def test_one_entry_per_purpose():
    with pytest.raises(CredentialError):
        status_list.read_entries([AWAY.entry(5).document(), AWAY.entry(6).document()])
    both = [AWAY.entry(5).document(), AWAY.entry(6, "suspension").document()]
    assert len(status_list.read_entries(both)) == 2


@pytest.mark.parametrize("life", [timedelta(0), -HOUR, DAY + timedelta(seconds=1)])
def test_a_list_lives_at_most_a_day(life):
    with pytest.raises(StatusListError) as refused:
        AWAY.status_list(valid_until=NOW - HOUR + life)
    assert refused.value.reason == "life"


def test_a_list_under_another_key_is_refused():
    with pytest.raises(TokenError):
        read(AWAY.status_list(), node=HOME)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update({"@context": d["@context"][::-1]}),
        lambda d: d.update({"@context": [*d["@context"], "https://evil.example/context"]}),
        lambda d: d.update(type=["VerifiableCredential", "Other"]),
        lambda d: d.update(ttl=5),
        lambda d: d.pop("validUntil"),
        lambda d: d.update(validFrom="2026-11-23"),
        lambda d: d.update(issuer="https://away.example"),
        lambda d: d["credentialSubject"].update(statusPurpose="refresh"),
        lambda d: d["credentialSubject"].update(type="Other"),
        lambda d: d["credentialSubject"].update(id="https://away.example/other#list"),
        lambda d: d["credentialSubject"].update(encodedList=5),
        lambda d: d.update(credentialSubject=[]),
    ],
)
def test_a_list_of_another_shape_is_refused(change):
    payload = jws.peek(AWAY.status_list()).payload
    change(payload)
    with pytest.raises(Exception) as refused:  # noqa: PT011
        read(jws.sign(payload, typ="vc+jwt", signer=AWAY.status))
    assert refused.value.code in {"credential_refused", "did_refused"}


def test_online_a_list_past_its_life_or_older_than_the_last_seen_does_not_answer():
    found = read(AWAY.status_list(signed=NOW - HOUR))
    assert status_list.judge_online(found, at=NOW, last_seen=None) is None
    assert status_list.judge_online(found, at=NOW, last_seen=NOW - HOUR) is None
    assert status_list.judge_online(found, at=NOW + DAY, last_seen=None) == Unknown("status_list_expired")
    assert status_list.judge_online(found, at=NOW, last_seen=NOW) == Unknown("status_list_older_than_seen")
