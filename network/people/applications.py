"""Organizations that people ask for: what they say, the files they show, and the operator's answer.

Guarantees: until it is approved there is no organization: no DID, no key, no fact, and nothing that anybody but the
applicant and the operator can find. Approval makes the organization, its key, its facts and its first owner in one
transaction. What an applicant says becomes a fact only by the operator's approval, and with the operator as its source.

Not here: whether an identifier was ever issued; check digits are the catalogue's (`sharing`), which the doors ask.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from network import identity, membership
from network.columns import as_utc
from network.errors import NameInvalid, SlugInvalid
from network.keystore import Keystore
from network.names import ID_BYTES, OrganizationId, check_name, is_id, parse_slug
from network.people import outbox, roles
from network.people.errors import ApplicationInvalid, NotThere, PeopleConflict
from network.people.models import ApplicationDocumentRow, ApplicationRow, OrganizationIdentifierRow, PersonRow
from network.people.persons import PersonId, row_of
from trust.keys import Entropy

WANTED_ROLES: Final = ("supplier", "buyer", "auditor", "accreditor")
WAITING: Final = "waiting"
MOST_WAITING: Final = 3
"""Applications of one person that wait."""
MOST_DOCUMENTS: Final = 10
MOST_BYTES: Final = 40_000_000
"""Of all files with the applications of one person that wait."""
SCHEME_PATTERN: Final = "[a-z][a-z0-9_]{0,15}"
VALUE_PATTERN: Final = "[0-9A-Za-z][0-9A-Za-z ./-]{0,62}"
SECTOR_PATTERN: Final = r"[A-U]([0-9]{2}(\.[0-9]{1,2})?)?"
_SCHEME: Final = re.compile(SCHEME_PATTERN)
_VALUE: Final = re.compile(VALUE_PATTERN)
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_SECTOR: Final = re.compile(SECTOR_PATTERN)
_MEMBERS: Final = frozenset({"slug", "legal_name", "country", "roles", "sectors", "identifiers"})
VALUES_MAX: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An organization as its applicant describes it; lists are sorted, identifiers by scheme."""

    slug: str
    legal_name: str
    country: str
    roles: tuple[str, ...]
    sectors: tuple[str, ...]
    identifiers: Mapping[str, str]

    def document(self) -> dict[str, object]:
        """As it is stored until the address is confirmed."""
        named: dict[str, object] = {"slug": self.slug, "legal_name": self.legal_name, "country": self.country}
        lists: dict[str, object] = {"roles": list(self.roles), "sectors": list(self.sectors)}
        return named | lists | {"identifiers": dict(self.identifiers)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that was shown, by the SHA-256 of its content."""

    digest: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One application, for its applicant and for the operator."""

    id: str
    person_id: PersonId
    asked: Asked
    state: str
    answer: str
    created: datetime
    decided_at: datetime | None
    organization_id: OrganizationId | None
    documents: tuple[Attached, ...]


def checked(document: object) -> Asked:
    """Read what an applicant says; raises `ApplicationInvalid` with the member that is wrong as `path`."""
    if not isinstance(document, Mapping) or not set(document) <= _MEMBERS:
        raise ApplicationInvalid("An application has slug, legal_name, country, roles, sectors, identifiers.", path="")
    try:
        slug = parse_slug(str(document.get("slug", "")))
        name = check_name(str(document.get("legal_name", "")))
    except (SlugInvalid, NameInvalid) as error:
        path = "slug" if isinstance(error, SlugInvalid) else "legal_name"
        raise ApplicationInvalid(error.message, path=path) from error
    country = str(document.get("country", ""))
    if not _COUNTRY.fullmatch(country):
        raise ApplicationInvalid("A country is two capital letters (ISO 3166-1).", path="country")
    wanted = _texts(document.get("roles"), "roles")
    if not wanted or not set(wanted) <= set(WANTED_ROLES):
        raise ApplicationInvalid("Ask for one role at least: " + ", ".join(WANTED_ROLES) + ".", path="roles")
    sectors = _texts(document.get("sectors", []), "sectors")
    if not all(_SECTOR.fullmatch(each) for each in sectors):
        raise ApplicationInvalid("A sector is a code such as C25.", path="sectors")
    return Asked(
        slug=slug,
        legal_name=name,
        country=country,
        roles=tuple(sorted(set(wanted))),
        sectors=tuple(sorted(set(sectors))),
        identifiers=_identifiers(document.get("identifiers", {})),
    )


def add(session: Session, entropy: Entropy, person_id: str, asked: Asked, *, now: datetime) -> Application:
    """Note an application; the very same one that waits already is given back. Raises `PeopleConflict` when too many wait."""
    row_of(session, person_id, lock=True)
    query = select(ApplicationRow).where(ApplicationRow.person_id == person_id, ApplicationRow.state == WAITING)
    waiting_now = session.scalars(query).all()
    for each in waiting_now:
        if _asked(each) == asked:
            return _described(session, each)
    if len(waiting_now) >= MOST_WAITING:
        raise PeopleConflict(f"{MOST_WAITING} of your applications wait already.")
    row = ApplicationRow(
        id=entropy(ID_BYTES).hex(),
        person_id=person_id,
        **asked.document(),
        state=WAITING,
        answer="",
        created=as_utc(now),
    )
    session.add(row)
    session.flush()
    return _described(session, row)


def attach(
    session: Session, person_id: str, application_id: str, *, content: bytes, media_type: str, now: datetime
) -> Attached:
    """Show a file to the operator, whose type was read from its content; the same file twice is one."""
    row_of(session, person_id, lock=True)  # one file of a person at a time, so that the sum holds
    row = _own(session, person_id, application_id)
    if row.state != WAITING:
        raise PeopleConflict("This application was decided already.")
    digest = hashlib.sha256(content).hexdigest()
    shown = _documents(session, row.id)
    known = next((each for each in shown if each.digest == digest), None)
    if known is not None:
        return known
    if len(shown) >= MOST_DOCUMENTS:
        raise PeopleConflict(f"An application has {MOST_DOCUMENTS} files at the most.")
    if _bytes_waiting(session, person_id) + len(content) > MOST_BYTES:
        raise PeopleConflict(f"The files of all your applications that wait: {MOST_BYTES // 1_000_000} MB at the most.")
    session.add(
        ApplicationDocumentRow(
            application_id=row.id, digest=digest, media_type=media_type, content=content, created=as_utc(now)
        )
    )
    session.flush()
    return Attached(digest=digest, media_type=media_type, size=len(content))


def applications_of(session: Session, person_id: str) -> tuple[Application, ...]:
    """A person's applications, the newest first."""
    query = select(ApplicationRow).where(ApplicationRow.person_id == person_id)
    rows = session.scalars(query.order_by(ApplicationRow.created.desc(), ApplicationRow.id)).all()
    return tuple(_described(session, row) for row in rows)


def waiting(session: Session) -> tuple[Application, ...]:
    """What waits for the operator, oldest first."""
    query = select(ApplicationRow).where(ApplicationRow.state == WAITING)
    rows = session.scalars(query.order_by(ApplicationRow.created, ApplicationRow.id)).all()
    return tuple(_described(session, row) for row in rows)


def application(session: Session, application_id: str) -> Application:
    """One application, for the operator; raises `NotThere`."""
    return _described(session, _row(session, application_id))


def content_of(session: Session, application_id: str, digest: str) -> bytes:
    """A file that was shown, for the operator; raises `NotThere`."""
    row = session.get(ApplicationDocumentRow, (application_id, digest))
    if row is None:
        raise NotThere("There is no such file.")
    return row.content


def approve(
    session: Session,
    keystore: Keystore,
    application_id: str,
    *,
    verified: int,
    now: datetime,
    slug: str | None = None,
    roles_given: Sequence[str] | None = None,
    public_jwk: object | None = None,
) -> OrganizationId:
    """Make the organization with its key, its facts and its first owner, and write to the applicant.

    `slug` and `roles_given` stand in for what was asked. Raises `PeopleConflict`, `SlugTaken`, `FactInvalid`, `KeyRefused`.
    """
    row = _row(session, application_id, lock=True)
    if row.state != WAITING:
        raise PeopleConflict("This application was decided already.", state=row.state)
    asked = _asked(row)
    made = identity.create_organization(
        session, keystore, slug=slug or asked.slug, name=asked.legal_name, now=now, public_jwk=public_jwk
    )
    facts: dict[str, Iterable[str]] = {"country": (asked.country,), "sector": asked.sectors}
    facts["role"] = asked.roles if roles_given is None else roles_given
    facts["verified"] = (str(verified),) if verified else ()
    for attribute, values in facts.items():
        membership.set_facts(session, made, attribute, values, source="operator", now=now)
    session.add_all(
        OrganizationIdentifierRow(organization_id=made, scheme=scheme, value=value)
        for scheme, value in asked.identifiers.items()
    )
    roles.add(session, made, row.person_id, roles.OWNER, now=now)
    row.state, row.decided_at, row.organization_id = "approved", as_utc(now), made
    did = membership.member_of(session, made).did
    _write(session, keystore, row, "approved", values={"organization": asked.legal_name, "did": did}, now=now)
    return made


def refuse(session: Session, keystore: Keystore, application_id: str, *, answer: str, now: datetime) -> None:
    """Say no, with a sentence for the applicant; the files that were shown are destroyed."""
    row = _row(session, application_id, lock=True)
    if row.state != WAITING:
        raise PeopleConflict("This application was decided already.", state=row.state)
    row.state, row.answer, row.decided_at = "refused", answer, as_utc(now)
    session.execute(delete(ApplicationDocumentRow).where(ApplicationDocumentRow.application_id == row.id))
    _write(session, keystore, row, "refused", values={"organization": row.legal_name, "answer": answer}, now=now)


def _texts(given: object, path: str) -> list[str]:
    if not isinstance(given, list) or len(given) > VALUES_MAX or not all(isinstance(each, str) for each in given):
        raise ApplicationInvalid(f"A list of {VALUES_MAX} texts at the most.", path=path)
    return [str(each) for each in given]


def _identifiers(given: object) -> dict[str, str]:
    if not isinstance(given, Mapping) or len(given) > VALUES_MAX:
        raise ApplicationInvalid("Identifiers are an object: scheme to value.", path="identifiers")
    for scheme, value in given.items():
        if not _SCHEME.fullmatch(str(scheme)) or not isinstance(value, str) or not _VALUE.fullmatch(value):
            raise ApplicationInvalid("An identifier is a scheme, such as vn_tax, and its value.", path="identifiers")
    return {str(scheme): str(given[scheme]) for scheme in sorted(given)}


def _write(
    session: Session, keystore: Keystore, row: ApplicationRow, topic: str, *, values: Mapping[str, str], now: datetime
) -> None:
    person = session.get_one(PersonRow, row.person_id)
    if person.address is not None:
        outbox.post(session, keystore, to=person.address, topic=topic, language=person.language, now=now, values=values)
    session.flush()


def _own(session: Session, person_id: str, application_id: str) -> ApplicationRow:
    row = _row(session, application_id, lock=True)
    if row.person_id != person_id:
        raise NotThere("There is no such application.")
    return row


def _row(session: Session, application_id: str, *, lock: bool = False) -> ApplicationRow:
    query = select(ApplicationRow).where(ApplicationRow.id == application_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(query).one_or_none() if is_id(application_id) else None
    if row is None:
        raise NotThere("There is no such application.")
    return row


def _documents(session: Session, application_id: str) -> tuple[Attached, ...]:
    # The database says how long a file is: a list does not read the files.
    file = ApplicationDocumentRow
    query = select(file.digest, file.media_type, func.length(file.content)).where(file.application_id == application_id)
    rows = session.execute(query.order_by(file.created, file.digest))
    return tuple(Attached(digest=digest, media_type=media_type, size=size) for digest, media_type, size in rows)


def _bytes_waiting(session: Session, person_id: str) -> int:
    query = (
        select(func.coalesce(func.sum(func.length(ApplicationDocumentRow.content)), 0))
        .join(ApplicationRow, ApplicationRow.id == ApplicationDocumentRow.application_id)
        .where(ApplicationRow.person_id == person_id, ApplicationRow.state == WAITING)
    )
    return int(session.scalar(query) or 0)


def _asked(row: ApplicationRow) -> Asked:
    members = {name: getattr(row, name) for name in _MEMBERS}
    return checked(members)


def _described(session: Session, row: ApplicationRow) -> Application:
    return Application(
        id=row.id,
        person_id=PersonId(row.person_id),
        asked=_asked(row),
        state=row.state,
        answer=row.answer,
        created=row.created,
        decided_at=row.decided_at,
        organization_id=None if row.organization_id is None else OrganizationId(row.organization_id),
        documents=_documents(session, row.id),
    )
