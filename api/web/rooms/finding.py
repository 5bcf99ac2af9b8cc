"""Finding factories and looking at one: for anybody, and never further than the visitor sees.

The address of a search holds its question and nothing of its asker, so it can be shared: whoever opens it gets what they may
see themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from flask import Response, render_template, request, url_for

from api import auth
from api.container import house
from api.errors import Problem, problem_of
from api.resources.search import DEFAULT_LIMIT, answered
from api.routing import Kind
from api.web import values
from api.web.forms import says
from api.web.showing import Sheet, Value, shown
from api.web.site import Site
from api.web.words import gettext as _
from sharing import catalogue, searching, views
from sharing.catalogue.weeks import week_of
from sharing.ledger.collecting import nothing_more
from sharing.search import PARAMETERS, QUESTIONS, InvalidCursor, InvalidQuery, parse_query
from sharing.search.parameters import SETTINGS

site = Site("finding")

_NAMES: Final = frozenset((*QUESTIONS, *SETTINGS))
_FACET_VALUES: Final = 8
_AT_A_GLANCE: Final = (
    "capability.tolerance_um", "capability.max_diameter_mm", "capability.max_x_mm", "capability.lot_min",
    "capability.lead_time_p50_days", "capability.axes",
)  # fmt: skip
"""What a card says of the capability that was hit, as far as it is shown."""
_WEEKS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One hit. `facts`: what a card says of the capability; `hours`: spare hours of its capacity group, if they are shown."""

    sheet: Sheet
    title: str
    facts: tuple[Value, ...]
    hours: Value | None
    certificates: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A value by which a search can be narrowed, or no longer is; `address` leads there."""

    label: str
    hits: int
    address: str


@site.page("GET", "/search", kind=Kind.PROJECTION, public=True)
def search() -> str | tuple[str, int]:
    """What there is, within what the visitor sees."""
    asked = _asked()
    try:
        query = parse_query(_ordered(asked), house().today())
        found = answered(auth.caller_in, query, limit=DEFAULT_LIMIT, cursor=request.args.get("cursor") or None)
    except (InvalidQuery, InvalidCursor) as error:
        nothing_more()
        return _page(asked, None, problem_of(error)), 422
    return _page(asked, found, None)


@site.page("GET", "/factories/<factory:factory_id>", kind=Kind.PROJECTION, public=True)
def factory(factory_id: str) -> str:
    """One factory as the visitor sees it, and how each value is backed."""
    views.refresh(house(), factory_id)
    with auth.reading() as (session, caller):
        seen = views.view(house(), session, caller, factory_id)
    sheet = shown(seen.projection, seen.verdicts, seen.freshness)
    return render_template("web/factory.html", sheet=sheet)


@site.page("GET", "/factories/<factory:factory_id>/bundle", kind=Kind.PROJECTION, public=True)
def bundle(factory_id: str) -> Response:
    """The same as a file that can be checked without this site."""
    views.refresh(house(), factory_id)
    with auth.reading() as (session, caller):
        data = views.bundle(house(), session, caller, factory_id)
    name = f'attachment; filename="guildnet-{factory_id}.json"'
    return Response(data, content_type="application/json", headers={"Content-Disposition": name})


def _asked() -> dict[str, list[str]]:
    """The question in the address: fields that were left empty ask nothing, and neither do settings of what is not asked."""
    given = {name: [each.strip() for each in request.args.getlist(name) if each.strip()] for name in _NAMES}
    asked = {name: found for name, found in given.items() if found}
    return {name: found for name, found in asked.items() if not _idle(name, asked)}


def _ordered(asked: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Words without an order bring the best match first."""
    return {**asked, "sort": ["relevance"]} if "text" in asked and "sort" not in asked else dict(asked)


def _idle(name: str, asked: Mapping[str, Sequence[str]]) -> bool:
    needs = SETTINGS.get(name, ())
    there = {*asked, *(f"sort={each}" for each in asked.get("sort", ()))}
    return bool(needs) and there.isdisjoint(needs)


