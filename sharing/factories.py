"""An owner's factories: drafts, revisions of profile and policy. Nothing here reaches anybody but their owner.

Every edit is a new revision under the lock of the factory's row. A published factory goes on showing what was published
until `publish`; an edited policy is in force at once, since a policy that waits protects nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from policies import (
    Level,
    Policy,
    Rule,
    rules_from_matrix,
)
from sharing import catalogue
from sharing.errors import (
    NotFound,
    Problem,
    ProfileErrors,
    RevisionMismatch,
    RoleRequired,
)
from sharing.factory_id import new_factory_id
from sharing.files.shelf import require_files
from sharing.house import House
from sharing.models import Factory, PolicyRevision, ProfileRevision
from sharing.profile import Record, parse_profile
from sharing.stated import Stated, restated, stated_of, stated_on, stated_text
from sharing.stored import policy_text, record_text, stored_document, stored_policy, stored_record
from sharing.viewers import Caller
from trust import strict_json

_NO_FACTORY = "$factory$"  # stands in no policy
DRAFT, PUBLISHED, WITHDRAWN = "draft", "published", "withdrawn"
ERASED = "erased"
"""What is left is the id; for everybody, its owner too, there is no such factory."""
LARGEST_VIEW = 200_000
"""Bytes. A signed view is at most 256 kB of JSON, of which the credential around the values takes a little."""
_AS_OF = len(',"as_of":"2026-11-22"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """Under which key a factory was imported, and the digest of what its file said of it."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorySummary:
    """One line of an owner's list."""

    id: str
    state: str
    revision: int
    policy_revision: int
    legal_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnProfile:
    """A factory's newest profile, for its owner."""

    factory_id: str
    state: str
    revision: int
    document: Mapping[str, object]


def create_factory(house: House, session: Session, caller: Caller, document: object) -> str:
    """A new draft with the catalogue's default policy; returns the factory's id. Raises `ProfileErrors`."""
    member = caller.member
    if member is None or "supplier" not in member.roles:
        raise RoleRequired("Only an organization with the role supplier lists factories.", role="supplier")
    record = parse_profile(document, existing_ids=frozenset(), new_id=house.new_id)
    return add_factory(house, session, member.id, record)


def add_factory(
    house: House, session: Session, organization_id: str, record: Record, *, imported: Imported | None = None
) -> str:
    """Store a checked record as a draft of the organization."""
    factory_id = new_factory_id(house.entropy)
    now = house.now()
    row = Factory(
        id=factory_id,
        organization_id=organization_id,
        state=DRAFT,
        revision=0,
        policy_revision=1,
        legal_name="",
        import_key=imported and imported.key,
        import_digest=imported and imported.digest,
        created_at=now,
    )
    session.add(row)
    session.flush()
    session.add(PolicyRevision(factory_id=factory_id, revision=1, document=_default_text(factory_id), created_at=now))
    add_revision(house, session, row, record)
    return factory_id


def list_factories(house: House, session: Session, caller: Caller) -> list[FactorySummary]:
    """The caller's own factories, oldest first."""
    rows = session.scalars(
        select(Factory)
        .where(Factory.organization_id == caller.organization_id, Factory.state != ERASED)
        .order_by(Factory.created_at, Factory.id)
    )
    return [
        FactorySummary(
            id=row.id,
            state=row.state,
            revision=row.revision,
            policy_revision=row.policy_revision,
            legal_name=row.legal_name,
            created_at=row.created_at,
        )
        for row in rows
    ]


def own_factory(session: Session, caller: Caller, factory_id: str, *, lock: bool = False) -> Factory:
    """The caller's own factory, locked against other writers when asked; raises `NotFound` for any other."""
    query = select(Factory).where(
        Factory.id == factory_id, Factory.organization_id == caller.organization_id, Factory.state != ERASED
    )
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound
    return row


def newest_record(session: Session, factory: Factory) -> Record:
    """The newest revision of a factory's profile."""
    row = session.get_one(ProfileRevision, (factory.id, factory.revision))
    return stored_record(row.document)


def newest_statement(session: Session, factory: Factory) -> tuple[Record, Stated]:
    """The newest revision of a factory's profile, and when each of its values was stated."""
    row = session.get_one(ProfileRevision, (factory.id, factory.revision))
    return stored_record(row.document), stated_of(row.stated)


