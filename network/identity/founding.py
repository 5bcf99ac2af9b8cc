"""The two beginnings: a node with its keys, and an organization with its key."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from network.columns import as_utc
from network.errors import NodeExists, SlugTaken
from network.identity.keys import add_key
from network.identity.nodes import Node, node
from network.keystore import Keystore
from network.models import NodeRow, OrganizationRow
from network.names import OrganizationId, check_name, new_organization_id, parse_origin, parse_slug
from trust import did
from trust.key_statement import Role

FIRST_ROLES: Final[tuple[Role, ...]] = ("root", "token", "status")
"""Keys every node needs from its first day; those for logs and peers are made when it first has one."""


def create_node(
    session: Session, keystore: Keystore, *, origin: str, name: str, now: datetime, development: bool = False
) -> Node:
    """Make this database a node: its origin for ever, and one key for each of `FIRST_ROLES`.

    `development` allows `http://localhost:PORT`. Raises `NodeExists`, `OriginInvalid`, `NameInvalid`.
    """
    accepted = parse_origin(origin, development=development)
    if session.get(NodeRow, 1) is not None:
        raise NodeExists("This database is a node already, and its origin cannot change.")
    session.add(
        NodeRow(
            id=1,
            origin=accepted.origin,
            name=check_name(name),
            development=accepted.development,
            created=as_utc(now),
        )
    )
    try:
        session.flush()
    except IntegrityError as error:
        raise NodeExists("This database became a node at the same time.") from error
    for role in FIRST_ROLES:
        add_key(session, keystore, accepted.did, role, organization_id=None, now=now)
    return node(session)


def create_organization(
    session: Session,
    keystore: Keystore,
    *,
    slug: str,
    name: str,
    now: datetime,
    public_jwk: object | None = None,
) -> OrganizationId:
    """Make an organization at home here, with no fact known about it yet, and return its id.

    Its key is made and held by this node, or held by the organization itself when it gives the public half as a JWK. A
    slug is never used twice. Raises `SlugInvalid`, `SlugTaken`, `NameInvalid`, `KeyRefused`, `NodeMissing`.
    """
    accepted = parse_slug(slug)
    identifier = new_organization_id(keystore.entropy)
    subject = did.of_organization(node(session).origin, accepted)
    if session.scalars(select(OrganizationRow.id).where(OrganizationRow.slug == accepted)).first() is not None:
        raise SlugTaken("There is an organization with this slug.", slug=accepted)
    session.add(OrganizationRow(id=identifier, slug=accepted, name=check_name(name), did=subject, created=as_utc(now)))
    try:
        session.flush()
    except IntegrityError as error:
        raise SlugTaken("There is an organization with this slug.", slug=accepted) from error
    add_key(session, keystore, subject, "organization", organization_id=identifier, now=now, public_jwk=public_jwk)
    return identifier
