"""did:web for nodes and organizations (W3C did:web method), and the DID documents that say which keys they use.

Guarantees: exactly two forms exist, `did:web:<host>[%3A<port>]` for a node and `...:orgs:<slug>` for an organization;
one origin has one node DID and back; a document is read only if it is about the DID asked for, and a key only if it is
listed under the needed relationship. A document proves nothing about who wrote it: see `anchors`.

`localhost` is the development form: its origin is `http`, and whoever verifies must ask for it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NewType

from .errors import DidError
from .keys import Kid, PublicKey, kid_of
from .strict_json import JSON

Did = NewType("Did", str)
Origin = NewType("Origin", str)

CONTEXT = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1")
RELATIONSHIPS = frozenset({"assertionMethod", "authentication"})
MAX_LENGTH = 300  # characters of a DID
MAX_KEYS = 64  # in one document

_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_HOST = rf"(?:{_LABEL}\.)+(?!-)[a-z][a-z0-9-]{{0,61}}[a-z0-9]|localhost"  # a last label with a letter: no IP literal
_PORT = r"[1-9][0-9]{0,4}"
_SLUG = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DID = re.compile(rf"did:web:(?P<host>{_HOST})(?:%3A(?P<port>{_PORT}))?(?::orgs:(?P<slug>{_SLUG}))?", re.ASCII)
_ORIGIN = re.compile(rf"(?P<scheme>https?)://(?P<host>{_HOST})(?::(?P<port>{_PORT}))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The parts of a DID: `host`, `port` (None: the default), `slug` (None: the node itself)."""

    host: str
    port: int | None
    slug: str | None

    @property
    def development(self) -> bool:
        """Whether this is a local development identity, reached over http."""
        return self.host == "localhost"


def parse(did: str) -> Subject:
    """The parts of a node or organization DID; DidError for every other text."""
    match = _DID.fullmatch(did) if len(did) <= MAX_LENGTH else None
    if match is None:
        raise DidError("not_our_did")
    return Subject(host=match["host"], port=_port(match["port"]), slug=match["slug"])


def of_node(origin: str) -> Did:
    """The node DID of an https origin (`http://localhost[:port]` in development); DidError otherwise."""
    match = _ORIGIN.fullmatch(origin) if len(origin) <= MAX_LENGTH else None
    if match is None or (match["scheme"] == "http") != (match["host"] == "localhost"):
        raise DidError("not_an_origin")
    port = _port(match["port"])
    if port == (80 if match["scheme"] == "http" else 443):
        raise DidError("default_port_named")  # it would give one node two DIDs
    return Did(f"did:web:{match['host']}" + (f"%3A{port}" if port else ""))


def of_organization(origin: str, slug: str) -> Did:
    """The DID of the organization `slug` at home on the node of `origin`."""
    if not re.fullmatch(_SLUG, slug, re.ASCII):
        raise DidError("not_a_slug")
    return Did(f"{of_node(origin)}:orgs:{slug}")


def node_of(did: str) -> Did:
    """The DID of the node that is home to `did` (of a node: itself)."""
    parse(did)
    return Did(did.partition(":orgs:")[0])


def origin_of(did: str) -> Origin:
    """The origin of the node that is home to `did`."""
    subject = parse(did)
    scheme = "http" if subject.development else "https"
    return Origin(f"{scheme}://{subject.host}" + (f":{subject.port}" if subject.port else ""))


def is_development(did: str) -> bool:
    """Whether `did` may only be believed by someone who asked for development identities."""
    return parse(did).development


def document(did: str, keys: Mapping[str, Sequence[PublicKey]]) -> dict[str, object]:
    """The DID document of `did`; `keys` maps a relationship (`assertionMethod` ...) to its keys."""
    parse(did)
    if not RELATIONSHIPS.issuperset(keys):
        raise DidError("unknown_relationship")
    methods = {kid_of(did, key): key for listed in keys.values() for key in listed}
    return {
        "@context": list(CONTEXT),
        "id": did,
        "verificationMethod": [
            {"id": kid, "type": "JsonWebKey", "controller": did, "publicKeyJwk": key.jwk} for kid, key in methods.items()
        ],
        **{relationship: [kid_of(did, key) for key in listed] for relationship, listed in keys.items()},
    }


def read_document(document: JSON, *, did: str, relationship: str) -> dict[Kid, PublicKey]:
    """The keys a document lists for `did` under `relationship`; DidError if it is not a document of that DID.

    Source: DID Core 1.0 sections 5.1-5.3. Only references are read: a key embedded in a relationship is refused.
    """
    parse(did)
    if not isinstance(document, dict) or document.get("id") != did:
        raise DidError("another_subject")
    if document.get("controller", did) != did:
        raise DidError("another_controller")
    methods, listed = document.get("verificationMethod"), document.get(relationship, [])
    if relationship not in RELATIONSHIPS or not isinstance(methods, list) or not isinstance(listed, list):
        raise DidError("document_form")
    if max(len(methods), len(listed)) > MAX_KEYS:
        raise DidError("too_many_keys")
    known: dict[str, PublicKey] = {}
    for method in methods:
        kid, key = _method(method, did)
        if kid in known:
            raise DidError("repeated_key")
        known[kid] = key
    found: dict[Kid, PublicKey] = {}
    for reference in listed:
        if not isinstance(reference, str) or reference not in known:
            raise DidError("key_not_described")
        found[Kid(reference)] = known[reference]
    return found


def _method(method: JSON, did: str) -> tuple[str, PublicKey]:
    if not isinstance(method, dict) or method.get("type") != "JsonWebKey":
        raise DidError("key_form")
    if method.get("controller") != did:
        raise DidError("another_controller")
    key = PublicKey.from_jwk(method.get("publicKeyJwk"))
    if method.get("id") != kid_of(did, key):
        raise DidError("key_id")
    return kid_of(did, key), key


def _port(text: str | None) -> int | None:
    if text is not None and int(text) > 65535:
        raise DidError("port")
    return int(text) if text else None
