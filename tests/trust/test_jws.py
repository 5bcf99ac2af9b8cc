"""Compact JWS: the algorithm, the type and the key are ours to say, never the token's."""

import pytest

from tests.trust.world import SUPPLIER, key
from trust import base64url, jws, strict_json
from trust.errors import SignatureInvalidError, TokenError
from trust.keys import PublicKey

SIGNER = SUPPLIER


def token(header: dict | bytes | None = None, payload: dict | bytes | None = None) -> str:
    """A token with a right signature over whatever it says."""
    usual = {"alg": "EdDSA", "kid": SIGNER.kid, "typ": "vc+jwt"}
    head = header if isinstance(header, bytes) else strict_json.compact(usual if header is None else header)
    body = payload if isinstance(payload, bytes) else strict_json.compact({"a": 1} if payload is None else payload)
    signed = f"{base64url.encode(head)}.{base64url.encode(body)}"
    return f"{signed}.{base64url.encode(SIGNER.sign(signed.encode()))}"


def header(**changes) -> dict:
    merged = {"alg": "EdDSA", "kid": SIGNER.kid, "typ": "vc+jwt"} | changes
    return {name: value for name, value in merged.items() if value is not None}


def verify(text: str, *, typ: str = "vc+jwt", public: PublicKey = SIGNER.public, kid: str = SIGNER.kid) -> dict:
    return jws.verify(text, typ=typ, key=public, kid=kid)


def test_what_is_signed_verifies_and_says_eddsa():
    made = jws.sign({"a": "ạ"}, typ="vc+jwt", signer=SIGNER)
    assert verify(made) == {"a": "ạ"}
    assert jws.peek(made).header == header()
    assert jws.kid_of(made) == SIGNER.kid


def test_the_fully_specified_name_is_accepted_too():
    assert verify(token(header(alg="Ed25519"))) == {"a": 1}


def test_an_algorithm_the_key_record_does_not_allow_is_refused():
    only = PublicKey.from_jwk(SIGNER.public.jwk | {"alg": "Ed25519"})
    with pytest.raises(TokenError) as refused:
        verify(token(), public=only)
    assert refused.value.reason == "wrong_algorithm"
    assert verify(token(header(alg="Ed25519")), public=only)


class NeverCalled(PublicKey):
    """A key whose use is a failure of the test."""

    def verify(self, signature, message):
        raise AssertionError("cryptography before the checks")


@pytest.mark.parametrize("name", ["none", "None", "HS256", "ES256", "RS256", "eddsa", "Ed448", "ed25519", ""])
def test_an_unknown_algorithm_is_refused_before_any_cryptography(name):
    guard = NeverCalled(SIGNER.public.raw, _loaded=SIGNER.public._loaded)
    with pytest.raises(TokenError) as refused:
        verify(token(header(alg=name)), public=guard)
    assert refused.value.reason == "unknown_algorithm"


def test_a_public_key_used_as_a_shared_secret_does_not_verify():
    import hmac

    head = base64url.encode(strict_json.compact(header(alg="HS256")))
    body = base64url.encode(b"{}")
    tag = hmac.digest(SIGNER.public.raw, f"{head}.{body}".encode(), "sha256")
    with pytest.raises(TokenError):
        verify(f"{head}.{body}.{base64url.encode(tag)}")


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c"])
def test_a_header_that_brings_a_key_is_refused(name):
    with pytest.raises(TokenError) as refused:
        verify(token(header(**{name: SIGNER.public.jwk})))
    assert refused.value.reason == "key_in_header"


@pytest.mark.parametrize("value", [[], ["exp"], ["b64"], "x"])
def test_any_critical_extension_is_refused(value):
    with pytest.raises(TokenError) as refused:
        verify(token(header(crit=value)))
    assert refused.value.reason == "critical_extension"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"b64": False}, "unknown_header"),
        ({"x5t": "x"}, "unknown_header"),
        ({"typ": None}, "header_members"),
        ({"kid": None}, "header_members"),
        ({"alg": None}, "header_members"),
        ({"kid": 42}, "header_members"),
        ({"typ": ["vc+jwt"]}, "header_members"),
    ],
)
def test_another_header_is_refused(changes, reason):
    with pytest.raises(TokenError) as refused:
        verify(token(header(**changes)))
    assert refused.value.reason == reason


@pytest.mark.parametrize("typ", ["vc+sd-jwt", "JWT", "VC+JWT", "application/vc+jwt", "at+jwt", "vc+jwt ", ""])
def test_another_type_is_refused(typ):
    with pytest.raises(TokenError) as refused:
        verify(token(header(typ=typ)))
    assert refused.value.reason == "wrong_type"


def test_another_kid_is_refused_even_for_the_same_key():
    with pytest.raises(TokenError) as refused:
        verify(token(header(kid="did:web:other.example#" + SIGNER.public.thumbprint)))
    assert refused.value.reason == "wrong_key_id"


@pytest.mark.parametrize("name", ["vc", "vp"])
def test_a_payload_with_vc_or_vp_is_refused(name):
    with pytest.raises(TokenError) as refused:
        verify(token(payload={name: {}}))
    assert refused.value.reason == "vc_or_vp_claim"


def test_another_keys_signature_is_refused():
    with pytest.raises(SignatureInvalidError):
        verify(token(), public=key("other", "did:web:a.example").public)


@pytest.mark.parametrize(
    "payload", [b'{"a":1,"a":2}', b"[]", b"1", b"", b"\xff", b'{"a":NaN}', b'{"a":9007199254740993}', b"\xef\xbb\xbf{}"]
)
def test_a_payload_that_is_not_strict_json_is_refused(payload):
    with pytest.raises(TokenError) as refused:
        verify(token(payload=payload))
    assert refused.value.reason == "payload"


def test_a_header_with_a_member_twice_is_refused():
    twice = b'{"alg":"EdDSA","kid":"' + SIGNER.kid.encode() + b'","typ":"x","typ":"vc+jwt"}'
    with pytest.raises(TokenError) as refused:
        verify(token(twice))
    assert refused.value.detail == "duplicate_member"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text + "=",
        lambda text: text + "\n",
        lambda text: " " + text,
        lambda text: text.replace(".", "..", 1),
        lambda text: text + ".x",
        lambda text: text.rpartition(".")[0] + ".",
        lambda text: text.rpartition(".")[0],
        lambda text: "",
        lambda text: text + "é",
        lambda text: "A" * 400_001,
        lambda text: text[:-1] + chr(ord(text[-1]) + 1),
    ],
)
def test_another_spelling_of_a_token_is_refused(spoil):
    with pytest.raises(TokenError):
        verify(spoil(token()))


def test_too_large_a_payload_is_not_signed():
    with pytest.raises(TokenError):
        jws.sign({"a": "x" * 300_000}, typ="vc+jwt", signer=SIGNER)