def _page(asked: Mapping[str, Sequence[str]], found: searching.SearchAnswer | None, problem: Problem | None) -> str:
    today = house().today()
    return render_template(
        "web/search.html",
        asked=asked,
        cards=[] if found is None else [_card(each) for each in found.items],
        found=found,
        facets=[] if found is None else list(_facets(asked, found.facets)),
        chosen=list(_chosen(asked)),
        following=None if found is None or found.next is None else _address(asked, cursor=found.next),
        faults=() if problem is None else [(_parameter(each.path), says(each.code, each.message)) for each in problem.errors],
        processes=_options("capability.process", asked.get("process", ())),
        materials=_options("capability.material_family", asked.get("material", ())),
        certificates=_options("certificate.scheme", asked.get("certificate", ())),
        weeks=[week_of(today + timedelta(weeks=number)) for number in range(_WEEKS)],
        orders=orders(),
        more=not _FURTHER.isdisjoint(asked),
        kept=[(name, each) for name, many in asked.items() if name not in _FIRST | _FURTHER for each in many],
    )


_FIRST: Final = frozenset({"text", "process", "material", "certificate"})
_FURTHER: Final = frozenset({"tolerance_um_max", "lot", "spare_hours", "weeks_from", "weeks_until", "sort"})
"""What the form asks at once, and what it asks when it is opened; any other parameter of an address is kept as it is."""


def _card(item: searching.SearchItem) -> Card:
    sheet = shown(item.projection, freshness=item.freshness)
    hit = next((each for each in sheet.elements["capability"] if each.id == item.capability_id), None)
    known = () if hit is None else hit.values
    group = next((each for each in sheet.elements["capacity"] if hit is not None and each.id == hit.runs_on), None)
    schemes = (each.value("scheme") for each in sheet.elements["certificate"])
    return Card(
        sheet=sheet,
        title="" if hit is None else hit.title,
        facts=tuple(each for key in _AT_A_GLANCE for each in known if each.key == key and each.text),
        hours=None if group is None else group.value("spare_hours"),
        certificates=tuple(sorted({each.text for each in schemes if each is not None and each.text})),
    )


def _facets(asked: Mapping[str, Sequence[str]], counts: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[str, list[Choice]]]:
    for name, found in counts.items():
        field = catalogue.field(PARAMETERS[name].fields[0])
        chosen = asked.get(name, ())
        choices = [
            Choice(label=values.code_label(field.codes, each), hits=hits, address=_address({**asked, name: [*chosen, each]}))
            for each, hits in list(found.items())[:_FACET_VALUES]
            if each not in chosen
        ]
        if choices:
            yield values.label(field), choices


def _chosen(asked: Mapping[str, Sequence[str]]) -> Iterator[Choice]:
    """What narrows the search now; each leads to the search without it."""
    for name, many in asked.items():
        for each in many:
            rest = {**asked, name: [other for other in many if other != each]}
            label = f"{_parameter(name)}: {_value(name, each)}"
            yield Choice(label=label, hits=0, address=_address(rest))


def _parameter(name: str) -> str:
    words = {
        "text": _("Words"), "q": _("Words"), "sort": _("Order"), "weeks_from": _("From week"), "weeks_until": _("Until week"),
        "freshness_max": _("Not older than, days"), "backed": _("Backed by"), "certificate_day": _("Certified on"),
    }  # fmt: skip
    if name in words or name not in PARAMETERS:
        return words.get(name, name)
    label = values.label(catalogue.field(PARAMETERS[name].fields[0]))
    bound = _("at least") if name.endswith("_min") else _("at most") if name.endswith("_max") else ""
    return f"{label}, {bound}" if bound else label


def _value(name: str, value: str) -> str:
    if name == "sort":
        return dict(orders()).get(value, value)
    if name not in PARAMETERS or name == "q":
        return value
    field = catalogue.field(PARAMETERS[name].fields[0])
    return values.with_unit(field, values.code_label(field.codes, value))


def orders() -> list[tuple[str, str]]:
    """(value of `sort`, what it is called)."""
    return [
        ("lead_time", _("shortest lead time first")),
        ("spare_hours", _("most spare hours first")),
    ]


def _options(key: str, chosen: Sequence[str]) -> list[tuple[str, str, bool]]:
    """(code, label, whether it is chosen) of a vocabulary, as a tree read from the top."""
    codes = catalogue.field(key).codes
    if codes is None:
        return []
    return [
        (each.code, "\u2003" * (len(codes.ancestors(each.code)) - 1) + values.code_label(codes, each.code), each.code in chosen)
        for each in codes
    ]


def _address(asked: Mapping[str, Sequence[str]], *, cursor: str | None = None) -> str:
    pairs = [(name, each) for name, many in sorted(asked.items()) for each in many]
    text = urlencode(pairs + ([("cursor", cursor)] if cursor is not None else []))
    return url_for("web-finding.search") + (f"?{text}" if text else "")
