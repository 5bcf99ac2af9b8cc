"""Conditional requests (RFC 9110 section 13), and which form of an answer is asked for.

Guarantees: the ETag of an answer is a digest of its bytes, so it changes when the answer does and at no other time. An
owner's document has its revision as ETag; `If-Match` with another one, or with one we never gave, does not match.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from flask import Response, request

from api.errors import Refusal

_OWN_TAG = re.compile(r'"([a-z]+)-([1-9][0-9]{0,8})"')
_NEVER = -1


def tagged(response: Response) -> Response:
    """The response with its ETag, or 304 when the asker has it already."""
    if "ETag" not in response.headers:
        response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.make_conditional(request)
    return response


def own_tag(name: str, revision: int) -> str:
    """The ETag of an owner's document."""
    return f'"{name}-{revision}"'


def expected_revision(name: str) -> int | None:
    """The revision that `If-Match` asks for; None without one or for `*`, and one that never was for a foreign tag."""
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return None
    tag = _OWN_TAG.fullmatch(given.strip())
    if tag is None or tag[1] != name:
        return _NEVER
    return int(tag[2])


def list_tag(organizations: Iterable[str]) -> str:
    """The ETag of an owner's list: a digest of who is on it."""
    return f'"list-{hashlib.sha256(chr(10).join(sorted(organizations)).encode()).hexdigest()[:32]}"'


def expected_list(organizations: Iterable[str] | None) -> None:
    """Raise `Refusal` when `If-Match` asks for another list than the one that is there (None: there is none)."""
    given = request.headers.get("If-Match")
    if given is None or (given.strip() == "*" and organizations is not None):
        return
    if organizations is None or given.strip() != list_tag(organizations):
        raise Refusal("precondition_failed", "The list is not the one that If-Match names: read it again.")


def wanted_type(*offered: str) -> str:
    """The best of the offered media types for the `Accept` header; the first one without a preference."""
    best = request.accept_mimetypes.best_match(offered) if request.accept_mimetypes else offered[0]
    if best is None:
        raise Refusal("not_acceptable", "This address answers in: " + ", ".join(offered) + ".")
    return best
