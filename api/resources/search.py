"""The search. Its parameters are the catalogue's; what may be asked does not depend on who asks or on what is stored.

Guarantees: no answer, and no refusal after the parameters were read, leaves sooner than the floor of the settings; the
wait comes after the database connection was given back and after what the answer discloses was recorded.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import marshmallow as ma
from flask import Response, after_this_request, current_app
from sqlalchemy.orm import Session

from api import auth
from api.asking import asking
from api.container import container_of, house
from api.errors import Refusal
from api.faults import Fault
from api.routing import Answer, Door, Kind
from api.schemas.fields import Document, Offered, Shown, Text, Whole
from sharing import searching, suggesting
from sharing.ledger.errors import ProbingLimited
from sharing.ledger.probing import Bounds, week_of
from sharing.search import COMPLETED, PARAMETERS, QUESTIONS, Query, parse_query, parse_typed
from sharing.search.described import most_values, value_schema
from sharing.search.parameters import SETTINGS
from sharing.viewers import Caller

DEFAULT_LIMIT = 20
DEFAULT_SUGGESTIONS, MOST_SUGGESTIONS = 10, 50
_OWN = ("limit", "cursor", "typed", "field")

door = Door("search", url_prefix="/v1", description="Finding capabilities, and never further than the asker sees.")


def _parameter(name: str, **bounds: int) -> ma.fields.Field[Any]:
    read = PARAMETERS.get(name)
    meaning = "Reads " + ", ".join(read.fields) if read else "How to search"
    described = {"description": f"{meaning}; see `/v1/catalogue`", "maxItems": most_values(name), **bounds}
    return ma.fields.List(ma.fields.String(metadata=dict(value_schema(name))), metadata=described)


def _parameters(name: str, **bounds: int) -> type[ma.Schema]:
    return ma.Schema.from_dict({each: _parameter(each, **bounds) for each in (*QUESTIONS, *SETTINGS)}, name=name)


Parameters = _parameters("Parameters")
KeptParameters = _parameters("KeptParameters", minItems=1)
"""The same in a document, where a list may be there and empty; in a query that is no parameter at all."""


class PageSize(ma.validate.Range):
    """Between the bounds; says the largest page of this node's settings rather than what any node may allow."""

    def _format_error(self, value: Any, message: str) -> str:
        del value, message
        return _page_sizes()


def _page_sizes() -> str:
    return f"A whole number from 1 to {container_of(current_app).settings.page_size_max}."


class PageQuery(ma.Schema):
    """Which page of a search."""

    limit = Whole(bounds=PageSize(1, 100_000), load_default=DEFAULT_LIMIT, metadata={"description": "Hits on a page"})
    cursor = Text(most=400, load_default=None, metadata={"description": "`next` of the page before"})


class SearchQuery(PageQuery, Parameters):  # type: ignore[valid-type,misc]  # made from the catalogue
    """Several values of one parameter are alternatives; several parameters must all hold for one capability."""


class SuggestQuery(Parameters):  # type: ignore[valid-type,misc]  # made from the catalogue
    """What is typed, and the search that it continues: the same parameters; those of its order change nothing."""

    typed = ma.fields.String(
        required=True,
        validate=ma.validate.Length(min=1, max=100),
        metadata={"description": "What was typed so far, up to 8 words; letters with or without marks"},
    )
    field = ma.fields.List(
        ma.fields.String(validate=ma.validate.OneOf(COMPLETED)),
        load_default=COMPLETED,
        validate=ma.validate.Length(max=len(COMPLETED)),
        metadata={"description": "Parameters whose values are wanted; all of them unless given"},
    )
    limit = Whole(least=1, most=MOST_SUGGESTIONS, load_default=DEFAULT_SUGGESTIONS, metadata={"description": "Suggestions"})


class SuggestionSchema(ma.Schema):
    """A value that search parameter `parameter` takes, with what a person reads in English and Vietnamese."""

    parameter = ma.fields.String(required=True, metadata={"enum": list(COMPLETED)})
    value = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, metadata={"enum": ["code", "word", "name"]})
    label_en = ma.fields.String(required=True)
    label_vi = ma.fields.String(required=True)
    hits = ma.fields.Integer(required=True, metadata={"description": "How many hits the search has with it, at least one"})
    corrected = ma.fields.Boolean(required=True, metadata={"description": "Fits what was typed but for one edit"})


