"""Selective disclosure: RFC 9901's own examples, the published specifications, another implementation, and refusals."""

import json
import subprocess
import sys

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from tests.shared_material import shared
from tests.trust import rfc9901
from tests.trust.world import SUPPLIER, Counter
from trust import base64url, jws, sdjwt, strict_json
from trust.errors import DisclosureError
from trust.sdjwt import Disclosable

SPECIFICATIONS = [
    *("array_data_types", "array_full_sd", "array_in_sd", "array_nested_in_plain", "array_none_disclosed"),
    *("array_of_nulls", "array_of_objects", "array_of_scalars", "array_recursive_sd"),
    *("array_recursive_sd_some_disclosed", "header_mod", "json_serialization_flattened"),
    *("json_serialization_general", "key_binding", "no_sd", "object_data_types", "recursions"),
]
# What is asked beside issuing and processing and not made here. Their claims are issued and processed all the same.
OUT_OF_SCOPE = {
    "key_binding": "the presentation proves possession of a holder key",
    "json_serialization_flattened": "the JWS JSON serialisation",
    "json_serialization_general": "the JWS JSON serialisation with several signatures",
}


class Marking(yaml.SafeLoader):
    """Reads `!sd` as a mark on a member's name or on an array element."""


def _mark(loader, node):
    if isinstance(node, yaml.ScalarNode):
        tag = loader.resolve(yaml.ScalarNode, node.value, (True, False)) if node.style is None else None
        value = loader.construct_object(yaml.ScalarNode(tag or "tag:yaml.org,2002:str", node.value), deep=True)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return Disclosable(value)


Marking.add_constructor("!sd", _mark)


def claims_of(tree):
    if isinstance(tree, dict):
        return {
            (key.value if isinstance(key, Disclosable) else key): (
                Disclosable(claims_of(value)) if isinstance(key, Disclosable) else claims_of(value)
            )
            for key, value in tree.items()
        }
    if isinstance(tree, list):
        return [claims_of(item) for item in tree]
    if isinstance(tree, Disclosable):
        return Disclosable(claims_of(tree.value))
    return tree


def wanted(payload, disclosures, choice):
    """The disclosures a holder sends whose choice is written as in the specifications: true, or the choice inside."""
    found = []

    def visit(value, chosen):
        if isinstance(value, dict):
            chosen = chosen if isinstance(chosen, dict) else {}
            for name, inner in value.items():
                if name == "_sd":
                    for reference in inner:
                        item = disclosures.get(reference)
                        if item is not None and chosen.get(item.name):
                            found.append(item.text)
                            visit(item.value, chosen[item.name])
                else:
                    visit(inner, chosen.get(name))
        elif isinstance(value, list):
            chosen = chosen if isinstance(chosen, list) else []
            for position, inner in enumerate(value):
                mine = chosen[position] if position < len(chosen) else None
                if isinstance(inner, dict) and "..." in inner:
                    item = disclosures.get(inner["..."])
                    if item is not None and mine:
                        found.append(item.text)
                        visit(item.value, mine)
                else:
                    visit(inner, mine)

    visit(payload, choice)
    return found


@pytest.mark.parametrize("name", SPECIFICATIONS)
@pytest.mark.parametrize("decoys", [0, 3])
def test_the_published_specifications_issued_presented_and_processed(name, decoys):
    text = shared(f"vectors/sd-jwt/{name}/specification.yml").read_text()
    specification = yaml.load(text, Marking)
    issued = sdjwt.issue(
        claims_of(specification["user_claims"]),
        typ="example+sd-jwt",
        signer=SUPPLIER,
        entropy=Counter(name),
        decoys=lambda real: decoys,
    )
    parts = sdjwt.split(issued)
    payload = jws.verify(parts.jwt, typ="example+sd-jwt", key=SUPPLIER.public, kid=SUPPLIER.kid)
    by_digest = {item.digest: item for item in parts.disclosures}
    kept = wanted(payload, by_digest, specification.get("holder_disclosed_claims", {}))
    presented = sdjwt.join(parts.jwt, kept)
    found = sdjwt.verify(presented, typ="example+sd-jwt", key=SUPPLIER.public, kid=SUPPLIER.kid)
    assert found == specification["expect_verified_user_claims"]


