"""This installation: its origin, fixed for ever, and its name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from network.errors import NodeMissing, OriginInvalid, StoredValueInvalid
from network.models import NodeRow
from network.names import parse_origin
from trust.did import Did, Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """This node. `development`: its origin is `http://localhost:PORT`, and what it signs is for trying out only."""

    origin: Origin
    did: Did
    name: str
    development: bool
    created: datetime


def node(session: Session) -> Node:
    """This node; raises `NodeMissing` before `guildnet init`."""
    row = session.get(NodeRow, 1)
    if row is None:
        raise NodeMissing("This database holds no node yet; run `guildnet init`.")
    try:
        name = parse_origin(row.origin, development=row.development)
    except OriginInvalid as error:
        raise StoredValueInvalid("The stored origin of this node is not one.") from error
    return Node(origin=name.origin, did=name.did, name=row.name, development=name.development, created=row.created)
