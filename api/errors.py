"""The only place that knows which status code an error has, and the one shape in which every error leaves (RFC 9457).

    {"type": "urn:guildnet:error:<code>", "title", "status", "code", "detail", "errors": [{"path", "code", "message"}]}

Guarantees: whatever is raised anywhere, in Flask's routing, webargs, flask-limiter or our own packages, becomes that
shape. An unknown id, a hidden one and somebody else's give the same bytes. An unexpected exception, a fault of the
database or of the keystore gives a constant text; what happened goes to the log under the request's id. The members
`errors` holds what the asker can correct; some codes add members of their own (`digest`).
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import structlog
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from api.faults import Fault, faults_of

PROBLEM = "application/problem+json"
_CAUSES_MAX = 8
_FRAMES_MAX = 25

STATUS_OF_CODE: Mapping[str, int] = MappingProxyType(
    {
        # The request itself.
        "malformed_request": 400,
        "malformed_json": 400,
        "token_invalid": 401,
        "token_required": 401,
        "session_required": 401,
        "forbidden": 403,
        "scope_required": 403,
        "not_found": 404,
        "method_not_allowed": 405,
        "not_acceptable": 406,
        "idempotency_key_reused": 409,
        "precondition_failed": 412,
        "body_too_large": 413,
        "address_too_long": 414,
        "media_type_unsupported": 415,
        "validation_failed": 422,
        "precondition_required": 428,
        "rate_limited": 429,
        "headers_too_large": 431,
        "internal_error": 500,
        "unavailable": 503,
        # The token endpoint; RFC 6749 section 5.2 names them.
        "invalid_request": 400,
        "invalid_client": 401,
        "invalid_scope": 400,
        "unsupported_grant_type": 400,
        "invalid_grant": 400,
        "terms_required": 403,
        # trust and policies: their refusals reach a door only inside an error of sharing; one that comes bare is ours.
        "trust_error": 500,
        "policy_error": 500,
        # network: only these can be caused by the asker.
        "network_error": 500,
        "database_busy": 503,
        "database_unavailable": 503,
        "storage_full": 503,
        "kek_replaced": 503,
        "node_behind": 503,
        "node_missing": 503,
        "organization_unknown": 422,
        "key_not_held": 409,
        "key_unknown": 503,  # the owner's key was closed and not yet replaced: nobody can sign now
        "slug_taken": 409,
        "client_unknown": 404,
        "client_invalid": 422,
        "name_invalid": 422,
        # people.
        "people_error": 500,
        "address_invalid": 422,
        "password_refused": 422,
        "sign_in_refused": 401,
        "too_many_attempts": 429,
        "ticket_invalid": 422,
        "code_refused": 422,
        "people_conflict": 409,
        "last_owner": 409,
        "not_confirmed": 422,
        "terms_outdated": 409,
        "application_invalid": 422,
        "mail_failed": 503,
        # sharing.
        "sharing_error": 500,
        "status_doubted": 503,
        "disclosure_unrecorded": 503,
        "ledger_damaged": 500,
        "probing_limited": 429,
        "role_required": 403,
        "state_conflict": 409,
        "profile_incomplete": 409,
        "file_refused": 415,
        "preview_not_confirmed": 409,
        "confirmation_needed": 409,
        "widening_not_confirmed": 409,
        "revision_mismatch": 412,
        "document_invalid": 422,
        "profile_invalid": 422,
        "attestation_invalid": 422,
        "invalid_query": 422,
        "invalid_cursor": 422,
        "exchange_error": 422,
        "source_too_large": 413,
    }
)
"""By code. A class without an entry has that of its nearest ancestor with one, so each root must be here."""

_CODE_OF_STATUS = MappingProxyType(
    {
        400: "malformed_request",
        401: "token_required",
        403: "forbidden",
        404: "not_found",
        405: "method_not_allowed",
        406: "not_acceptable",
        412: "precondition_failed",
        413: "body_too_large",
        414: "address_too_long",
        415: "media_type_unsupported",
        422: "validation_failed",
        428: "precondition_required",
        429: "rate_limited",
        431: "headers_too_large",
        503: "unavailable",
    }
)

_FIXED_DETAIL = MappingProxyType(
    {
        "malformed_request": "The request could not be read.",
        "not_found": "There is nothing at this address.",
        "method_not_allowed": "This address does not answer this method.",
        "body_too_large": "The body is larger than this node accepts.",
        "rate_limited": "Too many requests. Retry-After says when to ask again.",
        "internal_error": "The node failed. The request id says where to look in its log.",
        "unavailable": "The node cannot answer now. Ask again later.",
        "status_doubted": "Since this node was restored, nobody has confirmed what this status list says.",
        "storage_full": "The node has no room left. Nothing was stored; what is there can be read.",
        "disclosure_unrecorded": "The node cannot note now who is shown what, and shows nothing unnoted. Ask again later.",
        "kek_replaced": "The node's key-encryption key was changed while this process ran: its operator starts it anew.",
        "node_behind": "The node was restored from an older copy and answers nothing until its operator has settled that.",
    }
)
"""Texts that never depend on what was raised: a text that does could tell what it was raised about."""

_OWN_503 = frozenset({"storage_full", "node_behind", "kek_replaced", "status_doubted", "disclosure_unrecorded"})
"""States of the whole node that an asker is told by name: they say nothing about anybody's data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An error on its way out. `extra` adds members; it never replaces one of the six."""

    status: int
    code: str
    detail: str
    errors: tuple[Fault, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, object] = field(default_factory=dict)

    def response(self) -> Response:
        """As `application/problem+json`; an OAuth error (one with a member `error`) as RFC 6749 demands."""
        document = {
            **self.extra,
            "type": f"urn:guildnet:error:{self.code}",
            "title": self.code.replace("_", " ").capitalize(),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "errors": [{"path": item.path, "code": item.code, "message": item.message} for item in self.errors],
        }
        text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        kind = "application/json" if "error" in self.extra else PROBLEM
        return Response(text, status=self.status, content_type=kind, headers=dict(self.headers))


