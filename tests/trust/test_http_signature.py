"""Requests between nodes: RFC 9421 with a body digest, a nonce and a clock that is ours."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from tests.trust.world import AWAY, NOW, key
from trust import http_signature
from trust.errors import ClockSkewError, DigestMismatchError, HttpSignatureError, TrustError, UnknownKeyError
from trust.http_signature import Policy
from trust.keys import PublicKey

TRANSPORT = key("transport", AWAY.did)
TARGET = "https://home.example/fed/v1/query?scope=network"
BODY = b'{"q":"5 axes"}'


def signed(**changes) -> dict[str, str]:
    known = {
        "method": "POST",
        "target_uri": TARGET,
        "body": BODY,
        "signer": TRANSPORT,
        "created": NOW,
        "nonce": "n" * 32,
    }
    return http_signature.sign(**(known | changes))


def find(kid: str) -> PublicKey | None:
    return TRANSPORT.public if kid == TRANSPORT.kid else None


def verify(headers: dict[str, str] | None = None, **changes):
    known = {
        "method": "POST",
        "target_uri": TARGET,
        "headers": (signed() if headers is None else headers).items(),
        "body": BODY,
        "find_key": find,
        "now": NOW,
    }
    return http_signature.verify(**(known | changes))


def test_a_signed_request_says_who_and_hands_out_its_nonce():
    found = verify()
    assert (found.key_id, found.nonce, found.created) == (TRANSPORT.kid, "n" * 32, NOW)
    assert found.expires == NOW + timedelta(seconds=300)


def test_a_request_without_a_body_still_signs_its_digest():
    headers = signed(method="GET", body=b"")
    assert verify(headers, method="GET", body=b"").nonce
    del headers["Content-Digest"]
    with pytest.raises(HttpSignatureError):
        verify(headers, method="GET", body=b"")


def test_the_rfc_9421_b_2_6_vector_verifies():
    # Appendix B.1.4 (key), B.2 (request) and B.2.6 (signature)
    public = PublicKey.from_bytes(base64.b64decode("JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="))
    headers = [
        ("Host", "example.com"),
        ("Date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("Content-Type", "application/json"),
        (
            "Content-Digest",
            "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
        ),
        ("Content-Length", "18"),
        (
            "Signature-Input",
            'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
            ';created=1618884473;keyid="test-key-ed25519"',
        ),
        (
            "Signature",
            "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
        ),
    ]
    policy = Policy(
        components=("date", "@method", "@path", "@authority", "content-type", "content-length"),
        tag=None,
        required=frozenset({"created", "keyid"}),
    )
    known = {
        "method": "POST",
        "target_uri": "https://example.com/foo?param=Value&Pet=dog",
        "headers": headers,
        "body": b'{"hello": "world"}',
        "find_key": lambda kid: public if kid == "test-key-ed25519" else None,
        "now": datetime.fromtimestamp(1618884473, UTC),
    }
    assert http_signature.verify(**known, policy=policy).key_id == "test-key-ed25519"
    with pytest.raises(HttpSignatureError):
        http_signature.verify(**(known | {"method": "PUT"}), policy=policy)
    with pytest.raises(HttpSignatureError):
        http_signature.verify(**known)  # it covers too little for a node


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "PUT"},
        {"target_uri": "https://home.example/fed/v1/query?scope=network&x=1"},
        {"target_uri": "https://home.example/fed/v1/query"},
        {"target_uri": "https://evil.example/fed/v1/query?scope=network"},
        {"target_uri": "http://home.example/fed/v1/query?scope=network"},
    ],
)
def test_a_signature_does_not_move_to_another_request(changes):
    with pytest.raises(HttpSignatureError) as refused:
        verify(**changes)
    assert refused.value.code == "http_signature_refused"


def test_another_body_is_a_digest_mismatch():
    with pytest.raises(DigestMismatchError):
        verify(body=BODY + b" ")


def test_another_digest_header_breaks_the_signature():
    other = signed(body=b"other")["Content-Digest"]
    with pytest.raises(HttpSignatureError):
        verify(signed() | {"Content-Digest": other}, body=b"other")


def test_a_key_that_is_not_in_the_table_is_unknown_and_never_fetched():
    with pytest.raises(UnknownKeyError):
        verify(find_key=lambda kid: None)


def test_another_key_under_a_known_id_is_refused():
    other = key("other", AWAY.did).public
    with pytest.raises(HttpSignatureError) as refused:
        verify(find_key=lambda kid: other)
    assert refused.value.code == "http_signature_refused"


@pytest.mark.parametrize(("seconds", "offset"), [(301, -301), (-301, 301), (7200, -7200), (-600, 600)])
def test_a_clock_too_far_off_is_named_with_its_offset(seconds, offset):
    with pytest.raises(ClockSkewError) as refused:
        verify(now=NOW + timedelta(seconds=seconds))
    assert refused.value.offset == offset
    assert str(offset) in str(refused.value)


@pytest.mark.parametrize("seconds", [0, 299, -299, 300, -300])
def test_a_clock_within_five_minutes_is_taken(seconds):
    assert verify(now=NOW + timedelta(seconds=seconds))


def test_an_expired_request_is_refused_before_five_minutes():
    with pytest.raises(ClockSkewError) as refused:
        verify(signed(lifetime=timedelta(seconds=10)), now=NOW + timedelta(seconds=11))
    assert refused.value.reason == "expired"


@pytest.mark.parametrize("lifetime", [timedelta(0), timedelta(seconds=301), timedelta(seconds=-1)])
def test_no_request_is_signed_for_longer_than_five_minutes(lifetime):
    with pytest.raises(HttpSignatureError):
        signed(lifetime=lifetime)


@pytest.mark.parametrize("nonce", ["", "n" * 129, "ạ"])
def test_a_nonce_that_cannot_be_kept_is_not_signed(nonce):
    with pytest.raises(HttpSignatureError):
        signed(nonce=nonce)


def test_the_time_is_judged_only_for_someone_known():
    with pytest.raises(UnknownKeyError):
        verify(find_key=lambda kid: None, now=NOW + timedelta(days=1))


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value.replace("guildnet-fed-1", "other"),
        lambda value: value.replace(';nonce="' + "n" * 32 + '"', ""),
        lambda value: value.replace(' "content-digest"', ""),
        lambda value: value.replace('"@method" ', ""),
        lambda value: value.replace(";created=", ";created=x"),
        lambda value: value + ', other=("@method");created=1;keyid="x"',
        lambda value: "",
        lambda value: "guildnet",
        lambda value: "\xff\x00",
        lambda value: value + ";unknown=1",
        lambda value: value + ';alg="hmac-sha256"',
    ],
)
def test_a_changed_signature_input_is_refused(change):
    headers = signed()
    headers["Signature-Input"] = change(headers["Signature-Input"])
    with pytest.raises(TrustError):
        verify(headers)


def custom(components: str, parameters: str) -> dict[str, str]:
    """A right signature over a base written by hand: what a careless peer could send."""
    digest = signed()["Content-Digest"]
    values = {"@method": "POST", "@target-uri": TARGET, "content-digest": digest}
    lines = [f'"{name}": {values[name]}' for name in components.split()]
    inner = "(" + " ".join(f'"{name}"' for name in components.split()) + ")" + parameters
    base = "\n".join([*lines, f'"@signature-params": {inner}'])
    signature = base64.b64encode(TRANSPORT.sign(base.encode())).decode()
    return {"Content-Digest": digest, "Signature-Input": f"x={inner}", "Signature": f"x=:{signature}:"}


MADE = int(NOW.timestamp())
ALL = "@method @target-uri content-digest"
USUAL = f';created={MADE};expires={MADE + 60};nonce="abc";keyid="{TRANSPORT.kid}";tag="guildnet-fed-1"'


def test_the_handmade_signature_is_right():
    assert verify(custom(ALL, USUAL)).nonce == "abc"


@pytest.mark.parametrize(
    ("components", "parameters"),
    [
        ("@method @target-uri", USUAL),
        ("@target-uri content-digest", USUAL),
        ("@method content-digest", USUAL),
        (ALL, USUAL.replace(';nonce="abc"', "")),
        (ALL, USUAL.replace('"abc"', '""')),
        (ALL, USUAL.replace('"abc"', '"' + "x" * 200 + '"')),
        (ALL, USUAL.replace(f";expires={MADE + 60}", "")),
        (ALL, USUAL.replace(f"expires={MADE + 60}", f"expires={MADE + 301}")),
        (ALL, USUAL.replace(f"expires={MADE + 60}", f"expires={MADE}")),
        (ALL, USUAL.replace(f";created={MADE}", "")),
        (ALL, USUAL.replace(f"created={MADE}", "created=-5")),
        (ALL, USUAL.replace(f"created={MADE}", "created=999999999999999")),
        (ALL, USUAL.replace(';tag="guildnet-fed-1"', "")),
        (ALL, USUAL.replace("guildnet-fed-1", "guildnet-fed-2")),
        (ALL, USUAL + ';alg="rsa-pss-sha512"'),
        (ALL, USUAL + ";surprise=1"),
    ],
)
def test_a_signature_that_covers_or_carries_too_little_is_refused(components, parameters):
    with pytest.raises(TrustError):
        verify(custom(components, parameters))


def test_two_signatures_with_our_tag_are_refused():
    one, two = custom(ALL, USUAL), signed()
    both = {name: f"{one[name]}, {two[name]}" for name in ("Signature-Input", "Signature")}
    with pytest.raises(HttpSignatureError) as refused:
        verify(both | {"Content-Digest": one["Content-Digest"]})
    assert refused.value.reason == "several_signatures"
