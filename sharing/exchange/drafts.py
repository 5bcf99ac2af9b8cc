"""An organization's factories as an import meets them, inside the caller's write transaction.

Guarantees: a factory is found by its id, its owner's reference, or the key it was imported under, among the organization's own
and no others; it is locked before it is changed; a new draft gets the catalogue's default policy like any other factory, and
a likeness is noted for a person to decide when it may be one that is there already.
Not here: what to do with a row (`apply`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing import factories
from sharing.errors import Problem, ProfileErrors, RoleRequired
from sharing.exchange.alike import Register
from sharing.exchange.belonging import compact, names_of
from sharing.exchange.likenesses import merged_away, note_likeness, register_of
from sharing.exchange.merging import merge
from sharing.exchange.models import ReferenceRow
from sharing.exchange.stated import Child, Draft, RowError, folded
from sharing.files.shelf import require_files
from sharing.house import House
from sharing.models import Factory, ProfileRevision
from sharing.profile import Record, parse_profile, record_document
from sharing.stored import stored_document
from sharing.viewers import Caller

_FORGET_EVERY = 100  # factories; what the session still holds of them would otherwise grow with the list


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDraft:
    """A factory that is there. `digest` is the `Draft.digest` of the row it was last made from, empty for none.

    `merged`: the row is that of a factory which was merged into this one, whose own values a person let win.
    """

    factory_id: str
    published: bool  # now or at any time before
    digest: str
    merged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new draft, and the factories that it may be."""

    factory_id: str
    alike: tuple[str, ...] = ()


