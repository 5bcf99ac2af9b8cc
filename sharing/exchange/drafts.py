"""The draft store that keeps imported factories in the database, inside the caller's write transaction.

Guarantees: a factory is found by the organization and the key it was imported under, and locked before it is changed; a draft
gets the catalogue's default policy like any other new factory. Not here: what to do with a row (`apply`).
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing import factories
from sharing.errors import RoleRequired
from sharing.exchange.apply import StoredDraft
from sharing.exchange.rows import Draft, RowKey
from sharing.house import House
from sharing.models import Factory
from sharing.profile import parse_profile, record_document
from sharing.viewers import Caller


class StoredDrafts:
    """A `DraftStore` of one caller's organization. Raises `RoleRequired` when it is no supplier."""

    def __init__(self, house: House, session: Session, caller: Caller) -> None:
        if caller.member is None or "supplier" not in caller.member.roles:
            raise RoleRequired("Only an organization with the role supplier lists factories.", role="supplier")
        self._house = house
        self._session = session

    def find(self, organization: str, key: RowKey) -> StoredDraft | None:
        """The organization's factory imported under `key`, locked until the transaction ends."""
        query = select(Factory).where(Factory.organization_id == organization, Factory.import_key == key)
        row = self._session.scalars(query.with_for_update()).one_or_none()
        if row is None:
            return None
        return StoredDraft(
            factory_id=row.id,
            published=row.first_published_at is not None,
            digest=row.import_digest or "",
            document=record_document(factories.newest_record(self._session, row)),
        )

    def create(self, organization: str, draft: Draft) -> str:
        """A new draft; returns its id."""
        record = parse_profile(draft.document, existing_ids=frozenset(), new_id=self._house.new_id)
        factory_id = factories.add_factory(self._house, self._session, organization, record, import_key=draft.key)
        self._session.get_one(Factory, factory_id).import_digest = draft.digest
        return factory_id

    def update(self, organization: str, stored: StoredDraft, document: Mapping[str, object], digest: str) -> None:
        """A new revision of an unpublished factory."""
        del organization  # `find` looked the factory up under it
        row = self._session.get_one(Factory, stored.factory_id)
        known = factories.newest_record(self._session, row)
        record = parse_profile(document, existing_ids=known.ids, new_id=self._house.new_id)
        factories.add_revision(self._house, self._session, row, record)
        row.import_digest = digest
