"""Ed25519 as RFC 8032 has it, and the keys that must not be used."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shared_material import shared
from trust import keys
from trust.errors import KeyMaterialError, SignatureInvalidError
from trust.keys import PrivateKey, PublicKey

# RFC 8032 section 7.1: secret key, public key, message, signature (tests 1, 2, 3 and SHA(abc))
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]

P = 2**255 - 19
LOW_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",  # the identity
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  # order 2
    "0000000000000000000000000000000000000000000000000000000000000000",  # order 4
    "0000000000000000000000000000000000000000000000000000000000000080",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",  # order 8
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "0100000000000000000000000000000000000000000000000000000000000080",  # the identity, sign bit set
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]
NOT_CANONICAL = [(P + y).to_bytes(32, "little").hex() for y in range(19)] + [
    ((P + y) | 1 << 255).to_bytes(32, "little").hex() for y in range(19)
]


@pytest.mark.parametrize(("seed", "public", "message", "signature"), RFC_8032)
def test_rfc_8032_section_7_1(seed, public, message, signature):
    key = PrivateKey.from_seed(bytes.fromhex(seed), did="did:web:a.example")
    assert key.public.raw.hex() == public
    assert key.sign(bytes.fromhex(message)).hex() == signature
    key.public.verify(bytes.fromhex(signature), bytes.fromhex(message))


def test_wycheproof_ed25519_through_our_keys():
    groups = json.loads(shared("vectors/wycheproof-ed25519.json").read_text())["testGroups"]
    seen = 0
    for group in groups:
        public = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            seen += 1
            try:
                PublicKey.from_bytes(public).verify(bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
                result = "valid"
            except (KeyMaterialError, SignatureInvalidError):
                result = "invalid"
            assert result == case["result"], (case["tcId"], case["comment"])
    assert seen == 151


@pytest.mark.parametrize("raw", LOW_ORDER)
def test_a_low_order_key_is_refused_that_the_library_loads(raw):
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(raw))
    with pytest.raises(KeyMaterialError) as refused:
        PublicKey.from_bytes(bytes.fromhex(raw))
    assert refused.value.reason == "low_order"


def test_with_the_identity_as_key_one_signature_fits_every_message_in_the_library():
    # The reason for the rule: R = identity, s = 0.
    identity = bytes.fromhex(LOW_ORDER[0])
    for message in (b"one", b"another"):
        Ed25519PublicKey.from_public_bytes(identity).verify(identity + bytes(32), message)


@pytest.mark.parametrize("raw", NOT_CANONICAL)
def test_a_key_that_is_not_canonical_is_refused(raw):
    with pytest.raises(KeyMaterialError) as refused:
        PublicKey.from_bytes(bytes.fromhex(raw))
    assert refused.value.reason == "not_canonical"


@pytest.mark.parametrize("raw", ["02" + "00" * 31, "07" + "00" * 31])
def test_a_key_that_is_not_on_the_curve_is_refused(raw):
    with pytest.raises(KeyMaterialError) as refused:
        PublicKey.from_bytes(bytes.fromhex(raw))
    assert refused.value.reason == "not_on_curve"


@settings(deadline=None)
@given(st.binary(min_size=32, max_size=32))
def test_every_key_that_is_made_is_accepted(seed):
    key = PrivateKey.from_seed(seed, did="did:web:a.example")
    assert PublicKey.from_jwk(key.public.jwk) == key.public
    key.public.verify(key.sign(b"m"), b"m")


def test_the_thumbprint_is_that_of_rfc_8037():
    # RFC 8037 appendix A.3
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert PublicKey.from_jwk(jwk).thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


GOOD = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"d": GOOD["x"]}, "jwk_members"),
        ({"key_ops": ["verify"]}, "jwk_members"),
        ({"kty": "EC"}, "jwk_type"),
        ({"crv": "X25519"}, "jwk_type"),
        ({"crv": "Ed448"}, "jwk_type"),
        ({"use": "enc"}, "jwk_type"),
        ({"alg": "ES256"}, "unknown_algorithm"),
        ({"alg": "none"}, "unknown_algorithm"),
        ({"x": GOOD["x"] + "="}, "jwk_encoding"),
        ({"x": GOOD["x"][:-1] + "p"}, "jwk_encoding"),
        ({"x": GOOD["x"][:-2]}, "jwk_encoding"),
        ({"x": "AAAA"}, "wrong_length"),
        ({"x": 5}, "jwk_members"),
        ({"kid": 5}, "jwk_members"),
    ],
)
def test_a_jwk_of_another_kind_is_refused(change, reason):
    with pytest.raises(KeyMaterialError) as refused:
        PublicKey.from_jwk(GOOD | change)
    assert refused.value.reason == reason


@pytest.mark.parametrize("jwk", [None, [], "x", 5, {}, {"kty": "OKP"}])
def test_what_is_no_jwk_is_refused(jwk):
    with pytest.raises(KeyMaterialError):
        PublicKey.from_jwk(jwk)


def test_a_key_record_may_allow_one_algorithm_name_only():
    assert PublicKey.from_jwk(GOOD | {"alg": "Ed25519"}).algorithms == {"Ed25519"}
    assert PublicKey.from_jwk(GOOD | {"alg": "Ed25519"}).jwk["alg"] == "Ed25519"
    assert PublicKey.from_jwk(GOOD).algorithms == {"EdDSA", "Ed25519"}


def test_a_private_key_never_shows_its_seed():
    seed = bytes(range(32))
    key = PrivateKey.from_seed(seed, did="did:web:a.example")
    assert seed.hex() not in repr(key)
    assert str(seed) not in repr(key)


@pytest.mark.parametrize("seed", [b"", b"x" * 31, b"x" * 33])
def test_a_seed_of_another_length_is_refused(seed):
    with pytest.raises(KeyMaterialError):
        PrivateKey.from_seed(seed, did="did:web:a.example")


@pytest.mark.parametrize("kid", ["", "#", "did:web:a.example", "did:web:a.example#short", "#" + "A" * 43, "a#" + "A" * 42])
def test_a_kid_without_did_or_thumbprint_is_refused(kid):
    with pytest.raises(KeyMaterialError):
        keys.split_kid(kid)
