"""An owner's ledger as a file: JSON lines that can be checked without this node (`trust.disclosures`), or CSV to read.

Guarantees: every disclosure that was recorded when the export began is in it, sealed, under the signed head that stands in its
first line; only rows about the owner's own factories, and nothing that counts others'. A row left out by the filters, or whose
content is kept no longer, stands as its hash, so that the head still holds. Read in pieces: rows that are sealed never change.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from network import identity, membership
from network.models import Restoration
from sharing.exchange.cells import escape_cell
from sharing.house import House
from sharing.ledger import heads, sealing
from sharing.ledger.leaves import leaf_data
from sharing.ledger.models import Disclosure
from sharing.ledger.reading import Reader, Seen
from trust import base64url, instant, strict_json
from trust.disclosures import TYPE

AT_ONCE: Final = 500
COLUMNS: Final = (
    "leaf", "at", "factory", "viewer", "name", "actor", "purpose", "way", "form", "subject", "groups", "fields", "rules",
    "policy_revision",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Which leaves are told in full; the others stand as hashes. Days are inclusive, UTC."""

    factory: str | None = None
    start: date | None = None
    until: date | None = None

    def tells(self, row: Disclosure) -> bool:
        """Whether this row's content goes out."""
        return (
            row.factory_id is not None
            and self.factory in (None, row.factory_id)
            and (self.start is None or self.start <= row.at.date())
            and (self.until is None or row.at.date() <= self.until)
        )


WHOLE: Final = Extent()


def export(house: House, owner_id: str, extent: Extent = WHOLE) -> Iterator[bytes]:
    """The lines of the file. Seals what is waiting now; reads its pieces, in transactions of its own, as they are taken."""
    size, first = _begun(house, owner_id)
    pieces = _pieces(house, owner_id, size)
    return chain([first], (b"".join(_line(reader, row, extent) for row in rows) for reader, rows in pieces))


def export_csv(house: House, owner_id: str, extent: Extent = WHOLE) -> Iterator[bytes]:
    """The same rows as a table for a spreadsheet; what is not told in full is left out. Proves nothing by itself."""
    size, _ = _begun(house, owner_id)
    pieces = _pieces(house, owner_id, size)
    tables = (_csv([_cells(reader.seen(row)) for row in rows if extent.tells(row)]) for reader, rows in pieces)
    return chain([b"\xef\xbb\xbf" + _csv([COLUMNS])], tables)


def _begun(house: House, owner_id: str) -> tuple[int, bytes]:
    """How many leaves there are, everything recorded so far being sealed, and the first line."""
    sealing.seal_own(house, owner_id)
    with house.database.read() as session:
        return _first_line(house, session, owner_id)


def _first_line(house: House, session: Session, owner_id: str) -> tuple[int, bytes]:
    found = heads.head(session, owner_id)
    home = identity.node(session).did
    kids = [identity.current_key(session, home, "root").kid] if found is not None else []
    kids += [key.kid for key in identity.keys_of(session, home, sealing.ROLE)]
    restored = session.scalars(select(Restoration.accepted_at).order_by(Restoration.accepted_at))
    document = {
        "type": TYPE,
        "v": 1,
        "ledger": heads.ledger_name(session, owner_id),
        "organization": membership.member_of(session, owner_id).did,
        "head": None if found is None else found.note,
        "restored": [instant.write(each) for each in restored],
        "key_statements": [identity.key_statement(session, house.keystore, kid, at=house.hour()) for kid in kids],
    }
    return 0 if found is None else found.size, strict_json.canonical(document) + b"\n"


def _pieces(house: House, owner_id: str, size: int) -> Iterator[tuple[Reader, Sequence[Disclosure]]]:
    for first in range(0, size, AT_ONCE):
        with house.database.read() as session:
            rows = session.scalars(_between(owner_id, first, min(first + AT_ONCE, size))).all()
            yield Reader(session), rows


def _between(owner_id: str, first: int, end: int) -> Select[Disclosure]:
    own = select(Disclosure).where(Disclosure.owner_id == owner_id, Disclosure.leaf >= first, Disclosure.leaf < end)
    return own.order_by(Disclosure.leaf)


def _line(reader: Reader, row: Disclosure, extent: Extent) -> bytes:
    if extent.tells(row):
        return leaf_data(reader, row) + b"\n"
    return strict_json.canonical({"hash": base64url.encode(row.hash or b"")}) + b"\n"


def _cells(seen: Seen) -> list[str]:
    groups = (f"{name}: {level.word}" for name, level in sorted(seen.groups.items()))
    fields = (f"{name}: {level.word}" for name, level in sorted(seen.levels.items()))
    values = (
        seen.leaf, instant.write(seen.at), seen.factory_id, seen.viewer, seen.name, seen.actor, seen.purpose, seen.way,
        seen.form, seen.subject, "; ".join(groups), "; ".join(fields), " ".join(seen.rules), seen.policy_revision,
    )  # fmt: skip
    return ["" if value is None else escape_cell(str(value)) for value in values]


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
