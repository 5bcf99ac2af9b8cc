"""How a request's body, query and form are read: strictly, and before anything is looked up.

Guarantees: a JSON body goes through `trust.strict_json.loads` (no duplicate member, no NaN, bounded depth, numbers and
size); it must say `application/json`; unknown members and unknown or repeated parameters are refused; text that is not
UTF-8 is refused rather than repaired. Replacing Flask's JSON provider would not do this: webargs never asks it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

import marshmallow as ma
from flask import Request
from webargs import core
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy

from api.errors import Refusal
from api.faults import Fault, faults_of
from trust import strict_json
from trust.errors import TrustError

_EXACT = 2**53 - 1
"""Up to here every whole number is a floating-point number of its own."""


class StrictParser(FlaskParser):
    """webargs' Flask parser with our loader and our refusals."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012 - webargs reads it so
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        # The schema decides, and a schema refuses what it does not know unless it says otherwise.
        "json": None,
        "query": ma.RAISE,
        # RFC 6749 section 3.2: unrecognized parameters of a token request are ignored.
        "form": ma.EXCLUDE,
    }

    def _raw_load_json(self, req: Request) -> Any:
        """The body as JSON; a request without a body is an empty document, so that the schema says what is missing."""
        data = req.get_data(cache=True)
        if not data:
            return core.missing
        if req.mimetype != "application/json" or req.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
            raise Refusal("media_type_unsupported", "The body must be application/json in UTF-8.")
        try:
            document = strict_json.loads(data)
        except TrustError as error:
            fault = Fault(path="", code=error.code, message=str(error))
            raise Refusal("malformed_json", "The body is not acceptable JSON.", errors=(fault,)) from error
        if not isinstance(document, dict):
            fault = Fault(path="", code="invalid", message="Must be an object.")
            raise Refusal("validation_failed", "The body must be a JSON object.", errors=(fault,))
        return _whole(document)

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        """The query, with each parameter given once unless the schema takes a list."""
        given = self._makeproxy(req.args, schema)
        faults = _unreadable(req.query_string) or _repeated(given)
        if faults:
            raise Refusal("validation_failed", "The request does not fit its schema.", errors=faults)
        return given

    def load_form(self, req: Request, schema: ma.Schema) -> Any:
        """The form of a token request; RFC 6749 section 3.2 forbids repeated parameters."""
        if req.mimetype != "application/x-www-form-urlencoded":
            raise Refusal("media_type_unsupported", "The body must be application/x-www-form-urlencoded.")
        data = req.get_data(cache=True)
        given = self._makeproxy(req.form, schema)
        faults = _unreadable(data) or _repeated(given)
        if faults:
            told = {"error": "invalid_request", "error_description": faults[0].message}
            raise Refusal("invalid_request", "The form cannot be read.", errors=faults, extra=told)
        return given

    def handle_error(
        self,
        error: ma.ValidationError,
        req: Request,  # noqa: ARG002 - webargs' signature
        schema: ma.Schema,  # noqa: ARG002
        *,
        error_status_code: int | None,  # noqa: ARG002
        error_headers: Mapping[str, str] | None,  # noqa: ARG002
    ) -> NoReturn:
        """A document that does not fit its schema."""
        messages = error.messages if isinstance(error.messages, dict) else {"_schema": error.messages}
        raise Refusal("validation_failed", "The request does not fit its schema.", errors=faults_of(messages)) from error


def _whole(value: Any) -> Any:
    """The document with 10.0 read as 10: to JSON Schema both are the same integer."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT:
        return int(value)
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return {name: _whole(each) for name, each in value.items()} if isinstance(value, dict) else value


def _unreadable(encoded: bytes) -> list[Fault]:
    """Werkzeug leaves what is not UTF-8 percent-encoded, so that two different requests would look the same."""
    try:
        unquote_to_bytes(encoded).decode()
    except UnicodeDecodeError:
        return [Fault(path="", code="not_utf8", message="Not UTF-8 text.")]
    return []


def _repeated(given: MultiDictProxy) -> list[Fault]:
    parameters: Any = given.data
    return [
        Fault(path=name, code="repeated", message="Given more than once.")
        for name, values in parameters.lists()
        if len(values) > 1 and name not in given.multiple_keys
    ]
