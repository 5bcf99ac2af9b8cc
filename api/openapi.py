"""The description of the HTTP door in OpenAPI 3.1, made from the routes and schemas themselves.

Guarantees: every route is described, with every error it can give in the one shape of `api.errors`; the document is the
same for everybody and does not depend on what the node holds.
"""

from __future__ import annotations

import http
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar

import marshmallow as ma
from flask import Flask
from flask_smorest import Api  # type: ignore[import-untyped]

from api.errors import PROBLEM
from api.routing import CONVERTERS
from api.schemas.fields import Document, Shown
from policies.json_schema import policy_schema
from sharing import catalogue
from sharing.catalogue.country_groups import COUNTRIES_OF
from sharing.catalogue.openapi import profile_schema
from sharing.templates import offered

TITLE = "Guildnet"
OPENAPI = "3.1.0"

POLICY_EXAMPLE = {
    "v": 1,
    "rules": [
        {
            "id": "card",
            "to": "anyone",
            "show": [["$listing", "exact"], ["identity", "exact"], ["process", "exact"], ["location", "band"]],
        },
        {"id": "members", "to": {"tier": "member"}, "for": ["sourcing", "rfq"], "show": [["capacity", "band"]]},
        {"id": "partners", "to": {"tier": "partner"}, "until": "2027-12-31", "show": [["capacity", "exact"]]},
    ],
}

_PATTERN = {"factory": "^[0-9A-Z]{21}$", "hex": "^[0-9a-f]{32}$", "thumbprint": "^[A-Za-z0-9_-]{43}$"}


class FaultSchema(ma.Schema):
    """One thing that the asker can correct."""

    path = ma.fields.String(required=True, metadata={"description": "Where: `capabilities/0/process`; empty: the whole"})
    code = ma.fields.String(required=True, metadata={"description": "Stable, for programs"})
    message = ma.fields.String(required=True, metadata={"description": "For people"})


class ProblemSchema(ma.Schema):
    """RFC 9457; the one shape of every error."""

    type = ma.fields.String(required=True, metadata={"description": "`urn:guildnet:error:<code>`"})
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    code = ma.fields.String(required=True, metadata={"description": "Stable, for programs"})
    detail = ma.fields.String(required=True)
    errors = ma.fields.List(ma.fields.Nested(FaultSchema), required=True)

    class Meta:
        """Some codes add members of their own, such as `digest`."""

        unknown = ma.INCLUDE


class DescribedApi(Api):  # type: ignore[misc]  # flask-smorest has no types
    """flask-smorest's Api with our errors: documented as problems, and handled in `api.errors` alone."""

    ERROR_SCHEMA: ClassVar[type[ma.Schema]] = ProblemSchema

    def _register_error_handlers(self) -> None:
        """Nothing: `api.errors` handles everything."""

    def _register_responses(self) -> None:
        named = {status.name: status.phrase for status in http.HTTPStatus if status >= 400}
        for name, phrase in {**named, self.DEFAULT_ERROR_RESPONSE_NAME: "Any other error"}.items():
            described = {"description": phrase, "content": {PROBLEM: {"schema": self.ERROR_SCHEMA}}}
            self.spec.components.response(name, described, lazy=True)


def release() -> str:
    """The version of the installed program; `0` when it runs from a checkout."""
    try:
        return version("guildnet")
    except PackageNotFoundError:
        return "0"


def describe(app: Flask) -> DescribedApi:
    """The description of `app`, to which doors are added with `register_blueprint`."""
    api = DescribedApi(
        app,
        spec_kwargs={
            "title": TITLE,
            "version": release(),
            "openapi_version": OPENAPI,
            "info": {
                "description": "What factories can make, what they are certified for and how much capacity they have "
                "free, at the precision each asker has earned.",
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
        },
    )
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer", "bearerFormat": "at+jwt"})
    api.spec.components.security_scheme(
        "session", {"type": "http", "scheme": "bearer", "description": "The secret of a person's session"}
    )
    for kind in (Shown, Document):
        api.register_field(kind, "object", None)
    for described in (_named_or_left_out, _keys_of_a_mapping):
        api.ma_plugin.converter.add_attribute_function(described)
    for name, converter in CONVERTERS.items():
        api.register_converter(converter, _pattern_schema(_PATTERN.get(name)))
    return api


def _named_or_left_out(_: object, field: ma.fields.Field[Any], ret: dict[str, Any]) -> dict[str, Any]:
    """Where null may stand for leaving a choice out, null is one of the choices."""
    names = ret.get("enum")
    return {"enum": [*names, None]} if names and field.allow_none and None not in names else {}


def _keys_of_a_mapping(converter: Any, field: ma.fields.Field[Any], ret: dict[str, Any]) -> dict[str, Any]:
    """What a key may be, which apispec leaves out."""
    del ret
    keys = field.key_field if isinstance(field, ma.fields.Dict) else None
    return {} if keys is None else {"propertyNames": converter.field2property(keys)}


def description_of(app: Flask) -> dict[str, Any]:
    """The OpenAPI document of an application made by `describe`."""
    document: dict[str, Any] = app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    # What a profile may hold is the catalogue's to say, and what a policy may, the language's: in one place each.
    document["components"]["schemas"]["ProfileDocument"] = dict(profile_schema())
    policy = policy_schema(catalogue.vocabulary(), templates=offered(), country_groups=COUNTRIES_OF)
    document["components"]["schemas"]["PolicyDocument"] = {**policy, "examples": [POLICY_EXAMPLE]}
    return document


def _pattern_schema(pattern: str | None) -> Callable[[object], dict[str, Any]]:
    def schema(_: object) -> dict[str, Any]:
        return {"type": "string"} | ({"pattern": pattern} if pattern else {})

    return schema
