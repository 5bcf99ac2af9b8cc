"""did:web, its documents, and anchors: two forms, one spelling each."""

import pytest

from tests.trust.world import AUDITOR, AWAY, HOME, SUPPLIER, key
from trust import anchors, did
from trust.anchors import KeyAnchor, NodeAnchor
from trust.errors import AnchorError, DidError, TrustError

ORGANIZATION = "did:web:home.example:orgs:lathe"


@pytest.mark.parametrize(
    ("origin", "node"),
    [
        ("https://home.example", "did:web:home.example"),
        ("https://home.example:8443", "did:web:home.example%3A8443"),
        ("https://xn--c-kh-dpa.example.vn", "did:web:xn--c-kh-dpa.example.vn"),
        ("http://localhost:8000", "did:web:localhost%3A8000"),
        ("http://localhost", "did:web:localhost"),
    ],
)
def test_an_origin_and_its_did_are_one_to_one(origin, node):
    assert did.of_node(origin) == node
    assert did.origin_of(node) == origin
    organization = did.of_organization(origin, "lathe")
    assert organization == f"{node}:orgs:lathe"
    assert did.node_of(organization) == node
    assert did.origin_of(organization) == origin


@pytest.mark.parametrize(
    "origin",
    [
        *("http://home.example", "https://localhost", "https://home.example/", "https://home.example/x", "home.example"),
        *("https://HOME.example", "https://home.example:443", "http://localhost:80", "https://home.example:99999"),
        *("https://home.example:0", "https://home.example:08", "https://user@home.example", "https://127.0.0.1"),
        *("https://[::1]", "https://0x7f.1", "https://2130706433", "https://127.1", "https://example", "https://a..b"),
        *("https://-a.example", "https://a-.example", "https://a.example.", "https://ạ.example", "https://a b.example"),
        *("ftp://home.example", "https://home.example?x", "https://home.example#x", "", "https://", "https://a.example\n"),
        "https://" + "a." * 200 + "example",
    ],
)
def test_what_is_no_origin_has_no_did(origin):
    with pytest.raises(DidError):
        did.of_node(origin)


@pytest.mark.parametrize(
    "text",
    [
        *("did:key:z6Mk", "did:web:", "did:web:home.example:orgs", "did:web:home.example:orgs:", "did:web:home.example:x:y"),
        *("did:web:home.example:orgs:A", "did:web:home.example:orgs:a/b", "did:web:home.example:orgs:..", "DID:web:a.b"),
        *("did:web:home.example:orgs:a%2Fb", "did:web:home.example%2Fx", "did:web:home.example:8443", "did:web:a.b#k"),
        *("did:web:home.example%3a8443", "did:web:home.example%3A0", "did:web:127.0.0.1", "did:web:home.example\n"),
        *("did:web:home.example:orgs:-a", "did:web:home.example:orgs:a-", "did:web:home.example:orgs:a:b", "", "x" * 400),
    ],
)
def test_another_did_is_refused(text):
    with pytest.raises(DidError):
        did.parse(text)


@pytest.mark.parametrize("slug", ["", "A", "a b", "../x", "ạ", "-a", "a-", "x" * 64])
def test_a_slug_is_lower_ascii(slug):
    with pytest.raises(DidError):
        did.of_organization("https://home.example", slug)


def test_only_localhost_is_development():
    assert did.is_development("did:web:localhost%3A8000:orgs:a")
    assert not did.is_development("did:web:localhost.example")


def document(**changes):
    return did.document(ORGANIZATION, {"assertionMethod": [SUPPLIER.public]}) | changes


def read(value, subject=ORGANIZATION, relationship="assertionMethod"):
    return did.read_document(value, did=subject, relationship=relationship)