def test_every_published_specification_is_run():
    folders = {path.parent.name for path in shared("vectors/sd-jwt").glob("*/specification.yml")}
    assert folders == set(SPECIFICATIONS)
    assert set(SPECIFICATIONS) >= OUT_OF_SCOPE.keys()


def es256_holds(jwt: str) -> bool:
    """The examples are signed with ES256, which nothing of ours accepts: checked here only."""
    head, body, tail = jwt.split(".")
    x, y = (int.from_bytes(base64url.decode(value), "big") for value in (rfc9901.ISSUER_X, rfc9901.ISSUER_Y))
    raw = base64url.decode(tail)
    signature = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    key.verify(signature, f"{head}.{body}".encode(), ec.ECDSA(SHA256()))
    return True


@pytest.mark.parametrize(
    ("printed", "content"),
    [(rfc9901.A_1_SIMPLE, rfc9901.A_1_CONTENT), (rfc9901.A_2_COMPLEX, rfc9901.A_2_CONTENT)],
)
def test_the_tokens_printed_in_rfc_9901_are_processed_as_printed(printed, content):
    parts = sdjwt.split(rfc9901.token(printed))
    assert es256_holds(parts.jwt)
    payload = strict_json.loads_object(base64url.decode(parts.jwt.split(".")[1]))
    assert sdjwt.process(payload, parts.disclosures) == content


@pytest.mark.parametrize(
    ("disclosure", "digest"),
    [
        # RFC 9901 sections 4.2.1 to 4.2.3
        (
            "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0",
            "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0",
        ),
        ("WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0", "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"),
    ],
)
def test_the_digests_printed_in_rfc_9901(disclosure, digest):
    assert sdjwt.parse_disclosure(disclosure).digest == digest


ORACLE = """
import json, sys
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.holder import SDJWTHolder
from sd_jwt.verifier import SDJWTVerifier
task = json.loads(sys.stdin.read())
key = JWK(**task["key"])
if task["do"] == "issue":
    claims = {SDObj("process"): "turning", SDObj("max"): {"x": "100", SDObj("y"): "200"},
              "codes": [SDObj("a"), "b", SDObj(["c", SDObj("d")])], "iss": "did:web:a.example"}
    made = SDJWTIssuer(claims, key, sign_alg="EdDSA", add_decoy_claims=True,
                       extra_header_parameters={"kid": task["kid"]})
    print(made.sd_jwt_issuance)
else:
    checked = SDJWTVerifier(task["token"], lambda issuer, header: key)
    print(json.dumps(checked.get_verified_payload()))
"""