class StoredDrafts:
    """The drafts of one caller's organization. Raises `RoleRequired` when it is no supplier."""

    def __init__(self, house: House, session: Session, caller: Caller) -> None:
        member = caller.member
        if member is None or "supplier" not in member.roles:
            raise RoleRequired("Only an organization with the role supplier lists factories.", role="supplier")
        self._house = house
        self._session = session
        self._organization = member.id
        self._made = 0
        self._register: Register | None = None
        self._by_name: dict[str, set[str]] | None = None
        rows = session.execute(
            select(Factory.id, Factory.import_key, Factory.import_digest, Factory.first_published_at).where(
                Factory.organization_id == member.id, Factory.state != factories.ERASED
            )
        ).all()
        gone = merged_away(session, member.id)
        self._stored = {
            row.id: StoredDraft(factory_id=row.id, published=row.first_published_at is not None, digest=row.import_digest or "")
            for row in rows
        }
        # A row of a factory that was merged into another is about the other.
        self._keys: dict[str, str] = {row.import_key: row.id for row in rows if row.import_key is not None}
        self._gone = gone

    def find(self, draft: Draft) -> StoredDraft | None:
        """The organization's factory that a row is about, if it is there already."""
        for factory_id in (draft.factory_id, self._keys.get(draft.key), self._keys.get(draft.name_key)):
            found = self._stored.get(factory_id or "")
            if found is not None:
                kept = self._gone.get(found.factory_id)
                if kept in self._stored:
                    return replace(self._stored[kept], digest=found.digest, merged=True)
                return found
        return None

    def resolve(self, of: str) -> list[StoredDraft]:
        """The organization's factories that a row of another sheet may mean; the only one there is, for an empty cell."""
        if not of:
            alive = [each for each in self._stored if each not in self._gone]
            return [self._stored[each] for each in alive] if len(alive) == 1 else []
        if of in self._stored:
            return [self._stored[self._gone.get(of, of)]]
        if self._by_name is None:
            self._by_name = self._names()
        found = self._by_name.get(folded(of)) or self._by_name.get(compact(of)) or set()
        return [self._stored[each] for each in sorted(found)]

    def create(self, draft: Draft) -> Made | list[RowError]:
        """A new draft with the elements that other sheets give it, or what is wrong with them together."""
        joined = merge({}, draft.document, draft.children, new_id=self._house.new_id)
        if joined.errors:
            return joined.errors
        try:
            record = parse_profile(joined.document, existing_ids=joined.fresh, new_id=self._house.new_id)
            self._require_storable(record)
            register = self._known()
            stored = record_document(record)
            alike = register.alike(stored)
            imported = factories.Imported(key=draft.key, digest=draft.digest)
            factory_id = factories.add_factory(self._house, self._session, self._organization, record, imported=imported)
        except ProfileErrors as refused:
            return joined.findings(refused.problems, _row(draft))
        register.add(factory_id, stored)
        for each in alike:
            note_likeness(self._house, self._session, self._organization, factory_id, each)
        self._refer(factory_id, draft)
        self._stored[factory_id] = StoredDraft(factory_id=factory_id, published=False, digest=draft.digest)
        self._keys[draft.key] = factory_id
        if self._by_name is not None:
            for name in names_of(stored, reference=draft.reference):
                self._by_name.setdefault(name, set()).add(factory_id)
        self._forget()
        return Made(factory_id=factory_id, alike=tuple(each.factory_id for each in alike))

    def joined(
        self, stored: StoredDraft, stated: Mapping[str, object], children: Sequence[Child], row: RowError
    ) -> Record | list[RowError] | None:
        """The factory's record with what a file says laid over it; None when that changes nothing; or what is wrong."""
        known = factories.newest_record(self._session, self._session.get_one(Factory, stored.factory_id))
        before = record_document(known)
        merged = merge(before, stated, children, new_id=self._house.new_id)
        if merged.errors:
            return merged.errors
        try:
            record = parse_profile(merged.document, existing_ids=known.ids | merged.fresh, new_id=self._house.new_id)
            self._require_storable(record)
        except ProfileErrors as refused:
            return merged.findings(refused.problems, row)
        return None if record_document(record) == before else record

    def _require_storable(self, record: Record) -> None:
        """Raise `ProfileErrors` for what `add_revision` would refuse, before anything of the factory is stored."""
        if factories.largest_view(record) > factories.LARGEST_VIEW:
            message = f"shown whole, the profile would take more than {factories.LARGEST_VIEW} bytes"
            raise ProfileErrors((Problem(path="", code="too_large_to_show", message=message),))
        require_files(self._session, self._organization, record)

    def update(self, stored: StoredDraft, record: Record) -> None:
        """A new revision of the factory."""
        row = self._session.get_one(Factory, stored.factory_id, with_for_update=True, populate_existing=True)
        factories.add_revision(self._house, self._session, row, record)
        self._forget()

    def adopt(self, stored: StoredDraft, draft: Draft) -> None:
        """Note under which key and digest the factory is known from now on."""
        if stored.digest == draft.digest and self._keys.get(draft.key) == stored.factory_id:
            return
        row = self._session.get_one(Factory, stored.factory_id)
        if self._keys.get(draft.key) is None:
            row.import_key = draft.key
            self._keys[draft.key] = stored.factory_id
        row.import_digest = draft.digest
        self._refer(stored.factory_id, draft)
        self._session.flush()

    def _known(self) -> Register:
        if self._register is None:
            self._register = register_of(self._session, self._organization)
        return self._register

    def _refer(self, factory_id: str, draft: Draft) -> None:
        if draft.reference:
            self._session.merge(ReferenceRow(factory_id=factory_id, reference=draft.reference))

    def _names(self) -> dict[str, set[str]]:
        references = {
            row.factory_id: row.reference
            for row in self._session.scalars(
                select(ReferenceRow)
                .join(Factory, Factory.id == ReferenceRow.factory_id)
                .where(Factory.organization_id == self._organization)
            )
        }
        found: dict[str, set[str]] = {}
        query = (
            select(Factory.id, ProfileRevision.document)
            .join(ProfileRevision, ProfileRevision.factory_id == Factory.id)
            .where(Factory.organization_id == self._organization, ProfileRevision.revision == Factory.revision)
            .execution_options(yield_per=500)
        )
        for factory_id, document in self._session.execute(query):
            if factory_id not in self._gone:
                for name in names_of(stored_document(document), reference=references.get(factory_id, "")):
                    found.setdefault(name, set()).add(factory_id)
        return found

    def _forget(self) -> None:
        self._made += 1
        if self._made % _FORGET_EVERY == 0:
            self._session.flush()
            self._session.expunge_all()


def _row(draft: Draft) -> RowError:
    return RowError(row=draft.row, column=None, code="", message="", sheet=draft.sheet)
