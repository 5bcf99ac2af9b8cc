"""Whole files in and out: workbooks and lists to import, the template, and everything of one's own."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, request, url_for

from api import auth, repeats
from api.container import container_of, house
from api.errors import Refusal
from api.faults import Fault
from api.routing import Answer, Door, Kind
from api.schemas import imports as schemas
from sharing.exchange import Limits, apply_import, imports, plan_import
from sharing.exchange.own import FORMATS, own_data
from sharing.exchange.sheets import SHEETS
from sharing.exchange.template import template

door = Door("imports", url_prefix="/v1", description="Workbooks and lists in, everything of one's own out.")

_WORKBOOK = FORMATS["xlsx"]
_MEDIA = (_WORKBOOK, "text/csv", "application/octet-stream")


@door.answers("POST", "/imports", kind=Kind.OWN, body_max="import_bytes_max", once=True)
@door.takes(schemas.ImportQuery, location="query")
@door.gives(201, schemas.ImportMade, description="Drafts that nobody but their owner sees; of a dry run, nothing.")
@door.reads(*_MEDIA)
def import_file(query: Mapping[str, Any]) -> Answer:
    """Import a workbook or a CSV list. `Idempotency-Key` makes it safe to send again."""
    if request.mimetype not in _MEDIA:
        raise Refusal("media_type_unsupported", f"The body must be a file: {', '.join(_MEDIA)}.")
    with auth.reading() as (_, caller):
        imports.require_supplier(caller)
    # Read before the transaction begins: others can write meanwhile.
    data = request.get_data(cache=True)
    chosen, scope = _mapping(query["map"]), SHEETS[query["holds"]] if query["holds"] else None
    limits = Limits(max_bytes=container_of(current_app).settings.import_bytes_max)
    plan = plan_import(io.BytesIO(data), mapping=chosen, limits=limits, scope=scope)
    with auth.writing() as (session, caller):

        def make() -> str:
            result = apply_import(house(), session, caller, plan, dry_run=query["dry_run"], revise=query["revise"])
            return imports.keep_report(house(), session, caller, plan, result=result, data=data)

        route = f"imports?{request.query_string.decode('ascii', 'replace')}"
        found = imports.get_import(session, caller, repeats.once(session, caller, route, house().now(), make))
    return found, 201, {"Location": url_for("imports.get_import", import_id=found.id)}


@door.answers("GET", "/imports/template", kind=Kind.NODE)
@door.takes(schemas.TemplateQuery, location="query")
@door.gives(200, media_type=_WORKBOOK, description="A workbook to fill in.")
def get_template(query: Mapping[str, Any]) -> Answer:
    """The template for imports, made from the catalogue; its weeks begin with this one."""
    return _file(template(language=query["language"], first_week=house().today()), "guildnet-template.xlsx", _WORKBOOK)


@door.answers("GET", "/imports/<hex:import_id>", kind=Kind.OWN)
@door.gives(200, schemas.ImportMade)
def get_import(import_id: str) -> Answer:
    """What one of the caller's newest 20 imports did."""
    with auth.reading() as (session, caller):
        return imports.get_import(session, caller, import_id)


@door.answers("GET", "/imports/<hex:import_id>/errors", kind=Kind.OWN)
@door.gives(200, media_type=_WORKBOOK, description="The file again, with a comment in each bad cell.")
def get_import_errors(import_id: str) -> Answer:
    """The workbook of an import's errors; 404 when there were none."""
    with auth.reading() as (session, caller):
        data = imports.get_errors(session, caller, import_id)
    return _file(data, "guildnet-errors.xlsx", _WORKBOOK)


@door.answers("GET", "/export", kind=Kind.OWN)
@door.takes(schemas.ExportQuery, location="query")
@door.gives(200, media_type=FORMATS["json"], description="A JSON document, a workbook, or a zip archive of lists.")
@door.gives(200, media_type=FORMATS["xlsx"])
@door.gives(200, media_type=FORMATS["csv"])
def export_own(query: Mapping[str, Any]) -> Answer:
    """Everything of the caller's organization."""
    form = query["format"]
    with auth.reading() as (session, caller):
        data = own_data(house(), session, caller, form)
    return _file(data, f"guildnet-own.{'zip' if form == 'csv' else form}", FORMATS[form])


def _mapping(texts: list[str]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for at, text in enumerate(texts):
        # The last =, because a column may have one in its name and a target has none.
        column, _, target = text.rpartition("=")
        if not column or not target:
            fault = Fault(path=f"map/{at}", code="invalid", message="Write COLUMN=TARGET.")
            raise Refusal("validation_failed", "The request does not fit its schema.", errors=(fault,))
        chosen[column] = target
    return chosen


def _file(data: bytes, name: str, media: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(data, content_type=media, headers=headers)
