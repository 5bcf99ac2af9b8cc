"""Opening a bundle: from bytes to components whose signatures and shapes hold, believing none of them yet.

Guarantees that exactly one byte string carries a given content: RFC 8785, sorted lists, no member, component or claim
that is not needed, no component whose signature fails under the key its own statement names. So every changed bit is
either refused or was none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from . import attestation, key_statement, status_list, strict_json, view
from .attestation import Attestation
from .cell import claim_name
from .errors import BundleError
from .key_statement import KeyStatement
from .keys import Kid
from .status_list import StatusList
from .strict_json import JSON
from .view import View

MAX_BYTES = 2_097_152  # a view of 256 kB in base64url, with the presentations and lists that belong to it
MAX_COMPONENTS = 256  # of one kind: whoever sends a file decides how many there are, before any key is believed
VERSION = 1
TYPE = "guildnet-bundle"

_LISTS = ("presentations", "status_lists", "key_statements")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The components of a bundle, each with its signature and shape checked, none of them believed yet."""

    view: View
    attestations: tuple[Attestation, ...]
    status_lists: Mapping[str, StatusList]
    statements: Mapping[Kid, KeyStatement]


def unpack(data: bytes) -> Contents:
    """The components of a bundle that is exactly one; TrustError otherwise. Believes none of them."""
    # 1. One byte string per content.
    parsed = strict_json.loads_object(data, max_bytes=MAX_BYTES)
    if strict_json.canonical(parsed) != data:
        raise BundleError("not_canonical")
    if set(parsed) != {"v", "type", "view", *_LISTS}:
        raise BundleError("members")
    if type(parsed["v"]) is not int or parsed["v"] != VERSION or parsed["type"] != TYPE:
        raise BundleError("version")
    token = parsed["view"]
    if not isinstance(token, str):
        raise BundleError("members")
    presentations, lists, statements = (_sorted_texts(parsed[name]) for name in _LISTS)
    # 2. Every component is what it claims to be, under the key its statement names.
    stated = _read_statements(statements)
    used: set[Kid] = set()

    def stated_key(kid: Kid) -> KeyStatement:
        if kid not in stated:
            raise BundleError("key_statement_missing")
        used.add(kid)
        return stated[kid]

    shown = view.read(token, key=stated_key(view.signed_by(token)).key)
    attestations = tuple(attestation.read(text, key=stated_key(attestation.signed_by(text)).key) for text in presentations)
    status_lists = [status_list.read(text, key=stated_key(status_list.signed_by(text)).key) for text in lists]
    # 3. Nothing is there that the view does not need.
    _refuse_unneeded_attestations(shown, attestations)
    by_url = {item.url: item for item in status_lists}
    needed = {entry.url for entry in shown.status}
    needed.update(entry.url for item in attestations for entry in item.statement.status)
    if len(by_url) != len(status_lists) or not by_url.keys() <= needed:
        raise BundleError("status_list_not_needed")
    roots = {stated[kid].signed_by for kid in used}
    if stated.keys() != used | roots:
        raise BundleError("key_statement_not_needed")
    return Contents(view=shown, attestations=attestations, status_lists=by_url, statements=stated)


def _sorted_texts(value: JSON) -> list[str]:
    if not isinstance(value, list):
        raise BundleError("members")
    if len(value) > MAX_COMPONENTS:
        raise BundleError("too_many_components")
    texts = [item for item in value if isinstance(item, str)]
    if len(texts) != len(value):
        raise BundleError("members")
    if any(one >= other for one, other in pairwise(texts)):
        raise BundleError("not_sorted")
    return texts


def _read_statements(tokens: Sequence[str]) -> dict[Kid, KeyStatement]:
    roots: dict[Kid, KeyStatement] = {}
    others: list[str] = []
    for token in tokens:
        if key_statement.is_root(token):
            root = key_statement.read_root(token)
            if root.kid in roots:
                raise BundleError("key_statement_repeated")
            roots[root.kid] = root
        else:
            others.append(token)
    found = dict(roots)
    for token in others:
        signed_by = roots.get(key_statement.signed_by(token))
        if signed_by is None:
            raise BundleError("root_statement_missing")
        statement = key_statement.read(token, root=signed_by.key)
        if statement.kid in found:
            raise BundleError("key_statement_repeated")
        found[statement.kid] = statement
    return found


def _refuse_unneeded_attestations(shown: View, attestations: Sequence[Attestation]) -> None:
    visible = {claim_name(item.path, item.level) for item in shown.cells()}
    seen: set[tuple[str, str]] = set()
    for item in attestations:
        if item.statement.factory != shown.factory:
            raise BundleError("foreign_subject")
        # A claim the view does not show is one its reader was not meant to have.
        if not item.claims or not item.claims.keys() <= visible or item.revision_digest is not None:
            raise BundleError("claim_not_in_view")
        if (item.statement.issuer, item.statement.id) in seen:
            raise BundleError("attestation_repeated")
        seen.add((item.statement.issuer, item.statement.id))