def test_a_document_gives_the_keys_of_the_relationship_asked_for():
    other = key("other", ORGANIZATION)
    made = did.document(ORGANIZATION, {"assertionMethod": [SUPPLIER.public], "authentication": [other.public]})
    assert read(made) == {SUPPLIER.kid: SUPPLIER.public}
    assert read(made, relationship="authentication") == {other.kid: other.public}
    assert read(document(), relationship="authentication") == {}


def method(**changes):
    return document()["verificationMethod"][0] | changes


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (document(id="did:web:evil.example:orgs:lathe"), "another_subject"),
        (document(id="did:web:home.example"), "another_subject"),
        (document(id=None), "another_subject"),
        (document(controller="did:web:evil.example"), "another_controller"),
        (document(verificationMethod=[method(controller="did:web:evil.example")]), "another_controller"),
        (document(verificationMethod=[method(controller=None)]), "another_controller"),
        (document(verificationMethod=[method(id=ORGANIZATION + "#key-1")]), "key_id"),
        (document(verificationMethod=[method(type="Multikey")]), "key_form"),
        (document(verificationMethod=[method(publicKeyJwk=AUDITOR.public.jwk)]), "key_id"),
        (document(verificationMethod=[method(), method()]), "repeated_key"),
        (document(verificationMethod=[]), "key_not_described"),
        (document(verificationMethod={}), "document_form"),
        (document(verificationMethod=[method()] * 65), "too_many_keys"),
        (document(assertionMethod=[method()]), "key_not_described"),
        (document(assertionMethod=SUPPLIER.kid), "document_form"),
        (document(assertionMethod=[AUDITOR.kid]), "key_not_described"),
        ([], "another_subject"),
        (None, "another_subject"),
        ("x", "another_subject"),
    ],
)
def test_a_document_of_another_subject_controller_or_key_is_refused(value, reason):
    with pytest.raises(DidError) as refused:
        read(value)
    assert refused.value.reason == reason


def test_an_unknown_relationship_is_neither_read_nor_written():
    with pytest.raises(DidError):
        read(document(), relationship="keyAgreement")
    with pytest.raises(DidError):
        did.document(ORGANIZATION, {"keyAgreement": [SUPPLIER.public]})


def test_anchors_have_a_text_form_and_are_read_back():
    node = NodeAnchor(origin=HOME.origin, thumbprint=HOME.root.public.thumbprint)
    organization = KeyAnchor(did=ORGANIZATION, thumbprint=SUPPLIER.public.thumbprint)
    assert anchors.parse(anchors.write(node)) == node
    assert anchors.parse(anchors.write(organization)) == organization
    assert node.did == "did:web:home.example"


@pytest.mark.parametrize(
    "text",
    [
        *("", "node:", "node:https://home.example", "node:https://home.example#", "https://home.example#" + "A" * 43),
        *("node:home.example#" + "A" * 43, "node:http://home.example#" + "A" * 43, "did:key:z#" + "A" * 43),
        *("did:web:home.example#key-1", "did:web:home.example#" + "A" * 44, "node:https://home.example/#" + "A" * 43),
        "node:https://home.example##" + "A" * 43,
    ],
)
def test_what_is_no_anchor_is_refused(text):
    with pytest.raises(AnchorError):
        anchors.parse(text)


def test_no_anchor_at_all_is_an_error_and_not_an_empty_trust():
    with pytest.raises(AnchorError) as refused:
        anchors.require([])
    assert refused.value.reason == "no_anchor"
    assert anchors.require([anchors.write(AWAY.anchor)]) == (AWAY.anchor,)


def test_every_error_has_a_code_of_its_own():
    def tree(root):
        yield root
        for child in root.__subclasses__():
            yield from tree(child)

    classes = list(tree(TrustError))
    assert len({item.code for item in classes}) == len(classes)
    assert all(item.code == item.code.lower() and " " not in item.code for item in classes)
    documentation = __import__("trust.errors", fromlist=["errors"]).__doc__
    assert all(item.__name__ in documentation and item.code in documentation for item in classes)
