"""What nodes and organizations may be called: origins, slugs, display names.

An origin and a slug are in every DID, and so in every signature, for ever: both have exactly one spelling, which is the
accepted one; nothing is normalised. Display names may be changed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, NewType

from network.errors import NameInvalid, OriginInvalid, SlugInvalid
from trust import did
from trust.did import Did, Origin
from trust.errors import TrustError
from trust.keys import Entropy

OrganizationId = NewType("OrganizationId", str)
"""32 lower-case hexadecimal characters, random."""
Slug = NewType("Slug", str)

ID_BYTES: Final = 16
MAX_SLUG: Final = 63
"""Characters."""
MAX_NAME: Final = 200
MAX_PLAIN: Final = 500

_ID = re.compile(r"[0-9a-f]{32}")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeName:
    """An accepted node origin, and the DID it gives the node."""

    origin: Origin
    did: Did
    development: bool


def parse_origin(text: str, *, development: bool = False) -> NodeName:
    """`https://` and a DNS name of at least two labels, lower case, and a port other than 443; raises `OriginInvalid`.

    No path, not even `/`; no user, query or fragment; no IP address. With `development` also `http://localhost:PORT`.
    """
    try:
        node = did.of_node(text)
        origin = did.origin_of(node)
    except TrustError as error:
        raise OriginInvalid(
            "An origin is https:// and a lower-case host name, and nothing after it but a port other than 443.",
            reason=error.reason,
        ) from error
    local = did.is_development(node)
    # did:web has no room for a scheme, so nothing but localhost may be http, and localhost nothing else.
    if origin != text or (local and did.parse(node).port is None):
        raise OriginInvalid("A development origin is http://localhost:PORT, with GUILDNET_DEVELOPMENT=true.", reason="form")
    if local and not development:
        raise OriginInvalid("An http://localhost origin needs GUILDNET_DEVELOPMENT=true.", reason="development_only")
    return NodeName(origin=origin, did=node, development=local)


def new_organization_id(entropy: Entropy) -> OrganizationId:
    """A random id of an organization."""
    return OrganizationId(entropy(ID_BYTES).hex())


def is_id(text: str) -> bool:
    """Whether `text` has the form of an id; a database need not be asked about any other."""
    return _ID.fullmatch(text) is not None


def is_plain(text: str) -> bool:
    """Whether `text` could be a DID or a key id. PostgreSQL's driver has errors of its own for NUL and lone surrogates."""
    return 0 < len(text) <= MAX_PLAIN and text.isascii() and text.isprintable()


def is_slug(text: str) -> bool:
    """Whether `text` has the form of a slug."""
    return 2 <= len(text) <= MAX_SLUG and _SLUG.fullmatch(text) is not None


def is_did(text: str) -> bool:
    """Whether `text` is a DID of the forms this network has."""
    try:
        did.parse(text)
    except TrustError:
        return False
    return True


def parse_slug(text: str) -> Slug:
    """2 to 63 lower-case ASCII letters and digits in words joined by single hyphens; raises `SlugInvalid`."""
    if not is_slug(text):
        raise SlugInvalid("A slug is 2 to 63 lower-case letters (a-z) and digits, with single hyphens between them.")
    return Slug(text)


def check_name(text: str) -> str:
    """The text, if it can be shown anywhere as a name; raises `NameInvalid`.

    1 to 200 characters in NFC without leading or trailing space; no control, format (bidi, zero-width), private-use,
    unassigned or surrogate characters.
    """
    if not text or len(text) > MAX_NAME or text != text.strip():
        raise NameInvalid("A name is 1 to 200 characters without space at either end.", reason="length")
    if any(unicodedata.category(character) in _REFUSED_CATEGORIES for character in text):
        raise NameInvalid("A name holds no control, invisible or direction characters.", reason="character")
    if not unicodedata.is_normalized("NFC", text):
        raise NameInvalid("A name must be in Unicode normalisation form C.", reason="not_nfc")
    return text
