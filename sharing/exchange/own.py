"""Everything of an organization's own, for taking along: as one document, as a workbook, or as lists.

Guarantees: only what the caller's organization owns or is a side of, and nothing that it could not read anyway; the sheets of
factories, capabilities, machines, capacity, certificates and documents are what `plan_import` reads back to equal records (runs
of blanks inside a name become one); every cell is escaped. Sealed parts of attestations stay sealed and are not in it.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from network import membership
from sharing import access, audits, grants, relations
from sharing.errors import NotFound
from sharing.exchange.cells import write_rows
from sharing.exchange.models import ReferenceRow
from sharing.exchange.own_rows import factory_sheets
from sharing.exchange.writing import LONGEST_CELL, written
from sharing.factories import ERASED
from sharing.files import shelf
from sharing.house import House
from sharing.models import Attestation, Factory, PolicyRevision, ProfileRevision
from sharing.stored import stored_document
from sharing.viewers import Caller

Rows = Iterable[Sequence[object]]
FORMATS = {
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "application/zip",
}
_PART = LONGEST_CELL // 2  # characters; escaping must not push a part over the edge


def everything(house: House, session: Session, caller: Caller) -> dict[str, object]:
    """The organization's own factories with profiles and policies, and all agreements it is a side of, as a JSON document."""
    member = caller.member
    if member is None:
        raise NotFound
    return {
        "guildnet": "own-data",
        "v": 1,
        "made_at": _said(house.now()),
        "organization": {"slug": member.slug, "did": member.did, "name": member.name},
        "factories": _factories(session, member.id),
        "grants": [
            {
                "id": each.id,
                "factory": each.factory.factory_id,
                "organization": each.organization,
                "tier": each.tier,
                "fields": None if each.fields is None else list(each.fields),
                "purpose": each.purpose,
                "from": _said(each.start),
                "until": _said(each.until),
                "state": each.state,
            }
            for each in grants.list_grants(house, session, caller, most=None)
        ],
        "access_requests": [
            {
                "id": each.id,
                "factory": each.factory.factory_id,
                "organization": each.organization,
                "purpose": each.purpose,
                "tier": each.tier,
                "message": each.message,
                "state": each.state,
                "answer": each.answer,
                "created_at": _said(each.created_at),
            }
            for made in access.list_requests(house, session, caller, most=None)
            for each in made
        ],
        "audits": [
            {
                "id": each.id,
                "factory": each.factory.factory_id,
                "auditor": each.auditor,
                "scheme": each.scheme,
                "scope": list(each.scope),
                "state": each.state,
                "from": _said(each.start),
                "until": _said(each.until),
            }
            for each in audits.list_audits(house, session, caller, most=None)
        ],
        "attestations": _attestations(session, member.id),
        "lists": {each.name: list(each.organizations) for each in relations.get_lists(house, session, caller)},
        "agreements": [
            {
                "id": each.id,
                "owner": each.owner,
                "organization": each.organization,
                "template": each.template,
                "owner_accepted_at": _said(each.owner_accepted_at),
                "organization_accepted_at": _said(each.organization_accepted_at),
            }
            for each in relations.list_ndas(house, session, caller, most=None)
        ],
        "files": [
            {
                "digest": each.digest,
                "media_type": each.media_type,
                "name": each.name,
                "size": each.size,
                "created_at": _said(each.created_at),
            }
            for each in shelf.list_files(house, session, caller)
        ],
    }


def own_data(house: House, session: Session, caller: Caller, form: str) -> bytes:
    """`everything` as `json`, as a workbook (`xlsx`), or as lists in a zip archive (`csv`)."""
    document = everything(house, session, caller)
    if form == "json":
        return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
    sheets = [*factory_sheets(_listed(document, "factories")), *_other_sheets(document)]
    return written(sheets) if form == "xlsx" else _zipped(sheets)


