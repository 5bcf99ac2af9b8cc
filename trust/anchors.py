"""What the person who verifies has decided to trust, and nothing else.

    node:<origin>#<root key thumbprint>   this node's root key, and what it states about its own organizations
    <DID>#<key thumbprint>                exactly this key for exactly this DID, whatever its node states

An anchor is data the user brought from outside the bundle; nothing inside a bundle becomes one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from . import did
from .did import Did, Origin
from .errors import AnchorError, DidError, KeyMaterialError
from .keys import Thumbprint, split_kid


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeAnchor:
    """Trust in what the node of `origin` states under the root key `thumbprint`."""

    origin: Origin
    thumbprint: Thumbprint

    @property
    def did(self) -> Did:
        """The node's DID."""
        return did.of_node(self.origin)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAnchor:
    """Trust in one key for one DID."""

    did: Did
    thumbprint: Thumbprint


Anchor: TypeAlias = NodeAnchor | KeyAnchor


def parse(text: str) -> Anchor:
    """The anchor of its text form; AnchorError if it is none."""
    try:
        if text.startswith("node:"):
            origin, thumbprint = split_kid(text.removeprefix("node:"))
            did.of_node(origin)
            return NodeAnchor(origin=Origin(origin), thumbprint=thumbprint)
        subject, thumbprint = split_kid(text)
        did.parse(subject)
        return KeyAnchor(did=Did(subject), thumbprint=thumbprint)
    except (DidError, KeyMaterialError) as error:
        raise AnchorError("not_an_anchor", error.reason) from None


def write(anchor: Anchor) -> str:
    """The text form of an anchor."""
    if isinstance(anchor, NodeAnchor):
        return f"node:{anchor.origin}#{anchor.thumbprint}"
    return f"{anchor.did}#{anchor.thumbprint}"


def require(texts: Iterable[str]) -> tuple[Anchor, ...]:
    """The anchors of `texts`, at least one; AnchorError `no_anchor` if there is none.

    An empty list must not verify anything: with it every answer would be "untrusted", which looks like a finding.
    """
    anchors = tuple(parse(text) for text in texts)
    if not anchors:
        raise AnchorError("no_anchor", "pass node:<origin>#<root thumbprint> or <did>#<thumbprint>")
    return anchors
