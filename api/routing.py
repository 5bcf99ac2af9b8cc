"""The one way to declare a route, and what its answer may carry.

    door = Door("factories", url_prefix="/v1")

    @door.answers("GET", "/factories/<factory:factory_id>", kind=Kind.PROJECTION)

Every route declares one of four kinds (`Kind`); a route without one cannot be written this way, and a contract test
looks for those that were added in another way. Guarantees: one function answers one method at one address; the error
answers that every route can give are in the OpenAPI description; a query on a route that takes none is refused; what a route
gives out of others' factories is in the ledger before its answer leaves (`api.recording`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import wraps
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar

from flask import Flask, Response, request
from flask_smorest import Blueprint  # type: ignore[import-untyped]
from marshmallow import Schema
from werkzeug.routing import BaseConverter

from api.conditions import tagged
from api.errors import Refusal
from api.faults import Fault
from api.parsing import StrictParser
from api.recording import recorded

View = TypeVar("View", bound=Callable[..., Any])
Answer: TypeAlias = Any
"""What a route returns: a `Response`, or what its schema dumps, alone or with a status, or with a status and headers."""


_TAGGED = "guildnet_tagged"
_ONCE = "guildnet_once"
REPEAT_KEY: Mapping[str, Any] = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "Of your choice. Sent again within a day with the same body, it gives what the first request made.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 200, "pattern": "^[!-~]{8,200}$"},
}
"""The header with which a request may be sent again, as OpenAPI describes it."""


class Kind(StrEnum):
    """What a route's answer is about."""

    PROJECTION = "projection"
    """Only `sharing.projection.Projection`s, each cut down for the caller."""
    OWN = "own"
    """Something the caller's organization owns; for anybody else it does not exist."""
    PARTY = "party"
    """A grant, request or audit; for its two parties, and the factory in it is a projection for the reader."""
    NODE = "node"
    """Fixed, or about the node itself."""


class FactoryIdConverter(BaseConverter):
    """Base 36 with its check character; whether the check holds is not asked here: a wrong one is simply unknown."""

    regex = "[0-9A-Z]{21}"


class HexIdConverter(BaseConverter):
    """A random 128-bit id."""

    regex = "[0-9a-f]{32}"


class SlugConverter(BaseConverter):
    """A name as it stands in a DID or in an owner's list."""

    regex = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"


class ThumbprintConverter(BaseConverter):
    """An RFC 7638 SHA-256 thumbprint."""

    regex = "[A-Za-z0-9_-]{43}"


class DigestConverter(BaseConverter):
    """A SHA-256 in hexadecimal."""

    regex = "[0-9a-f]{64}"


CONVERTERS: dict[str, type[BaseConverter]] = {
    "factory": FactoryIdConverter,
    "hex": HexIdConverter,
    "slug": SlugConverter,
    "thumbprint": ThumbprintConverter,
    "digest": DigestConverter,
}


