"""The signed heads of owners' ledgers, as they are given to those owners: with every page, export, notice and letter."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from network import identity, membership
from network.models import Restoration
from sharing.ledger.models import LedgerHead

BLIND = "doubting"
"""What `Restoration.settled` says of a copy that was settled without its journal."""


def head(session: Session, owner_id: str) -> LedgerHead | None:
    """The newest head of an owner's ledger; None before its first."""
    query = select(LedgerHead).where(LedgerHead.organization_id == owner_id).order_by(LedgerHead.size.desc()).limit(1)
    return session.scalars(query).first()


def head_text(session: Session, owner_id: str) -> str | None:
    """The newest signed head."""
    found = head(session, owner_id)
    return None if found is None else found.note


def head_at(session: Session, owner_id: str, size: int | None) -> str | None:
    """The signed head of a size."""
    found = None if size is None else session.get(LedgerHead, (owner_id, size))
    return None if found is None else found.note


def size_now(session: Session, owner_id: str) -> int | None:
    """The size of the newest head, for a notice to name."""
    found = head(session, owner_id)
    return None if found is None else found.size


def ledger_name(session: Session, owner_id: str) -> str:
    """What the heads of an owner's ledger call it: the node's host, the owner's slug, and how often the node was restored
    without knowing what it had signed: under one name, no two heads of one size differ."""
    host = identity.node(session).origin.partition("://")[2]
    blind = select(func.count()).select_from(Restoration).where(Restoration.settled == BLIND)
    times = session.scalar(blind)
    return f"{host}/ledger/{membership.member_of(session, owner_id).slug}" + (f".{times}" if times else "")


def edge_of(found: LedgerHead | None) -> list[bytes]:
    """The whole subtrees of a head's tree."""
    edge = b"" if found is None else found.edge
    return [edge[place : place + 32] for place in range(0, len(edge), 32)]
