"""What an owner asks of their ledger: who saw what of which factory, under which rules and for what, newest first.

Guarantees: only rows about the asking organization's own factories, erased ones too; a viewer is an organization as the
directory names it, or the public, or any member; people and programs of a viewer stand under names that mean something in
this ledger alone. No number in an answer counts anybody else's rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from hashlib import sha256

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from network import membership
from network.models import OrganizationRow
from policies import Level
from sharing.catalogue import vocabulary
from sharing.errors import NotFound, RoleRequired, invalid
from sharing.house import House
from sharing.ledger import legend
from sharing.ledger.collecting import MEMBER, PUBLIC
from sharing.ledger.errors import LedgerDamaged
from sharing.ledger.models import Disclosure, Legend
from sharing.search import cursors
from sharing.viewers import Caller

CURSOR_KEY = "ledger cursors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which rows: of a factory, seen by a viewer (slug, DID, `public` or `member`), in which a group was shown, on days from
    and until which, inclusive, UTC. None asks nothing."""

    factory: str | None = None
    viewer: str | None = None
    group: str | None = None
    start: date | None = None
    until: date | None = None

    def digest(self) -> bytes:
        """32 bytes that differ between different filters."""
        return sha256(repr(sorted((name, str(value)) for name, value in asdict(self).items())).encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One row for its owner. `viewer`: a DID, `public` or `member`, and `name` what the directory calls it. `levels`: field
    key -> level; `groups` the same for groups, each at its highest. `leaf`: its place in the sealed ledger, None until then.
    """

    id: str
    at: datetime
    factory_id: str
    viewer: str
    name: str | None
    actor: str | None
    purpose: str | None
    way: str
    form: str
    subject: str | None
    levels: Mapping[str, Level]
    groups: Mapping[str, Level]
    rules: tuple[str, ...]
    policy_revision: int | None
    leaf: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows, and the cursor of those after them; None at the end."""

    items: tuple[Seen, ...]
    next: str | None


def owner_of(caller: Caller) -> str:
    """The organization whose ledger the caller reads; raises `RoleRequired` for nobody."""
    if caller.organization_id is None:
        raise RoleRequired("Only a member has a ledger.", role="member")
    return caller.organization_id


def list_disclosures(
    house: House, session: Session, caller: Caller, filters: Filters, *, limit: int, cursor: str | None = None
) -> Page:
    """The owner's rows, newest first. Raises `InvalidDocument` for filters that name nothing, and `InvalidCursor`."""
    owner_id = owner_of(caller)
    query = _narrowed(session, select(Disclosure).where(Disclosure.owner_id == owner_id), filters)
    key = house.keystore.derive(CURSOR_KEY)
    if cursor is not None:
        position = cursors.unseal(cursor, viewer=owner_id, query=filters.digest(), key=key)
        query = query.where(Disclosure.number < position.key)
    reader = Reader(session)
    items: list[Seen] = []
    last: int | None = None
    for row in session.scalars(query.order_by(Disclosure.number.desc()).execution_options(yield_per=200)):
        seen = reader.seen(row)
        if filters.group is not None and filters.group not in seen.groups:
            continue
        if len(items) == limit:
            position = cursors.Position(key=last or 0, tie=0)
            following = cursors.seal(position, viewer=owner_id, query=filters.digest(), key=key, entropy=house.entropy)
            return Page(items=tuple(items), next=following)
        items.append(seen)
        last = row.number
    return Page(items=tuple(items), next=None)


def get_disclosure(session: Session, caller: Caller, id_: str) -> Seen:
    """One row of the owner's; raises `NotFound` for any other."""
    query = select(Disclosure).where(Disclosure.owner_id == owner_of(caller), Disclosure.id == id_)
    row = session.scalars(query.where(Disclosure.factory_id.is_not(None))).first()
    if row is None:
        raise NotFound
    return Reader(session).seen(row)


def _narrowed(session: Session, query: Select[Disclosure], filters: Filters) -> Select[Disclosure]:
    query = query.where(Disclosure.factory_id.is_not(None))
    if filters.factory is not None:
        query = query.where(Disclosure.factory_id == filters.factory)
    if filters.viewer is not None:
        query = query.where(Disclosure.viewer == viewer_id(session, filters.viewer))
    if filters.group is not None and filters.group not in vocabulary().groups:
        raise invalid("group", "unknown_group", "There is no such group of fields.")
    if filters.start is not None:
        query = query.where(Disclosure.at >= _midnight(filters.start))
    if filters.until is not None and filters.until < date.max:
        query = query.where(Disclosure.at < _midnight(filters.until + timedelta(days=1)))
    return query


def viewer_id(session: Session, name: str) -> str:
    """What rows call a viewer; raises `InvalidDocument` for one that nobody is."""
    if name in (PUBLIC, MEMBER):
        return name
    found = membership.find(session, name)
    if found is None:
        raise invalid("viewer", "unknown_organization", "Name an organization by its slug or DID, or public or member.")
    return found.id


def _midnight(day: date) -> datetime:
    return datetime.combine(day, clock_time.min, UTC)


class Reader:
    """Reads rows in one snapshot; each viewer and each legend is looked up once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._viewers: dict[str, tuple[str, str | None]] = {PUBLIC: (PUBLIC, None), MEMBER: (MEMBER, None)}
        self._legends: dict[str, tuple[str, ...]] = {legend.CURRENT: legend.KEYS}

    def seen(self, row: Disclosure) -> Seen:
        """A row as its owner reads it; raises `LedgerDamaged`."""
        if row.factory_id is None:
            raise LedgerDamaged("Of this row its hash alone is left.")
        levels = self.levels(row)
        did, name = self.viewer(row.viewer)
        return Seen(
            id=row.id,
            at=row.at,
            factory_id=row.factory_id,
            viewer=did,
            name=name,
            actor=row.actor,
            purpose=row.purpose,
            way=row.way,
            form=row.form,
            subject=row.subject,
            levels=levels,
            groups=legend.groups_of(levels),
            rules=tuple(row.rules.split()),
            policy_revision=row.policy_revision,
            leaf=row.leaf,
        )

    def levels(self, row: Disclosure) -> Mapping[str, Level]:
        """The fields that a row's answer showed, and their levels; raises `LedgerDamaged`."""
        return legend.shown_of(row.shown, self._keys(row.legend))

    def viewer(self, id_: str) -> tuple[str, str | None]:
        """(DID, name) of a row's viewer; raises `LedgerDamaged` for one that never was."""
        if id_ not in self._viewers:
            found = self._session.get(OrganizationRow, id_)
            if found is None:
                raise LedgerDamaged("A row names a viewer that is no organization.")
            self._viewers[id_] = (found.did, found.name)
        return self._viewers[id_]

    def _keys(self, id_: str) -> tuple[str, ...]:
        if id_ not in self._legends:
            row = self._session.get(Legend, id_)
            keys = tuple(row.fields.split("\n")) if row is not None else ()
            if legend.legend_id(keys) != id_:
                raise LedgerDamaged("A row counts through fields that nobody knows any more.")
            self._legends[id_] = keys
        return self._legends[id_]
