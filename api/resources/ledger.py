"""The owner's ledger: who saw what of their factories, under which rules and for what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api import auth
from api.container import house
from api.routing import Answer, Door, Kind
from api.schemas import ledger as schemas
from sharing.ledger import reading

door = Door("ledger", url_prefix="/v1", description="Who saw what of your factories, under which rules and for what.")


@door.answers("GET", "/ledger", kind=Kind.OWN)
@door.takes(schemas.LedgerQuery, location="query")
@door.gives(200, schemas.Ledger)
def list_disclosures(query: Mapping[str, Any]) -> Answer:
    """What was disclosed of the caller's factories, newest first, and the newest signed head of the ledger."""
    filters = reading.Filters(**{name: query[name] for name in ("factory", "viewer", "group", "start", "until")})
    with auth.reading() as (session, caller):
        page = reading.list_disclosures(house(), session, caller, filters, limit=query["limit"], cursor=query["cursor"])
    return {"items": page.items, "head": None, "next": page.next}