class SuggestAnswer(ma.Schema):
    """What the caller sees among the hits, the most frequent first."""

    suggestions = ma.fields.List(Offered(SuggestionSchema), required=True)


class SearchItem(ma.Schema):
    """One hit: a factory as the caller sees it, and which of its capabilities was hit; null: it shows none."""

    factory = Shown(required=True, attribute="projection")
    capability = ma.fields.String(required=True, allow_none=True, attribute="capability_id")
    wishes = ma.fields.List(ma.fields.String(), required=True)
    freshness = Document(required=True, metadata={"description": "Path -> how old what ages is today; not signed"})


class SearchAnswer(ma.Schema):
    """One page; the counts and facets are over all pages and over what the caller sees."""

    items = ma.fields.List(ma.fields.Nested(SearchItem), required=True)
    capabilities = ma.fields.Integer(required=True)
    factories = ma.fields.Integer(required=True)
    facets = Document(required=True, metadata={"description": "name -> shown value -> hits"})
    next = ma.fields.String(required=True, allow_none=True)


@door.answers("GET", "/search", kind=Kind.PROJECTION, public=True)
@door.takes(SearchQuery, location="query")
@door.gives(200, SearchAnswer)
def search(query: Mapping[str, Any]) -> Answer:
    """Find capabilities, within what the caller may see."""
    limit = page_size(query)
    parameters = {name: values for name, values in query.items() if name not in _OWN}
    asked = parse_query(parameters, house().today())
    return answered(auth.caller_in, asked, limit=limit, cursor=query["cursor"])


@door.answers("GET", "/search/suggest", kind=Kind.PROJECTION, public=True)
@door.takes(SuggestQuery, location="query")
@door.gives(200, SuggestAnswer)
def suggest(query: Mapping[str, Any]) -> Answer:
    """Complete what is being typed, from what the caller sees among the hits of a search."""
    parameters = {name: values for name, values in query.items() if name not in _OWN}
    asked, typed = parse_query(parameters, house().today()), parse_typed(query["typed"])
    after_this_request(wait_for_floor)
    wanted = tuple(dict.fromkeys(query["field"]))
    with bounded() as bounds:
        found = suggesting.suggest(
            house(), auth.caller_in, typed, asked, parameters=wanted, limit=query["limit"], bounds=bounds
        )
    return {"suggestions": found}


def answered(resolve: Callable[[Session], Caller], asked: Query, *, limit: int, cursor: str | None) -> searching.SearchAnswer:
    """One page of a search, within the bounds of this node's settings and not before its floor."""
    after_this_request(wait_for_floor)
    with bounded() as bounds:
        return searching.search(house(), resolve, asked, limit=limit, cursor=cursor, bounds=bounds)


@contextmanager
def bounded() -> Iterator[Bounds]:
    """How much may be asked in a week; whoever asked too much is told until when."""
    settings = container_of(current_app).settings
    try:
        yield Bounds(narrow=settings.probing_limit, wide=settings.question_limit)
    except ProbingLimited as error:
        # Of the calendar alone, so that it says nothing either.
        monday = datetime.combine(week_of(house().today()) + timedelta(days=7), datetime.min.time(), UTC)
        wait = {"Retry-After": str(int((monday - house().now()).total_seconds()) + 1)}
        raise Refusal(error.code, str(error), headers=wait) from error


def page_size(query: Mapping[str, Any]) -> int:
    """The size of the page that is asked for; raises `Refusal` for one that is larger than this node's."""
    limit: int = query["limit"]
    if limit > container_of(current_app).settings.page_size_max:
        fault = Fault(path="limit", code="too_large", message=_page_sizes())
        raise Refusal("validation_failed", "The request does not fit its schema.", errors=(fault,))
    return limit


def wait_for_floor(answer: Response) -> Response:
    """Wait until the response floor of this request; called when the database connection was given back."""
    floor = container_of(current_app).settings.search_floor_ms / 1000
    left = asking().started + floor - time.monotonic()
    if left > 0:
        time.sleep(left)
    return answer