def oracle(**task):
    """The `sd-jwt` package from PyPI, in its own process: it warns and logs, and our suite makes warnings errors."""
    seed = base64url.encode(SUPPLIER._loaded.private_bytes_raw())
    task |= {"key": SUPPLIER.public.jwk | {"d": seed}, "kid": SUPPLIER.kid}
    done = subprocess.run(
        [sys.executable, "-c", ORACLE], input=json.dumps(task), capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_another_implementation_issues_what_we_verify():
    pytest.importorskip("sd_jwt")
    found = sdjwt.verify(oracle(do="issue"), typ="example+sd-jwt", key=SUPPLIER.public, kid=SUPPLIER.kid)
    assert found == {
        "iss": "did:web:a.example",
        "process": "turning",
        "max": {"x": "100", "y": "200"},
        "codes": ["a", "b", ["c", "d"]],
    }


def test_another_implementation_verifies_what_we_issue():
    pytest.importorskip("sd_jwt")
    claims = {
        "process": Disclosable("turning"),
        "max": Disclosable({"x": "100", "y": Disclosable("200")}),
        "codes": [Disclosable("a"), "b", Disclosable(["c", Disclosable("d")])],
    }
    made = sdjwt.issue(claims, typ="example+sd-jwt", signer=SUPPLIER, entropy=Counter(), decoys=lambda real: 5)
    assert json.loads(oracle(do="verify", token=made)) == {
        "process": "turning",
        "max": {"x": "100", "y": "200"},
        "codes": ["a", "b", ["c", "d"]],
    }


def disclosure(*content) -> sdjwt.Disclosure:
    return sdjwt.parse_disclosure(base64url.encode(strict_json.compact(list(content))))


SALT, SALT_2 = "s" * 22, "t" * 22
CLAIM = disclosure(SALT, "name", "value")
ELEMENT = disclosure(SALT_2, "element")


@pytest.mark.parametrize(
    ("payload", "disclosures", "reason"),
    [
        ({"_sd": [CLAIM.digest, CLAIM.digest]}, [CLAIM], "repeated_digest"),
        ({"_sd": [CLAIM.digest], "a": {"_sd": [CLAIM.digest]}}, [CLAIM], "repeated_digest"),
        ({"_sd": ["decoy"], "a": [{"...": "decoy"}]}, [], "repeated_digest"),
        ({"_sd": ["decoy"], "a": {"_sd": ["decoy"]}}, [], "repeated_digest"),
        ({"_sd": []}, [CLAIM], "unreferenced_disclosure"),
        ({}, [CLAIM], "unreferenced_disclosure"),
        ({"_sd": [CLAIM.digest]}, [CLAIM, CLAIM], "repeated_disclosure"),
        ({"_sd": [ELEMENT.digest]}, [ELEMENT], "wrong_kind"),
        ({"a": [{"...": CLAIM.digest}]}, [CLAIM], "wrong_kind"),
        ({"_sd": [CLAIM.digest], "name": "plain"}, [CLAIM], "name_collision"),
        (
            {"_sd": [CLAIM.digest, disclosure(SALT_2, "name", "other").digest]},
            [CLAIM, disclosure(SALT_2, "name", "other")],
            "name_collision",
        ),
        ({"_sd": CLAIM.digest}, [], "malformed_digest"),
        ({"_sd": [1]}, [], "malformed_digest"),
        ({"_sd": [None]}, [], "malformed_digest"),
        ({"a": [{"...": 1}]}, [], "malformed_digest"),
        ({"a": [{"...": ELEMENT.digest, "b": 1}]}, [ELEMENT], "malformed_digest"),
        ({"...": ELEMENT.digest}, [ELEMENT], "reserved_name"),
        ({"a": {"b": {"...": "x"}}}, [], "reserved_name"),
        ({"a": {"_sd_alg": "sha-256"}}, [], "reserved_name"),
        ({"_sd_alg": "sha-512"}, [], "digest_algorithm"),
        ({"_sd_alg": "SHA-256"}, [], "digest_algorithm"),
        ({"_sd_alg": "md5"}, [], "digest_algorithm"),
        ({"_sd_alg": None}, [], "digest_algorithm"),
    ],
)
def test_what_does_not_fit_refuses_the_whole_object(payload, disclosures, reason):
    with pytest.raises(DisclosureError) as refused:
        sdjwt.process(payload, disclosures)
    assert refused.value.reason == reason


@pytest.mark.parametrize("name", sorted(sdjwt.NEVER_DISCLOSED))
def test_what_decides_validity_is_never_disclosed(name):
    hidden = disclosure(SALT, name, "x")
    with pytest.raises(DisclosureError) as refused:
        sdjwt.process({"_sd": [hidden.digest]}, [hidden])
    assert refused.value.reason == "validity_disclosed"
    assert sdjwt.process({"a": {"_sd": [hidden.digest]}}, [hidden]) == {"a": {name: "x"}}


def test_a_salt_used_twice_is_refused():
    twin = disclosure(SALT, "other", "value")
    with pytest.raises(DisclosureError) as refused:
        sdjwt.process({"_sd": [CLAIM.digest, twin.digest]}, [CLAIM, twin])
    assert refused.value.reason == "repeated_salt"


def test_an_absent_algorithm_means_sha_256():
    assert sdjwt.process({"_sd": [CLAIM.digest]}, [CLAIM]) == {"name": "value"}
    assert sdjwt.process({"_sd": [CLAIM.digest], "_sd_alg": "sha-256"}, [CLAIM]) == {"name": "value"}


def test_an_undisclosed_digest_is_silent_and_leaves_nothing():
    assert sdjwt.process({"_sd": ["decoy"], "a": [{"...": "other"}, 1]}, []) == {"a": [1]}


def test_disclosures_nested_too_deep_are_refused():
    inner = disclosure("0" * 22, "x", 1)
    chain = [inner]
    for level in range(1, 40):
        inner = disclosure(f"{level:022d}", "x", {"_sd": [inner.digest]})
        chain.append(inner)
    with pytest.raises(DisclosureError) as refused:
        sdjwt.process({"_sd": [inner.digest]}, chain)
    assert refused.value.reason == "too_deep"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'["' + b"s" * 22 + b'","_sd",1]', "reserved_name"),
        (b'["' + b"s" * 22 + b'","...",1]', "reserved_name"),
        (b'["' + b"s" * 22 + b'","_sd_alg",1]', "reserved_name"),
        (b'["' + b"s" * 22 + b'",5,1]', "reserved_name"),
        (b'["' + b"s" * 21 + b'","a",1]', "salt"),
        (b'["","a",1]', "salt"),
        (b'[5,"a",1]', "salt"),
        (b'["' + b"s" * 22 + b'"]', "malformed_disclosure"),
        (b'["' + b"s" * 22 + b'","a",1,2]', "malformed_disclosure"),
        (b"[]", "malformed_disclosure"),
        (b'{"a":1}', "malformed_disclosure"),
        (b'"text"', "malformed_disclosure"),
        (b"", "malformed_disclosure"),
        (b"\xff", "malformed_disclosure"),
        (b'["' + b"s" * 22 + b'","a",{"b":1,"b":2}]', "malformed_disclosure"),
        (b'["' + b"s" * 22 + b'","a",NaN]', "malformed_disclosure"),
    ],
)
def test_a_malformed_disclosure_is_refused(content, reason):
    with pytest.raises(DisclosureError) as refused:
        sdjwt.parse_disclosure(base64url.encode(content))
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda text: text + "e30.e30.AA", "key_binding_not_supported"),
        (lambda text: text[:-1], "key_binding_not_supported"),
        (lambda text: text + "~", "malformed_disclosure"),
        (lambda text: text.replace("~", "~~", 1), "malformed_disclosure"),
        (lambda text: text.partition("~")[0], "not_an_sd_jwt"),
        (lambda text: text.partition("~")[0] + "~" + "x~" * 5000, "too_many_disclosures"),
        (lambda text: text + "~" * 900_000, "too_large"),
        (lambda text: text[:-1] + "=~", "malformed_disclosure"),
    ],
)
def test_another_form_of_an_sd_jwt_is_refused(spoil, reason):
    made = sdjwt.issue({"a": Disclosable(1)}, typ="t", signer=SUPPLIER, entropy=Counter())
    with pytest.raises(DisclosureError) as refused:
        sdjwt.split(spoil(made))
    assert refused.value.reason == reason


