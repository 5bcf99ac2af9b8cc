"""What is published about identities: DID documents, the token key set, and the root key's statements about keys.

Guarantees: DID documents and the key set name open keys only. A statement is dated to the hour of the given time, so
the same question within one hour has the same bytes for an answer (Ed25519 is deterministic) and its date tells nothing
finer.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from network.columns import hour_of
from network.errors import KeyUnknown
from network.identity.keys import find_key, keys_of, node_keys, node_signer, signer, token_keys
from network.identity.nodes import node
from network.keystore import Keystore
from trust import did
from trust import key_statement as statements
from trust.anchors import NodeAnchor
from trust.keys import PublicKey


def did_document(session: Session, subject: str) -> dict[str, object]:
    """The DID document of this node or of an organization at home here; raises `KeyUnknown` for any other DID.

    `assertionMethod`: the organization's key; of the node, its root and status keys. `authentication`: the node's
    transport key. A subject whose keys were all closed has a document without keys.
    """
    keys = keys_of(session, subject)
    if not keys:
        raise KeyUnknown("There is no such identity here.")
    relationships: dict[str, list[PublicKey]] = {"assertionMethod": []}
    for key in keys:
        if key.valid_until is None and key.role in ("organization", "root", "status"):
            relationships["assertionMethod"].append(key.public)
        elif key.valid_until is None and key.role == "transport":
            relationships.setdefault("authentication", []).append(key.public)
    return did.document(subject, relationships)


def jwks(session: Session, *, since: datetime) -> dict[str, object]:
    """The keys that access tokens of this node verify with (RFC 7517): the open one, and those replaced after `since`."""
    keys = token_keys(session, since=since)
    return {"keys": [{**key.public.jwk, "kid": key.kid, "use": "sig", "alg": "EdDSA"} for key in keys]}


def key_statement(session: Session, keystore: Keystore, kid: str, *, at: datetime) -> str:
    """The root key's statement about one key (of a root key: its own), dated to the hour of `at`.

    Raises `KeyUnknown`, also for a root key that is closed: nothing is signed with it any more.
    """
    key = find_key(session, kid)
    return statements.issue(
        root=signer(session, keystore, kid) if key.role == "root" else node_signer(session, keystore, "root"),
        subject=key.owner,
        key=key.public,
        role=key.role,
        custody=key.custody,
        valid_from=key.valid_from,
        valid_until=key.valid_until,
        compromised_at=key.compromised_at,
        issued=hour_of(at),
    )


def own_anchors(session: Session) -> tuple[NodeAnchor, ...]:
    """This node's own root key as an anchor: what the node believes about its own organizations."""
    home = node(session)
    return tuple(NodeAnchor(origin=home.origin, thumbprint=key.public.thumbprint) for key in node_keys(session, "root"))
