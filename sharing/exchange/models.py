"""The tables of exchange: what an import did, and which factories were found alike and what was decided of them.

Who owns which state: an *import* is written once and never changed. A *likeness* is one pair of factories of one
organization, the smaller id first; its row says what was decided and holds what undoing a merge needs.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from network.columns import UtcTime
from network.database import Base
from sharing.models import FACTORY_ID, HEX_ID


class ImportRow(Base):
    """One import or dry run of an organization, with what it said; `errors` is the error workbook, when there was an error."""

    __tablename__ = "imports"

    id: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    organization_id: Mapped[str] = mapped_column(String(HEX_ID), ForeignKey("organizations.id"), index=True)
    dry_run: Mapped[bool] = mapped_column(Boolean)
    result: Mapped[str] = mapped_column(Text)
    errors: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(UtcTime)


class LikenessRow(Base):
    """Two factories of one organization that may be one."""

    __tablename__ = "likenesses"

    id: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    organization_id: Mapped[str] = mapped_column(String(HEX_ID), ForeignKey("organizations.id"))
    first_id: Mapped[str] = mapped_column(String(FACTORY_ID), ForeignKey("factories.id"), index=True)
    second_id: Mapped[str] = mapped_column(String(FACTORY_ID), ForeignKey("factories.id"), index=True)
    reason: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12))
    kept_id: Mapped[str | None] = mapped_column(String(FACTORY_ID), ForeignKey("factories.id"))
    undo: Mapped[str | None] = mapped_column(Text)
    found_at: Mapped[datetime] = mapped_column(UtcTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (Index("ix_likenesses_pair", "organization_id", "first_id", "second_id", unique=True),)


class ReferenceRow(Base):
    """What an owner calls one of its factories."""

    __tablename__ = "factory_references"

    factory_id: Mapped[str] = mapped_column(String(FACTORY_ID), ForeignKey("factories.id"), primary_key=True)
    reference: Mapped[str] = mapped_column(String(100))