class Door(Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    """A flask-smorest blueprint whose routes declare their kind."""

    ARGUMENTS_PARSER: ClassVar[StrictParser] = StrictParser()

    def __init__(self, name: str, *, description: str, url_prefix: str | None = None) -> None:
        super().__init__(name, __name__, description=description, url_prefix=url_prefix)
        self.kinds: dict[str, Kind] = {}
        self.public: set[str] = set()
        self.personal: set[str] = set()
        self.sizes: dict[str, int | str] = {}
        self._prepare_doc_cbks.append(self._prepare_error_doc)
        self.record(self._declare)

    def answers(
        self,
        method: str,
        rule: str,
        *,
        kind: Kind,
        public: bool = False,
        person: bool = False,
        body_max: int | str | None = None,
        once: bool = False,
    ) -> Callable[[View], View]:
        """Register a function for one method at one address.

        `public`: also answers without a token. `person`: answers a session instead of a token, since it is about somebody's
        own account. `body_max`: bytes, or the setting that says them, where a larger body than usual is read. `once`: it
        honours `Idempotency-Key` (`api.repeats`).
        """

        def decorate(view: View) -> View:
            endpoint = view.__name__
            if endpoint in self.kinds:
                raise ValueError(f"{self.name}.{endpoint} is declared twice")
            self.kinds[endpoint] = kind
            if public:
                self.public.add(endpoint)
            if person:
                self.personal.add(endpoint)
            if body_max is not None:
                self.sizes[endpoint] = body_max
            documented: dict[str, Any] = vars(view).setdefault("_apidoc", {})
            anonymous: list[dict[str, list[str]]] = [{}] if public else []
            documented[_ONCE] = once
            documented.setdefault("manual_doc", {})["security"] = [*anonymous, {"session" if person else "token": []}]
            answering = recorded(_conditional(view), always=kind is Kind.PROJECTION)
            self.add_url_rule(rule, endpoint, answering, methods=[method])
            return view

        return decorate

    def takes(
        self,
        schema: type[Schema],
        *,
        location: Literal["json", "query", "form", "headers"] = "json",
        required: bool = True,
    ) -> Callable[[View], View]:
        """Read the request by `schema` before anything else; the function gets the document as its first argument.

        A body that is not `required` may be left out: then it is an empty document.
        """
        # One object for all requests: made of a class, its fields would be copied for each.
        decorator: Callable[[View], View] = self.arguments(schema(), location=location, required=required)
        return decorator

    def reads(self, *media: str) -> Callable[[View], View]:
        """Say that the body is a file of one of these media types; the function reads it itself."""
        content = {each: {"schema": {"type": "string", "format": "binary"}} for each in media}
        decorator: Callable[[View], View] = self.doc(
            requestBody={"required": True, "description": "The file itself.", "content": content}
        )
        return decorator

    def gives(
        self,
        status: int,
        schema: type[Schema] | None = None,
        *,
        media_type: str | None = None,
        description: str | None = None,
        etag: bool = False,
    ) -> Callable[[View], View]:
        """Answer with `status` and what `schema` dumps; a function may return a `Response` of `media_type` itself."""
        if etag and status != 200:
            raise ValueError("only an answer 200 has an ETag")
        headers = {"ETag": {"description": "Changes when the answer does.", "schema": {"type": "string"}}}
        described: dict[str, Any] = {"description": description, "headers": headers if etag else None}
        decorator: Callable[[View], View]
        if media_type is None:
            decorator = self.response(status, schema, **described)
        else:
            text = {"type": "object" if media_type == "application/json" else "string"}
            decorator = self.alt_response(status, schema=text, content_type=media_type, success=True, **described)

        def decorate(view: View) -> View:
            decorated = decorator(view)
            vars(decorated)[_TAGGED] = etag or vars(decorated).get(_TAGGED, False)
            return decorated

        return decorate

    def says(self, **described: Any) -> Callable[[View], View]:
        """Describe by hand what cannot be told from the schemas; goes over what is."""
        decorator: Callable[[View], View] = self.doc(**described)
        return decorator

    def _declare(self, state: Any) -> None:
        declared = state.app.extensions.setdefault("guildnet.routes", {})
        for endpoint, kind in self.kinds.items():
            declared[f"{self.name}.{endpoint}"] = Route(
                kind=kind,
                public=endpoint in self.public,
                person=endpoint in self.personal,
                body_max=self.sizes.get(endpoint),
                query=self._takes_query(endpoint),
            )

    def _takes_query(self, endpoint: str) -> bool:
        documented = (value for key, value in self._docs[endpoint].items() if key != "parameters")
        parameters = (item for doc in documented for item in doc.get("arguments", {}).get("parameters", ()))
        return any(item["in"] == "query" for item in parameters)

    def _prepare_error_doc(self, doc: Any, doc_info: Any, *, method: str, **_: Any) -> Any:
        if doc_info.get(_ONCE):
            doc.setdefault("parameters", []).append(dict(REPEAT_KEY))
        responses = doc.setdefault("responses", {})
        reads_body = "requestBody" in doc
        possible = {401: "UNAUTHORIZED", 404: "NOT_FOUND", 429: "TOO_MANY_REQUESTS", 500: "INTERNAL_SERVER_ERROR"}
        possible[422] = "UNPROCESSABLE_ENTITY"
        possible[503] = "SERVICE_UNAVAILABLE"
        if reads_body or method != "get":
            possible |= {400: "BAD_REQUEST", 403: "FORBIDDEN", 409: "CONFLICT"}
            possible |= {413: "REQUEST_ENTITY_TOO_LARGE", 415: "UNSUPPORTED_MEDIA_TYPE"}
        for status, name in possible.items():
            responses.setdefault(status, name)
        return doc


def _conditional(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view, whose answers 200 have an ETag and honour `If-None-Match` if it was declared so."""
    if not vars(view).get(_TAGGED, False):
        return view

    @wraps(view)
    def conditional(*args: Any, **given: Any) -> Any:
        answer = view(*args, **given)
        return tagged(answer) if isinstance(answer, Response) and answer.status_code == 200 else answer

    return conditional


class Route:
    """What was declared about one route. `does`: of a page that changes something, the route that does so for programs."""

    __slots__ = ("body_max", "does", "kind", "person", "public", "query")

    def __init__(
        self,
        *,
        kind: Kind,
        public: bool,
        query: bool,
        person: bool = False,
        body_max: int | str | None = None,
        does: str | None = None,
    ) -> None:
        self.kind = kind
        self.public = public
        self.person = person
        self.body_max = body_max
        self.query = query
        self.does = does


def declared_routes(app: Flask) -> dict[str, Route]:
    """Every declared route for programs by its endpoint."""
    routes: dict[str, Route] = app.extensions.setdefault("guildnet.routes", {})
    return routes


def declared_pages(app: Flask) -> dict[str, Route]:
    """Every declared page for people by its endpoint."""
    pages: dict[str, Route] = app.extensions.setdefault("guildnet.pages", {})
    return pages


def route_of(app: Flask, endpoint: str | None) -> Route | None:
    """What was declared about an endpoint, for programs or for people."""
    return declared_routes(app).get(endpoint or "") or declared_pages(app).get(endpoint or "")


def refuse_unasked_query(route: Route | None) -> None:
    """A parameter that nobody reads is a misunderstanding; the asker hears of it."""
    if route is not None and not route.query and request.query_string:
        faults = [Fault(path=name, code="unknown_member", message="Unknown field.") for name in sorted(request.args)]
        raise Refusal("validation_failed", "This address takes no parameters.", errors=faults)
