"""The owner's ledger: who saw what of their factories, under which rules and for what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from api import auth
from api.conditions import wanted_type
from api.container import house
from api.routing import Answer, Door, Kind
from api.schemas import ledger as schemas
from sharing.ledger import exporting, heads, probed, reading
from sharing.ledger.notice import TEXTS

LINES, TABLE = "application/x-ndjson", "text/csv"

door = Door("ledger", url_prefix="/v1", description="Who saw what of your factories, under which rules and for what.")


@door.answers("GET", "/disclosure-notice", kind=Kind.NODE, public=True)
@door.gives(200, schemas.DisclosureNotice)
def disclosure_notice() -> Answer:
    """What owners see of whoever looks at their factories."""
    return {"texts": TEXTS}


@door.answers("GET", "/ledger", kind=Kind.OWN)
@door.takes(schemas.LedgerQuery, location="query")
@door.gives(200, schemas.Ledger)
def list_disclosures(query: Mapping[str, Any]) -> Answer:
    """What was disclosed of the caller's factories, newest first, and the newest signed head of the ledger."""
    filters = reading.Filters(**{name: query[name] for name in ("factory", "viewer", "group", "start", "until")})
    with auth.reading() as (session, caller):
        page = reading.list_disclosures(house(), session, caller, filters, limit=query["limit"], cursor=query["cursor"])
        head = heads.head_text(session, reading.owner_of(caller))
    return {"items": page.items, "head": head, "next": page.next}


@door.answers("GET", "/ledger/<hex:disclosure_id>", kind=Kind.OWN)
@door.gives(200, schemas.Disclosure)
def get_disclosure(disclosure_id: str) -> Answer:
    """One disclosure, as a notice names it."""
    with auth.reading() as (session, caller):
        return reading.get_disclosure(session, caller, disclosure_id)


@door.answers("GET", "/ledger/probing", kind=Kind.OWN)
@door.gives(200, schemas.ProbingList)
def list_probing() -> Answer:
    """Who asked many questions in a week that differ in numbers alone, some of which gave out something of the caller's."""
    with auth.reading() as (session, caller):
        return {"probing": probed.list_probing(house(), session, caller)}


@door.answers("GET", "/ledger/export", kind=Kind.OWN)
@door.takes(schemas.ExportQuery, location="query")
@door.gives(200, media_type=LINES, description="JSON lines for `guildnet ledger verify`.")
@door.gives(200, media_type=TABLE, description="A table for a spreadsheet.")
def export_ledger(query: Mapping[str, Any]) -> Answer:
    """The whole ledger under its signed head. `Accept: text/csv` gives a table, which proves nothing by itself."""
    kind = wanted_type(LINES, TABLE)
    with auth.reading() as (_, caller):
        owner_id = reading.owner_of(caller)
    make = exporting.export if kind == LINES else exporting.export_csv
    extent = exporting.Extent(factory=query["factory"], start=query["start"], until=query["until"])
    response = Response(make(house(), owner_id, extent), content_type=kind)
    ending = "jsonl" if kind == LINES else "csv"
    response.headers["Content-Disposition"] = f'attachment; filename="ledger.{ending}"'
    return response