class Refusal(Exception):
    """Raised by a door to answer with a problem. `code` is one of `STATUS_OF_CODE`."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        errors: Iterable[Fault] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(code)
        self.problem = Problem(
            status=STATUS_OF_CODE[code],
            code=code,
            detail=_FIXED_DETAIL.get(code, detail),
            errors=tuple(errors),
            headers=headers or {},
            extra=extra or {},
        )


def status_of(error: type[BaseException]) -> int:
    """The status of a package's error class, by its own code or that of its nearest ancestor; 500 for any other."""
    codes = (vars(cls).get("code") for cls in error.__mro__)
    return next((STATUS_OF_CODE[code] for code in codes if isinstance(code, str) and code in STATUS_OF_CODE), 500)


def problem_of(error: BaseException) -> Problem:
    """The problem that an exception of ours, of Flask or of anybody becomes."""
    if isinstance(error, Refusal):
        return error.problem
    if isinstance(error, HTTPException):
        return _of_http(error)
    status = status_of(type(error))
    if status >= 500:
        named = str(getattr(error, "code", ""))
        code = named if named in _OWN_503 else "unavailable" if status == 503 else "internal_error"
        return Problem(status=status, code=code, detail=_FIXED_DETAIL[code])
    code = str(getattr(error, "code", "malformed_request"))
    detail = _FIXED_DETAIL.get(code, str(error))
    return Problem(status=status, code=code, detail=detail, errors=() if status == 404 else faults_of(error))


def _of_http(error: HTTPException) -> Problem:
    status = error.code or 500
    code = _CODE_OF_STATUS.get(status, "internal_error" if status >= 500 else "malformed_request")
    status = STATUS_OF_CODE[code]
    data: Mapping[str, Any] = getattr(error, "data", None) or {}
    headers = {name: value for name, value in error.get_headers() if name in {"Allow", "WWW-Authenticate"}}
    detail = _FIXED_DETAIL.get(code, "The request does not have the form that this address asks for.")
    return Problem(status=status, code=code, detail=detail, errors=faults_of(data.get("messages")), headers=headers)


def answer(error: Exception) -> Response:
    """Flask's error handler for everything."""
    problem = problem_of(error)
    if problem.status >= 500:
        structlog.get_logger("guildnet").error("request_failed", code=problem.code, **_traced(error))
    return problem.response()


def _traced(error: BaseException) -> dict[str, object]:
    """Where it happened and what kind it was. Not its text: that may hold a value, of a factory or of a secret."""
    kinds: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(kinds) < _CAUSES_MAX:
        kinds.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        cause = cause.__cause__ or cause.__context__
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES_MAX:]
    return {"kinds": kinds, "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]}


def install(app: Flask) -> None:
    """Make `answer` the handler of everything that Flask can catch."""
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(Exception, answer)
