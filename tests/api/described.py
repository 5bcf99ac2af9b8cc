"""A test client that holds every answer it gets against the node's own OpenAPI description.

Guarantees: an answer of a described route has a status, a media type and a body that the description gives for it, whatever
the test that asked was about. Schemathesis asks what it can make up; the tests ask what comes of real work.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema_rs
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from api.openapi import description_of

BODILESS = {204, 304}


class DescribedClient(FlaskClient):
    """Flask's client; raises `AssertionError` for an answer that is not as described."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer = super().open(*args, **kwargs)
        if not answer.is_streamed:
            hold_against_description(self.application, answer)
        return answer


def hold_against_description(app: Flask, answer: TestResponse) -> None:
    """Raise `AssertionError` unless the answer is one that the description gives for its operation."""
    operation = _operation(app, answer)
    if operation is None:
        return
    about = f"{answer.request.method} {answer.request.path} -> {answer.status_code}"
    described = operation["responses"].get(str(answer.status_code))
    if described is None:
        assert answer.status_code == 304 or answer.status_code >= 400, f"{about}: no such status is described"
        described = operation["responses"]["default"]
    if "$ref" in described:
        described = _description(app)["components"]["responses"][described["$ref"].rsplit("/", 1)[-1]]
    if answer.status_code in BODILESS or answer.request.method == "HEAD":
        return
    content = described.get("content", {})
    if not content:
        assert not answer.data, f"{about}: no body is described"
        return
    assert answer.mimetype in content, f"{about}: {answer.mimetype} is not described, but {sorted(content)}"
    if answer.mimetype.endswith("json"):
        found = _validator(json.dumps(content[answer.mimetype]["schema"], sort_keys=True))
        error = next(found.iter_errors(json.loads(answer.data)), None)
        assert error is None, f"{about}: {error!s:.2000}"


def _operation(app: Flask, answer: TestResponse) -> Any:
    method = "GET" if answer.request.method == "HEAD" else answer.request.method
    try:
        rule, _ = app.url_map.bind("").match(answer.request.path, method=method, return_rule=True)
    except HTTPException:
        return None
    parts = rule.rule.split("/")
    path = "/".join("{" + part[1:-1].split(":")[-1] + "}" if part.startswith("<") else part for part in parts)
    return _description(app)["paths"].get(path, {}).get(method.lower())


_MADE: list[dict[str, Any]] = []


def _description(app: Flask) -> dict[str, Any]:
    """The same for every application of this program, so the first one's is kept."""
    if not _MADE:
        _MADE.append(description_of(app))
    return _MADE[0]


@cache
def _validator(schema: str) -> Any:
    return jsonschema_rs.Draft202012Validator({**json.loads(schema), "components": _MADE[0]["components"]})