def ids_ever(session: Session, factory_id: str) -> frozenset[str]:
    """The ids of every element that a revision of the profile ever had: one that was left out can be brought back."""
    rows = session.scalars(select(ProfileRevision.document).where(ProfileRevision.factory_id == factory_id))
    return frozenset().union(*(stored_record(document).ids for document in rows))


def newest_policy(session: Session, factory: Factory) -> Policy:
    """The newest revision of a factory's policy."""
    row = session.get_one(PolicyRevision, (factory.id, factory.policy_revision))
    return stored_policy(row.document)


def default_policy(factory_id: str) -> Policy:
    """Where every factory starts: the catalogue's default level for each field and tier, and the listing for all."""
    return Policy(factory=factory_id, revision=1, rules=_default_rules())


def _default_text(factory_id: str) -> str:
    """`policy_text(default_policy(factory_id))`, of which the rules are written out only once."""
    return _default_text_of_none().replace(_NO_FACTORY, factory_id, 1)


@cache
def _default_text_of_none() -> str:
    return policy_text(default_policy(_NO_FACTORY))


@cache
def _default_rules() -> tuple[Rule, ...]:
    return rules_from_matrix(catalogue.default_matrix(), catalogue.vocabulary())


def get_profile(house: House, session: Session, caller: Caller, factory_id: str) -> OwnProfile:
    """The owner's full record, as it was stated last."""
    return _own_profile(session, own_factory(session, caller, factory_id))


def put_profile(
    house: House,
    session: Session,
    caller: Caller,
    factory_id: str,
    document: object,
    *,
    expected_revision: int | None = None,
) -> OwnProfile:
    """State the whole profile anew. Elements keep their ids; unknown ids are refused. Nothing changes for viewers yet."""
    factory = own_factory(session, caller, factory_id, lock=True)
    expect_revision(factory.revision, expected_revision)
    record = parse_profile(document, existing_ids=ids_ever(session, factory_id), new_id=house.new_id)
    add_revision(house, session, factory, record)
    return _own_profile(session, factory)


def _own_profile(session: Session, factory: Factory) -> OwnProfile:
    row = session.get_one(ProfileRevision, (factory.id, factory.revision))
    return OwnProfile(
        factory_id=factory.id, state=factory.state, revision=factory.revision, document=stored_document(row.document)
    )


def add_revision(house: House, session: Session, factory: Factory, record: Record) -> None:
    """Make `record` the newest profile of a locked factory."""
    if largest_view(record) > LARGEST_VIEW:
        message = f"Shown whole, the profile takes more than {LARGEST_VIEW} bytes; leave something out or list two factories."
        raise ProfileErrors((Problem(path="", code="too_large_to_show", message=message),))
    require_files(session, factory.organization_id, record)
    stated = stated_on(house.today())
    if factory.revision:
        stated = restated(*newest_statement(session, factory), record, house.today())
    factory.revision += 1
    factory.legal_name = display_name(record)
    session.add(
        ProfileRevision(
            factory_id=factory.id,
            revision=factory.revision,
            document=record_text(record),
            stated=stated_text(stated),
            created_at=house.now(),
        )
    )
    session.flush()


def largest_view(record: Record) -> int:
    """An upper bound of the bytes that any projection of the record takes: a view that cannot be signed must not be stored."""
    size = 0
    for path, key, value in record.values():
        field = catalogue.field(key)
        cells = (field.cell(value, Level.EXACT), field.cell(value, Level.BAND))
        size += len(path) + _AS_OF + max(len(strict_json.compact(cell)) for cell in cells if cell is not None)
    return size


def display_name(record: Record) -> str:
    """The legal name in one language, for an owner's own lists."""
    names = record.factory.get("legal_name")
    if not isinstance(names, Mapping):
        return ""
    return str(next((names[tag] for tag in ("vi", "en", "und") if tag in names), next(iter(names.values()), "")))


def expect_revision(revision: int, expected: int | None) -> None:
    """Raise `RevisionMismatch` unless `expected` is None or the revision that is there."""
    if expected is not None and expected != revision:
        raise RevisionMismatch("This was edited in between; read it again.", revision=revision)