@pytest.mark.parametrize("claims", [{"_sd": []}, {"a": {"...": 1}}, {"_sd_alg": "x"}, {"a": [{"_sd": 1}]}])
def test_reserved_names_are_not_issued(claims):
    with pytest.raises(DisclosureError):
        sdjwt.conceal(claims, entropy=Counter())


def test_salts_are_fresh_and_of_128_bits():
    asked = []

    def entropy(size):
        asked.append(size)
        return Counter(str(len(asked)))(size)

    made = sdjwt.issue({"a": Disclosable(1), "b": [Disclosable(2), Disclosable(3)]}, typ="t", signer=SUPPLIER, entropy=entropy)
    salts = {item.salt for item in sdjwt.split(made).disclosures}
    assert len(salts) == 3
    assert all(len(base64url.decode(salt)) == 16 for salt in salts)
    assert sum(asked) == 3 * 16


def test_a_disclosure_in_a_log_shows_nothing():
    shown = repr(CLAIM)
    assert SALT not in shown
    assert "value" not in shown
    assert CLAIM.text not in shown


def test_errors_never_repeat_what_was_hidden():
    secret = disclosure("SALTSALTSALTSALTSALTSALT", "tolerance", "SECRETVALUE")
    with pytest.raises(DisclosureError) as refused:
        sdjwt.process({}, [secret])
    assert "SALT" not in str(refused.value)
    assert "SECRET" not in str(refused.value)


def test_present_forwards_the_bytes_it_received():
    made = sdjwt.issue({"a": Disclosable(1), "b": Disclosable(2)}, typ="t", signer=SUPPLIER, entropy=Counter())
    kept = sdjwt.present(made, lambda item: item.name == "b")
    assert set(kept.split("~")) < set(made.split("~"))
    assert sdjwt.verify(kept, typ="t", key=SUPPLIER.public, kid=SUPPLIER.kid) == {"b": 2}