def _factories(session: Session, organization_id: str) -> list[dict[str, object]]:
    query = (
        select(Factory, ProfileRevision.document, PolicyRevision.document, ReferenceRow.reference)
        .join(ProfileRevision, ProfileRevision.factory_id == Factory.id)
        .join(PolicyRevision, PolicyRevision.factory_id == Factory.id)
        .outerjoin(ReferenceRow, ReferenceRow.factory_id == Factory.id)
        .where(
            Factory.organization_id == organization_id,
            ProfileRevision.revision == Factory.revision,
            PolicyRevision.revision == Factory.policy_revision,
        )
        .order_by(Factory.created_at, Factory.id)
    )
    return [
        {
            "id": factory.id,
            "reference": reference,
            "state": factory.state,
            "revision": factory.revision,
            "profile": stored_document(profile),
            "policy_revision": factory.policy_revision,
            "policy": json.loads(policy),
        }
        for factory, profile, policy, reference in session.execute(query)
    ]


def _attestations(session: Session, organization_id: str) -> list[dict[str, object]]:
    query = (
        select(Attestation)
        .join(Factory, Factory.id == Attestation.factory_id)
        .where(
            or_(Factory.organization_id == organization_id, Attestation.auditor_id == organization_id),
            Factory.state != ERASED,
            Attestation.issued_at.is_not(None),
            Attestation.sealed.is_not(None),
        )
        .order_by(Attestation.created_at, Attestation.id)
    )
    slugs: dict[str, str] = {}
    found: list[dict[str, object]] = []
    for row in session.scalars(query):
        auditor = slugs.setdefault(row.auditor_id, membership.member_of(session, row.auditor_id).slug)
        found.append(
            {
                "id": row.id,
                "audit": row.audit_id,
                "factory": row.factory_id,
                "auditor": auditor,
                "schemes": row.schemes,
                "issued_at": _said(row.issued_at),
                "valid_until": _said(row.valid_until),
                "revoked_at": _said(row.revoked_at),
                "revocation_reason": row.revocation_reason,
            }
        )
    return found


def _other_sheets(document: Mapping[str, object]) -> list[tuple[str, Rows]]:
    """What is for reading only; `plan_import` leaves these sheets out by their names."""
    policies: list[Sequence[object]] = [("Factory id", "Revision", "Rule", "Part", "Document")]
    for factory in _listed(document, "factories"):
        policy = factory["policy"]
        rules = policy.get("rules", []) if isinstance(policy, dict) else []
        for number, rule in enumerate(rules, start=1):
            text = json.dumps(rule, ensure_ascii=False, sort_keys=True)
            for part in range(0, len(text), _PART):
                piece = text[part : part + _PART]
                policies.append((factory["id"], factory["policy_revision"], number, part // _PART + 1, piece))
    lists = document["lists"]
    named = lists.items() if isinstance(lists, dict) else ()
    return [
        ("Policies", policies),
        ("Grants", _table(document, "grants")),
        ("Requests", _table(document, "access_requests")),
        ("Audits", _table(document, "audits")),
        ("Attestations", _table(document, "attestations")),
        ("Lists", [("List", "Organization"), *((name, each) for name, slugs in named for each in slugs)]),
        ("Agreements", _table(document, "agreements")),
        ("Files", _table(document, "files")),
    ]


def _table(document: Mapping[str, object], name: str) -> list[Sequence[object]]:
    rows = _listed(document, name)
    columns = list(dict.fromkeys(column for row in rows for column in row)) or ["id"]
    return [columns, *([_cell(row.get(column)) for column in columns] for row in rows)]


def _cell(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def _listed(document: Mapping[str, object], name: str) -> list[dict[str, object]]:
    found = document[name]
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _zipped(sheets: Iterable[tuple[str, Rows]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in sheets:
            text = io.StringIO(newline="")
            header, *rest = rows
            write_rows(text, map(str, header), (("" if cell is None else str(cell) for cell in row) for row in rest))
            # A fixed date: the same data gives the same bytes.
            entry = zipfile.ZipInfo(f"{name.lower().replace(' ', '-')}.csv", date_time=(2000, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.getvalue().encode())
    return out.getvalue()


def _said(moment: date | datetime | None) -> str | None:
    if isinstance(moment, datetime):
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return None if moment is None else moment.isoformat()
